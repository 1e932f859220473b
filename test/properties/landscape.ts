import type { Registry } from "./entry";
import { landscapeEstimators } from "./landscape-estimators";
import { landscapeRobustness } from "./landscape-robustness";
import { landscapeMeasures } from "./landscape-measures";
import { landscapeConstructions } from "./landscape-constructions";
import { landscapeExtremePoints } from "./landscape-extreme-points";
import { landscapeTraces } from "./landscape-traces";
import { landscapeRademacher } from "./landscape-rademacher";
import { landscapeSpectra } from "./landscape-spectra";
import { landscapeBoxes } from "./landscape-boxes";
import { landscapeSurfaces } from "./landscape-surfaces";

export const landscape: Registry = {
  ...landscapeEstimators,
  ...landscapeMeasures,
  ...landscapeConstructions,
  ...landscapeExtremePoints,
  ...landscapeTraces,
  ...landscapeRobustness,
  ...landscapeRademacher,
  ...landscapeSurfaces,
  ...landscapeSpectra,
  ...landscapeBoxes,
};

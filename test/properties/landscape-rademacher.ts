import {
  estimatePlanarPathNormRademacher,
  mostCorrelatedPlanarNeuron,
  type PathNormBall,
  pathNormRademacherBound,
  pathNormRademacherFromBelow,
  planarPathNormRademacher,
  searchMostCorrelatedNeuron,
} from "flat-minima/landscape";
import * as fc from "fast-check";
import { matrixOf, positive, size, stream, vector } from "./arguments";
import { at, badCount, badMatrix, badPositive, badVector, type Corruption } from "./corruptions";
import { entry, type Registry } from "./entry";

const ballOf = (d: number): fc.Arbitrary<PathNormBall> =>
  size.chain((n) => fc.record({ inputs: matrixOf(n, d), pathNorm: positive }));

const wrongPlane: Record<string, Corruption> = {
  "three columns": at("0.inputs", () => ({ rows: 1, cols: 3, data: Float64Array.of(1, 1, 1) })),
};
const oneColumn = { rows: 1, cols: 1, data: Float64Array.of(1) };
const badBall: Record<string, Corruption> = { ...badMatrix("0.inputs"), ...badPositive("0.pathNorm") };
const samples = fc.integer({ min: 2, max: 4 });
const starts = fc.integer({ min: 1, max: 3 });

export const landscapeRademacher: Registry = {
  mostCorrelatedPlanarNeuron: entry(
    mostCorrelatedPlanarNeuron,
    size.chain((n) => fc.tuple(matrixOf(n, 2), vector(n))),
    {
      refuses: {
        ...badMatrix("0"),
        ...badVector("1"),
        "three columns": at("0", () => ({ rows: 1, cols: 3, data: Float64Array.of(1, 1, 1) })),
      },
    },
  ),
  searchMostCorrelatedNeuron: entry(
    searchMostCorrelatedNeuron,
    fc
      .tuple(size, fc.integer({ min: 2, max: 4 }))
      .chain(([n, d]) => fc.tuple(matrixOf(n, d), vector(n), fc.record({ starts, stream }))),
    {
      refuses: {
        ...badMatrix("0"),
        ...badVector("1"),
        ...badCount("2.starts"),
        "one column": at("0", () => oneColumn),
      },
    },
  ),
  pathNormRademacherBound: entry(
    pathNormRademacherBound,
    size.chain((d) => fc.tuple(ballOf(d))),
    { refuses: badBall },
  ),
  planarPathNormRademacher: entry(planarPathNormRademacher, fc.tuple(ballOf(2)), {
    refuses: {
      ...badBall,
      ...wrongPlane,
      "21 samples": at("0.inputs", () => ({ rows: 21, cols: 2, data: new Float64Array(42).fill(1) })),
    },
  }),
  estimatePlanarPathNormRademacher: entry(
    estimatePlanarPathNormRademacher,
    fc.tuple(ballOf(2), fc.record({ samples, stream })),
    { refuses: { ...badBall, ...wrongPlane, ...badCount("1.samples", 2) } },
  ),
  pathNormRademacherFromBelow: entry(
    pathNormRademacherFromBelow,
    fc.integer({ min: 2, max: 4 }).chain((d) => fc.tuple(ballOf(d), fc.record({ samples, stream, starts }))),
    {
      refuses: {
        ...badBall,
        ...badCount("1.samples", 2),
        ...badCount("1.starts"),
        "one column": at("0.inputs", () => oneColumn),
      },
    },
  ),
};

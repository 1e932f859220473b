import {
  balancedNeurons,
  concentrationSampleSize,
  gaussNewtonMeasures,
  meanRectifiedCoordinate,
  minimumNormInterpolant,
  pathNorm,
  populationGaussNewton,
  squaredWeightedNorm,
} from "flat-minima/landscape";
import * as fc from "fast-check";
import { gramOf, matrixOf, positive, size, vector } from "./arguments";
import {
  at,
  badCount,
  badLength,
  badMatrix,
  badPositive,
  badSymmetric,
  badValues,
  badVector,
  type Corruption,
} from "./corruptions";
import { entry, type Registry } from "./entry";

/** W and a of a two-layer network without biases. */
const parts = fc.tuple(size, size).chain(([m, d]) => fc.record({ weights: matrixOf(m, d), outputWeights: vector(m) }));

const badParts: Record<string, Corruption> = {
  ...badMatrix("0.weights"),
  ...badVector("0.outputWeights"),
  "output weights that are missing": at("0.outputWeights", () => undefined),
  biases: at("0", (all) => ({ ...all, biases: new Float64Array(all.weights.rows) })),
};

/** Features of full row rank: a unit matrix with other features behind it. */
const features = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc
    .integer({ min: n, max: n + 3 })
    .chain((m) => matrixOf(n, m, positive))
    .map((Phi) => ({
      ...Phi,
      data: Phi.data.map((value, k) => (k % Phi.cols >= n ? value : k % Phi.cols === Math.floor(k / Phi.cols) ? 1 : 0)),
    })),
);

export const landscapeTraces: Registry = {
  pathNorm: entry(pathNorm, fc.tuple(parts), { refuses: badParts }),
  squaredWeightedNorm: entry(squaredWeightedNorm, fc.tuple(parts, positive), {
    refuses: { ...badParts, ...badPositive("1") },
  }),
  balancedNeurons: entry(balancedNeurons, fc.tuple(parts, positive), {
    refuses: { ...badParts, ...badPositive("1") },
  }),
  gaussNewtonMeasures: entry(gaussNewtonMeasures, fc.tuple(size.chain(gramOf)), {
    refuses: { ...badSymmetric("0"), "a negative square": at("0.data.0", () => -1) },
  }),
  populationGaussNewton: entry(populationGaussNewton, fc.tuple(parts), { refuses: badParts }),
  meanRectifiedCoordinate: entry(meanRectifiedCoordinate, fc.tuple(fc.integer({ min: 1, max: 1000 })), {
    refuses: badCount("0"),
  }),
  concentrationSampleSize: entry(concentrationSampleSize, fc.tuple(size, fc.constantFrom(0.001, 0.05, 0.5, 0.99)), {
    refuses: { ...badCount("0"), ...badValues("1", NaN, Infinity, 0, 1, -1) },
  }),
  minimumNormInterpolant: entry(
    minimumNormInterpolant,
    features.chain((Phi) => fc.tuple(fc.constant(Phi), vector(Phi.rows))),
    {
      refuses: {
        ...badMatrix("0"),
        ...badVector("1"),
        ...badLength("1"),
        "features that vanish": at("0.data", (data: Float64Array) => data.fill(0)),
      },
    },
  ),
};

import {
  averageSharpness,
  type AverageSharpnessOptions,
  flattestRescaling,
  gradientNoiseCovariance,
  rescaleNeurons,
  worstCaseSharpness,
  type WorstCaseSharpnessOptions,
} from "flat-minima/landscape";
import type { TwoLayerParts } from "flat-minima/models";
import * as fc from "fast-check";
import { batchRule, gramOf, matrixOf, positive, size, stream, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badImage,
  badMatrix,
  badOption,
  badPositive,
  badShape,
  badSymmetric,
  badValues,
  badVector,
  empty,
  NOTHING,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const DIMENSION = 3;

/** The parts of a two-layer network for inputs of dimension d, and how many neurons it has. */
const partsOf = (d: number): fc.Arbitrary<TwoLayerParts> =>
  fc.tuple(size, fc.boolean()).chain(([width, biased]) =>
    fc.record({
      weights: matrixOf(width, d),
      outputWeights: vector(width),
      ...(biased && { biases: vector(width) }),
    }),
  );

const badParts = (place: string) => ({
  ...badMatrix(`${place}.weights`),
  ...badVector(`${place}.outputWeights`),
  ...badValues(`${place}.outputWeights`, undefined),
  "NaN in the biases": at(place, (parts: TwoLayerParts) => {
    if (!parts.biases) return NOTHING;
    return { ...parts, biases: parts.biases.fill(NaN) };
  }),
});

/** x ↦ Σ_k (1 − cos x_k): bounded, so that every radius is possible, with the gradient sin. */
export const waves = {
  loss: (x: Float64Array): number => x.reduce((sum, value) => sum + 1 - Math.cos(value), 0),
  gradient: (x: Float64Array): Float64Array => x.map(Math.sin),
};

const worstCase = fc.tuple(
  fc.constant(waves),
  vector(DIMENSION),
  fc.record({
    radius: positive,
    stream,
    starts: fc.integer({ min: 1, max: 2 }),
    directions: fc.tuple(vector(DIMENSION).filter((v) => v.some((value) => value !== 0))),
    tolerance: fc.constantFrom(undefined, 1e-3),
    maxIterations: fc.constantFrom(20, 100),
  }) satisfies fc.Arbitrary<WorstCaseSharpnessOptions>,
);

const average = fc.constantFrom("isotropic", "covariance", "factor").chain((form) =>
  fc.tuple(
    fc.constant({ loss: waves.loss }),
    vector(DIMENSION),
    fc.record({
      radius: positive,
      samples: fc.integer({ min: 2, max: 5 }),
      stream,
      ...(form === "covariance" && { perturbation: fc.record({ covariance: gramOf(DIMENSION) }) }),
      ...(form === "factor" && { perturbation: fc.record({ factor: matrixOf(DIMENSION, 2) }) }),
    }) as fc.Arbitrary<AverageSharpnessOptions>,
  ),
);

const withPerturbation = (form: string, corruptions: Record<string, (args: any[], pick: number) => unknown>) =>
  Object.fromEntries(
    Object.entries(corruptions).map(([name, corrupt]) => [
      name,
      (args: any[], pick: number) => (args[2].perturbation?.[form] ? (corrupt(args, pick) as unknown[]) : undefined),
    ]),
  );

export const landscapeMeasures: Registry = {
  averageSharpness: entry(averageSharpness, average, {
    refuses: {
      ...badEntries("1"),
      ...empty("1"),
      ...badPositive("2.radius"),
      ...badCount("2.samples", 2),
      ...withPerturbation("covariance", {
        ...badSymmetric("2.perturbation.covariance"),
        "an indefinite covariance": at("2.perturbation.covariance", (C) => ({
          ...C,
          data: C.data.map((value: number, k: number) => (k % (DIMENSION + 1) === 0 ? -1 - Math.abs(value) : value)),
        })),
      }),
      ...withPerturbation("factor", {
        ...badMatrix("2.perturbation.factor"),
        "a row too many": at("2.perturbation.factor", () => ({ rows: 4, cols: 1, data: new Float64Array(4) })),
      }),
    },
    refusesInUse: { "NaN from the loss": at("0.loss", () => () => NaN) },
    overflow: "a factor or covariance of 1e300 takes the parameters beyond the numbers, where cos is NaN",
  }),
  flattestRescaling: entry(
    flattestRescaling,
    fc.tuple(size, size).chain(([n, d]) => fc.tuple(fc.record({ parts: partsOf(d), inputs: matrixOf(n, d) }))),
    {
      refuses: {
        ...badParts("0.parts"),
        ...badMatrix("0.inputs"),
        "another dimension": badShape("0.inputs")["a column more in 0.inputs"],
      },
    },
  ),
  gradientNoiseCovariance: entry(
    gradientNoiseCovariance,
    fc.tuple(size, size).chain(([n, p]) => fc.tuple(matrixOf(n, p), batchRule(n))),
    {
      refuses: {
        ...badMatrix("0"),
        ...badCount("1.batchSize"),
        ...badOption("1.sampling"),
        "no sample": at("0", ({ cols }) => ({ rows: 0, cols, data: new Float64Array(0) })),
      },
    },
  ),
  rescaleNeurons: entry(
    rescaleNeurons,
    size.chain((d) => partsOf(d)).chain((parts) => fc.tuple(fc.constant(parts), vector(parts.weights.rows, positive))),
    { refuses: { ...badParts("0"), ...badVector("1"), ...badPositive("1.*") } },
  ),
  worstCaseSharpness: entry(worstCaseSharpness, worstCase, {
    refuses: {
      ...badEntries("1"),
      ...empty("1"),
      ...badPositive("2.radius"),
      ...badCount("2.starts", 0),
      ...badVector("2.directions.0"),
      "a direction of 0": at("2.directions.0", (v: Float64Array) => v.fill(0)),
      ...badValues("2.tolerance", NaN, 0, -1),
      ...badCount("2.maxIterations"),
    },
    refusesInUse: { ...badImage("0.gradient"), "NaN from the loss": at("0.loss", () => () => NaN) },
    overflow: "where the parameters are so large that ε is below their rounding, nothing rises",
  }),
};

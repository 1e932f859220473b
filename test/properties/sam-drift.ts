import { polynomialLoss } from "flat-minima/models";
import { coarseSamDriftErrorBound, samDrift, samDriftErrorBound, symmetricFormNorm } from "flat-minima/sam";
import * as fc from "fast-check";
import { number } from "./arguments";
import { at, badCount, badNonNegative, badPositive, badValues, badVector } from "./corruptions";
import { entry, type Registry } from "./entry";

/** ½λx² + ½(λ/2)y² + cx³ + ex²y with its minimum at the origin, where λ₂ = λ₁/2. */
const lossOf = (sharpness: number, cubic: readonly number[]): ReturnType<typeof polynomialLoss> =>
  polynomialLoss([
    { coefficient: sharpness / 2, powers: [2, 0] },
    { coefficient: sharpness / 4, powers: [0, 2] },
    { coefficient: cubic[0], powers: [3, 0] },
    { coefficient: cubic[1], powers: [2, 1] },
  ]);

const upTo = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: 100 }).map((k) => (k / 100) * most);

const constants = fc
  .record({
    sharpness: upTo(2),
    learningRate: upTo(0.4),
    perturbationRadius: upTo(1),
    thirdDerivativeNorm: upTo(1),
    lipschitzConstant: upTo(1),
  })
  .map((bound) => [bound] as [typeof bound]);
const badConstants = {
  ...badPositive("0.sharpness"),
  ...badPositive("0.learningRate"),
  ...badPositive("0.perturbationRadius"),
  ...badNonNegative("0.thirdDerivativeNorm"),
  ...badNonNegative("0.lipschitzConstant"),
  ...badValues("0.sharpness", 1e4),
};

export const samDriftRegistry: Registry = {
  samDrift: entry(
    (minimum: Float64Array, options: Parameters<typeof samDrift>[2], sharpness: number, cubic: number[]) =>
      samDrift(lossOf(sharpness, cubic), minimum, options),
    fc.tuple(
      fc.constant(new Float64Array(2)),
      fc.record({ learningRate: upTo(0.4), perturbationRadius: upTo(0.1), side: fc.constantFrom(1 as const, -1) }),
      upTo(2),
      fc.array(number, { minLength: 2, maxLength: 2 }),
    ) as fc.Arbitrary<[Float64Array, Parameters<typeof samDrift>[2], number, number[]]>,
    {
      refuses: {
        ...badVector("0"),
        ...badPositive("1.learningRate"),
        ...badPositive("1.perturbationRadius"),
        ...badValues("1.side", 0, 2, NaN),
        "a point that is no minimum": at("0", () => Float64Array.of(0, 1)),
        "a negative Hessian": badValues("2", -1)["2 = -1"],
        "no curvature": badValues("2", 0)["2 = 0"],
        ...badValues("1.learningRate", 1e3),
      },
    },
  ),
  coarseSamDriftErrorBound: entry(coarseSamDriftErrorBound, constants, {
    refuses: { ...badConstants, ...badValues("0.thirdDerivativeNorm", 1e6) },
  }),
  samDriftErrorBound: entry(samDriftErrorBound, constants, { refuses: badConstants }),
  symmetricFormNorm: entry(
    (coefficient: number, options: Parameters<typeof symmetricFormNorm>[1]) =>
      symmetricFormNorm((u) => coefficient * u[0] * u[1] ** (options.degree - 1), options),
    fc.tuple(
      number,
      fc.record({ variableCount: fc.constantFrom(2 as const, 3 as const), degree: fc.integer({ min: 1, max: 5 }) }),
    ),
    {
      refuses: {
        ...badValues("1.variableCount", 1, 4, NaN),
        ...badCount("1.degree"),
        "too few rows": at("1", (options) => ({ ...options, rows: options.degree })),
        ...badValues("0", NaN, Infinity),
      },
    },
  ),
};

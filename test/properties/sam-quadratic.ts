import { gradientSpaceSam, quadraticSam, type QuadraticSamOptions, quadraticSamThresholds } from "flat-minima/sam";
import * as fc from "fast-check";
import { number, positive, size, vector } from "./arguments";
import { at, badEntries, badNonNegative, badPositive, badValues, type Corruption, empty, NOTHING } from "./corruptions";
import { entry, type Registry } from "./entry";

const NAMED = "runTrajectory looks for infinities and NaN, and names the step";

const options = (length: number): fc.Arbitrary<QuadraticSamOptions> =>
  fc.record({
    eigenvalues: vector(length, number).map((values) => values.sort().reverse()),
    learningRate: positive,
    perturbationRadius: positive,
  });

const refuses: Record<string, Corruption> = {
  ...badEntries("0.eigenvalues"),
  ...empty("0.eigenvalues"),
  "eigenvalues that ascend": at("0.eigenvalues", (values: Float64Array) =>
    Float64Array.of(...values, values[values.length - 1] + 1),
  ),
  ...badPositive("0.learningRate"),
  ...badNonNegative("0.perturbationRadius"),
};
const otherLength: Record<string, Corruption> = {
  "a coordinate more": at("0", (point: Float64Array) => new Float64Array(point.length + 1)),
  "a coordinate less": at("0", (point: Float64Array) => point.slice(1)),
};
const withPoint = size.chain((d) => fc.tuple(vector(d), options(d)));
const one = size.chain((d) => fc.tuple(options(d)));
const use = (update: ReturnType<typeof quadraticSam>, [{ eigenvalues }]: [QuadraticSamOptions]): Float64Array =>
  update(new Float64Array(eigenvalues.length).fill(1));

/** The premises of the theory: λ ≥ 0, λ₁ > 0, ηλ₁ < 1. */
const premised = size.chain((d) =>
  fc.tuple(
    fc.record({
      eigenvalues: vector(d, fc.nat(100)).map((values) =>
        values
          .map((value, i) => value + (i === 0 ? 1 : 0))
          .sort()
          .reverse(),
      ),
      learningRate: fc.integer({ min: 1, max: 99 }).map((k) => k / 1e4),
      perturbationRadius: positive,
    }),
  ),
);

export const samQuadratic: Registry = {
  quadraticSam: entry(quadraticSam, one, { use, refuses, overflow: NAMED }),
  "quadraticSam, the map": entry(
    (point: Float64Array, chosen: QuadraticSamOptions) => quadraticSam(chosen)(point),
    withPoint,
    { refuses: otherLength, overflow: NAMED },
  ),
  gradientSpaceSam: entry(gradientSpaceSam, one, { use, refuses, overflow: NAMED }),
  "gradientSpaceSam, the map": entry(
    (point: Float64Array, chosen: QuadraticSamOptions) => gradientSpaceSam(chosen)(point),
    withPoint,
    { refuses: otherLength, overflow: NAMED },
  ),
  quadraticSamThresholds: entry(quadraticSamThresholds, premised, {
    refuses: {
      ...refuses,
      ...badValues("0.perturbationRadius", 0),
      "a negative eigenvalue": at("0.eigenvalues", (values: Float64Array) =>
        values.length === 1 ? NOTHING : values.map((value, i) => (i === values.length - 1 ? -1 : value)),
      ),
      "no curvature": at("0.eigenvalues", (values: Float64Array) => values.map(() => 0)),
      "ηλ₁ = 2": at("0", (chosen) => ({
        ...chosen,
        learningRate: 2 / chosen.eigenvalues[0],
        eigenvalues: Float64Array.of(chosen.eigenvalues[0]),
      })),
    },
    infinite: "a threshold that overflows is infinite",
  }),
};

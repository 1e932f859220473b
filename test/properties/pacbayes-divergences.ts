import {
  binaryKl,
  diagonalGaussianKl,
  gaussianKl,
  gibbsMeasure,
  klDivergence,
  logMeanExp,
  lowerBinaryKlInverse,
  optimalPriorVariance,
  upperBinaryKlInverse,
} from "flat-minima/pacbayes";
import * as fc from "fast-check";
import { positive, positiveDefiniteOf, size, vector } from "./arguments";
import {
  at,
  badEntries,
  badLength,
  badNonNegative,
  badPositive,
  badShape,
  badSymmetric,
  badValues,
  badVector,
  type Corruption,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const probability = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((k) => k / 100),
  fc.constantFrom(0, 5e-324, 1e-300, 1e-16, 1 - 2 ** -53, 1),
);
const divergence = fc.oneof(positive, fc.constantFrom(0, 5e-324, 1e-300, 1e-16, 700, 1e308));
const distribution = (n: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n })
    .filter((counts) => counts.some((count) => count > 0))
    .map((counts) => Float64Array.from(counts, (count) => count / counts.reduce((sum, other) => sum + other)));

const badProbability = (place: string): Record<string, Corruption> =>
  badValues(place, NaN, Infinity, -Infinity, -0.1, 1.1);
const badDistribution = (place: string): Record<string, Corruption> => ({
  ...badEntries(place),
  // A one more, or a point less; where that had no mass it is the length that is wrong.
  ...badLength(place),
  [`a negative probability in ${place}`]: at(`${place}.*`, () => -0.1),
  [`a probability above 1 in ${place}`]: at(`${place}.*`, () => 1.1),
  [`a sum above 1 in ${place}`]: at(place, (p: Float64Array) => p.map((mass) => mass * (1 + 1e-9))),
});

const inverse = (call: (q: number, c: number) => number) =>
  entry(call, fc.tuple(probability, divergence), { refuses: { ...badProbability("0"), ...badNonNegative("1") } });

const potential = size.chain((n) => fc.tuple(distribution(n), vector(n)));
const badPotential = { ...badDistribution("0"), ...badVector("1") };

const gaussian = (k: number) => fc.record({ mean: vector(k), covariance: positiveDefiniteOf(k) });
const badGaussian = (place: string): Record<string, Corruption> => ({
  ...badVector(`${place}.mean`),
  ...badSymmetric(`${place}.covariance`),
  ...badShape(`${place}.covariance`),
  [`${place}.covariance not positive definite`]: at(`${place}.covariance.data`, (data: Float64Array) => {
    data[0] = -1;
    return data;
  }),
});

const diagonal = (k: number) =>
  fc.record({
    mean: vector(k),
    variance: fc.oneof<fc.Arbitrary<number | Float64Array>[]>(positive, vector(k, positive)),
  });
const badDiagonal = (place: string): Record<string, Corruption> => ({
  ...badVector(`${place}.mean`),
  ...badPositive(`${place}.variance`),
  [`a variance more in ${place}`]: at(place, ({ mean }) => ({
    mean,
    variance: new Float64Array(mean.length + 1).fill(1),
  })),
  [`a variance of 0 in ${place}`]: at(place, ({ mean }) => ({ mean, variance: new Float64Array(mean.length) })),
});

export const pacbayesDivergences: Registry = {
  binaryKl: entry(binaryKl, fc.tuple(probability, probability), {
    refuses: { ...badProbability("0"), ...badProbability("1") },
    infinite: "the second coin may exclude what the first shows",
  }),
  upperBinaryKlInverse: inverse(upperBinaryKlInverse),
  lowerBinaryKlInverse: inverse(lowerBinaryKlInverse),
  klDivergence: entry(
    klDivergence,
    size.chain((n) => fc.tuple(distribution(n), distribution(n))),
    {
      refuses: { ...badDistribution("0"), ...badDistribution("1") },
      infinite: "the prior may exclude what may happen",
    },
  ),
  logMeanExp: entry(logMeanExp, potential, { refuses: badPotential }),
  gibbsMeasure: entry(gibbsMeasure, potential, { refuses: badPotential }),
  gaussianKl: entry(
    gaussianKl,
    size.chain((k) => fc.tuple(gaussian(k), gaussian(k))),
    { refuses: { ...badGaussian("0"), ...badGaussian("1") } },
  ),
  diagonalGaussianKl: entry(
    diagonalGaussianKl,
    size.chain((k) => fc.tuple(diagonal(k), diagonal(k))),
    { refuses: { ...badDiagonal("0"), ...badDiagonal("1") } },
  ),
  optimalPriorVariance: entry(
    optimalPriorVariance,
    size.chain((k) => fc.tuple(fc.record({ mean: vector(k), variance: positive }), vector(k))),
    {
      refuses: {
        ...badVector("0.mean"),
        ...badPositive("0.variance"),
        "a list of variances": at("0.variance", (variance: number) => Float64Array.of(variance)),
        ...badVector("1"),
      },
    },
  ),
};

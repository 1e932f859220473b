import type { FiniteHypotheses } from "flat-minima/pacbayes";
import type { RandomStream } from "flat-minima/core";

/** E_Q of numbers. */
export const meanUnder = (Q: ArrayLike<number>, values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value, h) => sum + Q[h] * value, 0);

/** KL(Q‖P) as it is written. */
export const naiveKl = (Q: ArrayLike<number>, P: ArrayLike<number>): number =>
  Array.from(Q).reduce((sum, q, h) => sum + (q > 0 ? q * Math.log(q / P[h]) : 0), 0);

/** kl(q‖p) as it is written. */
export const naiveBinaryKl = (q: number, p: number): number => naiveKl([q, 1 - q], [p, 1 - p]);

/** max{p : kl(q‖p) ≤ c} by bisection. */
export function bisectedInverse(q: number, c: number): number {
  let [low, high] = [q, 1];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (naiveBinaryKl(q, middle) <= c) low = middle;
    else high = middle;
  }
  return low;
}

/** A random distribution on K points, of very uneven weights where the power is high. */
export function randomDistribution(stream: RandomStream, count: number, power: number = 1): number[] {
  const weights = Array.from({ length: count }, () => (-Math.log(1 - stream.uniform())) ** power + 1e-12);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const scaled = weights.map((weight) => weight / sum);
  // The first takes what rounding left of 1.
  scaled[0] = 1 - scaled.slice(1).reduce((total, weight) => total + weight, 0);
  return scaled[0] >= 0 ? scaled : randomDistribution(stream, count, power);
}

/** Hypotheses and a sample on which they may do much better than they should. */
export function randomSample(
  stream: RandomStream,
  count: number,
): { hypotheses: FiniteHypotheses; empiricalRisks: number[] } {
  const sampleCount = 1 + stream.integer(20);
  const hypotheses = {
    risks: Array.from({ length: count }, () => 0.95 * stream.uniform()),
    dataFreePrior: randomDistribution(stream, count),
    sampleCount,
  };
  return {
    hypotheses,
    empiricalRisks: Array.from({ length: count }, () => stream.integer(sampleCount + 1) / sampleCount),
  };
}

import { gibbsMeasure } from "./gibbs-measure";

/**
 * log Σ_h P(h) e^{Σ_i x_i s_i(h)} for statistics s₁, … of the hypotheses: convex in x. Without intermediate overflow, and
 * without a check: it is evaluated some hundred times for each of thousands of samples.
 */
export function logMeanOfTilt(prior: ArrayLike<number>, x: Float64Array, statistics: readonly Float64Array[]): number {
  const largest = largestExponent(prior, x, statistics);
  let sum = 0;
  for (let h = 0; h < prior.length; h++) {
    if (prior[h] > 0) sum += prior[h] * Math.exp(exponentOf(h, x, statistics) - largest);
  }
  return largest + Math.log(sum);
}

/** Q(h) ∝ P(h) e^{Σ_i x_i s_i(h)}. */
export function tiltedPosterior(
  prior: ArrayLike<number>,
  x: Float64Array,
  statistics: readonly Float64Array[],
): Float64Array {
  return gibbsMeasure(
    prior,
    Float64Array.from(prior, (_, h) => exponentOf(h, x, statistics)),
  );
}

function largestExponent(prior: ArrayLike<number>, x: Float64Array, statistics: readonly Float64Array[]): number {
  let largest = -Infinity;
  for (let h = 0; h < prior.length; h++) {
    if (prior[h] > 0) largest = Math.max(largest, exponentOf(h, x, statistics));
  }
  return largest;
}

function exponentOf(h: number, x: Float64Array, statistics: readonly Float64Array[]): number {
  let exponent = 0;
  for (let i = 0; i < statistics.length; i++) exponent += x[i] * statistics[i][h];
  return exponent;
}

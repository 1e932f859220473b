import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { requireDistribution } from "./probabilities";

/**
 * The logarithm of an exponential moment, log E_π e^V = log Σ_i π_i e^{V_i}, V finite of any size. Exact up to n
 * roundings of max |V| over the points of positive probability (their maximum is taken out before exponents are taken).
 *
 * It is the largest E_p V − KL(p‖π) over distributions p, which `gibbsMeasure` attains (Donsker and Varadhan 1975). O(n).
 *
 * @param prior π (n), probabilities
 * @param values V (n)
 * @throws InvalidArgumentError when the lengths differ, a value is not finite, a probability is not in [0, 1] or their
 *   sum is not 1 within n·eps
 *
 * @example
 * logMeanExp([0.5, 0.5], [1000, 1000]); // 1000
 */
export function logMeanExp(prior: ArrayLike<number>, values: ArrayLike<number>): number {
  const { probabilities, shifted, top } = shiftedValues("logMeanExp", prior, values);
  const mean = probabilities.reduce((sum, probability, i) => sum + probability * Math.exp(shifted[i]), 0);
  if (mean < 0.5) return top + Math.log(mean);
  // Where all V are nearly equal, the logarithm of a number near 1 would lose what distinguishes them.
  return top + Math.log1p(probabilities.reduce((sum, probability, i) => sum + probability * Math.expm1(shifted[i]), 0));
}

/**
 * The Gibbs measure of a prior and a potential, p_i = π_i e^{V_i}/E_π e^V: where E_p V − KL(p‖π) is largest. For every p,
 *
 *   log E_π e^V − (E_p V − KL(p‖π)) = KL(p‖gibbs)
 *
 * (Donsker and Varadhan 1975; Catoni 2007). With V = −λ L̂, L̂_i the empirical risk of hypothesis i, it is the posterior
 * that PAC-Bayes bounds at a fixed λ ask for. O(n).
 *
 * @param prior π (n), probabilities
 * @param values V (n); a value where π is 0 plays no part
 * @returns p (n), each entry within a few roundings times 1 + |V_i − max V|; entries below 5e-324 are 0
 * @throws InvalidArgumentError when the lengths differ, a value is not finite, a probability is not in [0, 1] or their
 *   sum is not 1 within n·eps
 *
 * @example
 * gibbsMeasure([0.5, 0.5], [Math.log(3), 0]); // [0.75, 0.25]
 */
export function gibbsMeasure(prior: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  const { probabilities, shifted } = shiftedValues("gibbsMeasure", prior, values);
  const weights = probabilities.map((probability, i) => probability * Math.exp(shifted[i]));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** V less its maximum over the points of positive probability, at most 0; 0 at the others, so that 0·e^V is 0. */
function shiftedValues(
  functionName: string,
  prior: ArrayLike<number>,
  values: ArrayLike<number>,
): { probabilities: Float64Array; shifted: Float64Array; top: number } {
  const probabilities = requireDistribution(functionName, "prior", prior);
  const lengths = `${prior.length} and ${values.length} entries`;
  requireThat(prior.length === values.length, functionName, "prior and values must have the same length", lengths);
  const V = Float64Array.from(values);
  requireFinite(functionName, "values", V);
  const top = V.reduce((most, value, i) => (probabilities[i] > 0 ? Math.max(most, value) : most), -Infinity);
  return { probabilities, shifted: V.map((value, i) => (probabilities[i] > 0 ? value - top : 0)), top };
}

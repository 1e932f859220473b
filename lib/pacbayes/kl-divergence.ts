import { requireThat } from "../core";
import { requireDistribution } from "./probabilities";
import { relativeEntropyTerm } from "./relative-entropy-term";

/**
 * The Kullback–Leibler divergence of distributions on the same n points, in nats,
 *
 *   KL(p‖π) = Σ_i p_i log(p_i/π_i),
 *
 * with 0 log 0 = 0; infinite where p_i > 0 = π_i. Summed from p_i log(p_i/π_i) − p_i + π_i ≥ 0, which nothing cancels:
 * never negative, and with all its digits for p near π. Where the sums of p and π differ by rounding it is the
 * divergence of the distributions divided by their sums, up to n·eps·KL. O(n).
 *
 * @param p probabilities (n), the posterior
 * @param prior π (n)
 * @throws InvalidArgumentError when the lengths differ, a probability is not in [0, 1] or a sum is not 1 within n·eps
 *
 * @example
 * klDivergence([1, 0], [0.5, 0.5]); // 0.693147180559945…, log 2
 * klDivergence([0.5, 0.5], [1, 0]); // Infinity
 */
export function klDivergence(p: ArrayLike<number>, prior: ArrayLike<number>): number {
  const from = requireDistribution("klDivergence", "p", p);
  const to = requireDistribution("klDivergence", "prior", prior);
  const lengths = `${from.length} and ${to.length} entries`;
  requireThat(from.length === to.length, "klDivergence", "p and prior must have the same length", lengths);
  return from.reduce((sum, mass, i) => sum + relativeEntropyTerm(mass, to[i], to[i] - mass), 0);
}

import { requireProbability } from "./probabilities";
import { relativeEntropyTerm } from "./relative-entropy-term";

/**
 * The Kullback–Leibler divergence of coins, in nats,
 *
 *   kl(q‖p) = q log(q/p) + (1 − q) log((1 − q)/(1 − p)),
 *
 * with 0 log 0 = 0; infinite for p = 0 < q and for p = 1 > q. Convex in (q, p), 0 only at p = q, at least 2(p − q)²
 * (Pinsker). O(1).
 *
 * Within 4 ulp (as long as it is a normal number) also for p next to q, where the
 * two logarithms cancel all but the square of p − q: it is summed from two terms that are not negative.
 *
 * @param q probability of the first coin, the empirical risk in a PAC-Bayes-kl bound, in [0, 1]
 * @param p probability of the second, the risk, in [0, 1]
 * @throws InvalidArgumentError when q or p is not in [0, 1]
 *
 * @example
 * binaryKl(0, 0.5); // 0.693147180559945…, log 2
 * binaryKl(0.5, 0); // Infinity
 */
export function binaryKl(q: number, p: number): number {
  requireProbability("binaryKl", "q", q);
  requireProbability("binaryKl", "p", p);
  const difference = p - q;
  return relativeEntropyTerm(q, p, difference) + relativeEntropyTerm(1 - q, 1 - p, -difference);
}

import { requireSize } from "../core/requirements";

/** A term is scaled down before it can overflow. */
const LARGE = 2 ** 512;

/**
 * The probability that n random points of R^d lie on one side of some hyperplane through the origin,
 *
 *     P = P(Bin(n − 1, ½) ≤ d − 1) = 2^{1−n} Σ_{k=0}^{d−1} C(n − 1, k)
 *
 * (Wendel 1962), for independent points whose laws are symmetric, x and −x alike, and in general position with
 * probability one (any d of them independent). For other symmetric laws, the hypercube's among them, it is an upper
 * bound of the probability that they lie strictly on one side: fewer than general position's 2Σ_k C(n − 1, k) choices
 * of signs are then possible (Schläfli; Cover 1965).
 *
 * So it is the probability that a ReLU neuron without bias can fire on x_j alone among n samples: u·x_j > 0 and
 * u·x_i < 0 for i ≠ j puts x_j and the −x_i on one side. It is ½ at n = 2d and falls from 1 to 0 over some √d samples.
 *
 * For n ≤ 54 exact. O(d).
 *
 * @throws InvalidArgumentError when n or d is no positive integer
 *
 * @example
 * wendelProbability(6, 3); // 0.5: n = 2d
 * wendelProbability(4, 2); // 0.5
 * wendelProbability(3, 2); // 0.75: three points of the plane in a half-plane
 */
export function wendelProbability(pointCount: number, dimension: number): number {
  requireSize("wendelProbability", "pointCount", pointCount);
  requireSize("wendelProbability", "dimension", dimension);
  if (dimension >= pointCount) return 1;
  const tosses = pointCount - 1;
  let [term, sum, exponent] = [1, 1, -tosses];
  for (let k = 1; k < dimension; k++) {
    term = (term * (tosses - k + 1)) / k;
    sum += term;
    if (sum > LARGE) {
      term /= LARGE;
      sum /= LARGE;
      exponent += 512;
    }
  }
  // In two factors, since 2^exponent alone may be below the smallest number; a rounded sum must not exceed 1.
  return Math.min(1, sum * 2 ** Math.max(exponent, -512) * 2 ** Math.min(0, exponent + 512));
}

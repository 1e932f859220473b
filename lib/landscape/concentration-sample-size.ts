import { requireThat } from "../core";
import { requireSize } from "../core/requirements";

/**
 * The number of samples N(d, δ) = inf{n ∈ ℕ : d log(n/δ)/n ≤ 1}, n ≥ 1, from which on the sharpness of a two-layer ReLU
 * network on a sample in dimension d is that of the population up to constants, with probability 1 − δ (Wu, lecture
 * "Implicit bias/regularization I"). About d log(d/δ). O(log N).
 *
 * Why bisection may look for it: n − d log(n/δ) is convex in n. Where it is negative at n = 1 it changes its sign once.
 *
 * @param dimension d
 * @param failureProbability δ in (0, 1)
 * @throws InvalidArgumentError when d is not a positive integer, or δ is not between 0 and 1
 *
 * @example
 * concentrationSampleSize(10, 0.05); // 73
 */
export function concentrationSampleSize(dimension: number, failureProbability: number): number {
  requireSize("concentrationSampleSize", "dimension", dimension);
  const proper = failureProbability > 0 && failureProbability < 1;
  requireThat(proper, "concentrationSampleSize", "the failure probability must be in (0, 1)", failureProbability);
  const enough = (n: number): boolean => dimension * (Math.log(n) - Math.log(failureProbability)) <= n;
  let high = 1;
  while (!enough(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

import { requireThat } from "../core";

/**
 * The quantiles of many trajectories, step by step: entry t of the array for q is the smallest of the values at t that
 * at least a fraction q of them do not exceed (the inverse of the empirical distribution function, without
 * interpolation, so that it is one of the values: ∞ is above all finite ones and does no other harm).
 *
 * Cost O(steps · trajectories · log trajectories).
 *
 * @param losses one array a trajectory, all of the same length; entries may be ∞, as those of diverged trajectories
 * @param fractions q, each in (0, 1]
 * @returns one array for each q, as long as a trajectory
 * @throws InvalidArgumentError when there is no trajectory, they differ in length, an entry is NaN or −∞, or a fraction
 *   does not lie in (0, 1].
 *
 * @example
 * const runs = [Float64Array.of(1, 8), Float64Array.of(1, 2), Float64Array.of(1, Infinity)];
 * lossQuantiles(runs, [0.5, 1]); // [[1, 8], [1, Infinity]]
 */
export function lossQuantiles(losses: readonly ArrayLike<number>[], fractions: readonly number[]): Float64Array[] {
  const functionName = "lossQuantiles";
  requireThat(losses.length > 0, functionName, "there must be a trajectory", losses.length);
  const steps = losses[0].length;
  for (const one of losses) {
    requireThat(one.length === steps, functionName, `every trajectory must have length ${steps}`, one.length);
    const bad = Array.from(one).find((value) => !(value > -Infinity));
    requireThat(bad === undefined, functionName, "the losses must be numbers above −∞", bad);
  }
  for (const q of fractions) requireThat(q > 0 && q <= 1, functionName, "a fraction must lie in (0, 1]", q);

  const sorted = Array.from({ length: steps }, (_, t) => Float64Array.from(losses, (one) => one[t]).sort());
  return fractions.map((q) => {
    // q·N that should be an integer may be above it by rounding, 0.07·100 = 7.000000000000001: half an eps of q and of N.
    const rank = Math.ceil(q * losses.length * (1 - Number.EPSILON));
    return Float64Array.from(sorted, (values) => values[Math.max(1, rank) - 1]);
  });
}

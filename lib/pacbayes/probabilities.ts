import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";

/** Refuses a number outside [0, 1]. */
export function requireProbability(functionName: string, what: string, value: number): void {
  requireThat(value >= 0 && value <= 1, functionName, `${what} must be in [0, 1]`, value);
}

/**
 * A copy of the probabilities of a finite distribution; refused when there is none, when one is outside [0, 1] or when
 * their sum is not 1 within n·eps, n times the rounding of one of them.
 */
export function requireDistribution(functionName: string, what: string, values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values);
  requireThat(copy.length > 0, functionName, `${what} must not be empty`, values);
  requireFinite(functionName, what, copy);
  const bad = copy.findIndex((value) => value < 0 || value > 1);
  const inside = bad === -1;
  requireThat(inside, functionName, `${what} must be in [0, 1]`, `${copy[bad]} at index ${bad}`);
  const sum = copy.reduce((total, value) => total + value, 0);
  const proper = Math.abs(sum - 1) <= copy.length * Number.EPSILON;
  requireThat(proper, functionName, `${what} must add up to 1 within n·eps`, sum);
  return copy;
}

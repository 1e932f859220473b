import { requireThat } from "./errors";
import { requireSize } from "./requirements";

/**
 * The numbers 0, 1, …, count − 1.
 *
 * @throws InvalidArgumentError when the count is no integer of at least 0
 *
 * @example
 * indices(3); // [0, 1, 2]
 */
export function indices(count: number): number[] {
  requireSize("indices", "count", count, 0);
  return Array.from({ length: count }, (_, i) => i);
}

/**
 * `count` evenly spaced numbers low, …, high, both ends included; descending when low > high.
 *
 * @throws InvalidArgumentError when an end is not finite or the count no integer of at least 2
 *
 * @example
 * grid(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 */
export function grid(low: number, high: number, count: number): number[] {
  requireEnds("grid", low, high);
  requireSize("grid", "count", count, 2);
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/**
 * `count` numbers low, …, high with a constant ratio, both ends included up to rounding: evenly spaced on a logarithmic
 * axis.
 *
 * @throws InvalidArgumentError when an end is not positive and finite or the count no integer of at least 2
 *
 * @example
 * logGrid(1, 100, 3).map(Math.round); // [1, 10, 100]
 */
export function logGrid(low: number, high: number, count: number): number[] {
  requireEnds("logGrid", low, high);
  requireThat(low > 0 && high > 0, "logGrid", "the ends must be positive", [low, high]);
  requireSize("logGrid", "count", count, 2);
  return grid(Math.log(low), Math.log(high), count).map(Math.exp);
}

function requireEnds(functionName: string, low: number, high: number): void {
  requireThat(Number.isFinite(high - low), functionName, "the ends must be finite, and so their distance", [low, high]);
}

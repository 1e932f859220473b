import { requireThat } from "./errors";
import { allFinite } from "./finite";

/** Refuses a size that is not an integer of at least `least`. */
export function requireSize(functionName: string, what: string, value: number, least: number = 1): void {
  const requirement = least === 1 ? "a positive integer" : `an integer of at least ${least}`;
  requireThat(Number.isSafeInteger(value) && value >= least, functionName, `${what} must be ${requirement}`, value);
}

/** The number, refused unless it is finite. */
export function requireFiniteNumber(functionName: string, what: string, value: number): number {
  requireThat(Number.isFinite(value), functionName, `${what} must be finite`, value);
  return value;
}

/** Refuses values that are not all finite. */
export function requireFinite(functionName: string, what: string, values: Float64Array): void {
  if (allFinite(values)) return;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  requireThat(false, functionName, `${what} must be finite`, `${values[bad]} at index ${bad}`);
}

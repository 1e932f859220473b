import { requireThat } from "../core";

/** Refuses what is no object with exactly these fields: a misspelt one must not leave another without effect. */
export function requireFields(
  functionName: string,
  value: unknown,
  fields: readonly string[],
): asserts value is Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const got = isObject ? Object.keys(value).sort().join(", ") || "none" : value;
  const wanted = [...fields].sort().join(", ");
  requireThat(isObject && got === wanted, functionName, `the fields must be ${wanted}`, got);
}

/** Refuses what is no integer from `least` to `most`. */
export function requireInteger(
  functionName: string,
  name: string,
  value: unknown,
  least: number,
  most: number,
): asserts value is number {
  const valid = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  requireThat(valid, functionName, `${name} must be an integer from ${least} to ${most}`, value);
}

/** Refuses what is no positive finite number. */
export function requirePositive(functionName: string, name: string, value: unknown): asserts value is number {
  const valid = Number.isFinite(value) && (value as number) > 0;
  requireThat(valid, functionName, `${name} must be positive and finite`, value);
}

/** Refuses what is no finite number of at least 0. */
export function requireNonNegative(functionName: string, name: string, value: unknown): asserts value is number {
  const valid = Number.isFinite(value) && (value as number) >= 0;
  requireThat(valid, functionName, `${name} must be finite and not negative`, value);
}

/** The largest seed of a random stream, 2³² − 1. */
const LARGEST_SEED = 0xffffffff;

/** Refuses what `randomStream` would refuse. */
export function requireSeed(functionName: string, value: unknown): asserts value is number {
  requireInteger(functionName, "a seed", value, 0, LARGEST_SEED);
}

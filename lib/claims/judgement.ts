import { requireThat } from "../core/errors";
import type { Values } from "./statement";

/** What came of judging one statement. */
export interface Judgement {
  readonly holds: boolean;
  /** The statement's form without numbers, "measured ≤ bound". */
  readonly form: string;
  /** Measured and stated numbers as a reader wants them. */
  readonly text: string;
  /** The same for the check's JSON, rounded to six significant digits. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** A measured number that is NaN or infinite; the statement then does not hold. */
  readonly nonFinite?: number | undefined;
}

/** Entries of a measured array and of what it is compared with, paired up. */
export interface Pairs {
  readonly measured: readonly number[];
  readonly stated: readonly number[];
}

/**
 * Pairs measured entries with stated ones; a single stated number goes with every entry.
 *
 * @throws InvalidArgumentError for empty or unequal lengths, and for a stated number that is not finite
 */
export function pairUp(measured: Values, stated: Values, role: string): Pairs {
  const left = toList(measured, role);
  const single = typeof stated === "number";
  const right = single ? left.map(() => stated) : toList(stated, role);
  requireThat(left.length > 0, "check", `what ${role} measures must not be empty`, left);
  requireThat(
    left.length === right.length,
    "check",
    `what ${role} measures and what it states must have equal lengths`,
    `${left.length} and ${right.length}`,
  );
  requireThat(right.every(Number.isFinite), "check", `what ${role} states must be finite`, stated);
  return { measured: left, stated: right };
}

function toList(values: Values, role: string): readonly number[] {
  if (typeof values === "number") return [values];
  const list = typeof values === "object" && values !== null ? Array.from(values) : undefined;
  const numeric = list !== undefined && list.every((entry) => typeof entry === "number");
  requireThat(numeric, "check", `${role} must consist of numbers`, values);
  return list;
}

/** The tolerance of a statement, checked. */
export function requireTolerance(tolerance: number, role: string): void {
  const proper = Number.isFinite(tolerance) && tolerance >= 0;
  requireThat(proper, "check", `the tolerance of ${role} must be finite and not negative`, tolerance);
}

/** Index of the largest entry; of several the first. */
export function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}

/** "the worst of 12: " before the numbers of an array's deciding entry, nothing before a single number. */
export function ofSeveral(kind: string, count: number): string {
  return count === 1 ? "" : `the ${kind} of ${count}: `;
}

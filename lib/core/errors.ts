/**
 * A function was called with an argument that it cannot work with. Thrown before any work is done.
 *
 * The message reads "function: requirement, got value".
 *
 * @example
 * new InvalidArgumentError("zeros: the number of rows must be a positive integer, got -1").name; // "InvalidArgumentError"
 */
export class InvalidArgumentError extends RangeError {
  override readonly name: string = "InvalidArgumentError";
}

/**
 * An iteration left the finite numbers. Thrown at the first step whose iterate, loss or gradient is not finite.
 *
 * The message reads "function: diverged at step k, detail".
 *
 * @example
 * new DivergenceError("gradientDescent", 12, "the loss is Infinity").message;
 * // "gradientDescent: diverged at step 12, the loss is Infinity"
 */
export class DivergenceError extends Error {
  override readonly name: string = "DivergenceError";
  /** The first step (counted from 0 at the start point) at which something was not finite. */
  readonly step: number;

  constructor(functionName: string, step: number, detail: string) {
    super(`${functionName}: diverged at step ${step}, ${detail}`);
    this.step = step;
  }
}

/**
 * The user pressed the interrupt button while a long computation ran. Thrown by `breathe`.
 *
 * @example
 * new InterruptedError().name; // "Interrupted"
 */
export class InterruptedError extends Error {
  override readonly name: string = "Interrupted";

  constructor(message: string = "the computation was interrupted") {
    super(message);
  }
}

/**
 * Throws an `InvalidArgumentError` "function: requirement, got value" unless `condition` holds.
 *
 * `got` is shown short: strings as they are, long arrays by their first entries, matrices by their shape.
 *
 * @throws InvalidArgumentError when `condition` is false
 *
 * @example
 * requireThat(-1 > 0, "gradientDescent", "the learning rate must be positive", -1);
 * // InvalidArgumentError: gradientDescent: the learning rate must be positive, got -1
 */
export function requireThat(
  condition: boolean,
  functionName: string,
  requirement: string,
  got: unknown,
): asserts condition {
  if (!condition) throw new InvalidArgumentError(`${functionName}: ${requirement}, got ${describe(got)}`);
}

const SHOWN_ENTRIES = 6;

function describe(value: unknown): string {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return describeList(value as unknown as ArrayLike<unknown>);
  if (value instanceof Error || value instanceof Date) return String(value);
  const { rows, cols } = value as { rows?: unknown; cols?: unknown };
  if (typeof rows === "number" && typeof cols === "number") return `a ${rows}×${cols} matrix`;
  const keys = Object.keys(value);
  return keys.length === 0 ? "an object without fields" : `an object with the fields ${keys.join(", ")}`;
}

function describeList(list: ArrayLike<unknown>): string {
  if (typeof list.length !== "number") return "a view of bytes";
  const shown = Array.from({ length: Math.min(list.length, SHOWN_ENTRIES) }, (_, i) => describe(list[i]));
  return list.length <= SHOWN_ENTRIES ? `[${shown.join(", ")}]` : `[${shown.join(", ")}, … ${list.length} entries]`;
}

/**
 * A check came out false. Its message is the line that the check shows.
 *
 * @example
 * check("W25", { measured: 0.5, expected: 0.6, tolerance: 0.01 }, {
 *   rejects: { "without s²": { measured: 0.5, expected: 0.3, tolerance: 0.01 } },
 * }); // CheckFailedError: ✗ W25 …
 */
export class CheckFailedError extends Error {
  override readonly name: string = "CheckFailedError";
}

/**
 * A check measured NaN or an infinite number, which can neither confirm nor refute anything.
 *
 * @example
 * check("W25", { measured: NaN, expected: 0.5, tolerance: 0.01 }, {
 *   rejects: { "without s²": { measured: 0.5, expected: 0.3, tolerance: 0.01 } },
 * }); // NonFiniteMeasurementError: ✗ W25 …
 */
export class NonFiniteMeasurementError extends CheckFailedError {
  override readonly name: string = "NonFiniteMeasurementError";
}

/**
 * The check itself is at fault, not the claim: it names no wrong variant, or one that is not rejected, or a printed
 * form that holds.
 *
 * @example
 * check("W25", { measured: 0.5, expected: 0.5, tolerance: 0.01 }, { rejects: {} });
 * // CheckDefectError: check: no wrong variant of W25 is named under rejects: this is a check that cannot fail
 */
export class CheckDefectError extends Error {
  override readonly name: string = "CheckDefectError";
}

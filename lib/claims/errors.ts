/**
 * A check came out false. Its message is the line that the check shows.
 *
 * @example
 * try { check("W6", …) } catch (error) { error.name; } // "CheckFailedError"
 */
export class CheckFailedError extends Error {
  override readonly name: string = "CheckFailedError";
}

/** A check measured NaN or an infinite number, which can neither confirm nor refute anything. */
export class NonFiniteMeasurementError extends CheckFailedError {
  override readonly name: string = "NonFiniteMeasurementError";
}

/**
 * The check itself is at fault, not the claim: it names no wrong variant, or one that is not rejected, or a printed
 * form that holds.
 */
export class CheckDefectError extends Error {
  override readonly name: string = "CheckDefectError";
}

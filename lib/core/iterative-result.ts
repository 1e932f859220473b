import { requireThat } from "./errors";

/** How an iterative method ended. */
export interface IterationOutcome {
  /** The relative residual, measured at the end by applying the operator; the method says relative to what. */
  readonly residual: number;
  /** How often the operator was applied to a vector; 0 for a direct method. */
  readonly iterations: number;
  /** Whether the residual is within the tolerance. */
  readonly converged: boolean;
  /** One sentence on how it ended, and what to change if it did not converge. */
  readonly message: string;
}

/** What an iterative method found and how far it got; for an eigenvalue λ the residual is ‖Av − λv‖/‖A‖ (‖v‖ = 1). */
export interface IterativeResult extends IterationOutcome {
  /** The number sought. */
  readonly value: number;
}

/** Eigenpairs of a symmetric operator, the most extreme first, and how far the method got. */
export interface Eigenpairs extends IterationOutcome {
  /** λ₁, λ₂, …: descending when the largest were sought, ascending when the smallest were. */
  readonly values: Float64Array;
  /** v₁, v₂, …: orthonormal. */
  readonly vectors: readonly Float64Array[];
  /** ‖Av_k − λ_k v_k‖/‖A‖, measured, with the largest modulus that was met for ‖A‖; `residual` is the largest. */
  readonly residuals: Float64Array;
}

/** When an iterative method stops. */
export interface IterationOptions {
  /** Stop at this relative residual. Default 1e-10 (tuned: ten digits, with room above rounding). */
  readonly tolerance?: number;
  /**
   * Give up after this many applications of the operator (what measures the final residual comes on top). Default 200 a
   * vector sought (tuned: a few dozen are usual), unless the method says otherwise.
   */
  readonly maxIterations?: number;
}

/** Refuses what no iteration can work with; the error carries the caller's name. */
export function requireIterationOptions(functionName: string, { tolerance, maxIterations }: IterationOptions): void {
  requireThat(
    // Below eps a remainder would be noise, and the next vector with it.
    tolerance === undefined || tolerance >= Number.EPSILON,
    functionName,
    `tolerance must be at least ${Number.EPSILON}`,
    tolerance,
  );
  requireThat(
    maxIterations === undefined || (Number.isInteger(maxIterations) && maxIterations >= 1),
    functionName,
    "maxIterations must be a positive integer",
    maxIterations,
  );
}

/** The outcome with its sentence: `advice` says what to try when the residual is above the tolerance. */
export function iterationOutcome(
  residual: number,
  iterations: number,
  tolerance: number,
  advice: string = "raise maxIterations or the tolerance",
): IterationOutcome {
  const converged = residual <= tolerance;
  const found = `relative residual ${residual.toExponential(1)} after ${iterations} iterations`;
  const message = converged
    ? `converged: ${found}`
    : `not converged: ${found}, above the tolerance ${tolerance}; ${advice}`;
  return { residual, iterations, converged, message };
}

/** What an iterative method found and how far it got. */
export interface IterativeResult {
  /** The number sought. */
  readonly value: number;
  /** The relative residual ‖Av - λv‖/|λ| of the eigenpair behind the value (‖v‖ = 1). */
  readonly residual: number;
  /** How often the operator was applied; 0 for a direct method. */
  readonly iterations: number;
  /** Whether the residual is within the tolerance. */
  readonly converged: boolean;
  /** One sentence on how it ended, and what to change if it did not converge. */
  readonly message: string;
}

/** When an iterative method stops. */
export interface IterationOptions {
  /** Stop at this relative residual. Default 1e-10 (tuned: ten digits, with room above rounding). */
  readonly tolerance?: number;
  /** Give up after this many applications of the operator. Default 200 (tuned: a few dozen are usual). */
  readonly maxIterations?: number;
}

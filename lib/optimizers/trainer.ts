/**
 * A training run that owns its parameters and makes many steps a call, as compiled code does: there a call for each
 * step would cost more than the step.
 */
export interface Trainer {
  /** How many steps have been made, t. */
  readonly step: number;
  /** Makes so many steps (a positive integer). It may throw a DivergenceError that names the step. */
  advance(steps: number): void;
  /** θ_t (p): a copy, which later steps do not change. */
  parameters(): Float64Array;
}

import { requireThat } from "../core";
import type { BatchScheme } from "../optimizers";

/** A measured quantity against the bound that stability puts on it. */
export interface StabilityBound {
  readonly measured: number;
  /** The largest value at which stability is possible; Infinity where there is no bound. */
  readonly bound: number;
  /** 1 − measured/bound: the share of the bound that is left; 0 where it is attained, negative where it is violated. */
  readonly slack: number;
}

/** SGD at an interpolating solution: the learning rate η, the number n of samples, and the batches. */
export interface SgdScheme extends BatchScheme {
  readonly learningRate: number;
}

/** A bound with its slack; what is infinite is over any bound. */
export function stabilityBound(measured: number, bound: number): StabilityBound {
  return { measured, bound, slack: measured === Infinity ? -Infinity : 1 - measured / bound };
}

/** Refuses a norm, a trace or an eigenvalue that is not a finite number of at least 0. */
export function requireMeasured(functionName: string, what: string, value: number): void {
  requireThat(value >= 0 && value < Infinity, functionName, `${what} must be finite and at least 0`, value);
}

/** Refuses an alignment factor from which no bound follows. */
export function requireAlignment(functionName: string, what: string, value: number): void {
  requireThat(
    value > 0 && value < Infinity,
    functionName,
    `${what} must be positive and finite, for noise that need not be aligned with G gives no bound`,
    value,
  );
}

/** Refuses eigenvalues of G that are not finite numbers of at least 0. */
export function requireEigenvalues(functionName: string, eigenvalues: ArrayLike<number>): void {
  requireThat(eigenvalues.length > 0, functionName, "there must be an eigenvalue", eigenvalues);
  for (let i = 0; i < eigenvalues.length; i++) requireMeasured(functionName, "the eigenvalues", eigenvalues[i]);
}

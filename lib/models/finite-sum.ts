import { type Matrix, requireThat } from "../core";

/**
 * A training loss that is a mean over n samples, L(θ) = (1/n) Σ_i ℓ_i(θ), with what gradient descent and stochastic
 * gradient descent need of it. The functions stand alone (no `this`), so a model can be spread into the options of
 * an optimizer: `stochasticGradientDescent({ ...model, learningRate, batchSize, sampling, stream })`.
 */
export interface FiniteSum {
  /** The number n of samples. */
  readonly sampleCount: number;
  /** L(θ) for parameters θ (p). */
  readonly loss: (parameters: Float64Array) => number;
  /** ∇L(θ) (p), a fresh array, or `into` (p) where the model can write there. */
  readonly gradient: (parameters: Float64Array, into?: Float64Array) => Float64Array;
  /**
   * (1/B) Σ_{i ∈ batch} ∇ℓ_i(θ) (p), for a batch of B ≥ 1 sample indices; a repeated index counts as often. A fresh
   * array, or `into` (p) where the model can write there.
   */
  readonly batchGradient: (parameters: Float64Array, batch: readonly number[], into?: Float64Array) => Float64Array;
}

/** Refuses an empty batch and indices outside 0, …, n-1. */
export function requireBatch(functionName: string, batch: readonly number[], sampleCount: number): void {
  requireThat(batch.length > 0, functionName, "the batch must not be empty", batch);
  for (const index of batch) requireSample(functionName, index, sampleCount);
}

/** Refuses a sample index outside 0, …, n-1. */
export function requireSample(functionName: string, index: number, sampleCount: number): void {
  requireThat(
    Number.isInteger(index) && index >= 0 && index < sampleCount,
    functionName,
    `a sample index must be an integer from 0 to ${sampleCount - 1}`,
    index,
  );
}

/** Refuses parameters of another length than p. */
export function requireParameters(functionName: string, parameters: Float64Array, length: number): void {
  requireThat(parameters.length === length, functionName, `parameters must have length ${length}`, parameters.length);
}

/** Writes the rows of a batch into a matrix of as many rows. */
export function copyRows(from: Matrix, rows: readonly number[], to: Matrix): void {
  const { cols } = from;
  for (let i = 0, at = 0; i < rows.length; i++) {
    const start = rows[i] * cols;
    for (let j = 0; j < cols; j++, at++) to.data[at] = from.data[start + j];
  }
}

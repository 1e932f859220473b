import { type Matrix, type RandomStream, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { type BatchRule, type BatchScheme, drawBatch, requireBatchScheme } from "./batches";
import { requireLearningRate, type UpdateMap } from "./update-map";

/** What linearised stochastic gradient descent needs. */
export interface LinearizedStochasticGradientDescentOptions extends BatchRule {
  /** K = JJᵀ (n×n), K_ij = ∇f(x_i)·∇f(x_j), not divided by n. */
  readonly gram: Matrix;
  readonly learningRate: number;
  /** Where the batches come from; every step advances it. */
  readonly stream: RandomStream;
}

/**
 * Exact SGD on the half mean square of a model that is linear in its parameters, seen in its residuals
 * e_i = f(x_i) - y_i: the (random) map e ↦ e - (η/B) Σ_{i ∈ I} K_i e_i, K_i the column i of K = JJᵀ and I a batch of B
 * samples drawn afresh at every call. It is what SGD of any model does near a minimum, to first order. O(nB) a step,
 * whatever the number p of parameters.
 *
 * In the parameters the same step is θ ↦ θ - (η/B) Σ_{i ∈ I} e_i ∇f(x_i), the SGD of L = (1/2n) Σ_i e_i²: from e_0 on,
 * θ_t = θ_0 - Jᵀc_t and e_t = e_0 - K c_t, where c_t sums (η/B) e_i at entry i over the steps and batches so far. When
 * the samples can be interpolated e goes to 0, if it does, at θ* = θ_0 - Jᵀc_∞, and θ_t - θ* is J's again. The same
 * stream gives the same batches as `stochasticGradientDescent`.
 *
 * @throws InvalidArgumentError unless K is symmetric and finite, η positive and finite, and the batch scheme possible;
 * the map itself throws it on residuals of another length than n.
 * @example
 * const step = linearizedStochasticGradientDescent({
 *   gram: matrix([[2, 1], [1, 2]]), learningRate: 0.5,
 *   batchSize: 2, sampling: "without replacement", stream: randomStream(7),
 * });
 * step(Float64Array.of(4, 0)); // [2, -1]
 */
export function linearizedStochasticGradientDescent(options: LinearizedStochasticGradientDescentOptions): UpdateMap {
  const functionName = "linearizedStochasticGradientDescent";
  const { gram, learningRate, stream, batchSize, sampling } = options;
  const sampleCount = gram.rows;
  requireThat(gram.cols === sampleCount, functionName, "gram must be square", gram);
  requireFiniteEntries(functionName, gram, "gram must be finite");
  for (let i = 0; i < sampleCount; i++) {
    for (let j = 0; j < i; j++) {
      if (gram.data[i * sampleCount + j] === gram.data[j * sampleCount + i]) continue;
      const requirement = "gram must be symmetric (if that is rounding, take symmetricPart of it)";
      requireThat(false, functionName, requirement, `entries (${i}, ${j}) and (${j}, ${i}) that differ`);
    }
  }
  requireLearningRate(functionName, learningRate);
  const scheme: BatchScheme = { sampleCount, batchSize, sampling };
  requireBatchScheme(functionName, scheme);

  return (residuals) => {
    if (residuals.length !== sampleCount) {
      requireThat(false, functionName, `the residuals must have length ${sampleCount}`, residuals.length);
    }
    const next = residuals.slice();
    for (const sample of drawBatch(stream, scheme)) {
      const weight = (learningRate / batchSize) * residuals[sample];
      const row = sample * sampleCount; // K is symmetric: its rows are its columns
      for (let j = 0; j < sampleCount; j++) next[j] -= weight * gram.data[row + j];
    }
    return next;
  };
}

import { dot, gram, type Matrix, multiply, outer, requireThat, rowOf, scale, transpose } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite } from "../core/requirements";
import { uncheckedDot } from "../core/vector";
import { type FiniteSum, requireBatch, requireParameters, requireSample } from "./finite-sum";

/** Linear regression with the squared loss; made by {@link leastSquares}. */
export interface LeastSquares extends FiniteSum {
  /** The number p of parameters. */
  readonly parameterCount: number;
  /** e = Xθ - y (n). */
  readonly residuals: (parameters: Float64Array) => Float64Array;
  /** K = X Xᵀ (n×n), not divided by n: the non-zero eigenvalues of the Hessian are those of K, over n. */
  readonly gramMatrix: () => Matrix;
  /** ∇²L = XᵀX/n (p×p). Cost O(n p²): for moderate p. */
  readonly hessian: () => Matrix;
  /** ∇²ℓ_i = x_i x_iᵀ (p×p), of rank one. */
  readonly sampleHessian: (index: number) => Matrix;
}

/**
 * The linear model f(x) = xᵀθ with the squared loss L(θ) = (1/2n) Σ_i (x_iᵀθ - y_i)²: a mean over the samples, with
 * the ½, of ℓ_i = ½e_i². The gradient of ℓ_i is e_i x_i and its Hessian x_i x_iᵀ does not depend on θ, so stability
 * theory, which linearises, is exact for this model.
 *
 * @param inputs X (n×p), one sample in each row
 * @param targets y (n)
 * @throws InvalidArgumentError when there is not one target a row, or an entry is not finite; the model's functions
 *   throw it on parameters of another length than p or not finite, and on sample indices outside 0, …, n-1.
 *
 * @example
 * const model = leastSquares(matrix([[1, 0], [0, 2]]), Float64Array.of(1, 1));
 * model.loss(Float64Array.of(0, 0)); // 0.5
 */
export function leastSquares(inputs: Matrix, targets: Float64Array): LeastSquares {
  const { rows: sampleCount, cols: parameterCount } = inputs;
  requireThat(
    targets.length === sampleCount,
    "leastSquares",
    `targets must have one entry for each of the ${sampleCount} rows of inputs`,
    targets.length,
  );
  requireFiniteEntries("leastSquares", inputs, "inputs must be finite");
  requireThat(targets.every(Number.isFinite), "leastSquares", "targets must be finite", targets);
  const rows = Array.from({ length: sampleCount }, (_, i) => rowOf(inputs, i));

  const requireOwnParameters = (parameters: Float64Array): void => {
    requireParameters("leastSquares", parameters, parameterCount);
    requireFinite("leastSquares", "parameters", parameters);
  };

  const residual = (parameters: Float64Array, index: number): number =>
    uncheckedDot(rows[index], parameters) - targets[index];

  const residuals = (parameters: Float64Array): Float64Array => {
    requireOwnParameters(parameters);
    return uncheckedMultiplyVector(inputs, parameters).map((prediction, i) => prediction - targets[i]);
  };

  /** Σ_k weights_k x_{indices_k} / count, the mean gradient when the weights are residuals. */
  const meanOfRows = (indices: readonly number[], weights: ArrayLike<number>): Float64Array => {
    const mean = new Float64Array(parameterCount);
    indices.forEach((index, k) => {
      const row = rows[index];
      const weight = weights[k] / indices.length;
      for (let j = 0; j < parameterCount; j++) mean[j] += weight * row[j];
    });
    return mean;
  };
  const everySample = rows.map((_, i) => i);

  return {
    sampleCount,
    parameterCount,
    residuals,
    loss: (parameters) => {
      const e = residuals(parameters);
      return dot(e, e) / (2 * sampleCount);
    },
    gradient: (parameters) => meanOfRows(everySample, residuals(parameters)),
    batchGradient: (parameters, batch) => {
      requireOwnParameters(parameters);
      requireBatch("leastSquares", batch, sampleCount);
      return meanOfRows(
        batch,
        batch.map((index) => residual(parameters, index)),
      );
    },
    gramMatrix: () => gram(inputs),
    hessian: () => scale(multiply(transpose(inputs), inputs), 1 / sampleCount),
    sampleHessian: (index) => {
      requireSample("leastSquares", index, sampleCount);
      return outer(rows[index], rows[index]);
    },
  };
}

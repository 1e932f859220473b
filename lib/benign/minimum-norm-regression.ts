import { type Matrix, requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { minimumNormInterpolant } from "../landscape";

/** The minimum-norm interpolant and its two parts, as coefficients: each predicts x·θ. */
export interface MinimumNormRegression {
  /** θ̂ (p), of least norm with Xθ̂ = y. */
  readonly coefficients: Float64Array;
  /** θ̂ on the k leading directions, 0 behind them (p): f̂₀, the simple part. */
  readonly leading: Float64Array;
  /** θ̂ on the tail, 0 before it (p): Δ, the spiky part, whose values at the samples are what f̂₀ leaves of y. */
  readonly tail: Float64Array;
}

/**
 * Minimum-norm linear regression and its decomposition f̂ = f̂₀ + Δ (Bartlett, Montanari and Rakhlin 2021): θ̂ =
 * Xᵀ(XXᵀ)⁻¹y interpolates, θ̂ = θ̂_{≤k} + θ̂_{>k}, where the coordinates are the eigenvectors of the inputs' covariance
 * in the order of descending variance. The first part is a ridge regression of y on the k leading coordinates,
 *
 *   θ̂_{≤k} = X_{≤k}ᵀ(X_{≤k}X_{≤k}ᵀ + A_k)⁻¹y,   A_k = X_{>k}X_{>k}ᵀ,
 *
 * with the tail's Gram matrix in the place of λI (Tsigler and Bartlett 2023). Cost of `minimumNormInterpolant`.
 *
 * @param inputs X (n×p) of full row rank, one sample in each row
 * @param targets y (n)
 * @param options k, `leadingCount`, from 0 to p; Bartlett's choice is `splitIndex`
 * @throws InvalidArgumentError as `minimumNormInterpolant`, and when k is no integer from 0 to p
 *
 * @example
 * const regression = minimumNormRegression(matrix([[3, 4]]), Float64Array.of(50), { leadingCount: 1 });
 * regression.leading; // [6, 0]
 * regression.tail; // [0, 8]
 */
export function minimumNormRegression(
  inputs: Matrix,
  targets: Float64Array,
  options: { readonly leadingCount: number },
): MinimumNormRegression {
  const { leadingCount } = options;
  requireSize("minimumNormRegression", "leadingCount", leadingCount, 0);
  requireThat(
    leadingCount <= inputs.cols,
    "minimumNormRegression",
    `leadingCount must be at most p = ${inputs.cols}`,
    leadingCount,
  );
  const coefficients = minimumNormInterpolant(inputs, targets);
  return {
    coefficients,
    leading: coefficients.map((value, j) => (j < leadingCount ? value : 0)),
    tail: coefficients.map((value, j) => (j < leadingCount ? 0 : value)),
  };
}

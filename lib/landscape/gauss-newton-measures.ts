import { type Matrix, requireThat, trace } from "../core";
import { requireGramMatrix, topEigenvalueOfGram } from "../core/gram-matrix";
import { uncheckedNorm } from "../core/vector";

/** Three sizes of G = (1/n) Σ_i g_i g_iᵀ; made by {@link gaussNewtonMeasures}. */
export interface GaussNewtonMeasures {
  /** Tr G, the sum of the eigenvalues. */
  readonly trace: number;
  /** ‖G‖_F, the root of the sum of their squares. */
  readonly frobeniusNorm: number;
  /** ‖G‖₂, the largest of them. */
  readonly spectralNorm: number;
}

/**
 * The sizes of the matrix G = (1/n) Σ_i g_i g_iᵀ (p×p) of the outputs' gradients g_i = ∇f(x_i; θ), from the Gram matrix
 * K_ij = g_i·g_j (n×n). G and K/n have the same eigenvalues but for zeros, so that
 *
 *   Tr G = Tr K/n ≥ ‖G‖_F = ‖K‖_F/n ≥ ‖G‖₂ = λ_max(K)/n.
 *
 * G is the Hessian of the half mean square loss (1/2n) Σ_i (f(x_i) − y_i)² at θ that interpolates; there the three are
 * measures of its sharpness. O(n²) and λ_max by Lanczos' method, some dozens of n² more, whatever the number p of
 * parameters.
 *
 * @param gramMatrix K (n×n), not divided by n, as `network.evaluate(θ, X).gramMatrix()` gives it
 * @throws InvalidArgumentError when K is not square and symmetric, an entry is larger than inner products can be or not
 *   finite, or a square overflows
 *
 * @example
 * gaussNewtonMeasures(matrix([[6, 0], [0, 8]])); // { trace: 7, frobeniusNorm: 5, spectralNorm: 4 }
 */
export function gaussNewtonMeasures(gramMatrix: Matrix): GaussNewtonMeasures {
  requireGramMatrix("gaussNewtonMeasures", gramMatrix);
  const n = gramMatrix.rows;
  const frobeniusNorm = uncheckedNorm(gramMatrix.data) / n;
  requireThat(frobeniusNorm < Infinity, "gaussNewtonMeasures", "‖G‖_F must not overflow", frobeniusNorm);
  const spectralNorm = frobeniusNorm === 0 ? 0 : topEigenvalueOfGram("gaussNewtonMeasures", gramMatrix) / n;
  return { trace: trace(gramMatrix) / n, frobeniusNorm, spectralNorm };
}

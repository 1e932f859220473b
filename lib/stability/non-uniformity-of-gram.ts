import { type Matrix, multiply, symmetricPart, topEigenvalue, transpose, zeros } from "../core";
import { gramSpectrum } from "./gram-spectrum";

/**
 * The non-uniformity s = λ_max(Σ_H)^½, Σ_H = (1/n) Σ_i H_i² − H², at an interpolating solution of the squared loss,
 * where H_i = ∇f(x_i)∇f(x_i)ᵀ: `nonUniformityOfHessians`, from the n×n Gram matrix alone, whatever the number of
 * parameters. With K = R Rᵀ it is
 *
 *   s² = (1/n) λ_max(Rᵀ(diag K − K/n)R),
 *
 * since ∇f(x_i) = V r_i, with V an isometry, for the rows r_i of R. Cost: the eigenvalues of two n×n matrices.
 * Source: Wu, Ma and E 2018 for s.
 *
 * @param gram K_ij = ∇f(x_i)·∇f(x_j) (n×n), not divided by n
 * @throws InvalidArgumentError when K is not symmetric, has an eigenvalue below −n·eps·λ_max, or vanishes
 *
 * @example
 * nonUniformityFromGram(matrix([[1, 0], [0, 3]])); // 1.5: H_1 = diag(1, 0), H_2 = diag(0, 3), Σ_H = diag(¼, 9/4)
 */
export function nonUniformityFromGram(gram: Matrix): number {
  const { values, vectors } = gramSpectrum("nonUniformityFromGram", gram);
  const n = gram.rows;
  const root = zeros(n, n);
  const weighted = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) root.data[i * n + k] = Math.sqrt(values[k]) * vectors.data[i * n + k];
    for (let j = 0; j < n; j++)
      weighted.data[i * n + j] = (i === j ? gram.data[i * n + i] : 0) - gram.data[i * n + j] / n;
  }
  const variance = multiply(transpose(root), multiply(weighted, root));
  // Rounding can leave a top eigenvalue just below zero when all samples agree.
  return Math.sqrt(Math.max(0, topEigenvalue(symmetricPart(variance)) / n));
}

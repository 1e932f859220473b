import { eigh, gram, type Matrix, requireThat, scale, symmetricPart, trace } from "../core";
import { requireGramMatrix } from "../core/gram-matrix";
import { gramSpectrum } from "./gram-spectrum";

/** The least value of an alignment factor, and residuals that have it. */
export interface LeastAlignment {
  readonly value: number;
  /** e (n), ‖e‖ = 1. */
  readonly residuals: Float64Array;
}

/** What the gradients alone say of the alignment; made by {@link alignmentCertificates}. */
export interface AlignmentCertificates {
  /** min_e μ₁ = γ = min χ/χ̄, at the sample that is least aligned. */
  readonly mu1: LeastAlignment;
  /** min_e μ = λ_min(diag χ − K²/n²)/χ̄. */
  readonly mu: LeastAlignment;
}

/**
 * The smallest values that the alignment factors μ₁ and μ take over all residuals e ≠ 0: certificates before any training.
 * With χ_i = (1/n) Σ_j K_ij², χ̄ their mean and ‖G‖_F² = χ̄,
 *
 *   μ₁ = Σ e_i²χ_i/(‖e‖²χ̄),              min_e μ₁ = γ = min χ/χ̄,
 *   μ = eᵀ(diag χ − K²/n²)e/(‖e‖²χ̄),     min_e μ = λ_min(diag χ − K²/n²)/χ̄,
 *
 * both with residuals that attain them. The second is not negative; for regular K it is 0 only for n = 1.
 *
 * K must be regular: then the linearised model meets every e at some parameters, and the minima are its own. Where K is
 * singular (duplicate samples, more samples than parameters), a linearised model that can interpolate meets only those in
 * the range of K, and the two values are lower bounds; `analyzeGram` reports them as such. Cost: the eigenvectors of two
 * n×n matrices, O(n³).
 *
 * Source: Wu, Wang and Su 2022, Lemma 2.2 for γ; the second is our own.
 *
 * @param gramMatrix K (n×n), not divided by n
 * @throws InvalidArgumentError when K is no Gram matrix, vanishes, or is singular (λ_min(K) ≤ n·eps·λ_max(K))
 *
 * @example
 * const certificates = alignmentCertificates(matrix([[1, 0], [0, 2]]));
 * certificates.mu1.value; // 0.4: χ = (1/2, 2), χ̄ = 5/4
 * certificates.mu.value; // 0.2: diag χ − K²/4 = diag(1/4, 1)
 * certificates.mu.residuals; // Float64Array [1, 0]
 */
export function alignmentCertificates(gramMatrix: Matrix): AlignmentCertificates {
  const { mu1, mu, rank } = leastAlignments("alignmentCertificates", gramMatrix);
  requireThat(
    rank === gramMatrix.rows,
    "alignmentCertificates",
    `the Gram matrix must be regular, of rank ${gramMatrix.rows} (duplicate samples, or fewer parameters than samples, ` +
      "make it singular: leave out samples until it is regular)",
    `rank ${rank}`,
  );
  return { mu1, mu };
}

/** The same for every Gram matrix, with its rank. */
export function leastAlignments(
  functionName: string,
  gramMatrix: Matrix,
): AlignmentCertificates & { readonly rank: number } {
  requireGramMatrix(functionName, gramMatrix);
  const n = gramMatrix.rows;
  const size = trace(gramMatrix) / n;
  requireThat(size > 0, functionName, "the gradients must not vanish, the mean of the ‖g_i‖² is", size);
  // The factors do not depend on the scale of K, and its squares cannot overflow now.
  const K = symmetricPart(scale(gramMatrix, 1 / size));
  const { rank } = gramSpectrum(functionName, K);
  const square = gram(K);
  const chi = Float64Array.from({ length: n }, (_, i) => square.data[i * n + i] / n);
  const mean = chi.reduce((sum, value) => sum + value, 0) / n;
  const least = chi.reduce((best, value, i) => (value < chi[best] ? i : best), 0);
  const spread = scale(square, -1 / n ** 2);
  for (let i = 0; i < n; i++) spread.data[i * n + i] += chi[i];
  const { values, vectors } = eigh(symmetricPart(spread));
  return {
    mu1: { value: chi[least] / mean, residuals: Float64Array.from(chi, (_, i) => (i === least ? 1 : 0)) },
    // Tr(ΣG) is not negative: what is below 0 is rounding.
    mu: { value: Math.max(0, values[0]) / mean, residuals: chi.map((_, i) => vectors.data[i * n]) },
    rank,
  };
}

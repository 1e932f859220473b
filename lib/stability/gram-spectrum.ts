import { eigh, type Matrix, requireThat } from "../core";

/** The spectral decomposition of a Gram matrix K = Q diag(λ) Qᵀ with its rounding removed. */
export interface GramSpectrum {
  /** λ_1 ≤ … ≤ λ_n, none negative. */
  readonly values: Float64Array;
  /** Q (n×n), eigenvectors as columns. */
  readonly vectors: Matrix;
  /** The number r of eigenvalues that are not zero: the last r. */
  readonly rank: number;
}

/**
 * Eigenvalues of a Gram matrix. Computed ones are off by about n·eps·λ_max, so what is smaller than that in modulus is
 * set to zero: it is not known to be anything else.
 *
 * @throws InvalidArgumentError when K is not symmetric, or has an eigenvalue below -n·eps·λ_max (then it is no Gram
 * matrix), or vanishes.
 */
export function gramSpectrum(functionName: string, gram: Matrix): GramSpectrum {
  requireThat(gram.rows === gram.cols, functionName, "the Gram matrix must be square", gram);
  const { values, vectors } = eigh(gram);
  const count = values.length;
  const top = values[count - 1];
  requireThat(top > 0, functionName, "the Gram matrix must have a positive eigenvalue, its largest is", top);
  const zero = count * Number.EPSILON * top;
  requireThat(
    values[0] >= -zero,
    functionName,
    `the Gram matrix must be positive semi-definite (eigenvalues at least -n·eps·λ_max = ${-zero})`,
    values[0],
  );
  const cleaned = values.map((value) => (value > zero ? value : 0));
  return { values: cleaned, vectors, rank: cleaned.filter((value) => value > 0).length };
}

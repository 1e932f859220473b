import { EigenvalueDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { type Engine, type GemmOptions, withChecks } from "./engine-interface";
import type { SymmetricEigen } from "./eigh";
import { type Matrix, transpose, zeros } from "./matrix";

/**
 * The engine in plain TypeScript: the reference that the others are judged against, and the one that is always there.
 * Its sums run in one fixed order, so its results are the same bits on every machine.
 *
 * @example
 * plainEngine("FLAT_MINIMA_BLAS is none").name; // "TypeScript"
 */
export function plainEngine(reason: string): Engine {
  const description = `Matrices in plain TypeScript (${reason}).`;
  return withChecks({ name: "TypeScript", description, gemm, eigh, eigenvalues: (A) => eigh(A).values });
}

/** Cᵢⱼ = Σₖ Aᵢₖ Bₖⱼ, with j innermost, so that B and C are read along their rows. */
function gemm(A: Matrix, B: Matrix, { transposeA, transposeB }: GemmOptions = {}): Matrix {
  const { data: a, cols: inner, rows } = transposeA ? transpose(A) : A;
  const { data: b, cols } = transposeB ? transpose(B) : B;
  const C = zeros(rows, cols);
  const c = C.data;
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k];
      for (let j = 0; j < cols; j++) c[i * cols + j] += factor * b[k * cols + j];
    }
  }
  return C;
}

/** Householder reduction to tridiagonal form, then the implicit QL iteration. */
function eigh(A: Matrix): SymmetricEigen {
  const n = A.rows;
  const input = MlMatrix.from1DArray(n, n, Array.from(A.data));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(input, { assumeSymmetric: true });
  const vectors = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) vectors.data[i * n + j] = eigenvectorMatrix.get(i, j);
  }
  return { values: Float64Array.from(realEigenvalues), vectors };
}

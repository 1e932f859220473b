import { EigenvalueDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { type BareEngine, type Engine, type GemmIntoOptions, withChecks } from "./engine-interface";
import { type Matrix, uncheckedTranspose, zeros } from "./matrix";

/**
 * The engine in plain TypeScript: the reference that the others are judged against, and the one that is always there.
 * Its sums run in one fixed order, so its results are the same bits on every machine.
 *
 * @throws InvalidArgumentError, by the engine's methods, on shapes that do not fit, an entry that is not finite and a
 *   matrix that is not symmetric where it must be
 *
 * @example
 * plainEngine("FLAT_MINIMA_BLAS is none").name; // "TypeScript"
 */
export function plainEngine(reason: string): Engine {
  const description = `Matrices in plain TypeScript (${reason}).`;
  return withChecks({ name: "TypeScript", description, gemmInto, gramInto, eigh, eigenvalues: (A) => eigh(A).values });
}

/**
 * Cᵢⱼ ← α Σₖ Aᵢₖ Bₖⱼ + β Cᵢⱼ, with j innermost, so that B and C are read along their rows, and four k in one pass over
 * them, which takes a third of the time. Each sum still runs over k in ascending order: the bits are those of the triple
 * loop.
 */
function gemmInto(
  C: Matrix,
  A: Matrix,
  B: Matrix,
  { transposeA, transposeB, alpha, beta }: Required<GemmIntoOptions>,
): void {
  const { data: a, cols: inner, rows } = transposeA ? uncheckedTranspose(A) : A;
  const { data: b, cols } = transposeB ? uncheckedTranspose(B) : B;
  const sum = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    sum.fill(0);
    let k = 0;
    for (; k + 4 <= inner; k += 4) {
      const [f0, f1, f2, f3] = [a[i * inner + k], a[i * inner + k + 1], a[i * inner + k + 2], a[i * inner + k + 3]];
      const [b0, b1, b2, b3] = [k * cols, (k + 1) * cols, (k + 2) * cols, (k + 3) * cols];
      for (let j = 0; j < cols; j++) {
        sum[j] = sum[j] + f0 * b[b0 + j] + f1 * b[b1 + j] + f2 * b[b2 + j] + f3 * b[b3 + j];
      }
    }
    for (; k < inner; k++) {
      const factor = a[i * inner + k];
      for (let j = 0; j < cols; j++) sum[j] += factor * b[k * cols + j];
    }
    const c = C.data.subarray(i * cols, (i + 1) * cols);
    if (beta === 0) for (let j = 0; j < cols; j++) c[j] = alpha * sum[j];
    else for (let j = 0; j < cols; j++) c[j] = alpha * sum[j] + beta * c[j];
  }
}

/** The whole product, since its inner loop runs along rows. */
function gramInto(C: Matrix, A: Matrix): void {
  gemmInto(C, A, A, { transposeA: false, transposeB: true, alpha: 1, beta: 0 });
}

/** Householder reduction to tridiagonal form, then the implicit QL iteration. */
function eigh(A: Matrix): ReturnType<BareEngine["eigh"]> {
  const n = A.rows;
  const input = MlMatrix.from1DArray(n, n, Array.from(A.data));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(input, { assumeSymmetric: true });
  const rows = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) rows.data[j * n + i] = eigenvectorMatrix.get(i, j);
  }
  return { values: Float64Array.from(realEigenvalues), rows };
}

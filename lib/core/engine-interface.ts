import { requireThat } from "./errors";
import { type Matrix, frobeniusNorm, symmetricPart } from "./matrix";

/** The spectral decomposition A = V Λ Vᵀ of a symmetric n × n matrix. */
export interface SymmetricEigen {
  /** λ₁ ≤ … ≤ λₙ. */
  readonly values: Float64Array;
  /** V: column k is a unit eigenvector of λₖ; the columns are orthonormal. */
  readonly vectors: Matrix;
}

/** Which factors of a product are to be transposed first. */
export interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** What does the dense linear algebra: one contract, one suite of tests, several implementations. */
export interface Engine {
  /** "OpenBLAS", "BLAS", "Accelerate" or "TypeScript". */
  readonly name: string;
  /** One sentence: the library's file and threads, or why plain TypeScript is in use. */
  readonly description: string;
  /** op(A) op(B), where op is the identity or the transpose. */
  gemm(A: Matrix, B: Matrix, options?: GemmOptions): Matrix;
  /** Eigenvalues, ascending, and orthonormal eigenvectors of a symmetric matrix. */
  eigh(A: Matrix): SymmetricEigen;
  /** The eigenvalues alone, ascending. */
  eigenvalues(A: Matrix): Float64Array;
}

/**
 * The same engine behind the checks that all engines share, so that each fails with the same words.
 *
 * The checks cost O(size), the work behind them O(size × inner size).
 */
export function withChecks(bare: Engine): Engine {
  return {
    name: bare.name,
    description: bare.description,
    gemm(A, B, options = {}) {
      const inner = [options.transposeA ? A.rows : A.cols, options.transposeB ? B.cols : B.rows];
      requireThat(inner[0] === inner[1], "multiply", "the inner sizes must be equal", shapes(A, B, options));
      requireFinite("multiply", A);
      requireFinite("multiply", B);
      const product = bare.gemm(A, B, options);
      requireFinite("multiply", product, "the product must not overflow");
      return product;
    },
    eigh(A) {
      const { values, vectors } = bare.eigh(checkedSymmetric(A));
      fixSigns(vectors);
      return { values, vectors };
    },
    eigenvalues: (A) => bare.eigenvalues(checkedSymmetric(A)),
  };
}

function shapes(A: Matrix, B: Matrix, { transposeA, transposeB }: GemmOptions): string {
  return `${A.rows}×${A.cols}${transposeA ? " transposed" : ""} and ${B.rows}×${B.cols}${transposeB ? " transposed" : ""}`;
}

function requireFinite(functionName: string, { data, cols }: Matrix, requirement = "the entries must be finite"): void {
  // A plain loop: the array's own findIndex takes ten times as long, more than the product of small matrices.
  let k = 0;
  while (k < data.length && Number.isFinite(data[k])) k++;
  if (k === data.length) return;
  requireThat(false, functionName, requirement, `${data[k]} at (${Math.floor(k / cols)}, ${k % cols})`);
}

/** The symmetric part of a matrix that is symmetric but for rounding; a fresh copy, which an engine may overwrite. */
function checkedSymmetric(A: Matrix): Matrix {
  requireThat(A.rows === A.cols, "eigh", "the matrix must be square", A);
  requireFinite("eigh", A);
  const n = A.rows;
  // A change E of the matrix moves no eigenvalue by more than ‖E‖ (Weyl 1912), and the solvers themselves are only
  // exact for a matrix within a modest multiple of n·eps·‖A‖ of A: asymmetry of that size adds nothing to their error.
  const size = frobeniusNorm(A);
  requireThat(size < Infinity, "eigh", "the norm must not overflow", `‖A‖_F = ${size}`);
  const tolerance = n * Number.EPSILON * size;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const gap = Math.abs(A.data[i * n + j] - A.data[j * n + i]);
      if (gap > tolerance) {
        const got = `entries (${i}, ${j}) and (${j}, ${i}) that differ by ${gap}`;
        requireThat(false, "eigh", `the matrix must be symmetric within n·eps·‖A‖_F = ${tolerance}`, got);
      }
    }
  }
  return symmetricPart(A);
}

/** Turns each column so that its first entry of at least half the largest magnitude is positive. */
function fixSigns(V: Matrix): void {
  const { rows, cols, data } = V;
  for (let k = 0; k < cols; k++) {
    let largest = 0;
    for (let i = 0; i < rows; i++) largest = Math.max(largest, Math.abs(data[i * cols + k]));
    let first = 0;
    while (Math.abs(data[first * cols + k]) < largest / 2) first++;
    if (data[first * cols + k] < 0) for (let i = 0; i < rows; i++) data[i * cols + k] *= -1;
  }
}

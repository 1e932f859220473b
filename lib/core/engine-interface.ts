import { requireThat } from "./errors";
import {
  type Matrix,
  copyUpperToLower,
  requireEntryCount,
  requireFiniteEntries,
  symmetrize,
  transposeInPlace,
  zeros,
} from "./matrix";
import { uncheckedNorm } from "./vector";

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

/** What C ← α op(A) op(B) + β C needs besides the matrices. */
export interface GemmIntoOptions extends GemmOptions {
  /** α, by default 1. */
  readonly alpha?: number;
  /** β, by default 0: then C is overwritten whatever it holds. */
  readonly beta?: number;
}

/** What does the dense linear algebra: one contract, one suite of tests, several implementations. */
export interface Engine {
  /** "OpenBLAS", "BLAS", "Accelerate" or "TypeScript". */
  readonly name: string;
  /** One sentence: the library's file and threads, or why plain TypeScript is in use. */
  readonly description: string;
  /** op(A) op(B), where op is the identity or the transpose. */
  gemm(A: Matrix, B: Matrix, options?: GemmOptions): Matrix;
  /**
   * C ← α op(A) op(B) + β C into memory that is there, for the inner loops of models: the shapes are checked, the
   * entries are not. C must not overlap A or B.
   */
  gemmInto(C: Matrix, A: Matrix, B: Matrix, options?: GemmIntoOptions): void;
  /** A Aᵀ (n × n for A n × k), exactly symmetric. Half the operations of `gemm`. */
  gram(A: Matrix): Matrix;
  /**
   * The entries of A Aᵀ on and above the diagonal into memory that is there, n × n; what is below is undefined. As for
   * `gemmInto`, the shapes are checked, the entries are not.
   */
  gramInto(C: Matrix, A: Matrix): void;
  /** Eigenvalues, ascending, and orthonormal eigenvectors of a symmetric matrix. */
  eigh(A: Matrix): SymmetricEigen;
  /** The eigenvalues alone, ascending. */
  eigenvalues(A: Matrix): Float64Array;
}

/** What an engine has to bring, as in {@link Engine} with the shapes known to fit; the checks are common to all. */
export interface BareEngine extends Pick<Engine, "name" | "description" | "gramInto" | "eigenvalues"> {
  gemmInto(C: Matrix, A: Matrix, B: Matrix, options: Required<GemmIntoOptions>): void;
  /** Row k is the eigenvector of the k-th eigenvalue, of either sign. It may overwrite A. */
  eigh(A: Matrix): { readonly values: Float64Array; readonly rows: Matrix };
}

/**
 * The same engine behind the checks that all engines share, so that each fails with the same words.
 *
 * The checks cost O(size), the work behind them O(size × inner size).
 */
export function withChecks(bare: BareEngine): Engine {
  const multiplyInto = (C: Matrix, A: Matrix, B: Matrix, options: GemmIntoOptions): void => {
    const { transposeA = false, transposeB = false, alpha = 1, beta = 0 } = options;
    const [rows, inner] = transposeA ? [A.cols, A.rows] : [A.rows, A.cols];
    const [innerB, cols] = transposeB ? [B.cols, B.rows] : [B.rows, B.cols];
    if (inner !== innerB) refuseShapes("the inner sizes must be equal", A, B, options);
    if (C.rows !== rows || C.cols !== cols) {
      requireThat(false, "multiply", `the result must be ${rows}×${cols}`, C);
    }
    for (const matrix of [C, A, B]) requireRoom("multiply", matrix);
    bare.gemmInto(C, A, B, { transposeA, transposeB, alpha, beta });
  };
  return {
    name: bare.name,
    description: bare.description,
    gemm(A, B, options = {}) {
      requireFiniteEntries("multiply", A);
      requireFiniteEntries("multiply", B);
      const product = zeros(options.transposeA ? A.cols : A.rows, options.transposeB ? B.rows : B.cols);
      multiplyInto(product, A, B, options);
      requireFiniteEntries("multiply", product, "the product must not overflow");
      return product;
    },
    gemmInto: (C, A, B, options = {}) => multiplyInto(C, A, B, options),
    gram(A) {
      requireFiniteEntries("gram", A);
      const n = A.rows;
      const K = zeros(n, n);
      bare.gramInto(K, A);
      copyUpperToLower(K);
      requireFiniteEntries("gram", K, "the product must not overflow");
      return K;
    },
    gramInto(C, A) {
      const n = A.rows;
      if (C.rows !== n || C.cols !== n) requireThat(false, "gram", `the result must be ${n}×${n}`, C);
      for (const matrix of [C, A]) requireRoom("gram", matrix);
      bare.gramInto(C, A);
    },
    eigh(A) {
      const { values, rows } = bare.eigh(checkedSymmetric(A));
      fixSigns(rows);
      transposeInPlace(rows);
      return { values, vectors: rows };
    },
    eigenvalues: (A) => bare.eigenvalues(checkedSymmetric(A)),
  };
}

/**
 * Refuses a matrix without an entry for each place: native code would read on behind its memory. More are no harm: a
 * layer's weights are the head of an array with its biases.
 */
function requireRoom(functionName: string, { rows, cols, data }: Matrix): void {
  if (data.length >= rows * cols) return;
  requireThat(false, functionName, `a ${rows}×${cols} matrix must have ${rows * cols} entries`, data.length);
}

function refuseShapes(requirement: string, A: Matrix, B: Matrix, { transposeA, transposeB }: GemmOptions): void {
  const got =
    `${A.rows}×${A.cols}${transposeA ? " transposed" : ""} and ` +
    `${B.rows}×${B.cols}${transposeB ? " transposed" : ""}`;
  requireThat(false, "multiply", requirement, got);
}

/** The symmetric part of a matrix that is symmetric but for rounding; a fresh copy, which an engine may overwrite. */
function checkedSymmetric(A: Matrix): Matrix {
  requireThat(A.rows === A.cols, "eigh", "the matrix must be square", A);
  const n = A.rows;
  const size = uncheckedNorm(A.data); // infinite or NaN when an entry is
  if (!(size < Infinity)) requireFiniteEntries("eigh", A);
  requireEntryCount("eigh", A);
  requireThat(size < Infinity, "eigh", "the norm must not overflow", `‖A‖_F = ${size}`);
  // A change E of the matrix moves no eigenvalue by more than ‖E‖ (Weyl 1912), and the solvers themselves are only
  // exact for a matrix within a modest multiple of n·eps·‖A‖ of A: asymmetry of that size adds nothing to their error.
  const tolerance = n * Number.EPSILON * size;
  const { symmetric, largestGap } = symmetrize(A);
  if (largestGap > tolerance) refuseAsymmetry(A, tolerance);
  return symmetric;
}

function refuseAsymmetry({ rows: n, data }: Matrix, tolerance: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const gap = Math.abs(data[i * n + j] - data[j * n + i]);
      const got = `entries (${i}, ${j}) and (${j}, ${i}) that differ by ${gap}`;
      requireThat(gap <= tolerance, "eigh", `the matrix must be symmetric within n·eps·‖A‖_F = ${tolerance}`, got);
    }
  }
}

/** Turns each row so that its first entry of at least half the largest magnitude is positive. */
function fixSigns({ rows, cols, data }: Matrix): void {
  for (let k = 0; k < rows; k++) {
    const [start, end] = [k * cols, (k + 1) * cols];
    let largest = 0;
    for (let e = start; e < end; e++) largest = Math.max(largest, Math.abs(data[e]));
    let first = start;
    while (Math.abs(data[first]) < largest / 2) first++;
    if (data[first] < 0) for (let e = start; e < end; e++) data[e] = -data[e];
  }
}

import { requireThat } from "./errors";
import { allFinite } from "./finite";
import { requireFinite } from "./requirements";
import { norm } from "./vector";

/**
 * A dense real matrix, row-major: the entry in row i and column j is `data[i * cols + j]`. Functions of matrices refuse
 * entries that are not finite; where a sum or a multiple of finite ones overflows, it is infinite.
 */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/**
 * The matrix with the given rows.
 *
 * @throws InvalidArgumentError when there is no entry, when the rows differ in length, or when an entry is not finite
 *
 * @example
 * matrix([[1, 2], [3, 4]]).data; // Float64Array [1, 2, 3, 4]
 */
export function matrix(rows: readonly (readonly number[])[]): Matrix {
  requireThat(rows.length > 0 && rows[0].length > 0, "matrix", "at least one row and one column are needed", rows);
  const result = zeros(rows.length, rows[0].length);
  rows.forEach((row, i) => {
    requireThat(
      row.length === result.cols,
      "matrix",
      "all rows must have the same length",
      `${result.cols} entries in row 0 and ${row.length} in row ${i}`,
    );
    row.forEach((entry, j) => {
      requireThat(Number.isFinite(entry), "matrix", "the entries must be finite", `${entry} at (${i}, ${j})`);
      result.data[i * result.cols + j] = entry;
    });
  });
  return result;
}

/**
 * The rows × cols matrix of zeros.
 *
 * @throws InvalidArgumentError when a size is not a positive integer
 *
 * @example
 * zeros(2, 3).data.length; // 6
 */
export function zeros(rows: number, cols: number): Matrix {
  requireThat(Number.isSafeInteger(rows) && rows > 0, "zeros", "the number of rows must be a positive integer", rows);
  requireThat(
    Number.isSafeInteger(cols) && cols > 0,
    "zeros",
    "the number of columns must be a positive integer",
    cols,
  );
  return { rows, cols, data: new Float64Array(rows * cols) };
}

/**
 * The identity matrix I of size n × n.
 *
 * @throws InvalidArgumentError when n is not a positive integer
 *
 * @example
 * identity(2); // matrix([[1, 0], [0, 1]])
 */
export function identity(n: number): Matrix {
  requireThat(Number.isSafeInteger(n) && n > 0, "identity", "the size must be a positive integer", n);
  return diagonal(new Float64Array(n).fill(1));
}

/**
 * The n × n matrix diag(v₁, …, vₙ).
 *
 * @throws InvalidArgumentError when there is no value, or one is not finite
 *
 * @example
 * diagonal([1, 2]); // matrix([[1, 0], [0, 2]])
 */
export function diagonal(values: ArrayLike<number>): Matrix {
  const n = values.length;
  requireThat(n > 0, "diagonal", "at least one value is needed", values);
  const result = zeros(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = values[i];
  requireFiniteEntries("diagonal", result);
  return result;
}

/**
 * Row i of a matrix (cols), counted from 0: a view, so that what is written into it is written into the matrix.
 *
 * @throws InvalidArgumentError when there is no such row
 *
 * @example
 * rowOf(matrix([[1, 2], [3, 4]]), 1); // Float64Array [3, 4]
 */
export function rowOf({ rows, cols, data }: Matrix, i: number): Float64Array {
  const known = Number.isInteger(i) && i >= 0 && i < rows;
  if (!known) requireThat(false, "rowOf", `the row must be an integer from 0 to ${rows - 1}`, i);
  return data.subarray(i * cols, (i + 1) * cols);
}

/**
 * The transpose Aᵀ, a new matrix: (Aᵀ)ⱼᵢ = Aᵢⱼ.
 *
 * @throws InvalidArgumentError when an entry is not finite
 *
 * @example
 * transpose(matrix([[1, 2, 3]])); // matrix([[1], [2], [3]])
 */
export function transpose(A: Matrix): Matrix {
  requireFiniteEntries("transpose", A);
  return uncheckedTranspose(A);
}

/** The same, whatever the entries. */
export function uncheckedTranspose(A: Matrix): Matrix {
  const { rows, cols, data } = A;
  const result = zeros(cols, rows);
  for (let i0 = 0; i0 < rows; i0 += BLOCK) {
    for (let j0 = 0; j0 < cols; j0 += BLOCK) {
      const [iEnd, jEnd] = [Math.min(i0 + BLOCK, rows), Math.min(j0 + BLOCK, cols)];
      for (let i = i0; i < iEnd; i++) for (let j = j0; j < jEnd; j++) result.data[j * rows + i] = data[i * cols + j];
    }
  }
  return result;
}

/** Transposition goes block by block, since a whole column of a large matrix does not stay in the cache. */
const BLOCK = 32;

/**
 * The sum A + B of two matrices of the same shape, a new matrix.
 *
 * @throws InvalidArgumentError when the shapes differ, or an entry is not finite
 *
 * @example
 * add(matrix([[1, 2]]), matrix([[3, 4]])); // matrix([[4, 6]])
 */
export function add(A: Matrix, B: Matrix): Matrix {
  requireSameShape("add", A, B);
  return { rows: A.rows, cols: A.cols, data: A.data.map((a, k) => a + B.data[k]) };
}

/**
 * The difference A − B of two matrices of the same shape, a new matrix.
 *
 * @throws InvalidArgumentError when the shapes differ, or an entry is not finite
 *
 * @example
 * subtract(matrix([[1, 2]]), matrix([[3, 5]])); // matrix([[-2, -3]])
 */
export function subtract(A: Matrix, B: Matrix): Matrix {
  requireSameShape("subtract", A, B);
  return { rows: A.rows, cols: A.cols, data: A.data.map((a, k) => a - B.data[k]) };
}

/**
 * The multiple s·A, a new matrix.
 *
 * @throws InvalidArgumentError when s or an entry is not finite
 *
 * @example
 * scale(matrix([[1, 2]]), 3); // matrix([[3, 6]])
 */
export function scale(A: Matrix, s: number): Matrix {
  requireThat(Number.isFinite(s), "scale", "the factor must be finite", s);
  requireFiniteEntries("scale", A);
  return { rows: A.rows, cols: A.cols, data: A.data.map((a) => s * a) };
}

/**
 * The symmetric part (A + Aᵀ)/2 of a square matrix, exactly symmetric.
 *
 * For matrices that are symmetric but for rounding, such as products, before `eigh`.
 *
 * @throws InvalidArgumentError when A is not square, or an entry is not finite
 *
 * @example
 * symmetricPart(matrix([[1, 2], [4, 1]])); // matrix([[1, 3], [3, 1]])
 */
export function symmetricPart(A: Matrix): Matrix {
  requireThat(A.rows === A.cols, "symmetricPart", "the matrix must be square", A);
  requireFiniteEntries("symmetricPart", A);
  return symmetrize(A).symmetric;
}

/** The symmetric part of a square matrix, and the largest |Aᵢⱼ − Aⱼᵢ|. */
export function symmetrize({ rows: n, data }: Matrix): { symmetric: Matrix; largestGap: number } {
  const symmetric = { rows: n, cols: n, data: data.slice() };
  const result = symmetric.data;
  let largestGap = 0;
  forLowerPairs(n, (lower, upper, count) => {
    for (let k = 0; k < count; k++, lower++, upper += n) {
      const a = result[lower];
      const b = result[upper];
      if (a === b) continue; // nearly always, and then nothing is to be written
      largestGap = Math.max(largestGap, Math.abs(a - b));
      result[lower] = result[upper] = (a + b) / 2;
    }
  });
  return { symmetric, largestGap };
}

/** Makes a square matrix symmetric by its entries above the diagonal. */
export function copyUpperToLower({ rows: n, data }: Matrix): void {
  forLowerPairs(n, (lower, upper, count) => {
    for (let k = 0; k < count; k++, lower++, upper += n) data[lower] = data[upper];
  });
}

/** Makes a square matrix its transpose. */
export function transposeInPlace({ rows: n, data }: Matrix): void {
  forLowerPairs(n, (lower, upper, count) => {
    for (let k = 0; k < count; k++, lower++, upper += n) {
      const entry = data[lower];
      data[lower] = data[upper];
      data[upper] = entry;
    }
  });
}

/**
 * Visits the pairs of mirrored entries of an n × n matrix, the diagonal included, in runs: those at `lower`, lower + 1, …
 * and at `upper`, upper + n, …, `count` of them. Block by block.
 */
export function forLowerPairs(n: number, visit: (lower: number, upper: number, count: number) => void): void {
  for (let i0 = 0; i0 < n; i0 += BLOCK) {
    for (let j0 = 0; j0 <= i0; j0 += BLOCK) {
      for (let i = i0; i < Math.min(i0 + BLOCK, n); i++) {
        visit(i * n + j0, j0 * n + i, Math.min(j0 + BLOCK, i + 1) - j0);
      }
    }
  }
}

/**
 * The trace Tr A = Σᵢ Aᵢᵢ of a square matrix.
 *
 * @throws InvalidArgumentError when A is not square, or an entry of the diagonal is not finite
 *
 * @example
 * trace(matrix([[1, 2], [3, 4]])); // 5
 */
export function trace(A: Matrix): number {
  requireThat(A.rows === A.cols, "trace", "the matrix must be square", A);
  requireEntryCount("trace", A);
  let sum = 0;
  for (let i = 0; i < A.rows; i++) {
    const entry = A.data[i * A.cols + i];
    requireThat(Number.isFinite(entry), "trace", "the diagonal must be finite", entry);
    sum += entry;
  }
  return sum;
}

/**
 * The Frobenius norm ‖A‖_F = (Σᵢⱼ Aᵢⱼ²)^½; infinite when a square overflows.
 *
 * @throws InvalidArgumentError when an entry is not finite
 *
 * @example
 * frobeniusNorm(matrix([[3, 0], [0, 4]])); // 5
 */
export function frobeniusNorm(A: Matrix): number {
  requireFiniteEntries("frobeniusNorm", A);
  return norm(A.data);
}

/**
 * The outer product x yᵀ of vectors of lengths m and n: an m × n matrix of rank at most one.
 *
 * @throws InvalidArgumentError when a vector is empty or not finite
 *
 * @example
 * outer([1, 2], [3, 4]); // matrix([[3, 4], [6, 8]])
 */
export function outer(x: ArrayLike<number>, y: ArrayLike<number>): Matrix {
  requireThat(
    x.length > 0 && y.length > 0,
    "outer",
    "the vectors must not be empty",
    `${x.length} and ${y.length} entries`,
  );
  for (const vector of [x, y]) requireFinite("outer", "the vectors", Float64Array.from(vector));
  const result = zeros(x.length, y.length);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) result.data[i * y.length + j] = x[i] * y[j];
  }
  return result;
}

function requireSameShape(functionName: string, A: Matrix, B: Matrix): void {
  const shapes = `${A.rows}×${A.cols} and ${B.rows}×${B.cols}`;
  requireThat(A.rows === B.rows && A.cols === B.cols, functionName, "the shapes must be equal", shapes);
  requireFiniteEntries(functionName, A);
  requireFiniteEntries(functionName, B);
}

/** Refuses a matrix that has not one entry for each place: native code would read on behind its memory. */
export function requireEntryCount(functionName: string, { rows, cols, data }: Matrix): void {
  if (data.length === rows * cols) return;
  requireThat(false, functionName, `a ${rows}×${cols} matrix must have ${rows * cols} entries`, data.length);
}

/** Refuses a matrix with an entry that is not finite, or that has not one for each place. */
export function requireFiniteEntries(
  functionName: string,
  A: Matrix,
  requirement: string = "the entries must be finite",
): void {
  requireEntryCount(functionName, A);
  const { data, cols } = A;
  if (allFinite(data)) return;
  const bad = data.findIndex((entry) => !Number.isFinite(entry));
  requireThat(false, functionName, requirement, `${data[bad]} at (${Math.floor(bad / cols)}, ${bad % cols})`);
}

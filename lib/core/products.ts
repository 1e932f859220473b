import { engine } from "./engine";
import { requireThat } from "./errors";
import { type Matrix, requireFiniteEntries } from "./matrix";
import { requireFinite } from "./requirements";

/**
 * The product A B of an m × k and a k × n matrix, computed by the engine in use: 2mkn operations.
 *
 * @throws InvalidArgumentError when the inner sizes differ, an entry is not finite, or the product overflows
 *
 * @example
 * multiply(matrix([[1, 2], [3, 4]]), matrix([[5], [6]])); // matrix([[17], [39]])
 */
export function multiply(A: Matrix, B: Matrix): Matrix {
  return engine().gemm(A, B);
}

/**
 * The product A x of an m × n matrix and a vector of length n: (A x)ᵢ = Σⱼ Aᵢⱼ xⱼ.
 *
 * @throws InvalidArgumentError when x does not have n entries, an entry is not finite, or the product overflows
 *
 * @example
 * multiplyVector(matrix([[1, 2], [3, 4]]), [5, 6]); // Float64Array [17, 39]
 */
export function multiplyVector(A: Matrix, x: ArrayLike<number>): Float64Array {
  requireFiniteEntries("multiplyVector", A);
  requireFinite("multiplyVector", "the vector", Float64Array.from(x));
  const data = uncheckedMultiplyVector(A, x);
  requireFiniteEntries("multiplyVector", { rows: A.rows, cols: 1, data }, "the product must not overflow");
  return data;
}

/** The same, whatever the entries: for operators and models, whose results are looked at by what iterates them. */
export function uncheckedMultiplyVector(A: Matrix, x: ArrayLike<number>): Float64Array {
  requireThat(x.length === A.cols, "multiplyVector", `the vector must have ${A.cols} entries`, x.length);
  const result = new Float64Array(A.rows);
  for (let i = 0; i < A.rows; i++) {
    let sum = 0;
    for (let j = 0; j < A.cols; j++) sum += A.data[i * A.cols + j] * x[j];
    result[i] = sum;
  }
  return result;
}

/**
 * The Gram matrix X Xᵀ of the n rows of an n × d matrix: entry (i, j) is the inner product of rows i and j.
 * No division by n. Computed by the engine in use, n²d operations; exactly symmetric.
 *
 * @throws InvalidArgumentError when an entry is not finite or the product overflows
 *
 * @example
 * gram(matrix([[1, 0], [1, 1]])); // matrix([[1, 1], [1, 2]])
 */
export function gram(X: Matrix): Matrix {
  return engine().gram(X);
}

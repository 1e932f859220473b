import { type Matrix, type RandomStream, zeros } from "flat-minima/core";
import type { LinearOperator } from "../../lib/core/linear-operator";

/** A matrix of independent standard normals. */
export function randomMatrix(stream: RandomStream, rows: number, cols: number): Matrix {
  const A = zeros(rows, cols);
  for (let k = 0; k < A.data.length; k++) A.data[k] = stream.normal();
  return A;
}

/** A B by its definition. */
export function product(A: Matrix, B: Matrix): Matrix {
  const C = zeros(A.rows, B.cols);
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < B.cols; j++) {
      for (let k = 0; k < A.cols; k++) C.data[i * C.cols + j] += A.data[i * A.cols + k] * B.data[k * B.cols + j];
    }
  }
  return C;
}

export function transposed(A: Matrix): Matrix {
  const T = zeros(A.cols, A.rows);
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) T.data[j * A.rows + i] = A.data[i * A.cols + j];
  return T;
}

/** a A + b B. */
export function mix(a: number, A: Matrix, b: number, B: Matrix): Matrix {
  return { ...A, data: A.data.map((entry, k) => a * entry + b * B.data[k]) };
}

/** The matrix of |Aᵢⱼ|. */
export function absolute(A: Matrix): Matrix {
  return { ...A, data: A.data.map(Math.abs) };
}

/** A x by its definition. */
export function times(A: Matrix, x: Float64Array): Float64Array {
  return product(A, { rows: x.length, cols: 1, data: x }).data;
}

export function length(x: ArrayLike<number>): number {
  return Math.sqrt(Array.from(x).reduce((sum, entry) => sum + entry * entry, 0));
}

export function inner(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, entry, k) => sum + entry * y[k], 0);
}

/** The rows of an orthogonal n×n matrix: the product of n random Householder reflections I − 2uuᵀ/uᵀu. */
export function orthogonalMatrix(stream: RandomStream, n: number): Matrix {
  const Q = zeros(n, n);
  for (let i = 0; i < n; i++) Q.data[i * n + i] = 1;
  for (let reflection = 0; reflection < n; reflection++) {
    const u = Array.from({ length: n }, () => stream.normal());
    const square = inner(u, u);
    for (let j = 0; j < n; j++) {
      let overlap = 0;
      for (let i = 0; i < n; i++) overlap += u[i] * Q.data[i * n + j];
      for (let i = 0; i < n; i++) Q.data[i * n + j] -= (2 * overlap * u[i]) / square;
    }
  }
  return Q;
}

/** Q diag(λ) Qᵀ, exactly symmetric, with λ planted: eigenvector k is column k of Q. */
export function planted(Q: Matrix, spectrum: readonly number[]): Matrix {
  const n = Q.rows;
  const A = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += Q.data[i * n + k] * spectrum[k] * Q.data[j * n + k];
      A.data[i * n + j] = sum;
      A.data[j * n + i] = sum;
    }
  }
  return A;
}

export function columnOf(A: Matrix, k: number): Float64Array {
  return Float64Array.from({ length: A.rows }, (_, i) => A.data[i * A.cols + k]);
}

/** The operator with its products counted. */
export function counted(operator: LinearOperator): LinearOperator & { count: () => number } {
  let products = 0;
  return {
    ...operator,
    count: () => products,
    apply: (vector) => {
      products++;
      return operator.apply(vector);
    },
  };
}

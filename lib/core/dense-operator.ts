import { requireThat } from "./errors";
import type { LinearOperator } from "./linear-operator";
import { type Matrix, requireEntryCount, symmetrize } from "./matrix";
import { uncheckedMultiplyVector } from "./products";
import { uncheckedNorm } from "./vector";

/**
 * A matrix as an operator: 2·rows·cols operations a product. A square matrix that is symmetric within the rounding
 * n·eps·‖A‖_F, which `eigh` allows too, becomes a symmetric operator, that of its symmetric part. The entries are not
 * copied: do not change them afterwards.
 *
 * @throws InvalidArgumentError when the norm is not finite; by its products when a length does not fit
 *
 * @example
 * denseOperator(matrix([[1, 2], [3, 4]])).applyTransposed(Float64Array.of(1, 1)); // Float64Array [4, 6]
 */
export function denseOperator(A: Matrix): LinearOperator {
  requireEntryCount("denseOperator", A);
  const size = uncheckedNorm(A.data);
  requireThat(Number.isFinite(size), "denseOperator", "the matrix must be finite", `‖A‖_F = ${size}`);
  const square = A.rows === A.cols ? symmetrize(A) : undefined;
  const symmetric = square !== undefined && square.largestGap <= A.rows * Number.EPSILON * size;
  const B = symmetric && square.largestGap > 0 ? square.symmetric : A;
  const apply = (vector: Float64Array): Float64Array => uncheckedMultiplyVector(B, vector);
  return {
    rows: A.rows,
    cols: A.cols,
    symmetric,
    cost: 2 * A.rows * A.cols,
    apply,
    applyTransposed: symmetric ? apply : (vector) => multiplyTransposed(B, vector),
  };
}

/**
 * The operator s·XᵀX (d×d) of an n × d matrix X, never formed: 4nd operations a product. With s = 1/n it is the
 * uncentred second-moment matrix of the rows, or the Hessian of half the mean squared error of a linear model; for the
 * Gram matrix of the rows, X Xᵀ (n×n), give it the transpose of X. The entries are not copied.
 *
 * @throws InvalidArgumentError when an entry or the scale s (default 1) is not finite; by its products when a length
 *   does not fit
 *
 * @example
 * gramOperator(matrix([[1, 2], [3, 4]]), { scale: 0.5 }).apply(Float64Array.of(1, 0)); // Float64Array [5, 7]
 */
export function gramOperator(X: Matrix, { scale = 1 }: { readonly scale?: number } = {}): LinearOperator {
  requireThat(Number.isFinite(scale), "gramOperator", "scale must be finite", scale);
  requireEntryCount("gramOperator", X);
  const size = uncheckedNorm(X.data);
  requireThat(Number.isFinite(size), "gramOperator", "the matrix must be finite", `‖X‖_F = ${size}`);
  const apply = (vector: Float64Array): Float64Array => {
    const image = multiplyTransposed(X, uncheckedMultiplyVector(X, vector));
    for (let k = 0; k < image.length; k++) image[k] *= scale;
    return image;
  };
  return { rows: X.cols, cols: X.cols, symmetric: true, cost: 4 * X.rows * X.cols, apply, applyTransposed: apply };
}

/** Aᵀy, along the rows of A. */
function multiplyTransposed({ rows, cols, data }: Matrix, vector: Float64Array): Float64Array {
  requireThat(vector.length === rows, "multiplyTransposed", `the vector must have ${rows} entries`, vector.length);
  const result = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    const factor = vector[i];
    for (let j = 0; j < cols; j++) result[j] += factor * data[i * cols + j];
  }
  return result;
}

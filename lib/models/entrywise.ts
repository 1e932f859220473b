import type { Matrix } from "../core";
import { plainKernels } from "../core/kernels/plain";

// What networks do to matrices entry by entry, of shapes known to fit and into fresh memory: the same bits on every
// machine. The core's `add` and its like, made for reading, take ten times as long.

const kernels = plainKernels();

/** The entrywise product A ∘ B. */
export function hadamard(A: Matrix, B: Matrix): Matrix {
  const data = A.data.slice();
  kernels.multiplyEntries(data, B.data, data.length);
  return { rows: A.rows, cols: A.cols, data };
}

/** A + B. */
export function sum(A: Matrix, B: Matrix): Matrix {
  const data = A.data.slice();
  kernels.addToRows(data, B.data, 1, data.length);
  return { rows: A.rows, cols: A.cols, data };
}

/** diag(x) A. */
export function scaledRows(A: Matrix, x: Float64Array): Matrix {
  const { rows, cols } = A;
  const data = A.data.slice();
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[i * cols + j] *= x[i];
  return { rows, cols, data };
}

/** A with the vector x (cols) added to each row. */
export function plusEachRow(A: Matrix, x: Float64Array): Matrix {
  const data = A.data.slice();
  kernels.addToRows(data, x, A.rows, A.cols);
  return { rows: A.rows, cols: A.cols, data };
}

/** The sum of the rows (cols). */
export function sumOfRows(A: Matrix): Float64Array {
  const result = new Float64Array(A.cols);
  kernels.sumRows(result, A.data, A.rows, A.cols);
  return result;
}

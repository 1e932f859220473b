import { type Matrix, zeros } from "../core";

/**
 * L with A = LLᵀ, lower triangular, for a symmetric positive definite A (n×n) of which the lower triangle is read;
 * undefined when a pivot is not positive. n³/3 operations.
 */
export function choleskyFactor({ rows: n, data }: Matrix): Matrix | undefined {
  const L = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = data[i * n + j];
      for (let k = 0; k < j; k++) sum -= L.data[i * n + k] * L.data[j * n + k];
      if (i > j) L.data[i * n + j] = sum / L.data[j * n + j];
      else if (sum > 0) L.data[i * n + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return L;
}

/** x with LLᵀx = b. */
export function solveCholesky({ rows: n, data }: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= data[i * n + k] * x[k];
    x[i] /= data[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= data[k * n + i] * x[k];
    x[i] /= data[i * n + i];
  }
  return x;
}

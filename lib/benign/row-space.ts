import { eigh, engine, gram, type Matrix, requireThat, zeros } from "../core";
import { requireFiniteEntries } from "../core/matrix";

/** What X (n×p) of rank r says about its row space: X = Σ_k u_k z_kᵀ with u_k orthonormal and z_k = Xᵀu_k orthogonal. */
export interface RowSpace {
  /** κ_1, …, κ_r > 0: the non-zero eigenvalues of K = XXᵀ, κ_k = ‖z_k‖². */
  readonly values: Float64Array;
  /** u_k in row k (r×n). */
  readonly left: Matrix;
  /** z_k in row k (r×p). */
  readonly right: Matrix;
}

/**
 * The row space of X by the eigenvectors of XXᵀ, about 3n²p + 9n³ operations. Eigenvalues below what rounding leaves of
 * a zero, max(n, p)·eps of the largest, count as zero.
 */
export function rowSpace(functionName: string, inputs: Matrix): RowSpace {
  const { rows: n, cols: p } = inputs;
  requireFiniteEntries(functionName, inputs, "the inputs must be finite");
  const { values, vectors } = eigh(gram(inputs));
  const largest = values[n - 1];
  requireThat(largest > 0, functionName, "the inputs must not vanish, nor their squares underflow", largest);
  const rounding = Math.max(n, p) * Number.EPSILON * largest;
  const first = values.findIndex((value) => value > rounding);
  const rank = n - first;
  const left = zeros(rank, n);
  for (let k = 0; k < rank; k++) {
    for (let i = 0; i < n; i++) left.data[k * n + i] = vectors.data[i * n + first + k];
  }
  return { values: values.slice(first), left, right: engine().gemm(left, inputs) };
}

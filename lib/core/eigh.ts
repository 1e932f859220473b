import { engine } from "./engine";
import type { SymmetricEigen } from "./engine-interface";
import type { Matrix } from "./matrix";

/**
 * All eigenvalues, ascending, and orthonormal eigenvectors of a symmetric n × n matrix, by the engine in use
 * (LAPACK's divide and conquer, or ml-matrix's QL iteration). About 9n³ operations.
 *
 * An eigenvector's sign is fixed: its first entry of at least half the largest magnitude is positive.
 *
 * @throws InvalidArgumentError when A is not square, has an entry that is not finite or a norm that overflows (entries of
 *   1e154), or is not symmetric, that is |Aᵢⱼ − Aⱼᵢ| > n·eps·‖A‖_F for some entry (take `symmetricPart` first when that
 *   is rounding)
 *
 * @example
 * eigh(matrix([[2, 1], [1, 2]])).values; // Float64Array [1, 3]
 */
export function eigh(A: Matrix): SymmetricEigen {
  return engine().eigh(A);
}

/**
 * The algebraically largest eigenvalue λmax of a symmetric matrix, from all of its eigenvalues (no iteration that could
 * stop early, and never the most negative one).
 *
 * @throws InvalidArgumentError as `eigh`
 *
 * @example
 * topEigenvalue(matrix([[-5, 0], [0, 1]])); // 1
 */
export function topEigenvalue(A: Matrix): number {
  return engine().eigenvalues(A)[A.rows - 1];
}

import { eigh, frobeniusNorm, type Matrix, requireThat, symmetricPart, zeros } from "../core";
import { meanHessian } from "../models/hessians";

/** The mean Hessian and its positive eigenpairs. */
export interface HessianRange {
  /** H = (1/n) Σ_i H_i (d×d). */
  readonly mean: Matrix;
  /** The r positive eigenvalues, ascending. */
  readonly values: Float64Array;
  /** Their eigenvectors, as columns (d×r). */
  readonly vectors: Matrix;
}

/**
 * The range of a mean Hessian, where the dynamics happens. An eigenvalue counts as zero up to d·eps·‖H‖_F, the rounding
 * of the eigenvalues themselves.
 *
 * @throws InvalidArgumentError unless H is positive semi-definite and not 0, and, when it is singular, every H_i
 * positive semi-definite: then H v = 0 forces H_i v = 0, and nothing moves outside the range.
 */
export function hessianRange(functionName: string, hessians: readonly Matrix[]): HessianRange {
  const mean = meanHessian(functionName, hessians);
  const size = mean.rows;
  const { values, vectors } = eigh(mean);
  const zero = roundingOfEigenvalues(mean);
  requireThat(values[0] >= -zero, functionName, "the mean Hessian must be positive semi-definite", values[0]);
  const first = values.findIndex((value) => value > zero);
  requireThat(first !== -1, functionName, "the mean Hessian must not vanish", values[size - 1]);
  if (first > 0) {
    for (const H of hessians) {
      const smallest = eigh(symmetricPart(H)).values[0];
      requireThat(
        smallest >= -roundingOfEigenvalues(H),
        functionName,
        "every Hessian must be positive semi-definite when their mean is singular",
        smallest,
      );
    }
  }
  const rank = size - first;
  const range = zeros(size, rank);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < rank; k++) range.data[i * rank + k] = vectors.data[i * size + first + k];
  }
  return { mean, values: values.slice(first), vectors: range };
}

/** Weyl's bound for a backward error of d·eps·‖H‖_F. */
function roundingOfEigenvalues(H: Matrix): number {
  return H.rows * Number.EPSILON * frobeniusNorm(H);
}

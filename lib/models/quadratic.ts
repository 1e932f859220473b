import { dot, type Matrix } from "../core";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite } from "../core/requirements";
import { type FiniteSum, requireBatch, requireParameters } from "./finite-sum";
import { meanHessian } from "./hessians";

/** A mean of quadratics with one common critical point; made by {@link quadratic}. */
export interface Quadratic extends FiniteSum {
  /** H = (1/n) Σ_i H_i (p×p). */
  readonly hessian: Matrix;
}

/**
 * The mean of n quadratics that share the critical point θ*, L(θ) = (1/n) Σ_i ½ (θ - θ*)ᵀ H_i (θ - θ*): what every
 * loss looks like near a point where all samples are fitted, and one H alone what gradient descent sees of it.
 *
 * @param hessians H_1, …, H_n (each p×p, symmetric)
 * @param minimizer θ* (p), by default the origin
 * @throws InvalidArgumentError unless the H_i are symmetric, finite and of one size, which θ* shares, and θ* is finite;
 *   the model's functions throw it on parameters of another length or not finite and on sample indices outside
 *   0, …, n-1, and `loss` where it overflows to NaN.
 *
 * @example
 * quadratic([matrix([[2]]), matrix([[4]])]).gradient(Float64Array.of(1)); // [3]
 */
export function quadratic(hessians: readonly Matrix[], minimizer?: Float64Array): Quadratic {
  const hessian = meanHessian("quadratic", hessians);
  const size = hessian.rows;
  const centre = minimizer ?? new Float64Array(size);
  requireParameters("quadratic", centre, size);
  requireFinite("quadratic", "the minimizer", centre);

  const sampleCount = hessians.length;
  const offset = (parameters: Float64Array): Float64Array => {
    requireParameters("quadratic", parameters, size);
    requireFinite("quadratic", "parameters", parameters);
    return parameters.map((value, k) => value - centre[k]);
  };

  return {
    sampleCount,
    hessian,
    loss: (parameters) => {
      const v = offset(parameters);
      return dot(v, uncheckedMultiplyVector(hessian, v)) / 2;
    },
    gradient: (parameters) => uncheckedMultiplyVector(hessian, offset(parameters)),
    batchGradient: (parameters, batch) => {
      requireBatch("quadratic", batch, sampleCount);
      const v = offset(parameters);
      const mean = new Float64Array(size);
      for (const index of batch) {
        const product = uncheckedMultiplyVector(hessians[index], v);
        for (let k = 0; k < size; k++) mean[k] += product[k] / batch.length;
      }
      return mean;
    },
  };
}

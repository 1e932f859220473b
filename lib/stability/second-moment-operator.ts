import {
  add,
  eigh,
  identity,
  type Matrix,
  multiply,
  multiplyVector,
  norm,
  requireThat,
  scale,
  subtract,
  zeros,
} from "../core";
import { type IterationOptions, type IterativeResult, requireIterationOptions } from "../core/iterative-result";
import { finish, topEigenvalueSteps } from "../core/lanczos";
import { meanHessian } from "../models/hessians";
import { batchNoiseFactor, type BatchRule } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";

/** SGD near a common critical point of all samples, θ* = 0: f_i(θ) = ½ θᵀ H_i θ. */
export interface LinearizedSetting extends BatchRule {
  /** H_1, …, H_n (each d×d, symmetric). */
  readonly hessians: readonly Matrix[];
}

/** The same with the learning rate η. */
export interface LinearizedSgd extends LinearizedSetting {
  readonly learningRate: number;
}

/** The linear map M ↦ T(M) of one SGD step on second moments; made by {@link secondMomentOperator}. */
export interface SecondMomentOperator {
  /** d. */
  readonly dimension: number;
  /** T(M) (d×d) for a symmetric M (d×d). */
  readonly apply: (moment: Matrix) => Matrix;
  /** T as a symmetric d²×d² matrix acting on the rows of M written one after another: a mean of Kronecker products. */
  readonly toDense: () => Matrix;
}

/** Up to this dimension the spectral radius comes from the d²×d² matrix itself (36×36, well under a millisecond). */
const DENSE_DIMENSION = 6;

/**
 * The second-moment operator of linearised SGD, E θ_{t+1}θ_{t+1}ᵀ = T(E θ_tθ_tᵀ):
 * T(M) = E[(I - ηH_I) M (I - ηH_I)] = (I - ηH) M (I - ηH) + η² p_B ((1/n) Σ_i H_i M H_i - H M H),
 * H_I the mean Hessian of a random batch, H = (1/n) Σ_i H_i, p_B of `batchNoiseFactor`. Exact for every batch size and
 * both samplings, since T is quadratic in H_I, whose mean and covariance p_B knows.
 *
 * Cost of `apply`: 2n + 4 products of d×d matrices. `toDense` holds d⁴ numbers.
 *
 * @throws InvalidArgumentError unless the Hessians are symmetric, finite and of one size, η is positive and the batch is
 * possible.
 *
 * @example
 * const T = secondMomentOperator({
 *   hessians: [matrix([[1]]), matrix([[3]])], learningRate: 1, batchSize: 1, sampling: "with replacement",
 * });
 * T.apply(matrix([[1]])); // [[2]]: the mean of (1 - 1)² and (1 - 3)²
 */
export function secondMomentOperator({
  hessians,
  learningRate,
  batchSize,
  sampling,
}: LinearizedSgd): SecondMomentOperator {
  const H = meanHessian("secondMomentOperator", hessians);
  requireLearningRate("secondMomentOperator", learningRate);
  const noise = batchNoiseFactor({ sampleCount: hessians.length, batchSize, sampling });
  const dimension = H.rows;
  const A = subtract(identity(dimension), scale(H, learningRate));
  // T(M) = Σ_k w_k A_k M A_k: one step of gradient descent and the noise.
  const terms = [
    { weight: 1, factor: A },
    ...hessians.map((factor) => ({ weight: (learningRate ** 2 * noise) / hessians.length, factor })),
    { weight: -(learningRate ** 2) * noise, factor: H },
  ].filter(({ weight }) => weight !== 0);

  return {
    dimension,
    apply: (moment) => {
      requireThat(
        moment.rows === dimension && moment.cols === dimension,
        "secondMomentOperator",
        `the moment must be ${dimension}×${dimension}`,
        moment,
      );
      return terms
        .map(({ weight, factor }) => scale(multiply(multiply(factor, moment), factor), weight))
        .reduce((sum, term) => add(sum, term));
    },
    toDense: () => {
      const size = dimension * dimension;
      const dense = zeros(size, size);
      for (const { weight, factor } of terms) {
        for (let row = 0; row < size; row++) {
          const [i, k] = [Math.floor(row / dimension), row % dimension];
          for (let col = 0; col < size; col++) {
            const [j, l] = [Math.floor(col / dimension), col % dimension];
            dense.data[row * size + col] += weight * factor.data[i * dimension + j] * factor.data[k * dimension + l];
          }
        }
      }
      return dense;
    },
  };
}

/**
 * The spectral radius ρ(T) of a second-moment operator. E‖θ_t‖² stays bounded from every start iff ρ(T) ≤ 1, and
 * tends to 0 iff ρ(T) < 1: the exact condition for linear stability in mean square. (If all H_i vanish in some
 * direction nothing moves there, and ρ(T) is at least 1.)
 *
 * T is self-adjoint (every factor is symmetric) and maps positive semi-definite matrices to such, so ρ(T) is an
 * eigenvalue with a positive semi-definite eigenvector V (Krein and Rutman 1948): the algebraically largest one. Its
 * overlap with the identity, tr V ≥ ‖V‖_F, is at least 1/√d, so Lanczos' method started there cannot miss it. Up to
 * d = 6 the eigenproblem of the d²×d² matrix is solved instead, without iterating.
 *
 * @throws InvalidArgumentError on a tolerance below eps or an iteration limit that is no positive integer.
 *
 * @example
 * spectralRadius(secondMomentOperator({
 *   hessians: [matrix([[1]]), matrix([[3]])], learningRate: 1, batchSize: 1, sampling: "with replacement",
 * })).value; // 2
 */
export function spectralRadius(operator: SecondMomentOperator, options: IterationOptions = {}): IterativeResult {
  requireIterationOptions("spectralRadius", options);
  const { dimension } = operator;
  if (dimension > DENSE_DIMENSION) {
    const apply = (vector: Float64Array): Float64Array =>
      operator.apply({ rows: dimension, cols: dimension, data: vector }).data;
    return finish(topEigenvalueSteps("spectralRadius", apply, identity(dimension).data, options));
  }
  const dense = operator.toDense();
  const { values, vectors } = eigh(dense);
  const size = dense.rows;
  const value = values[size - 1];
  const top = Float64Array.from({ length: size }, (_, i) => vectors.data[i * size + size - 1]);
  const defect = norm(multiplyVector(dense, top).map((image, i) => image - value * top[i]));
  const residual = defect === 0 ? 0 : defect / Math.abs(value);
  return { value, residual, iterations: 0, converged: true, message: "exact to rounding: dense eigenproblem" };
}

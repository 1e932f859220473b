import {
  add,
  dot,
  frobeniusNorm,
  identity,
  type Matrix,
  multiply,
  multiplyVector,
  requireThat,
  scale,
  subtract,
  symmetricPart,
  topEigenvalue,
  trace,
} from "../core";
import { requireFiniteNumber } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { meanHessian } from "../models/hessians";
import { batchNoiseFactor } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import { hessianRange } from "./hessian-range";
import type { LinearizedSgd } from "./second-moment-operator";

/**
 * The sharpness λ_max(H) of the mean H = (1/n) Σ_i H_i of per-sample Hessians (each d×d).
 *
 * @throws InvalidArgumentError unless the Hessians are symmetric, finite and of one size.
 * @example
 * sharpnessOfHessians([matrix([[1]]), matrix([[3]])]); // 2
 */
export function sharpnessOfHessians(hessians: readonly Matrix[]): number {
  return topEigenvalue(meanHessian("sharpnessOfHessians", hessians));
}

/**
 * The non-uniformity s = λ_max(Σ_H)^½ of per-sample Hessians, Σ_H = (1/n) Σ_i H_i² - H² (Wu, Ma and E, 2018).
 *
 * @throws InvalidArgumentError unless the Hessians are symmetric, finite and of one size.
 * @example
 * nonUniformityOfHessians([matrix([[1]]), matrix([[3]])]); // 1
 */
export function nonUniformityOfHessians(hessians: readonly Matrix[]): number {
  const mean = meanHessian("nonUniformityOfHessians", hessians);
  // Rounding can leave a top eigenvalue just below zero when all Hessians agree.
  return Math.sqrt(Math.max(0, topEigenvalue(hessianVariance(hessians, mean))));
}

/**
 * The factor λ_max{(I - ηH)² + η² p_B Σ_H}: by how much one step can multiply E‖θ‖², at most. Linear stability in mean
 * square follows when it is at most 1 (Wu, Ma and E, 2018). In more than one dimension the converse is false: the
 * direction that grows most need not be the one that the step leads to. The exact condition is `spectralRadius`.
 *
 * @throws InvalidArgumentError unless the Hessians are symmetric, finite and of one size, η is positive and the batch is
 * possible.
 * @example
 * sufficientFactor({
 *   hessians: [matrix([[1]]), matrix([[3]])], learningRate: 1, batchSize: 1, sampling: "with replacement",
 * }); // 2
 */
export function sufficientFactor({ hessians, learningRate, batchSize, sampling }: LinearizedSgd): number {
  const mean = meanHessian("sufficientFactor", hessians);
  requireLearningRate("sufficientFactor", learningRate);
  const noise = batchNoiseFactor({ sampleCount: hessians.length, batchSize, sampling });
  const A = subtract(identity(mean.rows), scale(mean, learningRate));
  const drift = symmetricPart(multiply(A, A));
  return topEigenvalue(add(drift, scale(hessianVariance(hessians, mean), learningRate ** 2 * noise)));
}

/**
 * The factor (1 - ηvᵀHv)² + η² p_B Var_i(vᵀH_iv) of a direction v (normalised here; population variance), which is
 * ⟨vvᵀ, T(vvᵀ)⟩. Stability in mean square requires it to be at most 1 in every direction, since T is self-adjoint and
 * its largest eigenvalue is at least every such quotient.
 *
 * @throws InvalidArgumentError as `sufficientFactor`, unless v (d) is finite and not 0, and when the factor overflows.
 * @example
 * directionalFactor({
 *   hessians: [matrix([[1]]), matrix([[3]])], learningRate: 1, batchSize: 1, sampling: "with replacement",
 * }, [1]); // 2: (1 - 2)² + 1² · 1
 */
export function directionalFactor(setting: LinearizedSgd, direction: ArrayLike<number>): number {
  const { hessians, learningRate, batchSize, sampling } = setting;
  const mean = meanHessian("directionalFactor", hessians);
  requireLearningRate("directionalFactor", learningRate);
  const noise = batchNoiseFactor({ sampleCount: hessians.length, batchSize, sampling });
  requireThat(
    direction.length === mean.rows,
    "directionalFactor",
    `direction must have length ${mean.rows}`,
    direction.length,
  );
  const length = uncheckedNorm(direction);
  requireThat(
    length > 0 && Number.isFinite(length),
    "directionalFactor",
    "direction must be finite and not 0",
    direction,
  );
  const v = Float64Array.from(direction, (value) => value / length);
  const curvature = dot(v, multiplyVector(mean, v));
  const variance =
    hessians.reduce((sum, H) => sum + (dot(v, multiplyVector(H, v)) - curvature) ** 2, 0) / hessians.length;
  const factor = (1 - learningRate * curvature) ** 2 + learningRate ** 2 * noise * variance;
  return requireFiniteNumber("directionalFactor", "the factor", factor);
}

/**
 * The mean factor over all directions in which anything moves, ⟨P, T(P)⟩/r with P the projection on the range of H and
 * r its rank: 1 - [2η Tr H - η² ((1 - p_B)‖H‖_F² + p_B (1/n) Σ_i ‖H_i‖_F²)]/r. Stability in mean square requires it to
 * be at most 1, that is p_B (1/n) Σ_i ‖H_i‖_F² + (1 - p_B)‖H‖_F² ≤ 2 Tr H/η, whence, for H_i of rank one,
 * Tr H ≤ 2/(p_B η).
 *
 * @throws InvalidArgumentError as `sufficientFactor`; unless H is positive semi-definite and not 0; and, when H is
 * singular, unless every H_i is positive semi-definite (only then do all H_i vanish where H does); and when the factor
 * overflows.
 * @example
 * traceFactor({
 *   hessians: [matrix([[1]]), matrix([[3]])], learningRate: 1, batchSize: 1, sampling: "with replacement",
 * }); // 2
 */
export function traceFactor({ hessians, learningRate, batchSize, sampling }: LinearizedSgd): number {
  requireLearningRate("traceFactor", learningRate);
  const noise = batchNoiseFactor({ sampleCount: hessians.length, batchSize, sampling });
  const { mean, values } = hessianRange("traceFactor", hessians);
  const meanSquare = hessians.reduce((sum, H) => sum + frobeniusNorm(H) ** 2, 0) / hessians.length;
  const square = (1 - noise) * frobeniusNorm(mean) ** 2 + noise * meanSquare;
  const factor = 1 - (2 * learningRate * trace(mean) - learningRate ** 2 * square) / values.length;
  return requireFiniteNumber("traceFactor", "the factor", factor);
}

/** Σ_H = (1/n) Σ_i (H_i - H)², the same as (1/n) Σ_i H_i² - H² without its cancellation. */
function hessianVariance(hessians: readonly Matrix[], mean: Matrix): Matrix {
  const squares = hessians.map((H) => {
    const deviation = subtract(H, mean);
    return multiply(deviation, deviation);
  });
  return symmetricPart(scale(squares.reduce(add), 1 / hessians.length));
}

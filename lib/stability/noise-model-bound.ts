import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { batchNoiseFactor } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import {
  requireEigenvalues,
  requireMeasured,
  type SgdScheme,
  type StabilityBound,
  stabilityBound,
} from "./stability-bound";

/**
 * The exact condition of stability in mean square under geometry-aware noise, whose covariance at loss L is 2L p_B H: the
 * u_i = λ_i E[θ_i²] obey u_i ← (1 − ηλ_i)²u_i + η²p_B λ_i² Σ_j u_j, which stays bounded if and only if
 *
 *   Σ_i ηλ_i/(2 − ηλ_i) ≤ 1/p_B    (with replacement B),
 *
 * and η λ_max ≤ 2. The measured value is the sum on the left, Infinity for η λ_max ≥ 2; since each term is at least
 * ηλ_i/2, the trace is below 2/(p_Bη). Cost O(n). Derived from the noise model of Wu, Wang and Su 2022, section 3.
 *
 * @param options.eigenvalues λ_i of H, those that are 0 may be left out
 * @throws InvalidArgumentError when η is not positive, an eigenvalue is negative, there is none, a number is not finite,
 *   or on an impossible batch
 *
 * @example
 * geometryAwareNoiseCondition({
 *   eigenvalues: [1, 1], learningRate: 1, sampleCount: 9, batchSize: 4, sampling: "with replacement",
 * }); // { measured: 2, bound: 4, slack: 0.5 }
 */
export function geometryAwareNoiseCondition(
  options: SgdScheme & { readonly eigenvalues: ArrayLike<number> },
): StabilityBound {
  const { eigenvalues, learningRate } = options;
  requireEigenvalues("geometryAwareNoiseCondition", eigenvalues);
  requireLearningRate("geometryAwareNoiseCondition", learningRate);
  const terms = Float64Array.from(eigenvalues, (value) => remaining(learningRate * value) * learningRate * value);
  return stabilityBound(sum(terms), 1 / batchNoiseFactor(options));
}

/**
 * What follows for the norm under geometry-aware noise: ‖H‖_F ≤ √(1/p_B)/η (with replacement √B/η), a bound that does not
 * depend on the size. Necessary. Cost O(1). Source: Wu, Wang and Su 2022, section 3.
 *
 * @param options.frobeniusNorm ‖H‖_F, as `alignmentFactors` gives it
 * @throws InvalidArgumentError when η is not positive, ‖H‖_F is negative, a number is not finite, or on an impossible batch
 *
 * @example
 * geometryAwareNoiseBound({
 *   frobeniusNorm: 3, learningRate: 0.5, sampleCount: 9, batchSize: 4, sampling: "with replacement",
 * }); // { measured: 3, bound: 4, slack: 0.25 }
 */
export function geometryAwareNoiseBound(options: SgdScheme & { readonly frobeniusNorm: number }): StabilityBound {
  requireMeasured("geometryAwareNoiseBound", "‖H‖_F", options.frobeniusNorm);
  requireLearningRate("geometryAwareNoiseBound", options.learningRate);
  return stabilityBound(options.frobeniusNorm, 1 / (options.learningRate * Math.sqrt(batchNoiseFactor(options))));
}

/**
 * The exact condition of stability in mean square under isotropic noise of the same variance, with the covariance
 * 2L p_B (Tr H/p) I over all p parameters: the losses stay bounded if and only if
 *
 *   η (Tr H/p) Σ_{λ_i > 0} 1/(2 − ηλ_i) ≤ 1/p_B    (with replacement B),
 *
 * and η λ_max ≤ 2. The measured value is the left-hand side, Infinity for η λ_max ≥ 2. Cost O(n). Derived from the noise
 * model of Wu, Wang and Su 2022, section 3.
 *
 * @param options.eigenvalues λ_i of H, those that are 0 may be left out
 * @param options.parameterCount p, at least the number of positive eigenvalues
 * @throws InvalidArgumentError as `geometryAwareNoiseCondition`, and when p is no such integer
 *
 * @example
 * isotropicNoiseCondition({
 *   eigenvalues: [1, 1], parameterCount: 4, learningRate: 1, sampleCount: 9, batchSize: 4, sampling: "with replacement",
 * }); // { measured: 1, bound: 4, slack: 0.75 }
 */
export function isotropicNoiseCondition(
  options: SgdScheme & { readonly eigenvalues: ArrayLike<number>; readonly parameterCount: number },
): StabilityBound {
  const { eigenvalues, parameterCount, learningRate } = options;
  requireEigenvalues("isotropicNoiseCondition", eigenvalues);
  const positive = Float64Array.from(eigenvalues).filter((value) => value > 0);
  requireSize("isotropicNoiseCondition", "parameterCount", parameterCount);
  requireThat(
    parameterCount >= positive.length,
    "isotropicNoiseCondition",
    `parameterCount must be at least the number of positive eigenvalues, ${positive.length}`,
    parameterCount,
  );
  requireLearningRate("isotropicNoiseCondition", learningRate);
  const remainders = sum(positive.map((value) => remaining(learningRate * value)));
  const variance = (learningRate * sum(positive)) / parameterCount;
  return stabilityBound(positive.length === 0 ? 0 : variance * remainders, 1 / batchNoiseFactor(options));
}

/**
 * What follows for the trace under isotropic noise: Tr H ≤ √(p/p_B)/η (with replacement √(pB)/η), a bound that grows with
 * the number of parameters. Necessary. Cost O(1). Source: Wu, Wang and Su 2022, section 3, whose step before it divides by
 * n where it must be p.
 *
 * @param options.parameterCount p
 * @throws InvalidArgumentError when η is not positive, p is no positive integer, Tr H is negative, a number is not finite,
 *   or on an impossible batch
 *
 * @example
 * isotropicNoiseBound({
 *   trace: 3, parameterCount: 4, learningRate: 1, sampleCount: 9, batchSize: 9, sampling: "with replacement",
 * }); // { measured: 3, bound: 6, slack: 0.5 }
 */
export function isotropicNoiseBound(
  options: SgdScheme & { readonly trace: number; readonly parameterCount: number },
): StabilityBound {
  const { trace, parameterCount, learningRate } = options;
  requireMeasured("isotropicNoiseBound", "Tr H", trace);
  requireSize("isotropicNoiseBound", "parameterCount", parameterCount);
  requireLearningRate("isotropicNoiseBound", learningRate);
  return stabilityBound(trace, Math.sqrt(parameterCount / batchNoiseFactor(options)) / learningRate);
}

/** 1/(2 − x), Infinity from 2 on, where gradient descent itself is not stable. */
function remaining(x: number): number {
  return x < 2 ? 1 / (2 - x) : Infinity;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

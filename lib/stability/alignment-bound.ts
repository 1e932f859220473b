import { batchNoiseFactor } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import {
  requireAlignment,
  requireMeasured,
  type SgdScheme,
  type StabilityBound,
  stabilityBound,
} from "./stability-bound";

/**
 * The bound that aligned noise puts on the flatness of a stable solution: where SGD is linearly stable in mean square at
 * an interpolating solution, and μ ≥ μ₀ for all residuals that linearised SGD meets,
 *
 *   ‖H‖_F ≤ √(1/(p_B μ₀))/η,    with replacement √(B/μ₀)/η,
 *
 * whatever the numbers of parameters and of samples. p_B = 1/B with replacement and (n − B)/(B(n − 1)) without, where
 * there is no bound for B = n. Cost O(1).
 *
 * Source: Wu, Wang and Su 2022, Theorem 3.3 (with replacement; without, 1/B is p_B). A μ₀ that holds for all residuals is
 * `alignmentCertificates(gramMatrix).mu.value`.
 *
 * @param options.frobeniusNorm ‖H‖_F, as `alignmentFactors` gives it
 * @param options.alignment μ₀
 * @throws InvalidArgumentError when μ₀ or η is not positive, ‖H‖_F is negative, a number is not finite, or on an
 *   impossible batch
 *
 * @example
 * alignmentBound({
 *   frobeniusNorm: 1, alignment: 0.25, learningRate: 2, sampleCount: 9, batchSize: 1, sampling: "with replacement",
 * }); // { measured: 1, bound: 1, slack: 0 }
 */
export function alignmentBound(
  options: SgdScheme & { readonly frobeniusNorm: number; readonly alignment: number },
): StabilityBound {
  const { frobeniusNorm, alignment, learningRate } = options;
  requireMeasured("alignmentBound", "‖H‖_F", frobeniusNorm);
  requireAlignment("alignmentBound", "the alignment μ₀", alignment);
  requireLearningRate("alignmentBound", learningRate);
  return stabilityBound(frobeniusNorm, 1 / (learningRate * Math.sqrt(batchNoiseFactor(options) * alignment)));
}

/**
 * The same where only the alignment μ₁ of the noise's second moment is known, which is at least γ, whatever the
 * residuals: where SGD is linearly stable in mean square at an interpolating solution,
 *
 *   ‖H‖_F ≤ min(1/√(p_B(1 − p_B)μ₁), 2/(p_B μ₁))/η,    with replacement min(B/√((B − 1)μ₁), 2B/μ₁)/η.
 *
 * For the loss falls at most by a factor min_x 1 − 2x + (1 − p_B)x² = −p_B/(1 − p_B) by the mean step, or 1 − 2η‖H‖_F,
 * and the noise adds at least η²p_Bμ₁‖H‖_F². Cost O(1).
 *
 * Source: Wu, Wang and Su 2022, Proposition 3.4 (with replacement; without, the same proof with p_B).
 *
 * @param options.frobeniusNorm ‖H‖_F, as `alignmentFactors` gives it
 * @param options.alignment a μ₁ that holds for all residuals, such as γ
 * @throws InvalidArgumentError as `alignmentBound`
 *
 * @example
 * secondMomentAlignmentBound({
 *   frobeniusNorm: 1, alignment: 1, learningRate: 0.5, sampleCount: 9, batchSize: 2, sampling: "with replacement",
 * }); // { measured: 1, bound: 4, slack: 0.75 }: the first of 2/√1 and 4, divided by η
 */
export function secondMomentAlignmentBound(
  options: SgdScheme & { readonly frobeniusNorm: number; readonly alignment: number },
): StabilityBound {
  const { frobeniusNorm, alignment, learningRate } = options;
  requireMeasured("secondMomentAlignmentBound", "‖H‖_F", frobeniusNorm);
  requireAlignment("secondMomentAlignmentBound", "the alignment μ₁", alignment);
  requireLearningRate("secondMomentAlignmentBound", learningRate);
  const noise = batchNoiseFactor(options);
  const meanStep = 1 / Math.sqrt(noise * (1 - noise) * alignment);
  const linear = 2 / (noise * alignment);
  return stabilityBound(frobeniusNorm, Math.min(meanStep, linear) / learningRate);
}

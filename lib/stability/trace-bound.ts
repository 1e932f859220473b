import { batchNoiseFactor } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import { requireMeasured, type SgdScheme, type StabilityBound, stabilityBound } from "./stability-bound";

/**
 * The bound on the trace of a stable solution: where SGD on the squared loss is linearly stable in mean square at an
 * interpolating solution,
 *
 *   Tr H ≤ 2/(p_B η),    with replacement 2B/η,
 *
 * for every model and size, with no assumption on the noise. For T(M) = E[AMA] of the step A = I − ηH_batch is
 * self-adjoint, so that ρ(T) ≤ 1 requires ⟨I, T(I)⟩ ≤ ⟨I, I⟩ on the range of H, that is
 * p_B (1/n) Σ ‖g_i‖⁴ + (1 − p_B)‖H‖_F² ≤ 2 Tr H/η, where (1/n) Σ ‖g_i‖⁴ ≥ (Tr H)².
 * Without noise (p_B = 0) there is no bound. Cost O(1). This statement is our own; see notebook 07.
 *
 * @throws InvalidArgumentError when η is not positive, Tr H is negative, a number is not finite, or on an impossible batch
 *
 * @example
 * traceBound({ trace: 3, learningRate: 0.5, sampleCount: 9, batchSize: 1, sampling: "with replacement" });
 * // { measured: 3, bound: 4, slack: 0.25 }
 */
export function traceBound(options: SgdScheme & { readonly trace: number }): StabilityBound {
  requireMeasured("traceBound", "Tr H", options.trace);
  requireLearningRate("traceBound", options.learningRate);
  return stabilityBound(options.trace, 2 / (batchNoiseFactor(options) * options.learningRate));
}

/**
 * What follows for the norm, without any alignment: where SGD on the squared loss is linearly stable in mean square at an
 * interpolating solution,
 *
 *   ‖H‖_F ≤ 1/(η√(p_B(1 − p_B))),    with replacement B/(√(B − 1) η).
 *
 * For the condition above gives p_B t² + (1 − p_B)‖H‖_F² ≤ 2t/η for t = Tr H, and 2t/η − p_B t² is at most 1/(p_Bη²). For
 * B = 1 (p_B = 1) and without noise (p_B = 0) there is no bound of this form. Cost O(1). This statement is our own; see
 * notebook 07.
 *
 * @param options.frobeniusNorm ‖H‖_F, as `alignmentFactors` gives it
 * @throws InvalidArgumentError when η is not positive, ‖H‖_F is negative, a number is not finite, or on an impossible batch
 *
 * @example
 * frobeniusBound({ frobeniusNorm: 3, learningRate: 0.5, sampleCount: 9, batchSize: 2, sampling: "with replacement" });
 * // { measured: 3, bound: 4, slack: 0.25 }
 */
export function frobeniusBound(options: SgdScheme & { readonly frobeniusNorm: number }): StabilityBound {
  requireMeasured("frobeniusBound", "‖H‖_F", options.frobeniusNorm);
  requireLearningRate("frobeniusBound", options.learningRate);
  const noise = batchNoiseFactor(options);
  return stabilityBound(options.frobeniusNorm, 1 / (options.learningRate * Math.sqrt(noise * (1 - noise))));
}

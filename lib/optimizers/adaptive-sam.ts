import { uncheckedNorm } from "../core/vector";
import type { GradientDescentOptions } from "./gradient-descent";
import { perturbedGradient } from "./perturbed-gradient";
import { descend, requireGradientOf, requireLearningRate, requireNonNegative, type UpdateMap } from "./update-map";

/** What adaptive SAM needs. */
export interface AdaptiveSamOptions extends GradientDescentOptions {
  /** ρ ≥ 0, in units of the parameters' own sizes; with 0 ASAM is gradient descent. */
  readonly perturbationRadius: number;
  /** ξ ≥ 0: what is added to the size |θ_k| of each parameter (default 0.01, as in the authors' own code). */
  readonly scaleOffset?: number;
}

/**
 * Adaptive sharpness-aware minimization as a map (ASAM, Kwon et al. 2021): θ ↦ θ - η(∇L(θ + ε) + λθ), where ε = ρ
 * T²g/‖Tg‖ maximises εᵀg over the ellipsoid ‖T⁻¹ε‖ ≤ ρ, with g = ∇L(θ) and T = diag(|θ_k| + ξ). With ξ = 0 rescaling
 * the parameters of a loss that does not see it rescales ε with them. Two gradients a step; ε = 0 where Tg = 0.
 *
 * The authors' code leaves T out for biases; here all parameters are treated alike.
 *
 * @throws InvalidArgumentError unless η is positive and finite and ρ, ξ and λ finite and at least 0; the map itself
 * throws it when the gradient has another length than θ.
 * @example
 * const step = adaptiveSam({
 *   gradient: (x) => x.map((v) => 2 * v), learningRate: 0.25, perturbationRadius: 0.5, scaleOffset: 0,
 * });
 * step(Float64Array.of(4)); // [1]: ε = ρ·4, and θ - η·2(θ + ε) = 4 - 3
 */
export function adaptiveSam(options: AdaptiveSamOptions): UpdateMap {
  const { gradient, learningRate, perturbationRadius, scaleOffset = 0.01, weightDecay = 0 } = options;
  requireLearningRate("adaptiveSam", learningRate);
  requireNonNegative("adaptiveSam", "perturbationRadius", perturbationRadius);
  requireNonNegative("adaptiveSam", "scaleOffset", scaleOffset);
  requireNonNegative("adaptiveSam", "weightDecay", weightDecay);
  return (parameters, into) => {
    const slope = gradient(parameters);
    requireGradientOf("adaptiveSam", parameters, slope);
    const scaled = parameters.map((value, k) => (Math.abs(value) + scaleOffset) * slope[k]);
    const direction = parameters.map((value, k) => (Math.abs(value) + scaleOffset) * scaled[k]);
    const length = uncheckedNorm(scaled);
    const perturbedSlope =
      length === 0 ? slope : perturbedGradient(gradient, parameters, perturbationRadius, direction, length);
    return descend("adaptiveSam", parameters, perturbedSlope, learningRate, weightDecay, into);
  };
}

import { uncheckedNorm } from "../core/vector";
import type { GradientDescentOptions } from "./gradient-descent";
import { type BatchGradientOptions, oneBatchAStep } from "./one-batch-a-step";
import { perturbedGradient } from "./perturbed-gradient";
import {
  descend,
  type GradientFunction,
  requireGradientOf,
  requireLearningRate,
  requireNonNegative,
  type UpdateMap,
} from "./update-map";

/** How SAM steps, whatever its gradient. */
interface SamStep {
  readonly learningRate: number;
  /** ρ ≥ 0; with 0 SAM is gradient descent. */
  readonly perturbationRadius: number;
  /** λ ≥ 0 (default 0), added to the gradient at the perturbed point as λθ, with the θ that is not perturbed. */
  readonly weightDecay?: number;
  /** Whether the perturbation has the length ρ (default true) or is ρ∇L. */
  readonly normalized?: boolean;
}

/** What SAM needs: the gradient ∇L, the learning rate η > 0 and the radius ρ ≥ 0 of the perturbation. */
export interface SamOptions extends GradientDescentOptions, SamStep {}

/** What SAM on random batches needs. A model of `flat-minima/models` can be spread in. */
export interface StochasticSamOptions extends BatchGradientOptions, SamStep {}

/**
 * Sharpness-aware minimization as a map, θ ↦ θ - η(∇L(θ + ε) + λθ) with ε = ρ∇L(θ)/‖∇L(θ)‖ (Foret et al. 2021); two
 * gradients a step.
 *
 * Where ∇L(θ) = 0 there is no direction to go and ε = 0: a critical point is a fixed point. (So it is where ‖∇L‖²
 * rounds to 0, which takes entries below 1e-162.) With `normalized: false` it is ε = ρ∇L(θ), the USAM of Andriushchenko
 * and Flammarion (2022).
 *
 * @throws InvalidArgumentError unless η is positive and finite and ρ and λ finite and at least 0; the map itself throws
 * it when the gradient has another length than θ.
 * @example
 * const step = sam({ gradient: (x) => x.map((v) => 2 * v), learningRate: 0.25, perturbationRadius: 0.5 });
 * step(Float64Array.of(1)); // [0.25]: descended by η·2(1 + ρ)
 */
export function sam({ gradient, ...step }: SamOptions): UpdateMap {
  return samMap("sam", gradient, step);
}

/**
 * SAM on random batches: at every call a batch I of B samples is drawn afresh, and both gradients of the step are those
 * of its mean loss L_I. With B = 1 it is 1-SAM, with B = n drawn without replacement `sam`.
 *
 * @throws InvalidArgumentError unless η is positive and finite, ρ and λ finite and at least 0, and the batch scheme
 * possible; the map itself throws it when the gradient has another length than θ.
 * @example
 * const step = stochasticSam({
 *   batchGradient: (theta) => theta, sampleCount: 4, // each sample's loss is ½‖θ‖²
 *   batchSize: 1, sampling: "with replacement", stream: randomStream(7),
 *   learningRate: 0.25, perturbationRadius: 0.5,
 * });
 * step(Float64Array.of(1)); // [0.625]
 */
export function stochasticSam(options: StochasticSamOptions): UpdateMap {
  return oneBatchAStep("stochasticSam", options, (gradient) => samMap("stochasticSam", gradient, options));
}

function samMap(
  functionName: string,
  gradient: GradientFunction,
  { learningRate, perturbationRadius, weightDecay = 0, normalized = true }: SamStep,
): UpdateMap {
  requireLearningRate(functionName, learningRate);
  requireNonNegative(functionName, "perturbationRadius", perturbationRadius);
  requireNonNegative(functionName, "weightDecay", weightDecay);
  return (parameters, into) => {
    const slope = gradient(parameters);
    requireGradientOf(functionName, parameters, slope);
    const length = normalized ? uncheckedNorm(slope) : 1;
    const perturbedSlope =
      length === 0 ? slope : perturbedGradient(gradient, parameters, perturbationRadius, slope, length);
    return descend(functionName, parameters, perturbedSlope, learningRate, weightDecay, into);
  };
}

import { requireSize } from "../core/requirements";
import { requireLearningRate } from "../optimizers/update-map";
import { requireMeasured, type StabilityBound, stabilityBound } from "./stability-bound";

/**
 * The bound of gradient descent, λ_max(H) ≤ 2/η: exact for gradient descent, and necessary for SGD, whose mean it is.
 *
 * @param options.sharpness λ_max(H)
 * @throws InvalidArgumentError when η is not positive, the sharpness is negative, or a number is not finite
 *
 * @example
 * sharpnessBound({ sharpness: 3, learningRate: 0.5 }); // { measured: 3, bound: 4, slack: 0.25 }
 */
export function sharpnessBound(options: { readonly sharpness: number; readonly learningRate: number }): StabilityBound {
  requireMeasured("sharpnessBound", "λ_max(H)", options.sharpness);
  requireLearningRate("sharpnessBound", options.learningRate);
  return stabilityBound(options.sharpness, 2 / options.learningRate);
}

/**
 * What the stability of gradient descent alone says of the norm, ‖H‖_F ≤ 2√r/η with r = rank H ≤ min(n, p): it grows with
 * the size. Equality holds if and only if all eigenvalues that are not 0 equal 2/η. Source: Wu, Wang and Su 2022.
 *
 * @param options.frobeniusNorm ‖H‖_F, as `alignmentFactors` gives it
 * @param options.rank r
 * @throws InvalidArgumentError when η is not positive, the rank is no positive integer, ‖H‖_F is negative, or a number is
 *   not finite
 *
 * @example
 * rankBound({ frobeniusNorm: 3, rank: 4, learningRate: 0.5 }); // { measured: 3, bound: 8, slack: 0.625 }
 */
export function rankBound(options: {
  readonly frobeniusNorm: number;
  readonly rank: number;
  readonly learningRate: number;
}): StabilityBound {
  requireMeasured("rankBound", "‖H‖_F", options.frobeniusNorm);
  requireSize("rankBound", "the rank", options.rank);
  requireLearningRate("rankBound", options.learningRate);
  return stabilityBound(options.frobeniusNorm, (2 * Math.sqrt(options.rank)) / options.learningRate);
}

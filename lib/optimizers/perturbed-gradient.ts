import { allFinite } from "../core/finite";
import { displaced, type GradientFunction } from "./update-map";

/**
 * ∇L at θ + (ρ/ℓ)d, for a direction d (p) of the size ℓ. Where that point or the size is not finite there is nothing to
 * ask the gradient, which may refuse it: the result is then NaN, so that `runTrajectory` names the step.
 */
export function perturbedGradient(
  gradient: GradientFunction,
  parameters: Float64Array,
  radius: number,
  direction: Float64Array,
  size: number,
): Float64Array {
  const perturbed = displaced(parameters, radius / size, direction);
  return size < Infinity && allFinite(perturbed) ? gradient(perturbed) : perturbed.fill(NaN);
}

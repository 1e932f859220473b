import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import type { RiskEvaluation } from "../models";
import type { GradientFunction } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";

/** A loss that gives ∇L(θ) (p) and the products ∇²L(θ)v (p) at a point, as every `EmpiricalRisk` does. */
export interface TwiceDifferentiableLoss {
  readonly at: (parameters: Float64Array) => Pick<RiskEvaluation, "gradient" | "hessianVectorProduct">;
}

/**
 * The gradient of a penalized loss: of the mean (1/m) Σ_k (L_k + (η/4)‖∇L_k‖²) over the losses given, that is
 * (1/m) Σ_k (∇L_k + (η/2) ∇²L_k ∇L_k).
 *
 * For the training loss alone, m = 1, gradient flow on it follows gradient descent of rate η to one order in η more
 * than the flow on L does (Barrett and Dherin, 2021). For the losses of the m batches of an epoch, each a mean over its
 * own samples, the flow follows the mean of stochastic gradient descent over the m! orders of the batches (Smith,
 * Dherin, Barrett and De, 2021). Cost: a gradient and a Hessian product of each loss.
 *
 * @param losses L_1, …, L_m
 * @param learningRate η
 * @throws InvalidArgumentError unless there is a loss and η is positive and finite; the gradient throws it on parameters
 *   that are not finite, and what the losses throw.
 *
 * @example
 * const cubic: TwiceDifferentiableLoss = { // L = x³, ∇L = 3x², ∇²L = 6x
 *   at: ([x]) => ({
 *     gradient: () => Float64Array.of(3 * x * x),
 *     hessianVectorProduct: ([v]) => Float64Array.of(6 * x * v),
 *   }),
 * };
 * penalizedGradient([cubic], 0.5)(Float64Array.of(2)); // [48]: 12 + (0.5/2)·12·12
 */
export function penalizedGradient(losses: readonly TwiceDifferentiableLoss[], learningRate: number): GradientFunction {
  requireThat(losses.length > 0, "penalizedGradient", "there must be a loss", losses);
  requireLearningRate("penalizedGradient", learningRate);
  const all = [...losses];
  return (parameters) => {
    requireFinite("penalizedGradient", "parameters", parameters);
    const mean = new Float64Array(parameters.length);
    for (const loss of all) {
      const here = loss.at(parameters);
      const gradient = here.gradient();
      const bend = here.hessianVectorProduct(gradient);
      for (let k = 0; k < mean.length; k++) mean[k] += (gradient[k] + (learningRate / 2) * bend[k]) / all.length;
    }
    return mean;
  };
}

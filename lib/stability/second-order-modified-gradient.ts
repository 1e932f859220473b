import { norm } from "../core";
import { requireFinite } from "../core/requirements";
import type { GradientFunction } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import type { TwiceDifferentiableLoss } from "./penalized-gradient";

/**
 * The field v whose flow dθ/dt = -v(θ) follows gradient descent of rate η with an error of order η³ over a fixed time:
 * v = g + (η/2)Hg + η² (H²g/3 + D³L[g, g]/12) with g = ∇L(θ), H = ∇²L(θ) and D³L[g, g] the derivative of Hg at fixed g
 * along g (backward error analysis of Euler's method: Hairer, Lubich and Wanner, 2006, section IX.1, with f = -∇L).
 *
 * Its first two terms are the gradient of L + (η/4)‖∇L‖² (`penalizedGradient`). The third is the gradient of nothing,
 * as a rule: that of gᵀHg is 2H²g + D³L[g, g], in another proportion.
 *
 * D³L[g, g] comes from the central difference of two Hessian products, of step h = eps^⅓ in a unit direction. Its
 * relative error is about eps^⅔ = 4e-11 where θ changes the loss on the scale 1, which an η² in front makes smaller.
 * Cost: a gradient and four Hessian products, at three points.
 *
 * @param learningRate η
 * @throws InvalidArgumentError unless η is positive and finite; the field throws it on parameters that are not finite,
 *   and what the loss throws.
 *
 * @example
 * const quadraticLoss: TwiceDifferentiableLoss = { // L = x²: v = 2x + η·2x + η²·(8/3)x, the series of -ln(1 - 2η)x/η
 *   at: ([x]) => ({
 *     gradient: () => Float64Array.of(2 * x),
 *     hessianVectorProduct: ([v]) => Float64Array.of(2 * v),
 *   }),
 * };
 * secondOrderModifiedGradient(quadraticLoss, 0.5)(Float64Array.of(3)); // [11]: 6 + 3 + 2
 */
export function secondOrderModifiedGradient(loss: TwiceDifferentiableLoss, learningRate: number): GradientFunction {
  requireLearningRate("secondOrderModifiedGradient", learningRate);
  const { at } = loss;
  return (parameters) => {
    requireFinite("secondOrderModifiedGradient", "parameters", parameters);
    const here = at(parameters);
    const gradient = here.gradient();
    const bend = here.hessianVectorProduct(gradient);
    const bentTwice = here.hessianVectorProduct(bend);
    const third = thirdDerivative(at, parameters, gradient);
    return gradient.map(
      (g, k) => g + (learningRate / 2) * bend[k] + learningRate ** 2 * (bentTwice[k] / 3 + third[k] / 12),
    );
  };
}

/** The step whose error h² equals the rounding eps/h. */
const STEP = Math.cbrt(Number.EPSILON);

/** D³L(θ)[g, g] = ‖g‖ d/ds ∇²L(θ + s g/‖g‖) g at s = 0. */
function thirdDerivative(at: TwiceDifferentiableLoss["at"], theta: Float64Array, g: Float64Array): Float64Array {
  const length = norm(g);
  if (length === 0) return g.map(() => 0);
  const productAt = (s: number): Float64Array =>
    at(theta.map((value, k) => value + (s / length) * g[k])).hessianVectorProduct(g);
  const [ahead, behind] = [productAt(STEP), productAt(-STEP)];
  return ahead.map((value, k) => (length * (value - behind[k])) / (2 * STEP));
}

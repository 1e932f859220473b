import { descend, type GradientFunction, requireLearningRate, type UpdateMap } from "./update-map";

/** What gradient descent needs: the gradient ∇L and the learning rate η > 0. */
export interface GradientDescentOptions {
  readonly gradient: GradientFunction;
  readonly learningRate: number;
}

/**
 * Gradient descent as a map, θ ↦ θ - η∇L(θ).
 *
 * @throws InvalidArgumentError unless η is positive and finite; the map itself throws it when the gradient has another
 * length than θ.
 * @example
 * const step = gradientDescent({ gradient: (x) => x.map((v) => 2 * v), learningRate: 0.25 });
 * step(Float64Array.of(1)) // [0.5]
 */
export function gradientDescent({ gradient, learningRate }: GradientDescentOptions): UpdateMap {
  requireLearningRate("gradientDescent", learningRate);
  return (parameters) => descend("gradientDescent", parameters, gradient(parameters), learningRate);
}

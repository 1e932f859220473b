import { descend, type GradientFunction, requireLearningRate, requireNonNegative, type UpdateMap } from "./update-map";

/** What gradient descent needs: the gradient ∇L and the learning rate η > 0. */
export interface GradientDescentOptions {
  readonly gradient: GradientFunction;
  readonly learningRate: number;
  /** λ ≥ 0 (default 0): descend on L + (λ/2)‖θ‖². */
  readonly weightDecay?: number;
}

/**
 * Gradient descent as a map, θ ↦ θ - η(∇L + λθ).
 *
 * The weight decay λ is an L2 penalty in the gradient. The same step is (1 - ηλ)θ - η∇L: without momentum or rescaled
 * coordinates, the decoupled weight decay of Loshchilov and Hutter (2019) with the factor ηλ is nothing else.
 *
 * @throws InvalidArgumentError unless η is positive and finite and λ finite and at least 0; the map itself throws it
 * when the gradient has another length than θ.
 * @example
 * const step = gradientDescent({ gradient: (x) => x.map((v) => 2 * v), learningRate: 0.25 });
 * step(Float64Array.of(1)); // [0.5]
 */
export function gradientDescent({ gradient, learningRate, weightDecay = 0 }: GradientDescentOptions): UpdateMap {
  return descent("gradientDescent", gradient, learningRate, weightDecay);
}

/** Gradient descent whose errors carry the caller's name. */
export function descent(
  functionName: string,
  gradient: GradientFunction,
  learningRate: number,
  weightDecay: number,
): UpdateMap {
  requireLearningRate(functionName, learningRate);
  requireNonNegative(functionName, "weightDecay", weightDecay);
  let memory = new Float64Array(0); // the gradient's, which leaves this function only for the gradient to fill
  return (parameters, into) => {
    if (memory.length !== parameters.length) memory = new Float64Array(parameters.length);
    return descend(functionName, parameters, gradient(parameters, memory), learningRate, weightDecay, into);
  };
}

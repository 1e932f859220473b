import { descent } from "./gradient-descent";
import { type BatchGradientOptions, oneBatchAStep } from "./one-batch-a-step";
import type { UpdateMap } from "./update-map";

/** What stochastic gradient descent needs. A model of `flat-minima/models` can be spread in. */
export interface StochasticGradientDescentOptions extends BatchGradientOptions {
  readonly learningRate: number;
  /** λ ≥ 0 (default 0): descend on L + (λ/2)‖θ‖². */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent as a (random) map, θ ↦ θ - η(∇L_I(θ) + λθ), where L_I is the mean loss over a batch I of
 * B samples drawn afresh at every call, independently of earlier ones. The penalty λ does not depend on the batch; as
 * for `gradientDescent` it is the same as decoupled weight decay.
 *
 * @throws InvalidArgumentError unless η is positive and finite, λ finite and at least 0, and the batch scheme possible;
 * the map itself throws it when the gradient has another length than θ.
 * @example
 * const step = stochasticGradientDescent({
 *   batchGradient: (theta) => theta, sampleCount: 4, // each sample's loss is ½‖θ‖²
 *   batchSize: 1, sampling: "with replacement", learningRate: 0.25, stream: randomStream(7),
 * });
 * step(Float64Array.of(1)); // [0.75]
 */
export function stochasticGradientDescent(options: StochasticGradientDescentOptions): UpdateMap {
  const { learningRate, weightDecay = 0 } = options;
  return oneBatchAStep("stochasticGradientDescent", options, (gradient) =>
    descent("stochasticGradientDescent", gradient, learningRate, weightDecay),
  );
}

import type { RandomStream } from "../core";
import { type BatchScheme, drawBatch, requireBatchScheme } from "./batches";
import { type BatchGradientFunction, descend, requireLearningRate, type UpdateMap } from "./update-map";

/** What stochastic gradient descent needs. A model of `flat-minima/models` has the first two and can be spread in. */
export interface StochasticGradientDescentOptions extends BatchScheme {
  readonly batchGradient: BatchGradientFunction;
  readonly learningRate: number;
  /** Where the batches come from; every step advances it. */
  readonly stream: RandomStream;
}

/**
 * Stochastic gradient descent as a (random) map, θ ↦ θ - η ∇L_I(θ), where L_I is the mean loss over a batch I of B
 * samples drawn afresh at every call, independently of earlier ones.
 *
 * @throws InvalidArgumentError unless η is positive and finite and the batch scheme is possible; the map itself throws
 * it when the gradient has another length than θ.
 * @example
 * const step = stochasticGradientDescent({
 *   batchGradient: (theta) => theta, sampleCount: 4, // each sample's loss is ½‖θ‖²
 *   batchSize: 1, sampling: "with replacement", learningRate: 0.25, stream: randomStream(7),
 * });
 * step(Float64Array.of(1)); // [0.75]
 */
export function stochasticGradientDescent(options: StochasticGradientDescentOptions): UpdateMap {
  const { batchGradient, learningRate, stream, sampleCount, batchSize, sampling } = options;
  requireLearningRate("stochasticGradientDescent", learningRate);
  const scheme: BatchScheme = { sampleCount, batchSize, sampling };
  requireBatchScheme("stochasticGradientDescent", scheme);
  return (parameters) =>
    descend(
      "stochasticGradientDescent",
      parameters,
      batchGradient(parameters, drawBatch(stream, scheme)),
      learningRate,
    );
}

import { requireThat } from "../core";
import { type BatchGradientOptions, oneBatchAStep } from "./one-batch-a-step";
import { type GradientFunction, requireGradientOf, requireLearningRate, type UpdateMap } from "./update-map";

/** The constants of Adam; the defaults are those of Algorithm 1 of Kingma and Ba (2015). */
export interface AdamConstants {
  /** α > 0 (default 0.001). */
  readonly learningRate?: number;
  /** β₁ in [0, 1) (default 0.9): how much of the mean gradient is kept. */
  readonly meanDecay?: number;
  /** β₂ in [0, 1) (default 0.999): how much of the mean square is kept. */
  readonly squareDecay?: number;
  /** ε > 0 (default 1e-8), added to the root of the mean square. */
  readonly offset?: number;
}

/** What Adam needs: the gradient ∇L. */
export interface AdamOptions extends AdamConstants {
  readonly gradient: GradientFunction;
}

/** What Adam on random batches needs. A model of `flat-minima/models` can be spread in. */
export interface StochasticAdamOptions extends AdamConstants, BatchGradientOptions {}

/**
 * Adam as a map, θ ↦ θ - α m̂/(√v̂ + ε) entry by entry (Kingma and Ba 2015, Algorithm 1), with the bias-corrected
 * running means m̂ = m/(1 - β₁ᵗ) of the gradient and v̂ = v/(1 - β₂ᵗ) of its square, t = 1, 2, … the number of the
 * call.
 *
 * Unlike the other optimizers it remembers: the map holds m and v, so make one map for each run. A step from given
 * parameters depends on the calls before it.
 *
 * @throws InvalidArgumentError unless α and ε are positive and finite and the decays in [0, 1); the map itself throws
 * it when the gradient has another length than θ, or θ another length than at the first call.
 * @example
 * const step = adam({ gradient: (x) => x.map((v) => 2 * v), learningRate: 0.25 });
 * step(Float64Array.of(1, -8)); // [0.75000000125, -7.75000000015625]: the first step is ±α, but for ε
 */
export function adam({ gradient, ...constants }: AdamOptions): UpdateMap {
  return adamMap("adam", gradient, constants);
}

/**
 * Adam on random batches: `adam` with the gradient of the mean loss over a batch I of B samples, drawn afresh at every
 * call. The map holds the running means, so make one map for each run.
 *
 * @throws InvalidArgumentError as `adam`, and unless the batch scheme is possible.
 * @example
 * const step = stochasticAdam({
 *   batchGradient: (theta) => theta, sampleCount: 4, // each sample's loss is ½‖θ‖²
 *   batchSize: 2, sampling: "without replacement", stream: randomStream(7), learningRate: 0.25,
 * });
 * step(Float64Array.of(1))[0]; // 0.7500000025, that is θ - α but for ε
 */
export function stochasticAdam(options: StochasticAdamOptions): UpdateMap {
  return oneBatchAStep("stochasticAdam", options, (gradient) => adamMap("stochasticAdam", gradient, options));
}

function adamMap(
  functionName: string,
  gradient: GradientFunction,
  { learningRate = 0.001, meanDecay = 0.9, squareDecay = 0.999, offset = 1e-8 }: AdamConstants,
): UpdateMap {
  requireLearningRate(functionName, learningRate);
  requireThat(meanDecay >= 0 && meanDecay < 1, functionName, "meanDecay must be in [0, 1)", meanDecay);
  requireThat(squareDecay >= 0 && squareDecay < 1, functionName, "squareDecay must be in [0, 1)", squareDecay);
  // With ε = 0 a coordinate whose gradient is 0 would be 0/0.
  requireThat(offset > 0 && offset < Infinity, functionName, "offset must be positive and finite", offset);
  let mean: Float64Array | undefined;
  let square: Float64Array;
  // β₁ᵗ and β₂ᵗ by repeated products: the host's powers differ in their last bit between versions.
  let [meanPower, squarePower] = [1, 1];
  return (parameters) => {
    const slope = gradient(parameters);
    requireGradientOf(functionName, parameters, slope);
    if (!mean) {
      mean = new Float64Array(parameters.length);
      square = new Float64Array(parameters.length);
    }
    if (mean.length !== parameters.length) {
      const requirement = `parameters must keep the length ${mean.length} (make one map for each run)`;
      requireThat(false, functionName, requirement, parameters.length);
    }
    meanPower *= meanDecay;
    squarePower *= squareDecay;
    const next = new Float64Array(parameters.length);
    for (let k = 0; k < next.length; k++) {
      mean[k] = meanDecay * mean[k] + (1 - meanDecay) * slope[k];
      square[k] = squareDecay * square[k] + (1 - squareDecay) * slope[k] * slope[k];
      const size = Math.sqrt(square[k] / (1 - squarePower)) + offset;
      next[k] = parameters[k] - (learningRate * (mean[k] / (1 - meanPower))) / size;
    }
    return next;
  };
}

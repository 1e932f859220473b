import { breathe, DivergenceError, randomStream, requireThat } from "../core";
import { twoMinima } from "../models";
import { stochasticGradientDescent } from "../optimizers";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** Runs of SGD with batch size 1 at the minimum x = 1 of `twoMinima`. */
export interface FirstPassageConfiguration {
  readonly normalisation: "whole" | "half";
  /** η. */
  readonly learningRate: number;
  /** x₀, inside the linear interval round 1 and not 1. */
  readonly start: number;
  /** How many independent runs. */
  readonly paths: number;
  /** After so many steps a run is given up. */
  readonly maximumSteps: number;
}

/** When the runs leave the linear interval, in the order of the runs. */
export interface FirstPassageResult {
  /** T = min{t : x_t outside the interval}, null for a run that was still inside after the last step. */
  readonly leavingSteps: readonly (number | null)[];
  /** How many runs left through the low end, x_T ≤ low. */
  readonly exitsLow: number;
}

const NAME = "first-passage";
const MANY = 1e6;

/**
 * Claim W24: SGD leaves the minimum at which the samples disagree. Its exact law is `firstPassageLaw`.
 *
 * Sums, products and comparisons only, so the same bits on every machine.
 */
export const firstPassage: Experiment<FirstPassageConfiguration, FirstPassageResult> = {
  name: NAME,
  description: "the steps at which SGD leaves the minimum x = 1 of the two-minima example (W24)",
  version: 1,
  tolerance: 0,
  grid: [0.6, 0.65, 0.7, 0.8, 0.9].map((learningRate) => ({
    configuration: { normalisation: "whole", learningRate, start: 1 - 1e-5, paths: 200, maximumSteps: 4000 },
    seeds: [0, 1, 2, 3, 4],
  })),

  validate(functionName, configuration) {
    const fields = ["normalisation", "learningRate", "start", "paths", "maximumSteps"];
    requireFields(functionName, configuration, fields);
    const { normalisation, learningRate, start, paths, maximumSteps } = configuration;
    const known = normalisation === "whole" || normalisation === "half";
    requireThat(known, functionName, 'normalisation must be "whole" or "half"', normalisation);
    requirePositive(functionName, "learningRate", learningRate);
    const { low, high } = twoMinima({ normalisation }).linearInterval;
    const inside = typeof start === "number" && start > low && start < high && start !== 1;
    requireThat(inside, functionName, `start must be inside (${low}, ${high}) and not 1`, start);
    requireInteger(functionName, "paths", paths, 1, MANY);
    requireInteger(functionName, "maximumSteps", maximumSteps, 1, MANY);
    return { normalisation, learningRate, start, paths, maximumSteps };
  },

  async run({ normalisation, learningRate, start, paths, maximumSteps }, seed) {
    const model = twoMinima({ normalisation });
    const { low, high } = model.linearInterval;
    const leavingSteps: (number | null)[] = [];
    let exitsLow = 0;
    for (let path = 0; path < paths; path++) {
      const update = stochasticGradientDescent({
        ...model,
        batchSize: 1,
        sampling: "with replacement",
        learningRate,
        stream: randomStream(seed, NAME, path),
      });
      let position: Float64Array = Float64Array.of(start);
      let step = 0;
      while (step < maximumSteps && position[0] > low && position[0] < high) {
        position = update(position);
        step++;
      }
      if (!Number.isFinite(position[0])) throw new DivergenceError(NAME, step, `x is ${position[0]}`);
      const inside = position[0] > low && position[0] < high;
      leavingSteps.push(inside ? null : step);
      if (position[0] <= low) exitsLow++;
      await breathe();
    }
    return { leavingSteps, exitsLow };
  },
};

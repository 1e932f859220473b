import { breathe, DivergenceError, randomStream, requireThat } from "../core";
import { empiricalRisk, squareLoss } from "../models";
import { gradientDescent, type Trainer } from "../optimizers";
import { updateTrainer } from "../optimizers/stepping";
import { oneSampleSam } from "../sam";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requireNonNegative, requirePositive } from "./requirements";
import { requireXorTraining, XOR_TRAINING_FIELDS, type XorFit, type XorTraining, xorTraining } from "./xor-training";

/** SAM or SGD on single samples, or GD, on the square loss; with or without weight decay. */
export interface XorScenariosConfiguration extends XorTraining {
  /** Which start, and which order of the samples, on the same samples: a seed has many. */
  readonly start: number;
  /** The samples of a step: one, drawn with replacement, or all. */
  readonly batch: "one" | "all";
  readonly learningRate: number;
  /** ρ of SAM; 0 is SGD. With all samples it must be 0, which is GD. */
  readonly perturbationRadius: number;
  /** λ: a step shrinks θ by the factor 1 − ηλ. */
  readonly weightDecay: number;
  /** Ascending: the network is looked at after so many steps, and the last ends the run. */
  readonly checkpoints: readonly number[];
}

/** A run of training. */
export interface XorScenariosResult {
  /** The network after so many steps, at the checkpoints that were reached. */
  readonly observations: readonly ({ readonly step: number } & XorFit)[];
  /** The step at which something was not finite, or the checkpoint at which a parameter was above 1e60; else null. */
  readonly divergedAt: number | null;
}

const NAME = "xor-scenarios";
const BETWEEN_BREATHS = { one: 10_000, all: 100 };

/**
 * Claims P1, P3, P5 and P7: the three XOR scenarios under several algorithms. A seed has the same data and test points,
 * and in one structure the same starts, whatever the algorithm; SAM and SGD draw the same samples.
 *
 * The grid is the part that takes long, gradient descent with weight decay; notebook 15 runs the others live. Its rates
 * are tuned: at five times as much GD diverges without bias, and with bias stays at a training loss of ½. It ends at
 * ηλt = 6, with layer norm at 12.
 *
 * The training is the same bits on every machine, and the evaluation asks for that, too.
 */
export const xorScenarios: Experiment<XorScenariosConfiguration, XorScenariosResult> = {
  name: NAME,
  description: "test accuracy and Tr G along SAM, SGD and GD on hypercube XOR, in three structures (P1, P3, P5, P7)",
  version: 1,
  tolerance: 0,
  grid: (
    [
      { structure: "no bias", layerNormEpsilon: null, learningRate: 0.01 },
      { structure: "bias", layerNormEpsilon: null, learningRate: 0.01 },
      { structure: "simplified layer norm", layerNormEpsilon: 0.01, learningRate: 0.02 },
    ] as const
  ).map((net) => ({
    configuration: {
      ...net,
      dimension: 30,
      sampleCount: 100,
      width: 100,
      initializationScale: 3,
      start: 0,
      batch: "all",
      perturbationRadius: 0,
      weightDecay: 0.01,
      checkpoints: [0, 100, 1000, 3000, 10_000, 20_000, 40_000, 60_000],
    },
    seeds: [0, 1, 2, 3, 4, 5, 6, 7],
  })),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [
      ...XOR_TRAINING_FIELDS,
      "start",
      "batch",
      "learningRate",
      "perturbationRadius",
      "weightDecay",
      "checkpoints",
    ]);
    const training = requireXorTraining(functionName, configuration);
    const { start, batch, learningRate, perturbationRadius, weightDecay, checkpoints } = configuration;
    requireInteger(functionName, "start", start, 0, 1e9);
    requireThat(batch === "one" || batch === "all", functionName, 'batch must be "one" or "all"', batch);
    requirePositive(functionName, "learningRate", learningRate);
    requireNonNegative(functionName, "perturbationRadius", perturbationRadius);
    const possible = batch === "one" || perturbationRadius === 0;
    requireThat(possible, functionName, "perturbationRadius must be 0 with all samples", perturbationRadius);
    requireNonNegative(functionName, "weightDecay", weightDecay);
    requireSteps(functionName, checkpoints);
    return {
      ...training,
      start,
      batch,
      learningRate,
      perturbationRadius,
      weightDecay,
      checkpoints: checkpoints.slice(),
    };
  },

  async run(configuration, seed) {
    const { network, samples, start, order, fit } = xorTraining(configuration, (purpose) =>
      purpose === "data" || purpose === "test"
        ? randomStream(seed, NAME, purpose)
        : randomStream(seed, NAME, purpose, configuration.start),
    );
    const { structure, layerNormEpsilon, width, batch, learningRate, perturbationRadius, weightDecay } = configuration;
    const descent = (): Trainer => {
      const risk = empiricalRisk({ network, loss: squareLoss, ...samples });
      const all = Array.from(samples.targets, (_, i) => i);
      // Not `risk.gradient`, whose last bits are the machine's.
      const gradient = (theta: Float64Array, into?: Float64Array): Float64Array => risk.batchGradient(theta, all, into);
      return updateTrainer("gradientDescent", gradientDescent({ gradient, learningRate, weightDecay }), start);
    };
    const trainer: Trainer =
      batch === "all"
        ? descent()
        : oneSampleSam({
            structure,
            ...(layerNormEpsilon !== null && { layerNormEpsilon }),
            width,
            ...samples,
            start,
            learningRate,
            perturbationRadius,
            weightDecay,
            loss: "square",
            stream: order,
          });
    const observations: XorScenariosResult["observations"][number][] = [];
    try {
      for (const step of configuration.checkpoints) {
        while (trainer.step < step) {
          trainer.advance(Math.min(BETWEEN_BREATHS[batch], step - trainer.step));
          await breathe();
        }
        const theta = trainer.parameters();
        // What is measured is of the fourth degree in θ at the most, and must not overflow.
        if (!theta.every((value) => Math.abs(value) <= 1e60)) throw new DivergenceError(NAME, step, "above 1e60");
        observations.push({ step, ...fit(theta) });
      }
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { observations, divergedAt: error.step };
    }
    return { observations, divergedAt: null };
  },
};

function requireSteps(functionName: string, checkpoints: unknown): asserts checkpoints is number[] {
  const list = Array.isArray(checkpoints) && checkpoints.length > 0;
  requireThat(list, functionName, "checkpoints must be a list of numbers of steps", checkpoints);
  for (const step of checkpoints) requireInteger(functionName, "a checkpoint", step, 0, 1e9);
  const ascending = checkpoints.every((step, k) => k === 0 || step > checkpoints[k - 1]);
  requireThat(ascending, functionName, "checkpoints must ascend", checkpoints);
}

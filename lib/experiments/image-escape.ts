import { DivergenceError, mean, randomStream, type RandomStream } from "../core";
import { initialParameters } from "../models";
import { expectedLossTrajectory, lossQuantiles } from "../stability";
import type { ImageNetworkSizes, TensorExperimentBackend } from "./image-network-sizes";
import { alignmentOfFit, type ClassifierAlignment } from "./alignment-of-fit";
import type { Experiment } from "./experiment";
import { IMAGE_NETWORK_FIELDS, type ImageFit, imageFit, imageProblem, requireImageNetwork } from "./image-networks";
import { requireFields, requireInteger, requirePositive } from "./requirements";
import { twoImageClasses } from "./two-image-classes";

/** GD of a convolutional net on two classes of CIFAR-10 to a low loss; from there SGD with the same learning rate. */
export interface ImageEscapeConfiguration extends ImageNetworkSizes {
  /** n. */
  readonly sampleCount: number;
  /** η, of GD and of SGD. Over the first `warmUpSteps` steps of GD it is a tenth of that. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
  /** Of GD, the warm-up included. */
  readonly descentSteps: number;
  /** B, with replacement. */
  readonly batchSize: number;
  readonly trajectories: number;
  /** Of SGD. */
  readonly steps: number;
  /** What computes the tensors, in single precision: another one gives other numbers. */
  readonly backend: TensorExperimentBackend;
}

/** Where GD ended, and how SGD left. */
export interface ImageEscapeResult {
  /** Of GD. */
  readonly ended: "completed" | "diverged";
  /** p. */
  readonly parameterCount: number;
  /** The loss that GD started from. */
  readonly untrainedLoss: number;
  /** Null where GD diverged. */
  readonly escape: {
    /** The point that GD found; `step` is the number of its steps. */
    readonly minimum: ClassifierAlignment;
    /** The loss after as many further steps of GD as SGD makes; null where it diverges. */
    readonly withoutNoise: number | null;
    /** E L_t of linearised SGD, t = 0, …, steps, exactly. */
    readonly expected: number[];
    /** The mean of L(θ_t) over the net's own trajectories; null from the first divergence on. */
    readonly mean: (number | null)[];
    /** Its quantiles of 10, 50 and 90 %; null where that many have diverged. */
    readonly quantiles: (number | null)[][];
    /** How many trajectories left the finite numbers. */
    readonly diverged: number;
  } | null;
}

const NAME = "image-escape";
const WARM_UP = 0.1;
const BASE = { width: 8, depth: 1, sampleCount: 32, warmUpSteps: 100, backend: "wasm" } as const;

/**
 * Claim A16: SGD leaves minima that GD found, of VGG- and ResNet-like nets on real images, beside the exact mean of the
 * linearised dynamics. Airplanes and automobiles of CIFAR-10, averaged down to 16 × 16 and centred; one output, targets ±1.
 *
 * The trainings are the same bits wherever the backend computes the same, as "wasm" does; the recursion for E L_t goes
 * through the BLAS, with a relative rounding of some steps·n·eps.
 */
export const imageEscape: Experiment<ImageEscapeConfiguration, ImageEscapeResult> = {
  name: NAME,
  description: "how SGD leaves minima that GD found, conv nets on CIFAR-10 (A16)",
  version: 1,
  data: ["cifar-10"],
  tolerance: 2e-10,
  grid: (
    [
      { family: "vgg", learningRate: 0.01, steps: 40 },
      { family: "residual", learningRate: 0.02, steps: 20 },
    ] as const
  ).map((setting) => ({
    configuration: { ...setting, ...BASE, descentSteps: 1500, batchSize: 1, trajectories: 30 },
    seeds: [0, 1],
  })),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [
      ...IMAGE_NETWORK_FIELDS,
      "sampleCount",
      "learningRate",
      "warmUpSteps",
      "descentSteps",
      "batchSize",
      "trajectories",
      "steps",
    ]);
    const { sampleCount, learningRate, warmUpSteps, descentSteps, batchSize, trajectories, steps } = configuration;
    const network = requireImageNetwork(functionName, configuration);
    requireInteger(functionName, "sampleCount", sampleCount, 2, 6000);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "descentSteps", descentSteps, 1, 1e9);
    requireInteger(functionName, "warmUpSteps", warmUpSteps, 0, descentSteps);
    requireInteger(functionName, "batchSize", batchSize, 1, 1e4);
    requireInteger(functionName, "trajectories", trajectories, 1, 1e6);
    requireInteger(functionName, "steps", steps, 1, 1e6);
    return { ...network, sampleCount, learningRate, warmUpSteps, descentSteps, batchSize, trajectories, steps };
  },

  async run(configuration, seed) {
    const { sampleCount, learningRate, warmUpSteps, descentSteps, batchSize, trajectories, steps } = configuration;
    const { trainTensorNetwork } = await import("../tensor/index.js");
    const samples = twoImageClasses(NAME, "cifar-10", sampleCount);
    const { network, risk } = await imageProblem(configuration, samples);
    const lossAt = async (parameters: Float64Array, step: number): Promise<number> => {
      const { loss } = await risk.evaluate(parameters);
      if (!Number.isFinite(loss)) throw new DivergenceError(NAME, step, `the loss is ${loss}`);
      return loss;
    };
    const start = initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "He" });
    const untrainedLoss = await lossAt(start, 0);
    const { parameterCount } = network;

    let theta: Float64Array;
    let minimum: ClassifierAlignment;
    let fit: ImageFit;
    try {
      const slow = { steps: warmUpSteps, learningRate: WARM_UP * learningRate };
      const warm = await trainTensorNetwork(risk, start, slow);
      ({ parameters: theta } = await trainTensorNetwork(risk, warm, { steps: descentSteps, learningRate }));
      fit = await imageFit(network, theta, samples);
      minimum = alignmentOfFit(descentSteps, { ...fit, targets: samples.targets });
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { ended: "diverged", parameterCount, untrainedLoss, escape: null };
    }

    const rule = { batchSize, sampling: "with replacement" } as const;
    /** L(θ_t) for t = 0, …, steps, ∞ from a divergence on; with a stream by SGD, without by GD. */
    const trajectory = async (stream?: RandomStream): Promise<Float64Array> => {
      const losses = new Float64Array(steps + 1).fill(Infinity);
      const observe = async ({ step, parameters }: { step: number; parameters: Float64Array }): Promise<void> => {
        losses[step] = await lossAt(parameters, step);
      };
      const batch = stream && { ...rule, stream };
      try {
        await trainTensorNetwork(risk, theta, { steps, learningRate, batch, observe });
      } catch (error) {
        if (!(error instanceof DivergenceError)) throw error;
      }
      return losses;
    };
    const streams = randomStream(seed, NAME, "trajectories");
    const losses: Float64Array[] = [];
    for (let r = 0; r < trajectories; r++) losses.push(await trajectory(streams.split(r)));
    const { residuals, gramMatrix: gram } = fit;
    const expected = await expectedLossTrajectory({ gram, residual: residuals, steps, learningRate, ...rule });
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return {
      ended: "completed",
      parameterCount,
      untrainedLoss,
      escape: {
        minimum,
        withoutNoise: finite((await trajectory())[steps]),
        expected: Array.from(expected),
        mean: Array.from(expected, (_, t) => finite(mean(losses.map((one) => one[t])))),
        quantiles: lossQuantiles(losses, [0.1, 0.5, 0.9]).map((quantile) => Array.from(quantile, finite)),
        diverged: losses.filter((one) => one[steps] === Infinity).length,
      },
    };
  },
};

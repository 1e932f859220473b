import { InterruptedError, randomStream } from "../core";
import { empiricalRisk, halfSquareLoss, initialParameters, multilayerPerceptron } from "../models";
import { runTrajectory, stochasticGradientDescent } from "../optimizers";
import { alignmentOfFit, type ClassifierAlignment } from "./alignment-of-fit";
import type { Experiment } from "./experiment";
import { reproducibleFit } from "./reproducible-fit";
import { requireFields, requireInteger, requirePositive } from "./requirements";
import { twoImageClasses } from "./two-image-classes";

/** SGD on the half mean square loss of a fully connected ReLU network that tells two digits of MNIST apart. */
export interface PerceptronAlignmentConfiguration {
  /** h, of both hidden layers: p = h² + 199h + 1. */
  readonly width: number;
  /** n. */
  readonly sampleCount: number;
  /** B, with replacement. */
  readonly batchSize: number;
  /** η. */
  readonly learningRate: number;
  readonly steps: number;
  /** The factors are taken at the multiples of this. */
  readonly every: number;
}

/** What was seen along the run. */
export interface PerceptronAlignmentResult {
  /** "diverged": a loss above 1e6, or parameters that are no finite numbers. */
  readonly ended: "completed" | "diverged";
  /** p. */
  readonly parameterCount: number;
  readonly observations: readonly ClassifierAlignment[];
}

const NAME = "perceptron-alignment";

/**
 * Claim A19: the alignment factors of fully connected networks on MNIST along SGD, over widths. The digits 4 and 9,
 * averaged down to 14 × 14 and centred; one output, targets ±1.
 *
 * In double precision, and all but λ_max, which carries some n·eps, the same bits on every machine.
 */
export const perceptronAlignment: Experiment<PerceptronAlignmentConfiguration, PerceptronAlignmentResult> = {
  name: NAME,
  description: "alignment of fully connected networks on MNIST along SGD, over widths (A19)",
  version: 1,
  data: ["mnist"],
  tolerance: 1e-12,
  grid: [8, 24, 72, 216].map((width) => ({
    configuration: { width, sampleCount: 200, batchSize: 8, learningRate: 0.01, steps: 1500, every: 100 },
    seeds: [0, 1, 2],
  })),

  validate(functionName, configuration) {
    const fields = ["width", "sampleCount", "batchSize", "learningRate", "steps", "every"] as const;
    requireFields(functionName, configuration, fields);
    const { width, sampleCount, batchSize, learningRate, steps, every } = configuration;
    requireInteger(functionName, "width", width, 1, 1e4);
    requireInteger(functionName, "sampleCount", sampleCount, 2, 7000);
    requireInteger(functionName, "batchSize", batchSize, 1, 1e4);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "steps", steps, 1, 1e9);
    requireInteger(functionName, "every", every, 1, steps);
    return { width, sampleCount, batchSize, learningRate, steps, every };
  },

  async run({ width, sampleCount, batchSize, learningRate, steps, every }, seed) {
    const { inputs, targets } = twoImageClasses(NAME, "mnist", sampleCount);
    const network = multilayerPerceptron({ widths: [inputs.cols, width, width, 1], activation: "relu" });
    const fitAt = reproducibleFit(network, { inputs, targets });
    const step = stochasticGradientDescent({
      ...empiricalRisk({ network, loss: halfSquareLoss, inputs, targets }),
      batchSize,
      sampling: "with replacement",
      learningRate,
      stream: randomStream(seed, NAME, "batches"),
    });
    const run = await runTrajectory(
      step,
      initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "He" }),
      {
        steps,
        every,
        observe: (theta, t) => {
          const { residuals, gramMatrix } = fitAt(theta);
          return alignmentOfFit(t, { residuals, gramMatrix: gramMatrix(), targets });
        },
        ifStopped: "return",
      },
    );
    if (run.reason instanceof InterruptedError) throw run.reason;
    return {
      ended: run.ended === "diverged" ? "diverged" : "completed",
      parameterCount: network.parameterCount,
      observations: run.observations,
    };
  },
};

import { InterruptedError, randomStream, requireThat, trace } from "../core";
import { empiricalRisk, halfSquareLoss } from "../models";
import { runTrajectory, stochasticGradientDescent } from "../optimizers";
import { type AlignmentFactors, alignmentFactors } from "../stability";
import {
  type AlignmentArchitecture,
  type AlignmentSizes,
  networkAndStart,
  trainingSet,
} from "./alignment-architectures";
import type { Experiment } from "./experiment";
import { reproducibleFit } from "./reproducible-fit";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** SGD on the half mean square loss of a network, looked at along the way. */
export interface AlignmentAlongTrainingConfiguration extends AlignmentSizes {
  /** B, without replacement. */
  readonly batchSize: number;
  /** η in units of 2B/Tr G(θ₀), so that networks of all sizes are equally far from the edge where they start. */
  readonly relativeLearningRate: number;
  readonly steps: number;
  /** The factors are taken at the multiples of this. */
  readonly every: number;
}

/** What is seen at one step. */
export interface AlignmentObservation extends Omit<AlignmentFactors, "tau"> {
  readonly step: number;
  /** L = (1/2n) Σ e_i². */
  readonly loss: number;
  /** The standard deviation of the e_i² over their mean: 0 where the samples' losses are all the same. */
  readonly lossVariation: number;
  /** min e_i² over mean e_i². */
  readonly leastLoss: number;
}

/** How the run went, and what was seen along the way. */
export interface AlignmentAlongTrainingResult {
  /** "interpolated": stopped since the loss was below 1e-20; "diverged": the parameters left the finite numbers. */
  readonly ended: "completed" | "interpolated" | "diverged";
  /** p. */
  readonly parameterCount: number;
  /** η. */
  readonly learningRate: number;
  readonly observations: readonly AlignmentObservation[];
}

const NAME = "alignment-along-training";
const ARCHITECTURES = ["linear network", "random features", "relu", "tanh", "convolutional"] as const;
const FIELDS = [
  "architecture",
  "width",
  "sampleCount",
  "inputCount",
  "batchSize",
  "relativeLearningRate",
  "steps",
  "every",
];
const INTERPOLATES = 1e-20;

/** Widths for which p spans a factor of a hundred or more at the sizes of `base`. */
const SIZES = [
  { architecture: "linear network", sampleCount: 100, inputCount: 50, widths: [4, 12, 40, 120, 400] },
  { architecture: "random features", sampleCount: 50, inputCount: 10, widths: [50, 160, 500, 1600, 5000] },
  { architecture: "relu", sampleCount: 50, inputCount: 10, widths: [8, 16, 32, 64, 128] },
  { architecture: "tanh", sampleCount: 50, inputCount: 10, widths: [8, 16, 32, 64, 128] },
  { architecture: "convolutional", sampleCount: 50, inputCount: 36, widths: [3, 6, 12, 21, 37] },
] as const;

/**
 * Claims A6 and A7: the alignment of SGD's noise along training, over architectures and sizes.
 *
 * The same bits on every machine: all evaluations are reproducible ones, and of the factors only τ, which is left out,
 * goes through the engine.
 */
export const alignmentAlongTraining: Experiment<AlignmentAlongTrainingConfiguration, AlignmentAlongTrainingResult> = {
  name: NAME,
  description: "the alignment factors of SGD's noise along training, over architectures and sizes (A6, A7)",
  version: 1,
  tolerance: 0,
  grid: SIZES.flatMap(({ widths, ...sizes }) =>
    widths.map((width) => ({
      configuration: { ...sizes, width, batchSize: 5, relativeLearningRate: 0.1, steps: 400, every: 40 },
      seeds: [0, 1, 2],
    })),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, FIELDS);
    const { architecture, width, sampleCount, inputCount, batchSize, relativeLearningRate, steps, every } =
      configuration;
    const known = ARCHITECTURES.find((one) => one === architecture);
    requireThat(
      known !== undefined,
      functionName,
      `the architecture must be one of ${ARCHITECTURES.join(", ")}`,
      architecture,
    );
    requireInteger(functionName, "width", width, 1, 1e5);
    requireInteger(functionName, "sampleCount", sampleCount, 2, 1e5);
    requireInteger(functionName, "inputCount", inputCount, LEAST_INPUTS[known], 1e5);
    const square = known !== "convolutional" || Number.isInteger(Math.sqrt(inputCount));
    requireThat(square, functionName, "the inputCount of a convolutional network must be a square", inputCount);
    requireInteger(functionName, "batchSize", batchSize, 1, sampleCount);
    requirePositive(functionName, "relativeLearningRate", relativeLearningRate);
    requireInteger(functionName, "steps", steps, 1, 1e9);
    requireInteger(functionName, "every", every, 1, steps);
    return { architecture: known, width, sampleCount, inputCount, batchSize, relativeLearningRate, steps, every };
  },

  async run(configuration, seed) {
    const { sampleCount, batchSize, relativeLearningRate, steps, every } = configuration;
    const { inputs, targets } = trainingSet(configuration, randomStream(seed, NAME, "training set"));
    const { network, start } = networkAndStart(configuration, randomStream(seed, NAME, "initialisation"));
    const fitAt = reproducibleFit(network, { inputs, targets });
    const learningRate = (relativeLearningRate * 2 * batchSize * sampleCount) / trace(fitAt(start).gramMatrix());
    const step = stochasticGradientDescent({
      ...empiricalRisk({ network, loss: halfSquareLoss, inputs, targets }),
      batchSize,
      sampling: "without replacement",
      learningRate,
      stream: randomStream(seed, NAME, "batches"),
    });
    let latestLoss = Infinity;
    const run = await runTrajectory(step, start, {
      steps,
      every,
      observe: (theta, t): AlignmentObservation => {
        const { gramMatrix, residuals, loss } = fitAt(theta);
        latestLoss = loss;
        const { tau: _, ...factors } = alignmentFactors({ gramMatrix: gramMatrix(), residuals });
        return { step: t, loss, ...factors, ...uniformity(residuals.map((e) => e * e)) };
      },
      until: () => latestLoss < INTERPOLATES,
      ifStopped: "return",
    });
    if (run.reason instanceof InterruptedError) throw run.reason;
    const ended = run.ended === "stopped" ? "interpolated" : run.ended === "diverged" ? "diverged" : "completed";
    return { ended, parameterCount: network.parameterCount, learningRate, observations: run.observations };
  },
};

/** Two convolutions with kernels of side 3 and a 2×2 mean need images of side 6; the targets of "relu" three inputs. */
const LEAST_INPUTS: Record<AlignmentArchitecture, number> = {
  "linear network": 1,
  "random features": 3,
  relu: 3,
  tanh: 3,
  convolutional: 36,
};

/** How uniform the squares are. */
function uniformity(squares: Float64Array): { lossVariation: number; leastLoss: number } {
  const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
  const deviations = squares.map((value) => value - mean);
  return {
    lossVariation: Math.sqrt(deviations.reduce((sum, value) => sum + value * value, 0) / squares.length) / mean,
    leastLoss: squares.reduce((least, value) => Math.min(least, value), Infinity) / mean,
  };
}

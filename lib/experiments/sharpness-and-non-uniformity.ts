import { InterruptedError, matrix, randomStream, requireThat, topEigenvalue, trace } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { empiricalRisk, halfSquareLoss, initialParameters, multilayerPerceptron } from "../models";
import { runTrajectory, stochasticGradientDescent } from "../optimizers";
import { meanSquareThresholdFromGram, nonUniformityFromGram } from "../stability";
import type { Experiment } from "./experiment";
import { reproducibleFit } from "./reproducible-fit";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** SGD on the half mean square loss of a network with one hidden layer, until it has interpolated 20 samples. */
export interface SharpnessAndNonUniformityConfiguration {
  readonly activation: Extract<ActivationKind, "relu" | "tanh">;
  /** m. */
  readonly width: number;
  /** η. */
  readonly learningRate: number;
  /** B, without replacement: 20 is gradient descent. */
  readonly batchSize: number;
  /** A run that has not reached a loss of 1e-4 by then is reported as not converged. */
  readonly maximumSteps: number;
}

/** Where the run ended. */
export interface SharpnessAndNonUniformityResult {
  /** "converged": the loss (1/2n) Σ e_i² is below 1e-4; "diverged": the parameters left the finite numbers. */
  readonly ended: "converged" | "not converged" | "diverged";
  /** The step at which it ended. */
  readonly step: number;
  /** The minimum that a converged run found; null for the others. */
  readonly minimum: {
    /** a = λ_max(G), G = (1/n) Σ g_i g_iᵀ the Hessian where the loss is 0. */
    readonly sharpness: number;
    /** s = λ_max((1/n) Σ ‖g_i‖² g_i g_iᵀ − G²)^½. */
    readonly nonUniformity: number;
    /** Tr G. */
    readonly trace: number;
    /** The largest learning rate at which SGD with this batch size is linearly stable there, in mean square. */
    readonly threshold: number;
  } | null;
}

const NAME = "sharpness-and-non-uniformity";
const SAMPLE_COUNT = 20;
const INPUT_COUNT = 4;
const TARGET_LOSS = 1e-4;
/** The loss is looked at that often. */
const EVERY = 50;

/** The same 20 samples for all networks: standard normal inputs, y = (3/2) tanh x₁ − ½ x₂x₃. */
function trainingSet(): { inputs: ReturnType<typeof matrix>; targets: Float64Array } {
  const stream = randomStream(0, NAME, "training set");
  const rows = Array.from({ length: SAMPLE_COUNT }, () => Array.from(stream.normals(INPUT_COUNT)));
  return {
    inputs: matrix(rows),
    targets: Float64Array.from(rows, ([x1, x2, x3]) => 1.5 * Math.tanh(x1) - 0.5 * x2 * x3),
  };
}

/**
 * Claim W27: which minima SGD selects, in the plane of sharpness and non-uniformity, over activations, widths, learning
 * rates, batch sizes and initialisations.
 *
 * The training and the losses that end it are the same bits on every machine; the eigenvalues at its end come from the
 * engine. Those of 20×20 matrices carry some 20 eps of the largest, and s², at least a tenth of ‖K‖²/n² here, ten times
 * that; the iteration for the threshold stops at a relative 1e-10.
 */
export const sharpnessAndNonUniformity: Experiment<
  SharpnessAndNonUniformityConfiguration,
  SharpnessAndNonUniformityResult
> = {
  name: NAME,
  description: "sharpness and non-uniformity of the minima that SGD finds, over networks, rates and batches (W27)",
  version: 1,
  tolerance: 2e-10,
  grid: (["relu", "tanh"] as const).flatMap((activation) =>
    [20, 40, 80].flatMap((width) =>
      [0.02, 0.04, 0.08, 0.16].flatMap((learningRate) =>
        [1, 2, 5, SAMPLE_COUNT].map((batchSize) => ({
          configuration: { activation, width, learningRate, batchSize, maximumSteps: 20_000 },
          seeds: [0, 1, 2, 3, 4, 5],
        })),
      ),
    ),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, ["activation", "width", "learningRate", "batchSize", "maximumSteps"]);
    const { activation, width, learningRate, batchSize, maximumSteps } = configuration;
    const known = activation === "relu" || activation === "tanh";
    requireThat(known, functionName, 'activation must be "relu" or "tanh"', activation);
    requireInteger(functionName, "width", width, 1, 1e4);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "batchSize", batchSize, 1, SAMPLE_COUNT);
    requireInteger(functionName, "maximumSteps", maximumSteps, 1, 1e9);
    return { activation, width, learningRate, batchSize, maximumSteps };
  },

  async run({ activation, width, learningRate, batchSize, maximumSteps }, seed) {
    const network = multilayerPerceptron({ widths: [INPUT_COUNT, width, 1], activation });
    const { inputs, targets } = trainingSet();
    const sampling = "without replacement";
    const step = stochasticGradientDescent({
      ...empiricalRisk({ network, loss: halfSquareLoss, inputs, targets }),
      batchSize,
      sampling,
      learningRate,
      stream: randomStream(seed, NAME, "batches"),
    });
    const start = initialParameters(network, randomStream(seed, NAME, "initialisation"), {
      scheme: activation === "relu" ? "He" : "LeCun",
    });
    const fitAt = reproducibleFit(network, { inputs, targets });
    const run = await runTrajectory(step, start, {
      steps: maximumSteps,
      every: EVERY,
      observe: () => null,
      until: (theta) => fitAt(theta).loss < TARGET_LOSS,
      ifStopped: "return",
    });
    if (run.reason instanceof InterruptedError) throw run.reason;
    if (run.ended !== "stopped") {
      return { ended: run.ended === "diverged" ? "diverged" : "not converged", step: run.step, minimum: null };
    }
    const gram = fitAt(run.parameters).gramMatrix();
    const threshold = await meanSquareThresholdFromGram({ gram, batchSize, sampling });
    if (!threshold.converged) throw new Error(`${NAME}: ${threshold.message}`);
    return {
      ended: "converged",
      step: run.step,
      minimum: {
        sharpness: topEigenvalue(gram) / SAMPLE_COUNT,
        nonUniformity: nonUniformityFromGram(gram),
        trace: trace(gram) / SAMPLE_COUNT,
        threshold: threshold.value,
      },
    };
  },
};

import { frobeniusNorm, InterruptedError, matrix, mean, randomStream, scale, topEigenvalue, trace } from "../core";
import { empiricalRisk, halfSquareLoss, initialParameters, multilayerPerceptron } from "../models";
import { runTrajectory, stochasticGradientDescent } from "../optimizers";
import { escapeTrajectories, expectedLossTrajectory, lossQuantiles } from "../stability";
import type { Experiment } from "./experiment";
import { reproducibleFit } from "./reproducible-fit";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** GD on a network with two hidden layers of tanh until its loss is 1e-6; from there SGD with the same rate. */
export interface EscapeConfiguration {
  /** h, of both hidden layers. */
  readonly width: number;
  /** η, of GD and of SGD. */
  readonly learningRate: number;
  /** B, with replacement. */
  readonly batchSize: number;
  readonly trajectories: number;
  /** Steps of SGD. */
  readonly steps: number;
  /** GD that has not reached its loss by then is reported as not converged. */
  readonly maximumSteps: number;
}

/** Where GD ended, and how SGD left. */
export interface EscapeResult {
  /** Of GD. */
  readonly ended: "converged" | "not converged" | "diverged";
  readonly step: number;
  /** The minimum that GD found and what SGD does there; null when it found none. */
  readonly escape: {
    /** λ_max(G), Tr G and ‖G‖_F, G = (1/n) Σ g_i g_iᵀ the Hessian where the loss is 0. */
    readonly sharpness: number;
    readonly trace: number;
    readonly frobeniusNorm: number;
    /** E L_t of linearised SGD, t = 0, …, steps, exactly. */
    readonly expected: number[];
    /** The mean of L(θ_t) over the network's own trajectories; null from the first divergence on. */
    readonly mean: (number | null)[];
    /** Its quantiles of 10, 50 and 90 %; null where that many have diverged. */
    readonly quantiles: (number | null)[][];
    /** Which trajectories left the finite numbers, and at which step. */
    readonly diverged: readonly { readonly trajectory: number; readonly step: number }[];
  } | null;
}

const NAME = "escape";
const SAMPLE_COUNT = 50;
const INPUT_COUNT = 10;
const TARGET_LOSS = 1e-6;
/** GD's loss is looked at that often. */
const EVERY = 20;
const ALL = Array.from({ length: SAMPLE_COUNT }, (_, i) => i);

/**
 * The training set of a seed: standard normal inputs, y = 3 tanh x₁ − x₂x₃, twice that of the experiment
 * "sharpness-and-non-uniformity", so that GD ends at minima nearly as sharp as its learning rate lets it (tuned).
 */
function trainingSet(seed: number): { inputs: ReturnType<typeof matrix>; targets: Float64Array } {
  const stream = randomStream(seed, NAME, "training set");
  const rows = Array.from({ length: SAMPLE_COUNT }, () => Array.from(stream.normals(INPUT_COUNT)));
  return {
    inputs: matrix(rows),
    targets: Float64Array.from(rows, ([x1, x2, x3]) => 3 * Math.tanh(x1) - x2 * x3),
  };
}

/**
 * Claim A12: how SGD leaves a minimum that GD found with the same learning rate, over widths, batch sizes, rates and
 * seeds, beside the exact mean of the linearised dynamics.
 *
 * The training and the trajectories are the same bits on every machine: nothing in them goes through the BLAS. The
 * numbers from the Gram matrix do: some n·eps of rounding, which the recursion for E L_t carries along as it carries the
 * start, so that its relative size stays about steps·n·eps.
 */
export const escape: Experiment<EscapeConfiguration, EscapeResult> = {
  name: NAME,
  description: "how SGD leaves minima that GD found, over widths, batches and rates, 200 trajectories each (A12)",
  version: 1,
  tolerance: 2e-10,
  grid: [64, 128, 256].flatMap((width) =>
    [
      { learningRate: 0.08, batchSize: 1, steps: 16 },
      { learningRate: 0.08, batchSize: 2, steps: 16 },
      { learningRate: 0.08, batchSize: 4, steps: 16 },
      { learningRate: 0.08, batchSize: SAMPLE_COUNT, steps: 16 },
      { learningRate: 0.04, batchSize: 1, steps: 40 },
    ].map((setting) => ({
      configuration: { width, ...setting, trajectories: 200, maximumSteps: 20_000 },
      seeds: [0, 1, 2],
    })),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [
      "width",
      "learningRate",
      "batchSize",
      "trajectories",
      "steps",
      "maximumSteps",
    ]);
    const { width, learningRate, batchSize, trajectories, steps, maximumSteps } = configuration;
    requireInteger(functionName, "width", width, 1, 1e4);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "batchSize", batchSize, 1, 1e4);
    requireInteger(functionName, "trajectories", trajectories, 1, 1e6);
    requireInteger(functionName, "steps", steps, 1, 1e4);
    requireInteger(functionName, "maximumSteps", maximumSteps, 1, 1e9);
    return { width, learningRate, batchSize, trajectories, steps, maximumSteps };
  },

  async run({ width, learningRate, batchSize, trajectories, steps, maximumSteps }, seed) {
    const network = multilayerPerceptron({ widths: [INPUT_COUNT, width, width, 1], activation: "tanh" });
    const { inputs, targets } = trainingSet(seed);
    const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
    const fitAt = reproducibleFit(network, { inputs, targets });
    const loss = (theta: Float64Array): number => fitAt(theta).loss;
    /** Not `risk.gradient`, whose last bits are the machine's. */
    const descent = (theta: Float64Array): Float64Array => {
      const gradient = risk.batchGradient(theta, ALL);
      return theta.map((value, k) => value - learningRate * gradient[k]);
    };
    const start = initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "LeCun" });
    const found = await runTrajectory(descent, start, {
      steps: maximumSteps,
      every: EVERY,
      observe: () => null,
      until: (theta) => loss(theta) < TARGET_LOSS,
      ifStopped: "return",
    });
    if (found.reason instanceof InterruptedError) throw found.reason;
    if (found.ended !== "stopped") {
      return { ended: found.ended === "diverged" ? "diverged" : "not converged", step: found.step, escape: null };
    }
    const rule = { learningRate, batchSize, sampling: "with replacement" } as const;
    const { losses, diverged } = await escapeTrajectories({
      updateOf: (stream) => stochasticGradientDescent({ ...risk, ...rule, stream }),
      loss,
      start: found.parameters,
      trajectories,
      steps,
      stream: randomStream(seed, NAME, "trajectories", batchSize),
    });
    const { residuals, gramMatrix } = fitAt(found.parameters);
    const gram = gramMatrix();
    const expected = await expectedLossTrajectory({ gram, residual: residuals, steps, ...rule });
    const hessian = scale(gram, 1 / SAMPLE_COUNT);
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return {
      ended: "converged",
      step: found.step,
      escape: {
        sharpness: topEigenvalue(hessian),
        trace: trace(hessian),
        frobeniusNorm: frobeniusNorm(hessian),
        expected: Array.from(expected),
        mean: Array.from(expected, (_, t) => finite(mean(losses.map((one) => one[t])))),
        quantiles: lossQuantiles(losses, [0.1, 0.5, 0.9]).map((quantile) => Array.from(quantile, finite)),
        diverged,
      },
    };
  },
};

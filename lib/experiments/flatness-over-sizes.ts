import { InterruptedError, type Matrix, matrix, randomStream, requireThat, topEigenvalue } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { empiricalRisk, halfSquareLoss, initialParameters, multilayerPerceptron } from "../models";
import { runTrajectory, stochasticGradientDescent } from "../optimizers";
import { alignmentFactors, meanSquareThresholdFromGram } from "../stability";
import { leastAlignments } from "../stability/alignment-certificates";
import type { Experiment } from "./experiment";
import { type ReproducibleFit, reproducibleFit } from "./reproducible-fit";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** SGD on the half mean square loss of a network with two hidden layers of equal width, until it fits 100 samples. */
export interface FlatnessOverSizesConfiguration {
  readonly activation: Extract<ActivationKind, "relu" | "tanh">;
  /** h, of both hidden layers: p = h² + 23h + 1. */
  readonly width: number;
  /** η. */
  readonly learningRate: number;
  /** B, with replacement: p_B = 1/B, as the theorems have it. */
  readonly batchSize: number;
  /** A run that has not reached a loss of 1e-4 by then is reported as not converged. */
  readonly maximumSteps: number;
  /** The flatness along the way is recorded that often; the loss is looked at every 50 steps. */
  readonly every: number;
}

/** What is recorded along a run. */
export interface FlatnessRecord {
  readonly step: number;
  /** L = (1/2n) Σ e_i². */
  readonly loss: number;
  /** ‖G‖_F with G = (1/n) Σ g_i g_iᵀ, the Hessian where the loss is 0. */
  readonly frobeniusNorm: number;
  /** Tr G. */
  readonly trace: number;
  /** μ = Tr(ΣG)/(2L ‖G‖_F²), the alignment of SGD's noise at this point. */
  readonly alignment: number;
  /** μ₁ = Tr(Σ₁G)/(2L ‖G‖_F²), that of its second moment. */
  readonly firstAlignment: number;
}

/** Where the run ended. */
export interface FlatnessOverSizesResult {
  /** "converged": a loss below 1e-4; "diverged": a loss above 1e6, or parameters that are no finite numbers. */
  readonly ended: "converged" | "not converged" | "diverged";
  /** The step at which it ended. */
  readonly step: number;
  /** p. */
  readonly parameterCount: number;
  readonly history: readonly FlatnessRecord[];
  /** The minimum that a converged run found; null for the others. */
  readonly minimum:
    | (Omit<FlatnessRecord, "step"> & {
        /** λ_max(G). */
        readonly sharpness: number;
        /** λ_min(diag χ − K²/n²)/mean χ with χ_i = g_iᵀGg_i: the least μ over all residuals. */
        readonly certifiedAlignment: number;
        /** min χ/mean χ: the least μ₁ over all residuals. */
        readonly certifiedFirstAlignment: number;
        /** η*: the largest learning rate at which SGD with this batch size is linearly stable there, in mean square. */
        readonly threshold: number;
      })
    | null;
}

const NAME = "flatness-over-sizes";
const SAMPLE_COUNT = 100;
const INPUT_COUNT = 20;
const TARGET_LOSS = 1e-4;
const DIVERGED_LOSS = 1e6;
/** The loss is looked at that often. */
const LOSS_EVERY = 50;

/** The same 100 samples for all networks: standard normal inputs, y = sin(x₁ + x₂) + ½ x₃. */
function trainingSet(): { inputs: Matrix; targets: Float64Array } {
  const stream = randomStream(0, NAME, "training set");
  const rows = Array.from({ length: SAMPLE_COUNT }, () => Array.from(stream.normals(INPUT_COUNT)));
  return { inputs: matrix(rows), targets: Float64Array.from(rows, ([x1, x2, x3]) => Math.sin(x1 + x2) + 0.5 * x3) };
}

/**
 * Claims A11 and N3: how flat the minima are that SGD finds, over the number of parameters, learning rates and batch
 * sizes, and where each lies against its own exact edge of stability.
 *
 * The training, the losses that end it, ‖G‖_F, Tr G and the alignment are the same bits on every machine; the
 * eigenvalues at its end come from the engine. λ_max carries some 100 eps, the certified alignment, a least eigenvalue
 * of some hundredths of the largest, some hundred times that; the iteration for the threshold stops at a relative 1e-10.
 */
export const flatnessOverSizes: Experiment<FlatnessOverSizesConfiguration, FlatnessOverSizesResult> = {
  name: NAME,
  description: "flatness of the minima that SGD finds over model sizes, rates and batches, and their edges (A11, N3)",
  version: 1,
  tolerance: 2e-10,
  grid: [
    ...(["relu", "tanh"] as const).flatMap((activation) =>
      [0.01, 0.04, 0.08, 0.16].flatMap((learningRate) =>
        [24, 48, 96, 192, 384].map((width) => ({ activation, width, learningRate, batchSize: 5 })),
      ),
    ),
    ...(["relu", "tanh"] as const).flatMap((activation) =>
      [1, 2, 10, 20, 40].map((batchSize) => ({ activation, width: 96, learningRate: 0.08, batchSize })),
    ),
  ].map((configuration) => ({
    configuration: { ...configuration, maximumSteps: 10_000, every: 500 },
    seeds: [0, 1, 2, 3, 4],
  })),

  validate(functionName, configuration) {
    const fields = ["activation", "width", "learningRate", "batchSize", "maximumSteps", "every"] as const;
    requireFields(functionName, configuration, fields);
    const { activation, width, learningRate, batchSize, maximumSteps, every } = configuration;
    const known = activation === "relu" || activation === "tanh";
    requireThat(known, functionName, 'activation must be "relu" or "tanh"', activation);
    requireInteger(functionName, "width", width, 1, 1e4);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "batchSize", batchSize, 1, SAMPLE_COUNT);
    requireInteger(functionName, "maximumSteps", maximumSteps, 1, 1e9);
    requireInteger(functionName, "every", every, 1, 1e9);
    return { activation, width, learningRate, batchSize, maximumSteps, every };
  },

  async run({ activation, width, learningRate, batchSize, maximumSteps, every }, seed) {
    const network = multilayerPerceptron({ widths: [INPUT_COUNT, width, width, 1], activation });
    const { parameterCount } = network;
    const { inputs, targets } = trainingSet();
    const sampling = "with replacement";
    const step = stochasticGradientDescent({
      ...empiricalRisk({ network, loss: halfSquareLoss, inputs, targets }),
      batchSize,
      sampling,
      learningRate,
      stream: randomStream(seed, NAME, "batches", width),
    });
    const start = initialParameters(network, randomStream(seed, NAME, "initialisation", width), { scheme: "LeCun" });
    const fitAt = reproducibleFit(network, { inputs, targets });
    const measure = ({ residuals, loss }: ReproducibleFit, gramMatrix: Matrix): Omit<FlatnessRecord, "step"> => {
      const { frobeniusNorm, trace, mu, mu1 } = alignmentFactors({ gramMatrix, residuals });
      return { loss, frobeniusNorm, trace, alignment: mu, firstAlignment: mu1 };
    };

    const history: FlatnessRecord[] = [];
    let loss = Infinity;
    const run = await runTrajectory(step, start, {
      steps: maximumSteps,
      observers: {
        loss: { every: LOSS_EVERY, observe: (theta) => (loss = fitAt(theta).loss) },
        flatness: {
          every,
          observe: (theta, t) => {
            const fit = fitAt(theta);
            if (fit.loss <= DIVERGED_LOSS) history.push({ step: t, ...measure(fit, fit.gramMatrix()) });
          },
        },
      },
      every: LOSS_EVERY,
      until: () => loss < TARGET_LOSS || !(loss <= DIVERGED_LOSS),
      ifStopped: "return",
    });
    if (run.reason instanceof InterruptedError) throw run.reason;
    const converged = run.ended === "stopped" && loss < TARGET_LOSS;
    if (!converged) {
      const ended = run.ended === "completed" ? "not converged" : "diverged";
      return { ended, step: run.step, parameterCount, history, minimum: null };
    }
    const fit = fitAt(run.parameters);
    const gram = fit.gramMatrix();
    const threshold = await meanSquareThresholdFromGram({ gram, batchSize, sampling });
    if (!threshold.converged) throw new Error(`${NAME}: ${threshold.message}`);
    const certificates = leastAlignments(NAME, gram);
    return {
      ended: "converged",
      step: run.step,
      parameterCount,
      history,
      minimum: {
        ...measure(fit, gram),
        sharpness: topEigenvalue(gram) / SAMPLE_COUNT,
        certifiedAlignment: certificates.mu.value,
        certifiedFirstAlignment: certificates.mu1.value,
        threshold: threshold.value,
      },
    };
  },
};

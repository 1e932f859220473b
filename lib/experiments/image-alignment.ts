import { DivergenceError, type Matrix, randomStream, requireThat } from "../core";
import { initialParameters } from "../models";
import { alignmentCertificates, meanSquareThresholdFromGram } from "../stability";
import type { ImageNetworkSizes, TensorExperimentBackend } from "./image-network-sizes";
import { alignmentOfFit, type ClassifierAlignment } from "./alignment-of-fit";
import type { Experiment } from "./experiment";
import { IMAGE_NETWORK_FIELDS, imageFit, imageProblem, requireImageNetwork } from "./image-networks";
import { requireFields, requireInteger, requirePositive } from "./requirements";
import { twoImageClasses } from "./two-image-classes";

/** SGD on the half mean square loss of a convolutional net that tells two classes of CIFAR-10 apart. */
export interface ImageAlignmentConfiguration extends ImageNetworkSizes {
  /** n. */
  readonly sampleCount: number;
  /** B, with replacement: p_B = 1/B, as the theorems have it. */
  readonly batchSize: number;
  /** η. Over the first `warmUpSteps` steps it is a tenth of that: the nets start at a point too sharp for it. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
  /** T, the warm-up included. */
  readonly steps: number;
  /** The factors are taken at the start and, after the warm-up, at the multiples of this; one of them is T. */
  readonly every: number;
  /** What computes the tensors, in single precision: another one gives other numbers. */
  readonly backend: TensorExperimentBackend;
}

/** What was seen along the run, and what holds where it ended. */
export interface ImageAlignmentResult {
  /** "diverged": a loss above 1e6 was seen, or the loss or a parameter left the finite numbers. */
  readonly ended: "completed" | "diverged";
  /** p. */
  readonly parameterCount: number;
  readonly observations: readonly ClassifierAlignment[];
  /** At θ_T; null for a run that diverged. */
  readonly end: {
    /** λ_min(diag χ − K²/n²)/χ̄: the least μ over all residuals. */
    readonly certifiedAlignment: number;
    /** η*: the largest learning rate at which SGD with this batch size is stable in mean square, linearised there. */
    readonly threshold: number;
  } | null;
}

const NAME = "image-alignment";
const WARM_UP = 0.1;

/** Learning rates with which the nets fit their images and end not far below their edges of stability (tuned). */
const LEARNING_RATE = { vgg: 0.01, residual: 0.02 } as const;
/** p from 461 to 23,841 and from 1,297 to 43,537. */
const WIDTHS = { vgg: [2, 4, 8, 16], residual: [2, 4, 8, 12] } as const;
const BASE = { depth: 1, sampleCount: 128, warmUpSteps: 100, steps: 1000, every: 200, backend: "wasm" } as const;

/**
 * Claim A16: alignment and flatness of VGG- and ResNet-like nets on real images along SGD, over sizes and batch sizes.
 * Airplanes and automobiles of CIFAR-10, averaged down to 16 × 16 and centred; one output, targets ±1.
 *
 * The training is the same bits wherever the backend computes the same, as "wasm" does. K adds up products of gradients
 * in double precision by the BLAS, p·eps of rounding; its least eigenvalue, from which the certified alignment comes,
 * is some 1e-4 of the largest; the iteration for η* stops at a relative 1e-10. Larger:
 * `npm run sweep -- image-alignment --grid notebooks/results/grids/image-alignment-paper.json`.
 */
export const imageAlignment: Experiment<ImageAlignmentConfiguration, ImageAlignmentResult> = {
  name: NAME,
  description: "alignment and flatness of conv nets on CIFAR-10 along SGD, over sizes and batches (A16)",
  version: 1,
  data: ["cifar-10"],
  tolerance: 2e-9,
  grid: (["vgg", "residual"] as const).flatMap((family) =>
    [
      ...WIDTHS[family].map((width) => ({ width, batchSize: 8 })),
      ...[4, 16, 64].map((batchSize) => ({ width: 8, batchSize })),
    ].map((setting) => ({
      configuration: { family, ...setting, learningRate: LEARNING_RATE[family], ...BASE },
      seeds: [0, 1],
    })),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [
      ...IMAGE_NETWORK_FIELDS,
      "sampleCount",
      "batchSize",
      "learningRate",
      "warmUpSteps",
      "steps",
      "every",
    ]);
    const { sampleCount, batchSize, learningRate, warmUpSteps, steps, every } = configuration;
    const network = requireImageNetwork(functionName, configuration);
    requireInteger(functionName, "sampleCount", sampleCount, 2, 6000);
    requireInteger(functionName, "batchSize", batchSize, 1, 1e4);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "steps", steps, 1, 1e9);
    requireInteger(functionName, "warmUpSteps", warmUpSteps, 0, steps);
    requireInteger(functionName, "every", every, 1, steps);
    requireThat(steps % every === 0, functionName, `steps must be a multiple of every = ${every}`, steps);
    return { ...network, sampleCount, batchSize, learningRate, warmUpSteps, steps, every };
  },

  async run(configuration, seed) {
    const { sampleCount, batchSize, learningRate, warmUpSteps, steps, every } = configuration;
    const { trainTensorNetwork } = await import("../tensor/index.js");
    const samples = twoImageClasses(NAME, "cifar-10", sampleCount);
    const { network, risk } = await imageProblem(configuration, samples);
    const start = initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "He" });
    const sampling = "with replacement";
    const batch = (phase: string) => ({ batchSize, sampling, stream: randomStream(seed, NAME, phase) }) as const;

    const observations: ClassifierAlignment[] = [];
    let gram: Matrix | undefined;
    const observe = async ({ step, parameters }: { step: number; parameters: Float64Array }): Promise<void> => {
      const fit = await imageFit(network, parameters, samples);
      gram = fit.gramMatrix;
      observations.push(alignmentOfFit(step, { ...fit, targets: samples.targets }));
    };
    const { parameterCount } = network;
    try {
      const warm = await trainTensorNetwork(risk, start, {
        steps: warmUpSteps,
        learningRate: WARM_UP * learningRate,
        batch: batch("warm-up batches"),
      });
      if (warmUpSteps > 0) await observe({ step: 0, parameters: start });
      await trainTensorNetwork(risk, warm, { steps, learningRate, batch: batch("batches"), every, observe });
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { ended: "diverged", parameterCount, observations, end: null };
    }
    const threshold = await meanSquareThresholdFromGram({ gram: gram!, batchSize, sampling });
    if (!threshold.converged) throw new Error(`${NAME}: ${threshold.message}`);
    return {
      ended: "completed",
      parameterCount,
      observations,
      end: { certifiedAlignment: alignmentCertificates(gram!).mu.value, threshold: threshold.value },
    };
  },
};

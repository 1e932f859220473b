import { type LinearOperator, type Matrix, randomStream, requireThat, topEigenpairs } from "../core";
import { allFinite } from "../core/finite";
import { boxSharpness, type LossWithGradient } from "../landscape";
import { crossEntropyLoss, empiricalRisk, hessianOperator, initialParameters, multilayerPerceptron } from "../models";
import { drawBatch, stochasticAdam, stochasticGradientDescent } from "../optimizers";
import { classificationFit, type ClassifiedImages, classifiedImages } from "./classified-images";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** Training by batches of some size until the loss of all training images is at most some number. */
export interface ImageBatchSizeConfiguration {
  /** A perceptron of ReLUs, or a VGG-like net with one convolution in each block. */
  readonly model: "perceptron on MNIST" | "VGG on CIFAR-10";
  /** What computes the tensors of the VGG-like net; the perceptron, in float64, has no such field. */
  readonly backend?: "wasm" | "tensorflow";
  /** The perceptron's hidden layers, or the channels of the VGG's blocks. */
  readonly widths: readonly number[];
  /** n: the first n training images, at half their height and width. */
  readonly trainCount: number;
  readonly testCount: number;
  /** Adam, as published, for the perceptron only; or SGD. */
  readonly optimizer: "Adam" | "SGD";
  readonly learningRate: number;
  /** B, without replacement. */
  readonly batchSize: number;
  /** Training ends where the training loss is at most this; it is looked at every {@link EVERY} steps. */
  readonly targetLoss: number;
  /** Training that has not got there by then is reported as not converged. */
  readonly maximumSteps: number;
  /** How many random subspaces of dimension 100 are searched. */
  readonly subspaces: number;
}

/** Where training ended. */
export interface ImageBatchSizeResult {
  readonly ended: "converged" | "not converged" | "diverged";
  readonly steps: number;
  /** How well it fits and how sharp the loss is there; null where it did not converge. */
  readonly minimum: {
    readonly trainingLoss: number;
    readonly trainingAccuracy: number;
    readonly testLoss: number;
    readonly testAccuracy: number;
    /** λ_max(∇²L). */
    readonly topEigenvalue: number;
    /** Keskar's sharpness for each ε: in all directions, and in random subspaces, the same for every batch size. */
    readonly sharpness: readonly {
      readonly boxSize: number;
      readonly whole: number;
      readonly subspaces: readonly number[];
    }[];
  } | null;
}

const NAME = "image-batch-size";
/** The loss is looked at every so many steps, whatever the batch size. */
const EVERY = 25;
const SUBSPACE_DIMENSION = 100;
const BOX_SIZES = [1e-3, 5e-4];
const CLASSES = 10;

/** F₁ in miniature: two hidden layers for five, without batch normalisation, and 2,000 images of 14 × 14. */
const PERCEPTRON = {
  model: "perceptron on MNIST",
  widths: [48, 48],
  trainCount: 2000,
  testCount: 2000,
  targetLoss: 0.01,
  maximumSteps: 10_000,
  subspaces: 2,
} as const;

/** C₁ in miniature. */
const VGG = {
  model: "VGG on CIFAR-10",
  backend: "wasm",
  widths: [8, 16],
  trainCount: 500,
  testCount: 1000,
  optimizer: "SGD",
  learningRate: 0.02,
  targetLoss: 0.1,
  maximumSteps: 4000,
  subspaces: 2,
} as const;

/** A loss whose minimum is sought by steps. */
interface Problem {
  readonly start: Float64Array;
  readonly step: (theta: Float64Array) => Float64Array | Promise<Float64Array>;
  /** f (n × 10), the same bits on every machine. */
  readonly outputs: (theta: Float64Array, images: Matrix) => Matrix | Promise<Matrix>;
  readonly risk: LossWithGradient;
  readonly hessian: (theta: Float64Array) => LinearOperator;
}

/** The perceptron: its steps and outputs are the same bits on every machine. */
function perceptronProblem(configuration: ImageBatchSizeConfiguration, seed: number, train: ClassifiedImages): Problem {
  const { widths, optimizer, learningRate, batchSize } = configuration;
  const network = multilayerPerceptron({ widths: [train.inputs.cols, ...widths, CLASSES], activation: "relu" });
  const risk = empiricalRisk({ network, loss: crossEntropyLoss, inputs: train.inputs, targets: train.targets });
  const stream = randomStream(seed, NAME, "batches", batchSize);
  const rule = { ...risk, batchSize, sampling: "without replacement", stream, learningRate } as const;
  return {
    start: initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "He" }),
    step: optimizer === "Adam" ? stochasticAdam(rule) : stochasticGradientDescent(rule),
    outputs: (theta, images) => network.evaluate(theta, images, { reproducible: true }).outputs,
    risk,
    hessian: (theta) => hessianOperator(risk.at(theta)),
  };
}

/** The VGG-like net, in single precision. */
async function vggProblem(
  configuration: ImageBatchSizeConfiguration,
  seed: number,
  train: ClassifiedImages,
): Promise<Problem> {
  const { backend, widths, trainCount: sampleCount, learningRate, batchSize } = configuration;
  const tensor = await import("../tensor/index.js");
  await tensor.useTensorBackend(backend!);
  const network = tensor.vgg({ imageShape: [16, 16, 3], widths, depth: 1, outputCount: CLASSES });
  const loss = tensor.tensorCrossEntropyLoss;
  const risk = tensor.tensorRisk({ network, loss, inputs: train.inputs, targets: train.targets });
  const outputs: Problem["outputs"] = (theta, images) => tensor.tensorOutputs(network, theta, images);
  const stream = randomStream(seed, NAME, "batches", batchSize);
  return {
    start: initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "He" }),
    step: async (theta) => {
      const batch = drawBatch(stream, { sampleCount, batchSize, sampling: "without replacement" });
      const { gradient } = await risk.evaluate(theta, batch);
      return theta.map((value, k) => value - learningRate * gradient[k]);
    },
    outputs,
    risk: {
      loss: async (theta) => classificationFit(await outputs(theta, train.inputs), train.targets).loss,
      gradient: async (theta) => (await risk.evaluate(theta)).gradient,
    },
    hessian: (theta) => tensor.tensorHessianOperator(risk, theta),
  };
}

/** A random matrix A (p × 100) with standard normal entries. */
function subspace(parameterCount: number, seed: number, k: number): Matrix {
  const data = randomStream(seed, NAME, "subspace", k).normals(parameterCount * SUBSPACE_DIMENSION);
  return { rows: parameterCount, cols: SUBSPACE_DIMENSION, data };
}

/**
 * Claim W34 (Keskar et al. 2017, Tables 2 to 4) in miniature: training with batches of several sizes from the same
 * start until the training loss is the same, then the test accuracy and the sharpness in the whole space and in random
 * subspaces. The learning rate is a field of its own: held fixed over the batch sizes, or scaled with them.
 *
 * The perceptron's training is the same bits on every machine; so is the VGG's on "wasm" (WebAssembly with SIMD). The
 * perceptron's sharpness goes through the BLAS: its last bits are the machine's, and a corner of the box where the
 * gradient is 0 but for rounding changes with them, hence the tolerance (tuned). A larger scale: `npm run sweep --
 * image-batch-size --grid notebooks/results/grids/image-batch-size-paper.json`.
 */
export const imageBatchSize: Experiment<ImageBatchSizeConfiguration, ImageBatchSizeResult> = {
  name: NAME,
  description: "small and large batches on MNIST and CIFAR-10: sharpness in boxes, and test accuracy (W34)",
  version: 1,
  tolerance: 1e-4,
  data: ["mnist", "cifar-10"],
  grid: [
    ...[
      // The same learning rate for all batch sizes …
      { optimizer: "SGD", learningRate: 0.1, batchSize: 8 },
      { optimizer: "SGD", learningRate: 0.1, batchSize: 40 },
      { optimizer: "SGD", learningRate: 0.1, batchSize: 200 },
      // … the same quotient of both, with the middle one of those …
      { optimizer: "SGD", learningRate: 0.02, batchSize: 8 },
      { optimizer: "SGD", learningRate: 0.5, batchSize: 200 },
      // … and what was published.
      { optimizer: "Adam", learningRate: 0.001, batchSize: 8 },
      { optimizer: "Adam", learningRate: 0.001, batchSize: 200 },
    ].map((setting) => ({
      configuration: { ...PERCEPTRON, ...setting } as ImageBatchSizeConfiguration,
      seeds: [1, 2, 3, 4, 5],
    })),
    ...[5, 50].map((batchSize) => ({ configuration: { ...VGG, batchSize }, seeds: [1, 2, 3] })),
  ],

  validate(functionName, configuration) {
    const isPerceptron = (configuration as ImageBatchSizeConfiguration | null)?.model === "perceptron on MNIST";
    requireFields(functionName, configuration, [
      ...(isPerceptron ? [] : ["backend"]),
      "model",
      "widths",
      "trainCount",
      "testCount",
      "optimizer",
      "learningRate",
      "batchSize",
      "targetLoss",
      "maximumSteps",
      "subspaces",
    ]);
    const { model, backend, widths, trainCount, testCount, optimizer } = configuration;
    const { learningRate, batchSize, targetLoss, maximumSteps, subspaces } = configuration;
    const models = 'model must be "perceptron on MNIST" or "VGG on CIFAR-10"';
    requireThat(isPerceptron || model === "VGG on CIFAR-10", functionName, models, model);
    const computes = isPerceptron || backend === "wasm" || backend === "tensorflow";
    requireThat(computes, functionName, 'backend must be "wasm" or "tensorflow"', backend);
    const knownOptimizer = optimizer === "SGD" || (isPerceptron && optimizer === "Adam");
    requireThat(knownOptimizer, functionName, 'optimizer must be "SGD", or "Adam" for the perceptron', optimizer);
    requireThat(Array.isArray(widths) && widths.length > 0, functionName, "widths must be a list of layers", widths);
    widths.forEach((width: unknown, k: number) => requireInteger(functionName, `widths[${k}]`, width, 1, 1e4));
    requireInteger(functionName, "trainCount", trainCount, 2, 60_000);
    requireInteger(functionName, "testCount", testCount, 1, 10_000);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "batchSize", batchSize, 1, trainCount);
    requirePositive(functionName, "targetLoss", targetLoss);
    requireInteger(functionName, "maximumSteps", maximumSteps, 1, 1e9);
    requireInteger(functionName, "subspaces", subspaces, 0, 100);
    return {
      model,
      ...(!isPerceptron && { backend }),
      widths,
      trainCount,
      testCount,
      optimizer,
      learningRate,
      batchSize,
      targetLoss,
      maximumSteps,
      subspaces,
    } as ImageBatchSizeConfiguration;
  },

  async run(configuration, seed) {
    const { model, targetLoss, maximumSteps, subspaces } = configuration;
    const isPerceptron = model === "perceptron on MNIST";
    const counts = { train: configuration.trainCount, test: configuration.testCount };
    const { train, test } = classifiedImages(isPerceptron ? "mnist" : "cifar-10", counts, 1);
    const problem = await (isPerceptron ? perceptronProblem : vggProblem)(configuration, seed, train);

    let theta = problem.start;
    let fit = classificationFit(await problem.outputs(theta, train.inputs), train.targets);
    let steps = 0;
    for (; fit.loss > targetLoss; steps++) {
      if (steps === maximumSteps) return { ended: "not converged", steps, minimum: null };
      theta = await problem.step(theta);
      if (!isModest(theta)) return { ended: "diverged", steps: steps + 1, minimum: null };
      if ((steps + 1) % EVERY === 0) fit = classificationFit(await problem.outputs(theta, train.inputs), train.targets);
    }

    const tested = classificationFit(await problem.outputs(theta, test.inputs), test.targets);
    const { values } = await topEigenpairs(problem.hessian(theta), {
      stream: randomStream(seed, NAME, "top eigenvalue"),
      tolerance: 1e-3, // of the residual, whose square is about the value's error: also single precision sees that
      maxIterations: 60,
    });
    const planes = Array.from({ length: subspaces }, (_, k) => subspace(theta.length, seed, k));
    const sharpness = [];
    for (const boxSize of BOX_SIZES) {
      const highest = async (directions?: Matrix): Promise<number> => {
        const stream = randomStream(seed, NAME, "corners");
        return (await boxSharpness(problem.risk, theta, { boxSize, stream, directions })).value;
      };
      const inSubspaces: number[] = [];
      for (const plane of planes) inSubspaces.push(await highest(plane));
      sharpness.push({ boxSize, whole: await highest(), subspaces: inSubspaces });
    }
    return {
      ended: "converged",
      steps,
      minimum: {
        trainingLoss: fit.loss,
        trainingAccuracy: fit.accuracy,
        testLoss: tested.loss,
        testAccuracy: tested.accuracy,
        topEigenvalue: values[0],
        sharpness,
      },
    };
  },
};

/** Whether all parameters are of a size with which a network can still compute, in single precision too. */
function isModest(theta: Float64Array): boolean {
  return allFinite(theta) && theta.every((value) => Math.abs(value) < 1e6);
}

import { breathe, type Matrix, randomStream, requireThat, topEigenpairs, zeros } from "../core";
import { centredImages, halvedImages, loadImages, oneHot, randomizedLabels } from "../data";
import { crossEntropyLoss } from "../models";
import { drawBatch } from "../optimizers";
import type { TensorExperimentBackend } from "./image-network-sizes";
import type { Experiment } from "./experiment";
import { type Learner, perceptronLearner, vggLearner } from "./image-labels-learners";
import { requireFields, requireInteger, requireNonNegative, requirePositive } from "./requirements";

/** SGD or GD on images of which a part of the training labels is random, until the training set is fitted. */
export type ImageLabelsConfiguration = {
  readonly set: "mnist" | "cifar-10";
  /** n; a random choice from the first 5000 of the file. */
  readonly trainingImages: number;
  /** The first of the file. */
  readonly testImages: number;
  /** q: each training label is replaced by a uniformly random class with this probability. */
  readonly randomFraction: number;
  /** B, a divisor of n; drawn without replacement, so that B = n is gradient descent. */
  readonly batchSize: number;
  /** η. */
  readonly learningRate: number;
  /** The run ends there if the training set is not fitted before; n/B steps are one epoch. */
  readonly maximumEpochs: number;
  /** "perceptron": the hidden layers' widths, in float64. "vgg": the channels of each block, in float32. */
  readonly widths: readonly number[];
} & (
  | { readonly network: "perceptron" }
  | { readonly network: "vgg"; /** What computes the tensors. */ readonly backend: TensorExperimentBackend }
);

/** The state of training after an epoch. */
export interface LabelsRecord {
  readonly epoch: number;
  /** The mean cross entropy over the training set, with the labels that training gets. */
  readonly loss: number;
  /** The fraction of the training set that gets the label it is trained with. */
  readonly fitted: number;
  /** The fraction of the training set that gets its true label. */
  readonly trueLabels: number;
  /** The fraction of the test set that gets its true label. */
  readonly test: number;
}

/** What became of the run. */
export interface ImageLabelsResult {
  /** "fitted": every training label is fitted and the loss is below 0.02. */
  readonly ended: "fitted" | "not fitted" | "diverged";
  /** The epochs of the last record. */
  readonly epochs: number;
  /** How many training labels differ from the true ones. */
  readonly wrongLabels: number;
  /** Epochs 0, 1, 2, … and from 5 on in steps of a fifth. */
  readonly records: LabelsRecord[];
  /** λ_max(∇²L) at the end, of the loss over the first 256 training images; null where the run diverged. */
  readonly sharpness: number | null;
}

const NAME = "image-labels";
const CLASS_COUNT = 10;
const POOL = 5000;
const TARGET_LOSS = 0.02;
const SHARPNESS_IMAGES = 256;
/** A parameter beyond this is on its way to infinity: those of a trained network are of size 1. */
const DIVERGED = 1e6;

const digits = {
  set: "mnist",
  network: "perceptron",
  widths: [128],
  trainingImages: 1000,
  testImages: 2000,
} as const;
const objects = {
  set: "cifar-10",
  network: "perceptron",
  widths: [64],
  trainingImages: 1000,
  testImages: 1000,
} as const;
const objectsByVgg = { ...objects, network: "vgg", widths: [16, 32], backend: "wasm" } as const;

/** One batch size with several rates; with B = n gradient descent. */
function sgd(
  batchSize: number,
  rates: readonly number[],
): { batchSize: number; learningRate: number; maximumEpochs: number }[] {
  return rates.map((learningRate) => ({ batchSize, learningRate, maximumEpochs: 2000 }));
}

/**
 * Claim W35 (Zhang et al. 2017): training on images whose labels are true, partly or wholly random, by SGD and by GD with
 * several rates each, of the same seed from the same start on the same images and labels.
 *
 * Images have half their height and width, and are centred by the training images' mean. On one backend the training is the
 * same bits on every machine, for perceptrons everywhere. The sharpness is not: Lanczos' method ends at a relative
 * residual of 1e-3, where a step more or less changes the value by 1e-6 over the relative gap of the eigenvalues.
 */
export const imageLabels: Experiment<ImageLabelsConfiguration, ImageLabelsResult> = {
  name: NAME,
  description: "networks on images with true, noisy and random labels, by SGD and GD (W35)",
  version: 1,
  data: ["mnist", "cifar-10"],
  tolerance: 1e-4,
  grid: [
    ...[
      { randomFraction: 0, seeds: [0, 1, 2, 3, 4, 5] },
      { randomFraction: 0.2, seeds: [0, 1, 2] },
    ].flatMap(({ randomFraction, seeds }) =>
      [...sgd(20, [0.05, 0.1, 0.2]), ...sgd(1000, [0.25, 0.5, 1])].map((rule) => ({
        configuration: { ...digits, randomFraction, ...rule },
        seeds,
      })),
    ),
    ...[...sgd(20, [0.1]), ...sgd(1000, [0.5])].map((rule) => ({
      configuration: { ...digits, randomFraction: 1, ...rule },
      seeds: [0, 1, 2],
    })),
    ...[...sgd(20, [0.05, 0.1]), ...sgd(1000, [0.15, 0.25])].map((rule) => ({
      configuration: { ...objects, randomFraction: 0, ...rule },
      seeds: [0, 1, 2],
    })),
    ...[0, 0.2, 1].map((randomFraction) => ({
      configuration: { ...objectsByVgg, randomFraction, batchSize: 50, learningRate: 0.1, maximumEpochs: 90 },
      seeds: [0, 1, 2],
    })),
  ],

  validate(functionName, configuration) {
    const { network } = (configuration ?? {}) as { network?: unknown };
    const fields = "set network widths trainingImages testImages randomFraction batchSize learningRate maximumEpochs";
    const own = network === "vgg" ? [...fields.split(" "), "backend"] : fields.split(" ");
    requireFields(functionName, configuration, own);
    const { set, trainingImages, testImages, randomFraction, batchSize, learningRate, maximumEpochs } = configuration;
    const knownSet = set === "mnist" || set === "cifar-10";
    requireThat(knownSet, functionName, 'the set must be "mnist" or "cifar-10"', set);
    const knownNetwork = network === "perceptron" || network === "vgg";
    requireThat(knownNetwork, functionName, 'the network must be "perceptron" or "vgg"', network);
    const { widths } = configuration;
    const isList = Array.isArray(widths) && widths.length > 0;
    requireThat(isList, functionName, "widths must be a list of integers", widths);
    for (const width of widths as unknown[]) requireInteger(functionName, "a width", width, 1, 1e4);
    requireInteger(functionName, "trainingImages", trainingImages, 1, POOL);
    requireInteger(functionName, "testImages", testImages, 1, 1e4);
    requireNonNegative(functionName, "randomFraction", randomFraction);
    requireThat(randomFraction <= 1, functionName, "randomFraction must be at most 1", randomFraction);
    requireInteger(functionName, "batchSize", batchSize, 1, trainingImages);
    const whole = trainingImages % batchSize === 0;
    requireThat(whole, functionName, `batchSize must divide trainingImages = ${trainingImages}`, batchSize);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "maximumEpochs", maximumEpochs, 1, 1e6);
    if (network === "vgg") {
      const known = ["tensorflow", "webgpu", "wasm", "cpu"].includes(configuration.backend as string);
      requireThat(known, functionName, "backend must be tensorflow, webgpu, wasm or cpu", configuration.backend);
    }
    return configuration as unknown as ImageLabelsConfiguration;
  },

  async run(configuration, seed) {
    const { trainingImages: n, randomFraction, batchSize, learningRate, maximumEpochs } = configuration;
    const { training, test, shape } = imagesOf(configuration, seed);
    const labels = randomizedLabels(training.labels, {
      classCount: CLASS_COUNT,
      fraction: randomFraction,
      stream: randomStream(seed, NAME, "labels"),
    });
    const samples = { inputs: training.inputs, targets: oneHot(labels, CLASS_COUNT) };
    const learner =
      configuration.network === "perceptron"
        ? perceptronLearner(samples, configuration.widths)
        : await vggLearner(samples, configuration.widths, shape, configuration.backend);

    const record = async (epoch: number): Promise<LabelsRecord> => {
      const onTraining = await learner.outputs(theta, samples.inputs);
      const { values } = crossEntropyLoss.evaluate(onTraining, samples.targets);
      const loss = values.reduce((sum, value) => sum + value, 0) / n;
      const fitted = accuracy(onTraining, labels);
      const trueLabels = accuracy(onTraining, training.labels);
      return {
        epoch,
        loss,
        fitted,
        trueLabels,
        test: accuracy(await learner.outputs(theta, test.inputs), test.labels),
      };
    };

    const theta = learner.start(randomStream(seed, NAME, "initialisation"));
    const stream = randomStream(seed, NAME, "batches", batchSize);
    const rule = { sampleCount: n, batchSize, sampling: "without replacement" } as const;
    const records = [await record(0)];
    const result = (ended: ImageLabelsResult["ended"]): Omit<ImageLabelsResult, "sharpness"> => {
      const wrongLabels = labels.filter((label, i) => label !== training.labels[i]).length;
      return { ended, epochs: records[records.length - 1].epoch, wrongLabels, records };
    };
    for (let epoch = 1, next = 1; epoch <= maximumEpochs; epoch++) {
      for (let step = 0; step < n / batchSize; step++) {
        const gradient = await learner.gradient(theta, drawBatch(stream, rule));
        for (let k = 0; k < theta.length; k++) theta[k] -= learningRate * gradient[k];
        if (!theta.every((value) => Math.abs(value) < DIVERGED)) return { ...result("diverged"), sharpness: null };
        await breathe();
      }
      if (epoch < next && epoch < maximumEpochs) continue;
      next = epoch + Math.max(1, Math.round(epoch / 5));
      const latest = await record(epoch);
      records.push(latest);
      if (latest.fitted === 1 && latest.loss <= TARGET_LOSS) {
        return { ...result("fitted"), sharpness: await sharpnessOf(learner, theta, n, seed) };
      }
    }
    return { ...result("not fitted"), sharpness: await sharpnessOf(learner, theta, n, seed) };
  },
};

interface Images {
  readonly inputs: Matrix;
  readonly labels: Uint8Array;
}

/** The seed's training images and the test images, halved and centred. */
function imagesOf(
  { set, trainingImages, testImages }: ImageLabelsConfiguration,
  seed: number,
): { training: Images; test: Images; shape: readonly [height: number, width: number, channels: number] } {
  const pool = loadImages(set, { split: "train", count: POOL });
  const test = loadImages(set, { split: "test", count: testImages });
  const chosen = randomStream(seed, NAME, "images").choice(POOL, trainingImages);
  const images = zeros(trainingImages, pool.images.cols);
  chosen.forEach((index, i) => {
    const start = index * images.cols;
    images.data.set(pool.images.data.subarray(start, start + images.cols), i * images.cols);
  });
  const small = halvedImages(images, pool);
  return {
    training: { inputs: centredImages(small), labels: Uint8Array.from(chosen, (index) => pool.labels[index]) },
    test: { inputs: centredImages(halvedImages(test.images, test), { of: small }), labels: test.labels },
    shape: [pool.height / 2, pool.width / 2, pool.channels],
  };
}

/** The fraction of the rows whose largest output is that of their class. */
function accuracy(outputs: Matrix, labels: Uint8Array): number {
  const { rows, cols, data } = outputs;
  let right = 0;
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let k = 1; k < cols; k++) if (data[i * cols + k] > data[i * cols + best]) best = k;
    if (best === labels[i]) right++;
  }
  return right / rows;
}

async function sharpnessOf(learner: Learner, theta: Float64Array, n: number, seed: number): Promise<number> {
  const hessian = learner.hessian(theta, Math.min(n, SHARPNESS_IMAGES));
  const stream = randomStream(seed, NAME, "Lanczos");
  return (await topEigenpairs(hessian, { stream, tolerance: 1e-3 })).values[0];
}

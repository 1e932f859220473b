import { type Matrix, requireThat } from "../core";
import { centredImages, fashionMnistSample, halvedImages, oneHot } from "../data";
import { multilayerPerceptron } from "../models";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";
import { sharpnessAlongDescent, type SharpnessAlongDescent } from "./sharpness-along-descent";
import { twoImageClasses } from "./two-image-classes";

/** Full-batch gradient descent of a ReLU perceptron on real images, with the half square loss. */
export interface ImageEdgeConfiguration {
  /**
   * The images, and what is to be said of them. "fashion-ten": the images of Fashion-MNIST that ship with the project,
   * 14 × 14, ten classes, targets unit vectors. "fashion-halves": the same, is the class one of the last five, ±1.
   * "cifar-two": CIFAR-10, 8 × 8 × 3, airplane or automobile, ±1.
   */
  readonly task: ImageEdgeTask;
  /** n; at most 250 of Fashion-MNIST. */
  readonly sampleCount: number;
  /** The numbers of units of the hidden layers. */
  readonly hiddenWidths: readonly number[];
  /** η. */
  readonly learningRate: number;
  readonly steps: number;
  /** Look at the steps that are multiples of this. */
  readonly every: number;
}

/** A task of the experiment "image-edge"; {@link ImageEdgeConfiguration} says what each asks. */
export type ImageEdgeTask = "fashion-ten" | "fashion-halves" | "cifar-two";

/** What was seen along the run. */
export type ImageEdgeResult = SharpnessAlongDescent;

const NAME = "image-edge";
const TASKS = ["fashion-ten", "fashion-halves", "cifar-two"] as const;

/**
 * Claim W22 on real images: the sharpness that gradient descent ends with, over the learning rates of the lecture's
 * Table 1. In double precision, with a fully connected network and small images, as a convolutional net needs too many
 * steps for minutes; `npm run sweep -- image-edge --grid FILE` takes a grid of other sizes.
 *
 * The training is the same bits on every machine. Of an eigenvalue two engines may find two approximations, each with a
 * residual of 1e-4 of it, and so at most as far from an eigenvalue: 2e-4 apart.
 */
export const imageEdge: Experiment<ImageEdgeConfiguration, ImageEdgeResult> = {
  name: NAME,
  description: "loss and sharpness of full-batch gradient descent over η, on Fashion-MNIST and CIFAR-10 (W22)",
  version: 1,
  data: ["cifar-10"],
  tolerance: 2e-4,
  grid: TASKS.flatMap((task) =>
    [0.01, 0.05, 0.1, 0.5, 1].map((learningRate) => ({
      configuration: {
        task,
        sampleCount: task === "cifar-two" ? 500 : 250,
        hiddenWidths: [32, 32, 32],
        learningRate,
        steps: 6000,
        every: 500,
      },
      seeds: [0, 1],
    })),
  ),

  validate(functionName, configuration) {
    const fields = ["task", "sampleCount", "hiddenWidths", "learningRate", "steps", "every"];
    requireFields(functionName, configuration, fields);
    const { task, sampleCount, hiddenWidths, learningRate, steps, every } = configuration;
    const known = TASKS.includes(task as ImageEdgeTask);
    requireThat(known, functionName, `task must be one of ${TASKS.join(", ")}`, task);
    requireInteger(functionName, "sampleCount", sampleCount, 2, task === "cifar-two" ? 1e4 : 250);
    requireThat(Array.isArray(hiddenWidths), functionName, "hiddenWidths must be a list", hiddenWidths);
    const widths = (hiddenWidths as unknown[]).map((width) => {
      requireInteger(functionName, "a hidden width", width, 1, 1e4);
      return width;
    });
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "steps", steps, 1, 1e9);
    requireInteger(functionName, "every", every, 1, 1e9);
    return { task: task as ImageEdgeTask, sampleCount, hiddenWidths: widths, learningRate, steps, every };
  },

  run({ task, sampleCount, hiddenWidths, learningRate, steps, every }, seed) {
    const samples = samplesOf[task](sampleCount);
    const widths = [samples.inputs.cols, ...hiddenWidths, task === "fashion-ten" ? 10 : 1];
    return sharpnessAlongDescent({
      name: NAME,
      seed,
      network: multilayerPerceptron({ widths, activation: "relu" }),
      samples,
      initializationGain: 1,
      schedule: [{ learningRate, steps }],
      every,
    });
  },
};

type Targets = Float64Array | Matrix;

/** The first n images of each task, centred, with their targets. */
const samplesOf: Record<ImageEdgeTask, (sampleCount: number) => { inputs: Matrix; targets: Targets }> = {
  "fashion-ten": (sampleCount) => fashion(sampleCount, (labels) => oneHot(labels, 10)),
  "fashion-halves": (sampleCount) =>
    fashion(sampleCount, (labels) => Float64Array.from(labels, (label) => (label >= 5 ? 1 : -1))),
  "cifar-two": (sampleCount) => {
    const { inputs, targets, imageShape } = twoImageClasses(NAME, "cifar-10", sampleCount);
    const [height, width, channels] = imageShape;
    return { inputs: centredImages(halvedImages(inputs, { height, width, channels })), targets };
  },
};

function fashion(
  sampleCount: number,
  targetsOf: (labels: Uint8Array) => Targets,
): { inputs: Matrix; targets: Targets } {
  const { images, labels, height, width } = fashionMnistSample();
  const first = { rows: sampleCount, cols: images.cols, data: images.data.subarray(0, sampleCount * images.cols) };
  return {
    inputs: centredImages(halvedImages(first, { height, width, channels: 1 })),
    targets: targetsOf(labels.subarray(0, sampleCount)),
  };
}

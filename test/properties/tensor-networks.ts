import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import * as fc from "fast-check";
import {
  residualNetwork,
  tensorHalfSquareLoss,
  tensorHessianOperator,
  type TensorNetwork,
  tensorOutputs,
  tensorRisk,
  type TensorRiskOptions,
  trainTensorNetwork,
  vgg,
} from "flat-minima/tensor";
import { batchRule, list, matrixOf, size, stream, vector } from "./arguments";
import {
  at,
  badCount,
  badLength,
  badMatrix,
  badNonNegative,
  badOption,
  badPositive,
  badShape,
  badValues,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const architecture = {
  imageShape: fc.tuple(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 }), fc.integer({ min: 1, max: 2 })),
  widths: fc.integer({ min: 1, max: 2 }).chain((count) => list(count, fc.integer({ min: 1, max: 2 }))),
  depth: fc.integer({ min: 1, max: 2 }),
  outputCount: fc.integer({ min: 1, max: 2 }),
};

/** The outputs at parameters and an image of halves. */
const halves = ({ outputs, parameterCount, inputCount }: TensorNetwork) =>
  tf.tidy(() =>
    outputs(tf.fill<tf.Rank.R1>([parameterCount], 0.5), tf.fill<tf.Rank.R2>([1, inputCount], 0.5)).dataSync(),
  );

const badArchitecture: Record<string, Corruption> = {
  ...badCount("0.imageShape.*"),
  ...badCount("0.widths.*"),
  ...empty("0.widths"),
  ...badCount("0.depth"),
  ...badCount("0.outputCount"),
};

/** 3×2 images of one channel, one convolution of one channel. */
const network = vgg({ imageShape: [3, 2, 1], widths: [1], depth: 1, outputCount: 1 });
const small = fc.integer({ min: -100, max: 100 }).map((k) => k / 100);
const samples = (n: number) => fc.tuple(matrixOf(n, 6, small), matrixOf(n, 1, small));

export const tensorNetworks: Registry = {
  vgg: entry(
    vgg,
    fc.tuple(
      fc.record({ ...architecture, padding: fc.constant("same" as const), pooling: fc.constantFrom("max", "average") }),
    ),
    {
      use: halves,
      refuses: {
        ...badArchitecture,
        ...badOption("0.padding"),
        ...badOption("0.pooling"),
        "too many blocks": at("0.widths", () => [1, 1, 1]),
      },
      runs: 20,
    },
  ),
  residualNetwork: entry(
    residualNetwork,
    fc.tuple(fc.record({ ...architecture, branchFactor: fc.constantFrom(0.5, 1) })),
    { use: halves, refuses: { ...badArchitecture, ...badPositive("0.branchFactor") }, runs: 20 },
  ),
  tensorOutputs: entry(
    tensorOutputs,
    size.chain((n) =>
      fc.tuple(fc.constant(network), vector(network.parameterCount), matrixOf(n, 6), fc.record({ chunkSize: size })),
    ),
    {
      refuses: {
        ...badVector("1"),
        ...badMatrix("2"),
        "a column more in 2": at("2", wider),
        ...badCount("3.chunkSize"),
      },
      runs: 20,
    },
  ),
  tensorRisk: entry(
    // The network and the loss stand fast: their functions look at the arguments.
    (data: Pick<TensorRiskOptions, "inputs" | "targets" | "chunkSize">) =>
      tensorRisk({ network, loss: tensorHalfSquareLoss, ...data }),
    size.chain((n) => samples(n).map(([inputs, targets]) => [{ inputs, targets, chunkSize: 2 }] as const)),
    {
      use: ({ evaluate }) => evaluate(new Float64Array(network.parameterCount).fill(0.5), [0, 0]),
      refuses: {
        ...badMatrix("0.inputs"),
        ...badMatrix("0.targets"),
        ...badShape("0.targets"),
        "a column more in 0.inputs": at("0.inputs", wider),
        ...badCount("0.chunkSize"),
      },
      overflow: "single precision overflows where the inputs are finite",
      infinite: "a loss may overflow in single precision, which trainTensorNetwork names",
      runs: 20,
    },
  ),
  tensorHessianOperator: entry(
    tensorHessianOperator,
    samples(4).chain(([inputs, targets]) =>
      fc.tuple(
        fc.constant(tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets })),
        vector(network.parameterCount, small),
        fc.record({ chunkSize: size }),
      ),
    ),
    {
      use: ({ apply, rows }) => apply(new Float64Array(rows).fill(0.5)),
      refuses: {
        ...badVector("1"),
        ...badLength("1"),
        "1 beyond single precision": at("1", (theta: Float64Array) => theta.fill(1e39)),
        ...badCount("2.chunkSize"),
      },
      runs: 20,
    },
  ),
  trainTensorNetwork: entry(
    trainTensorNetwork,
    fc.tuple(size, samples(4), vector(network.parameterCount, small)).chain(([steps, [inputs, targets], start]) =>
      fc.tuple(
        fc.constant(tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets })),
        fc.constant(start),
        fc.record({
          steps: fc.constant(steps),
          learningRate: fc.constantFrom(0.01, 0.1),
          batch: fc.tuple(batchRule(4), stream).map(([rule, source]) => ({ ...rule, stream: source })),
          perturbationRadius: fc.constantFrom(0, 0.1),
          every: size,
        }),
      ),
    ),
    {
      refuses: {
        ...badVector("1"),
        ...badLength("1"),
        "1 beyond single precision": at("1", (theta: Float64Array) => theta.fill(1e39)),
        ...badValues("2.steps", NaN, Infinity, -1, 0.5),
        ...badPositive("2.learningRate"),
        ...badNonNegative("2.perturbationRadius"),
        ...badCount("2.every"),
        ...badCount("2.batch.batchSize"),
        ...badOption("2.batch.sampling"),
        "a checkpoint behind the end": at("1", (parameters, args) => ({ step: args[2].steps + 1, parameters })),
      },
      diverges: {
        "a huge rate": at("2", (options) => ({ ...options, steps: 60, learningRate: 1e30 })),
      },
      runs: 20,
    },
  ),
};

function wider({ rows, cols }: { rows: number; cols: number }): unknown {
  return { rows, cols: cols + 1, data: new Float64Array(rows * (cols + 1)) };
}

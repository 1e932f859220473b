import * as tf from "@tensorflow/tfjs-core";
import { type ActivationKind, type Matrix, randomStream } from "flat-minima/core";
import {
  convolutional,
  type ConvolutionOptions,
  crossEntropyLoss,
  halfSquareLoss,
  initialParameters,
  type LayeredParameters,
  type Loss,
  multilayerPerceptron,
  type Network,
} from "flat-minima/models";
import { logSoftmax } from "flat-minima/tensor";

/** A network of the float64 core, and the same one in tensors. */
export interface Twins {
  readonly core: Network & LayeredParameters;
  readonly tensor: (theta: tf.Tensor1D, inputs: tf.Tensor2D) => tf.Tensor2D;
}

type Activation = Exclude<ActivationKind, "smooth leaky relu">;

const activations: Readonly<Record<Activation, (z: tf.Tensor) => tf.Tensor>> = {
  linear: (z) => z,
  relu: tf.relu,
  tanh: tf.tanh,
  softplus: tf.softplus,
};

/** Weights and then biases, layer after layer. */
function layersOf(theta: tf.Tensor1D, { layouts }: LayeredParameters): [weights: tf.Tensor, biases: tf.Tensor][] {
  const pieces = tf.split(
    theta,
    layouts.flatMap(({ inputs, outputs }) => [inputs * outputs, outputs]),
  );
  return layouts.map(({ inputs, outputs }, l) => [tf.reshape(pieces[2 * l], [inputs, outputs]), pieces[2 * l + 1]]);
}

export function perceptronTwins(widths: number[], activation: Activation): Twins {
  const core = multilayerPerceptron({ widths, activation });
  return {
    core,
    tensor: (theta, inputs) => {
      const layers = layersOf(theta, core);
      return layers.reduce<tf.Tensor>((x, [W, b], l) => {
        const z = tf.add(tf.matMul(x, W), b);
        return l === layers.length - 1 ? z : activations[activation](z);
      }, inputs) as tf.Tensor2D;
    },
  };
}

export function convolutionalTwins(
  imageShape: [number, number, number],
  layers: ConvolutionOptions[],
  activation: Activation,
  outputCount: number,
): Twins {
  const core = convolutional({ imageShape, layers, activation, outputCount });
  return {
    core,
    tensor: (theta, inputs) => {
      const parts = layersOf(theta, core);
      let maps = tf.reshape<tf.Rank.R4>(inputs, [-1, ...imageShape]);
      layers.forEach(({ channels, kernel, stride = 1, pool = 1 }, l) => {
        const [W, b] = parts[l];
        const w = tf.reshape<tf.Rank.R4>(W, [kernel, kernel, maps.shape[3], channels]);
        maps = activations[activation](tf.add(tf.conv2d(maps, w, stride, "valid"), b)) as tf.Tensor4D;
        if (pool > 1) maps = tf.avgPool(maps, pool, pool, "valid");
      });
      const [W, b] = parts[parts.length - 1];
      return tf.add(tf.matMul(tf.reshape(maps, [-1, W.shape[0]]), W), b);
    },
  };
}

/** A network, a loss, n samples and parameters. */
export interface Case {
  readonly twins: Twins;
  readonly loss: Loss;
  readonly tensorLoss: (outputs: tf.Tensor2D, targets: tf.Tensor2D) => tf.Tensor;
  readonly inputs: Matrix;
  readonly targets: Matrix;
  readonly theta: Float64Array;
}

export const tensorHalfSquare = (f: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor =>
  tf.mul(0.5 / f.shape[0], tf.sum(tf.square(tf.sub(f, y))));

export const tensorCrossEntropy = (f: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor =>
  tf.mul(-1 / f.shape[0], tf.sum(tf.mul(y, logSoftmax(f))));

/** All numbers are such of single precision, so that both networks see the same. */
function caseOf(twins: Twins, n: number, classes: boolean): Case {
  const stream = randomStream(11, "twins");
  const { inputCount: d, outputCount: c } = twins.core;
  const single = (values: Float64Array) => Float64Array.from(Float32Array.from(values));
  const targets = { rows: n, cols: c, data: single(stream.normals(n * c)) };
  if (classes) targets.data.forEach((_, k) => (targets.data[k] = Number(k % c === Math.floor(k / c) % c)));
  return {
    twins,
    loss: classes ? crossEntropyLoss : halfSquareLoss,
    tensorLoss: classes ? tensorCrossEntropy : tensorHalfSquare,
    inputs: { rows: n, cols: d, data: single(stream.normals(n * d)) },
    targets,
    theta: single(initialParameters(twins.core, stream, { scheme: "uniform" })),
  };
}

const strided = [
  { channels: 4, kernel: 3, pool: 2 },
  { channels: 3, kernel: 2, stride: 2 },
];

export const cases: Readonly<Record<string, Case>> = {
  "a tanh perceptron with the half square loss": caseOf(perceptronTwins([5, 7, 6, 2], "tanh"), 9, false),
  "a softplus perceptron with the cross entropy": caseOf(perceptronTwins([5, 7, 3], "softplus"), 9, true),
  "a tanh convolutional net with the cross entropy": caseOf(convolutionalTwins([9, 8, 2], strided, "tanh", 3), 6, true),
  "a relu convolutional net with the half square loss": caseOf(
    convolutionalTwins([8, 8, 3], [strided[0], { channels: 5, kernel: 2 }], "relu", 1),
    6,
    false,
  ),
};

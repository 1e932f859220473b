import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import type { LayeredParameters, LayerLayout } from "../models";

/**
 * A network for images as a pure function of one vector θ (p), so that every derivative in θ is one of a function of one
 * tensor, as `hessianVectorProduct` and `gramMatrix` take it.
 */
export interface TensorNetwork extends LayeredParameters {
  /** Height, width and channels of an image. */
  readonly imageShape: ImageShape;
  /** The number d = height · width · channels of entries of an image, listed row by row, channels innermost. */
  readonly inputCount: number;
  /** The number c of outputs. */
  readonly outputCount: number;
  /**
   * f (n × c), in single precision, from θ (p) and images (n × d, or n × height × width × channels).
   *
   * @throws InvalidArgumentError when θ has another length or the images another size
   */
  readonly outputs: (parameters: tf.Tensor1D, images: tf.Tensor2D | tf.Tensor4D) => tf.Tensor2D;
}

/** Height, width and channels of an image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** The weights (inputs × outputs) and biases (outputs) of a layer. */
export interface LayerTensors {
  readonly weights: tf.Tensor;
  readonly biases: tf.Tensor;
}

/** Refuses a shape that is no image's. */
export function requireImageShape(functionName: string, imageShape: ImageShape): void {
  ["height", "width", "number of channels"].forEach((side, k) =>
    requireSize(functionName, `the ${side} of an image`, imageShape[k]),
  );
}

/** Refuses a list of channels that is empty or no positive integers. */
export function requireWidths(functionName: string, widths: readonly number[]): void {
  requireThat(widths.length > 0, functionName, "widths must have an entry", widths);
  widths.forEach((width, k) => requireSize(functionName, `widths[${k}]`, width));
}

/**
 * A network with layers of the given sizes, whose parameters lie in θ as in `convolutional`: layer after layer, weights
 * (inputs × outputs, row-major; of a convolution k² · channels in × channels out, in the order row, column, channel) and
 * then biases.
 *
 * @param pass f from images (n × height × width × channels) and the layers' tensors
 */
export function tensorNetwork(
  functionName: string,
  imageShape: ImageShape,
  layerSizes: readonly (readonly [inputs: number, outputs: number])[],
  pass: (images: tf.Tensor4D, layers: readonly LayerTensors[]) => tf.Tensor2D,
): TensorNetwork {
  const [height, width, channels] = imageShape;
  const inputCount = height * width * channels;
  let end = 0;
  const layouts = layerSizes.map(([inputs, outputs]): LayerLayout => {
    const weightsStart = end;
    end += (inputs + 1) * outputs;
    return { inputs, outputs, weightsStart, neurons: "columns", biasStart: weightsStart + inputs * outputs };
  });
  const parameterCount = end;
  const pieces = layerSizes.flatMap(([inputs, outputs]) => [inputs * outputs, outputs]);

  const outputs: TensorNetwork["outputs"] = (parameters, images) => {
    const fits = parameters.rank === 1 && parameters.size === parameterCount;
    requireThat(
      fits,
      functionName,
      `the parameters must be a tensor of shape [${parameterCount}]`,
      shapeOf(parameters),
    );
    const shape = [images.shape[0], height, width, channels] as tf.Tensor4D["shape"];
    const ofSize = (images.rank === 2 && images.shape[1] === inputCount) || String(images.shape) === String(shape);
    const requirement = `the images must be a tensor of shape [n, ${inputCount}] or [n, ${shape.slice(1).join(", ")}]`;
    requireThat(ofSize, functionName, requirement, shapeOf(images));
    // One cut and one gradient that joins, where slices would each give a gradient of p entries.
    const cut = tf.split(parameters, pieces);
    const layers = layerSizes.map(([inputs, count], l) => ({
      weights: tf.reshape(cut[2 * l], [inputs, count]),
      biases: cut[2 * l + 1],
    }));
    return pass(tf.reshape(images, shape), layers);
  };
  const outputCount = layerSizes[layerSizes.length - 1][1];
  return { imageShape: [...imageShape], inputCount, outputCount, parameterCount, layouts, outputs };
}

/** The convolution with k×k kernels, with biases. */
export function convolved(
  maps: tf.Tensor4D,
  { weights, biases }: LayerTensors,
  kernel: number,
  stride: number,
  padding: "same" | "valid",
): tf.Tensor4D {
  const filter = tf.reshape(weights, [kernel, kernel, maps.shape[3], biases.size]);
  return tf.add(tf.conv2d(maps, filter as tf.Tensor4D, stride, padding), biases);
}

/** The linear read-out xW + b of n × inputs. */
export function readOut(states: tf.Tensor, { weights, biases }: LayerTensors): tf.Tensor2D {
  return tf.add(tf.matMul(states, weights), biases);
}

function shapeOf({ shape }: tf.Tensor): string {
  return `[${shape.join(", ")}]`;
}

import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import type { LayeredParameters, LayerLayout } from "../models";
import { channelMoments, type ChannelStatistics, singleStatistics, standardized } from "./channel-statistics";

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
  /**
   * What the option `batchNorm` of the same network takes: the statistics of every convolution, in their order in θ, from
   * one pass of all images in which each is normalised by its own, as batch normalisation does in training. They are read
   * synchronously, which the backends can, but for webgpu.
   *
   * @throws InvalidArgumentError as `outputs`
   */
  readonly batchStatistics: (parameters: tf.Tensor1D, images: tf.Tensor2D | tf.Tensor4D) => ChannelStatistics[];
}

/** Height, width and channels of an image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** The weights (inputs × outputs) and biases (outputs) of a layer. */
export interface LayerTensors {
  readonly weights: tf.Tensor;
  readonly biases: tf.Tensor;
  /** What happens to a convolution's maps before the biases are added; nothing if undefined. */
  readonly normalized?: (maps: tf.Tensor4D) => tf.Tensor4D;
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
 * With batch normalisation the convolutions' γ − 1 lie behind all layers, convolution after convolution.
 *
 * @param pass f from images (n × height × width × channels) and the layers' tensors: convolutions and then a read-out
 * @param batchNorm what is taken for the statistics of each convolution; without it nothing is normalised
 */
export function tensorNetwork(
  functionName: string,
  imageShape: ImageShape,
  layerSizes: readonly (readonly [inputs: number, outputs: number])[],
  pass: (images: tf.Tensor4D, layers: readonly LayerTensors[]) => tf.Tensor2D,
  batchNorm?: readonly ChannelStatistics[],
): TensorNetwork {
  const [height, width, channels] = imageShape;
  const inputCount = height * width * channels;
  let end = 0;
  const layouts = layerSizes.map(([inputs, outputs]): LayerLayout => {
    const weightsStart = end;
    end += (inputs + 1) * outputs;
    return { inputs, outputs, weightsStart, neurons: "columns", biasStart: weightsStart + inputs * outputs };
  });
  const channelCounts = layerSizes.slice(0, -1).map(([, count]) => count);
  const frozen = batchNorm && singleStatistics(functionName, batchNorm, channelCounts);
  const factorCounts = frozen ? channelCounts : [];
  const parameterCount = factorCounts.reduce((sum, count) => sum + count, end);
  const pieces = [...layerSizes.flatMap(([inputs, outputs]) => [inputs * outputs, outputs]), ...factorCounts];

  /** f, where the maps of convolution l go through `standardize` before they get γ and their biases. */
  const passed = (
    parameters: tf.Tensor1D,
    images: tf.Tensor2D | tf.Tensor4D,
    standardize?: (maps: tf.Tensor4D, l: number) => tf.Tensor4D,
  ): tf.Tensor2D => {
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
    const layers = layerSizes.map(([inputs, count], l): LayerTensors => {
      const [weights, biases] = [tf.reshape(cut[2 * l], [inputs, count]), cut[2 * l + 1]];
      if (!standardize || l === channelCounts.length) return { weights, biases };
      const factorsLess1 = frozen && cut[2 * layerSizes.length + l];
      const normalized = (maps: tf.Tensor4D): tf.Tensor4D => {
        const standard = standardize(maps, l);
        return factorsLess1 ? tf.mul(standard, tf.add(factorsLess1, 1)) : standard;
      };
      return { weights, biases, normalized };
    });
    return pass(tf.reshape(images, shape), layers);
  };
  const byFrozen = (maps: tf.Tensor4D, l: number): tf.Tensor4D =>
    standardized(maps, tf.tensor1d(frozen![l].means), tf.tensor1d(frozen![l].variances));
  const outputs: TensorNetwork["outputs"] = (parameters, images) => passed(parameters, images, frozen && byFrozen);
  const batchStatistics: TensorNetwork["batchStatistics"] = (parameters, images) => {
    const found: ChannelStatistics[] = [];
    tf.tidy(() =>
      passed(parameters, images, (maps, l) => {
        const { means, variances } = channelMoments(maps);
        found[l] = {
          means: Float64Array.from(means.dataSync()),
          variances: Float64Array.from(variances.dataSync()),
        };
        return standardized(maps, means, variances);
      }),
    );
    return found;
  };
  const outputCount = layerSizes[layerSizes.length - 1][1];
  return { imageShape: [...imageShape], inputCount, outputCount, parameterCount, layouts, outputs, batchStatistics };
}

/** The convolution with k×k kernels, normalised where the layer says so, with biases. */
export function convolved(
  maps: tf.Tensor4D,
  { weights, biases, normalized = (unchanged) => unchanged }: LayerTensors,
  kernel: number,
  stride: number,
  padding: "same" | "valid",
): tf.Tensor4D {
  const filter = tf.reshape(weights, [kernel, kernel, maps.shape[3], biases.size]);
  return tf.add(normalized(tf.conv2d(maps, filter as tf.Tensor4D, stride, padding)), biases);
}

/** The linear read-out xW + b of n × inputs. */
export function readOut(states: tf.Tensor, { weights, biases }: LayerTensors): tf.Tensor2D {
  return tf.add(tf.matMul(states, weights), biases);
}

function shapeOf({ shape }: tf.Tensor): string {
  return `[${shape.join(", ")}]`;
}

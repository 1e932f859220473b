import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import type { ChannelStatistics } from "./channel-statistics";
import {
  convolved,
  type ImageShape,
  readOut,
  requireImageShape,
  requireWidths,
  type TensorNetwork,
  tensorNetwork,
} from "./tensor-network";

/** What makes a VGG-like network. */
export interface VggOptions {
  /** Height, width and channels of an image. */
  readonly imageShape: ImageShape;
  /** The channels in each block, first to last, such as [32, 64, 128]. */
  readonly widths: readonly number[];
  /** The number of convolutions in each block (default 2, as in the first two blocks of every VGG). */
  readonly depth?: number;
  /** The number c of outputs of the linear read-out: 1, or one for each class. */
  readonly outputCount: number;
  /** Whether maps are padded by zeros so that they keep their size (default "same", as published), or not ("valid"). */
  readonly padding?: "same" | "valid";
  /** What is taken of each 2 × 2 block of positions (default "max", as published). */
  readonly pooling?: "max" | "average";
  /**
   * Batch normalisation (Ioffe and Szegedy 2015) in evaluation mode, behind every convolution: means μ and variances σ² of
   * its channels, which stand fast, so that a sample's output depends on no other sample and linear stability applies.
   * `batchStatistics` of the same network without it measures them. Default: no normalisation.
   */
  readonly batchNorm?: readonly ChannelStatistics[];
}

/** The side of every kernel. */
const KERNEL = 3;

/**
 * A VGG-like network (Simonyan and Zisserman 2015): for each width a block of convolutions with 3 × 3 kernels, biases and
 * ReLU, with 2 × 2 pooling behind it, where an odd row or column left over is dropped; then one linear read-out with bias,
 * in the place of their three layers. No dropout, and no normalisation in training, for which linear stability has no place.
 *
 * θ lies as in `convolutional`, which is the same network where padding is "valid" and pooling "average". Draw it by
 * `initialParameters(network, stream, { scheme: "He" })`. ReLU'(0) = 0; of equal maxima one is taken. With `batchNorm` a
 * convolution W ∗ x + b becomes γ(W ∗ x − μ)/√(σ² + 1e-5) + b, and θ ends with γ − 1 of every channel, at first 0.
 *
 * With q weights in a layer of L positions, outputs of n images cost 2nLq operations, their gradient twice as many again.
 *
 * @throws InvalidArgumentError when a size is not a positive integer, the maps become too small for a kernel or a block,
 *   padding or pooling is not known, or batchNorm has not the means and variances (0 or more) of every convolution
 *
 * @example
 * vgg({ imageShape: [32, 32, 3], widths: [32, 64, 128], outputCount: 10 }).parameterCount; // 307498
 */
export function vgg(options: VggOptions): TensorNetwork {
  const { imageShape, widths, depth = 2, outputCount, padding = "same", pooling = "max", batchNorm } = options;
  requireImageShape("vgg", imageShape);
  requireWidths("vgg", widths);
  requireSize("vgg", "depth", depth);
  requireSize("vgg", "outputCount", outputCount);
  requireThat(padding === "same" || padding === "valid", "vgg", 'padding must be "same" or "valid"', padding);
  requireThat(pooling === "max" || pooling === "average", "vgg", 'pooling must be "max" or "average"', pooling);

  let [height, width, channels] = imageShape;
  const sizes: [inputs: number, outputs: number][] = [];
  widths.forEach((channelsOut, block) => {
    for (let k = 0; k < depth; k++) {
      const fits = padding === "same" || (height >= KERNEL && width >= KERNEL);
      const what = `block ${block} must get maps that its ${KERNEL}×${KERNEL} kernels fit into`;
      requireThat(fits, "vgg", what, `${height}×${width}`);
      sizes.push([KERNEL * KERNEL * channels, channelsOut]);
      channels = channelsOut;
      if (padding === "valid") [height, width] = [height - KERNEL + 1, width - KERNEL + 1];
    }
    const pools = height >= 2 && width >= 2;
    requireThat(pools, "vgg", `block ${block} must have maps of at least 2×2 to pool`, `${height}×${width}`);
    [height, width] = [Math.floor(height / 2), Math.floor(width / 2)];
  });
  sizes.push([height * width * channels, outputCount]);

  const pool = pooling === "max" ? tf.maxPool : tf.avgPool;
  const pass: Parameters<typeof tensorNetwork>[3] = (images, layers) => {
    let maps = images;
    widths.forEach((_, block) => {
      for (const layer of layers.slice(block * depth, (block + 1) * depth)) {
        maps = tf.relu(convolved(maps, layer, KERNEL, 1, padding));
      }
      maps = pool(maps, 2, 2, "valid");
    });
    return readOut(tf.reshape(maps, [images.shape[0], -1]), layers[layers.length - 1]);
  };
  return tensorNetwork("vgg", imageShape, sizes, pass, batchNorm);
}

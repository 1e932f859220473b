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

/** What makes a ResNet-like network. */
export interface ResidualNetworkOptions {
  /** Height, width and channels of an image. */
  readonly imageShape: ImageShape;
  /** The channels in each stage, first to last, such as [16, 32, 64]. */
  readonly widths: readonly number[];
  /** The number of blocks in each stage (default 2, of two convolutions each: with three widths 14 layers). */
  readonly depth?: number;
  /** The number c of outputs of the linear read-out: 1, or one for each class. */
  readonly outputCount: number;
  /** s > 0, by which what a block adds is multiplied (default 1/√(number of blocks); 1 as published). */
  readonly branchFactor?: number;
  /**
   * Batch normalisation (Ioffe and Szegedy 2015) in evaluation mode, behind every convolution: means μ and variances σ² of
   * its channels, which stand fast, so that a sample's output depends on no other sample and linear stability applies.
   * `batchStatistics` of the same network without it measures them. Default: no normalisation.
   */
  readonly batchNorm?: readonly ChannelStatistics[];
}

/**
 * A ResNet-like network (He et al. 2016), without batch normalisation but in evaluation mode: a 3 × 3 convolution with
 * ReLU, x₀ = φ(W₀ ∗ X + b₀), then blocks
 *
 *   x_{l+1} = φ(S x_l + s (W₂ ∗ φ(W₁ ∗ x_l + b₁) + b₂)),
 *
 * the mean of the last maps over positions, and a linear read-out with bias. S is the identity, but where a stage after
 * the first begins, with half the height and width, a 1 × 1 convolution of stride 2 with bias. All are padded by zeros
 * ("same": half a side is rounded up). In the place of the normalisation, s = 1/√L for L blocks keeps the size of the
 * signal, which else grows by a factor with every block (Hayou et al. 2021).
 *
 * θ holds, layer after layer, weights and biases as in `vgg`: W₀, then block after block W₁, W₂ and S where it is a
 * convolution, and the read-out. Draw it by `initialParameters(network, stream, { scheme: "He" })`. ReLU'(0) = 0. With
 * `batchNorm` a convolution W ∗ x + b becomes γ(W ∗ x − μ)/√(σ² + 1e-5) + b, and θ ends with γ − 1 of every channel, at
 * first 0.
 *
 * With q weights in a layer of L positions, outputs of n images cost 2nLq operations, their gradient twice as many again.
 *
 * @throws InvalidArgumentError when a size is not a positive integer, the factor not positive and finite, or batchNorm has not
 *   the means and variances (0 or more) of every convolution
 *
 * @example
 * residualNetwork({ imageShape: [32, 32, 3], widths: [16, 32, 64], outputCount: 10 }).parameterCount; // 174698
 */
export function residualNetwork(options: ResidualNetworkOptions): TensorNetwork {
  const name = "residualNetwork";
  const { imageShape, widths, depth = 2, outputCount, batchNorm } = options;
  requireImageShape(name, imageShape);
  requireWidths(name, widths);
  requireSize(name, "depth", depth);
  requireSize(name, "outputCount", outputCount);
  const { branchFactor = 1 / Math.sqrt(widths.length * depth) } = options;
  const valid = branchFactor > 0 && branchFactor < Infinity;
  requireThat(valid, name, "branchFactor must be positive and finite", branchFactor);

  const sizes: [inputs: number, outputs: number][] = [[9 * imageShape[2], widths[0]]];
  widths.forEach((channels, stage) => {
    for (let block = 0; block < depth; block++) {
      const inputs = stage > 0 && block === 0 ? widths[stage - 1] : channels;
      sizes.push([9 * inputs, channels], [9 * channels, channels]);
      if (shrinks(stage, block)) sizes.push([inputs, channels]);
    }
  });
  sizes.push([widths[widths.length - 1], outputCount]);

  const pass: Parameters<typeof tensorNetwork>[3] = (images, layers) => {
    const rest = layers.values();
    const next = (): (typeof layers)[number] => rest.next().value!;
    let maps = tf.relu(convolved(images, next(), 3, 1, "same"));
    widths.forEach((_, stage) => {
      for (let block = 0; block < depth; block++) {
        const stride = shrinks(stage, block) ? 2 : 1;
        const inner = tf.relu(convolved(maps, next(), 3, stride, "same"));
        const branch = tf.mul(branchFactor, convolved(inner, next(), 3, 1, "same"));
        const kept = stride === 2 ? convolved(maps, next(), 1, 2, "same") : maps;
        maps = tf.relu(tf.add(kept, branch));
      }
    });
    return readOut(tf.mean(maps, [1, 2]), next());
  };
  return tensorNetwork(name, imageShape, sizes, pass, batchNorm);
}

/** Whether a block halves the height and width of its maps: the first of every stage but the first. */
function shrinks(stage: number, block: number): boolean {
  return stage > 0 && block === 0;
}

import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { singlePrecision } from "./single-precision";

/** The mean and variance of every channel of a convolution's maps W ∗ x, over images and positions, without biases. */
export interface ChannelStatistics {
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** Added to a variance, as published and as in PyTorch. */
const EPSILON = 1e-5;

/** A copy in single precision, refused where it is no statistics of convolutions with so many channels. */
export function singleStatistics(
  functionName: string,
  statistics: readonly ChannelStatistics[],
  channelCounts: readonly number[],
): { readonly means: Float32Array; readonly variances: Float32Array }[] {
  const [given, wanted] = [statistics.length, channelCounts.length];
  requireThat(given === wanted, functionName, `batchNorm must have statistics of ${wanted} convolutions`, given);
  return statistics.map(({ means, variances }, l) => {
    const count = channelCounts[l];
    const fits = means.length === count && variances.length === count;
    const requirement = `batchNorm[${l}] must have ${count} means and variances`;
    requireThat(fits, functionName, requirement, `${means.length} and ${variances.length}`);
    const bad = variances.find((variance) => variance < 0);
    requireThat(bad === undefined, functionName, `the variances of batchNorm[${l}] must not be negative`, bad);
    return {
      means: singlePrecision(functionName, `the means of batchNorm[${l}]`, means),
      variances: singlePrecision(functionName, `the variances of batchNorm[${l}]`, variances),
    };
  });
}

/** Maps with the means and variances of their channels taken out. */
export function standardized(maps: tf.Tensor4D, means: tf.Tensor1D, variances: tf.Tensor1D): tf.Tensor4D {
  return tf.mul(tf.sub(maps, means), tf.rsqrt(tf.add(variances, EPSILON)));
}

/** The means and variances (divided by the number) of maps' channels. */
export function channelMoments(maps: tf.Tensor4D): { means: tf.Tensor1D; variances: tf.Tensor1D } {
  const { mean, variance } = tf.moments(maps, [0, 1, 2]);
  return { means: mean as tf.Tensor1D, variances: variance as tf.Tensor1D };
}

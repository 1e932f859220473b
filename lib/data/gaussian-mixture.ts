import { type RandomStream, requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";
import type { Samples } from "./samples";

/** Two clusters with labels of which some are wrong; made by {@link gaussianMixture}. */
export interface MixtureSamples extends Samples {
  /** ỹ (n): the clusters, 1 or −1. The targets are y, after flipping. */
  readonly cleanTargets: Float64Array;
}

/**
 * A mixture of two Gaussian clusters with noisy labels, as in the theory of benign overfitting (Frei, Chatterji and
 * Bartlett 2022): ỹ = ±1 with probability ½ each, x = ỹμ + ξ with ξ from N(0, I), and y = −ỹ with probability η,
 * else ỹ. Inputs n×d, where d is the length of μ.
 *
 * @throws InvalidArgumentError when n is no positive integer, μ is empty or not finite, or η is not in [0, 1].
 *
 * @example
 * const center = Float64Array.of(1.9, 0);
 * const options = { sampleCount: 200, mean: center, flipProbability: 0.15, stream: randomStream(1) };
 * const { targets, cleanTargets } = gaussianMixture(options);
 * targets.filter((y, i) => y !== cleanTargets[i]).length; // 27
 */
export function gaussianMixture(options: {
  readonly sampleCount: number;
  /** μ (d). */
  readonly mean: Float64Array;
  /** η. */
  readonly flipProbability: number;
  readonly stream: RandomStream;
}): MixtureSamples {
  const { sampleCount, mean, flipProbability, stream } = options;
  requireSize("gaussianMixture", "sampleCount", sampleCount);
  const validMean = mean.length > 0 && mean.every(Number.isFinite);
  requireThat(validMean, "gaussianMixture", "the mean must have finite entries, at least one", mean);
  const validFlips = flipProbability >= 0 && flipProbability <= 1;
  requireThat(validFlips, "gaussianMixture", "flipProbability must be from 0 to 1", flipProbability);
  const dimension = mean.length;
  const inputs = zeros(sampleCount, dimension);
  const targets = new Float64Array(sampleCount);
  const cleanTargets = new Float64Array(sampleCount);
  for (let i = 0; i < sampleCount; i++) {
    const cluster = stream.rademacher();
    cleanTargets[i] = cluster;
    targets[i] = stream.uniform() < flipProbability ? -cluster : cluster;
    for (let k = 0; k < dimension; k++) inputs.data[i * dimension + k] = cluster * mean[k] + stream.normal();
  }
  return { inputs, targets, cleanTargets };
}

import * as tf from "@tensorflow/tfjs-core";
import { type Matrix, norm, randomStream, rowOf } from "flat-minima/core";
import { initialParameters } from "flat-minima/models";
import {
  type ChannelStatistics,
  type ImageShape,
  residualNetwork,
  type TensorNetwork,
  tensorOutputs,
  vgg,
} from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend } from "./backends";
import { agreesWithLoops, noiseImages, single, startOf, TOLERANCE } from "./image-networks";
import { naiveResidualNetwork, naiveVgg } from "./naive-networks";

/** Statistics that could be some, for convolutions with so many channels. */
function someStatistics(channelCounts: readonly number[]): ChannelStatistics[] {
  return channelCounts.map((count, l) => {
    const stream = randomStream(l, "statistics");
    const variances = single(Float64Array.from({ length: count }, () => 0.5 + stream.uniform()));
    return { means: single(stream.normals(count)), variances };
  });
}

/** What batchStatistics gives, its tensors disposed. */
function statisticsOf(network: TensorNetwork, theta: Float64Array, inputs: Matrix): ChannelStatistics[] {
  const point = tf.tensor1d(Float32Array.from(theta));
  const images = tf.tensor2d(Float32Array.from(inputs.data), [inputs.rows, inputs.cols]);
  const statistics = network.batchStatistics(point, images);
  tf.dispose([point, images]);
  return statistics;
}

/** The parameters of the network without normalisation that is the same function: γ/√(σ² + ε) goes into W and b. */
function folded(
  theta: Float64Array,
  layouts: ReturnType<typeof vgg>["layouts"],
  statistics: ChannelStatistics[],
): Float64Array {
  let next = theta.length - statistics.reduce((sum, { means }) => sum + means.length, 0);
  const result = theta.slice(0, next);
  statistics.forEach(({ means, variances }, l) => {
    const { inputs, outputs, weightsStart, biasStart } = layouts[l];
    for (let k = 0; k < outputs; k++) {
      const factor = (1 + theta[next++]) / Math.sqrt(variances[k] + 1e-5);
      for (let i = 0; i < inputs; i++) result[weightsStart + i * outputs + k] *= factor;
      result[biasStart! + k] -= means[k] * factor;
    }
  });
  return result;
}

onEveryBackend(() => {
  describe("of a VGG-like network, with factors that are not 1", () => {
    const options = { imageShape: [6, 5, 2] as ImageShape, widths: [3, 4], depth: 1, outputCount: 3 };
    const batchNorm = someStatistics([3, 4]);
    const network = vgg({ ...options, batchNorm });
    const factors = single(randomStream(1, "factors").normals(7));
    // The last seven of θ, which startOf leaves 0, are moved along; the loops' θ moves with the network's.
    const moved = (theta: Float64Array) => theta.map((entry, k) => entry + (factors[k - theta.length + 7] ?? 0) * 0.25);
    const shifted = {
      ...network,
      outputs: (theta: tf.Tensor1D, images: tf.Tensor2D | tf.Tensor4D) =>
        network.outputs(tf.add(theta, tf.tensor1d(Float32Array.from(moved(new Float64Array(theta.size))))), images),
    };
    agreesWithLoops(shifted, (theta, pixels) =>
      naiveVgg(folded(moved(theta), network.layouts, batchNorm), pixels, options),
    );
  });

  describe("of a ResNet-like network", () => {
    const options = { imageShape: [5, 4, 1] as ImageShape, widths: [2, 3], depth: 1, outputCount: 3, branchFactor: 1 };
    const batchNorm = someStatistics([2, 2, 2, 3, 3, 3]);
    const network = residualNetwork({ ...options, batchNorm });
    agreesWithLoops(network, (theta, pixels) =>
      naiveResidualNetwork(folded(theta, network.layouts, batchNorm), pixels, options),
    );
  });

  it("measures the first convolution's means and variances, by loops", () => {
    const network = vgg({ imageShape: [4, 4, 1], widths: [2], depth: 1, outputCount: 1, padding: "valid" });
    const [theta, { inputs }] = [startOf(network), noiseImages(network, 3)];
    const [{ means, variances }] = statisticsOf(network, theta, inputs);
    for (const channel of [0, 1]) {
      const maps = [0, 1, 2].flatMap((n) =>
        [0, 1, 4, 5].map((corner) =>
          [0, 1, 2, 4, 5, 6, 8, 9, 10].reduce(
            (sum, offset, k) => sum + rowOf(inputs, n)[corner + offset] * theta[2 * k + channel],
            0,
          ),
        ),
      );
      const mean = maps.reduce((sum, z) => sum + z / maps.length, 0);
      const variance = maps.reduce((sum, z) => sum + (z - mean) ** 2 / maps.length, 0);
      expect(Math.abs(means[channel] - mean)).toBeLessThan(TOLERANCE * Math.sqrt(variance));
      expect(Math.abs(variances[channel] - variance)).toBeLessThan(TOLERANCE * variance);
    }
  });

  it("measures what behind normalised convolutions makes the mean of the maps 0", async () => {
    const options = { imageShape: [8, 8, 1] as ImageShape, widths: [3, 2], depth: 1, outputCount: 1 } as const;
    const plain = vgg({ ...options, pooling: "average" });
    const { inputs } = noiseImages(plain, 6);
    const theta = startOf(plain);
    const batchNorm = statisticsOf(plain, theta, inputs);
    const network = vgg({ ...options, pooling: "average", batchNorm });
    expect(network.parameterCount).toBe(plain.parameterCount + 5);
    // The last maps are above 0 with biases 20, so that the ReLU is the identity; the read-out takes their mean.
    const at = new Float64Array(network.parameterCount);
    at.set(theta);
    const [, last, out] = network.layouts;
    at.fill(20, last.biasStart, last.biasStart! + 2);
    at.fill(1 / out.inputs, out.weightsStart, out.weightsStart + out.inputs);
    at[out.biasStart!] = 0;
    const { data } = await tensorOutputs(network, at, inputs);
    const mean = data.reduce((sum, f) => sum + f / data.length, 0);
    expect(Math.abs(mean - 20)).toBeLessThan(TOLERANCE * 20);
    // Other statistics would show: an image's own mean is not 20.
    expect(norm(data.map((f) => f - 20))).toBeGreaterThan(0.01);
  });
});

describe("batchNorm", () => {
  const options = { imageShape: [4, 4, 1] as ImageShape, widths: [2], depth: 1, outputCount: 1 };
  const one = { means: new Float64Array(2), variances: new Float64Array(2) };

  it("begins with factors 1, and the same weights as without it", () => {
    const draw = (network: ReturnType<typeof vgg>) => initialParameters(network, randomStream(1), { scheme: "He" });
    expect([...draw(vgg({ ...options, batchNorm: [one] }))]).toEqual([...draw(vgg(options)), 0, 0]);
  });

  it("names statistics that are none of the network's", () => {
    const refused = (batchNorm: ChannelStatistics[]) => () => vgg({ ...options, batchNorm });
    expect(refused([])).toThrow("vgg: batchNorm must have statistics of 1 convolutions, got 0");
    expect(refused([{ ...one, means: new Float64Array(3) }])).toThrow(
      "vgg: batchNorm[0] must have 2 means and variances, got 3 and 2",
    );
    expect(refused([{ ...one, variances: Float64Array.of(1, -1) }])).toThrow(
      "vgg: the variances of batchNorm[0] must not be negative, got -1",
    );
    expect(refused([{ ...one, means: Float64Array.of(NaN, 0) }])).toThrow(
      "vgg: the means of batchNorm[0] must be finite in single precision, got NaN at index 0",
    );
    const residual = () => residualNetwork({ ...options, batchNorm: [one] });
    expect(residual).toThrow("residualNetwork: batchNorm must have statistics of 3 convolutions, got 1");
  });
});

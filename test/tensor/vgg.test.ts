import * as tf from "@tensorflow/tfjs-core";
import { norm, subtract } from "flat-minima/core";
import { convolutional, crossEntropyLoss, empiricalRisk, halfSquareLoss } from "flat-minima/models";
import {
  gramMatrix,
  type ImageShape,
  tensorCrossEntropyLoss,
  tensorHalfSquareLoss,
  tensorOutputs,
  tensorRisk,
  vgg,
} from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend } from "./backends";
import { agreesWithLoops, noiseImages, startOf, TOLERANCE } from "./image-networks";
import { naiveVgg } from "./naive-networks";

onEveryBackend(() => {
  describe("with padding and maxima", () => {
    // Odd sides: a row or a column is left over behind the first block, and both behind the second.
    const options = { imageShape: [9, 6, 2] as ImageShape, widths: [3, 4], depth: 2, outputCount: 3 };
    agreesWithLoops(vgg(options), (theta, pixels) => naiveVgg(theta, pixels, options));
  });

  describe.each([
    ["ten classes", 10, tensorCrossEntropyLoss, crossEntropyLoss],
    ["one output", 1, tensorHalfSquareLoss, halfSquareLoss],
  ] as const)("without padding, with means and %s", (_, outputCount, tensorLoss, loss) => {
    const imageShape = [13, 15, 2] as ImageShape;
    const network = vgg({ imageShape, widths: [3, 4], depth: 1, outputCount, padding: "valid", pooling: "average" });
    const layers = [3, 4].map((channels) => ({ channels, kernel: 3, pool: 2 }));
    const twin = convolutional({ imageShape, layers, activation: "relu", outputCount });
    const { inputs, targets } = noiseImages(network, 5);
    const theta = startOf(network);
    const evaluation = empiricalRisk({ network: twin, loss, inputs, targets }).at(theta);

    it("has the parameters, outputs, loss and gradient of the float64 core", async () => {
      expect(network.layouts).toEqual(twin.layouts);
      expect(network.parameterCount).toBe(twin.parameterCount);
      const outputs = await tensorOutputs(network, theta, inputs);
      const expected = twin.evaluate(theta, inputs).outputs;
      expect(norm(subtract(outputs, expected).data)).toBeLessThan(TOLERANCE * norm(expected.data));
      const risk = tensorRisk({ network, loss: tensorLoss, inputs, targets });
      const computed = await risk.evaluate(theta);
      expect(Math.abs(computed.loss - evaluation.loss)).toBeLessThan(TOLERANCE * evaluation.loss);
      const gradient = evaluation.gradient();
      expect(norm(gradient.map((g, k) => computed.gradient[k] - g))).toBeLessThan(TOLERANCE * norm(gradient));
    });

    it("has the Gram matrix of the float64 core", async () => {
      const expected = evaluation.gramMatrix();
      const K = await gramMatrix(network.outputs, theta, inputs);
      expect(norm(subtract(K, expected).data)).toBeLessThan(TOLERANCE * norm(expected.data));
    });
  });

  it("takes images as rows or as maps, and refuses others", () => {
    const network = vgg({ imageShape: [4, 2, 1], widths: [1], outputCount: 1 });
    tf.tidy(() => {
      const theta = tf.ones<tf.Rank.R1>([network.parameterCount]);
      const rows = tf.reshape<tf.Rank.R2>(tf.range(0, 16), [2, 8]);
      const maps = tf.reshape<tf.Rank.R4>(rows, [2, 4, 2, 1]);
      expect(network.outputs(theta, rows).dataSync()).toEqual(network.outputs(theta, maps).dataSync());
      expect(() => network.outputs(theta, tf.ones<tf.Rank.R4>([2, 2, 4, 1]))).toThrow(
        "vgg: the images must be a tensor of shape [n, 8] or [n, 4, 2, 1], got [2, 2, 4, 1]",
      );
      expect(() => network.outputs(tf.ones<tf.Rank.R1>([3]), rows)).toThrow(
        `vgg: the parameters must be a tensor of shape [${network.parameterCount}], got [3]`,
      );
    });
  });
});

describe("vgg", () => {
  it("counts the parameters of six convolutions", () => {
    const network = vgg({ imageShape: [32, 32, 3], widths: [32, 64, 128], outputCount: 10 });
    // 9 · channels in · channels out of each, and a read-out of 4 · 4 · 128.
    const weights = 9 * (3 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128) + 2048 * 10;
    expect(network.parameterCount).toBe(weights + 2 * (32 + 64 + 128) + 10);
    expect([network.inputCount, network.outputCount, network.layouts.length]).toEqual([3072, 10, 7]);
  });

  it("names bad arguments", () => {
    const options = { imageShape: [8, 8, 1] as ImageShape, widths: [2, 2], outputCount: 1 };
    expect(() => vgg({ ...options, widths: [] })).toThrow("vgg: widths must have an entry, got []");
    expect(() => vgg({ ...options, widths: [2, 0] })).toThrow("vgg: widths[1] must be a positive integer, got 0");
    expect(() => vgg({ ...options, imageShape: [8, 8, 0] })).toThrow("vgg: the number of channels of an image must be");
    expect(() => vgg({ ...options, widths: [1, 1, 1, 1] })).toThrow(
      "vgg: block 3 must have maps of at least 2×2 to pool, got 1×1",
    );
    expect(() => vgg({ ...options, padding: "valid" })).toThrow(
      "vgg: block 1 must get maps that its 3×3 kernels fit into, got 2×2",
    );
    expect(() => vgg({ ...options, pooling: "mean" as never })).toThrow('vgg: pooling must be "max" or "average"');
  });
});

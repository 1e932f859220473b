import * as tf from "@tensorflow/tfjs-core";
import { norm } from "flat-minima/core";
import { convolutional, crossEntropyLoss, empiricalRisk } from "flat-minima/models";
import { type ImageShape, tensorCrossEntropyLoss, tensorOutputs, tensorRisk, vgg } from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend } from "./backends";
import { noiseImages, startOf, TOLERANCE } from "./image-networks";

const imageShape = [6, 6, 1] as ImageShape;
const network = vgg({ imageShape, widths: [4], depth: 1, outputCount: 3, padding: "valid", pooling: "average" });
const layers = [{ channels: 4, kernel: 3, pool: 2 }];
const twin = convolutional({ imageShape, layers, activation: "relu", outputCount: 3 });
const { inputs, targets } = noiseImages(network, 10);
const theta = startOf(network);
const core = empiricalRisk({ network: twin, loss: crossEntropyLoss, inputs, targets });
const options = { network, loss: tensorCrossEntropyLoss, inputs, targets };

onEveryBackend(() => {
  const far = (gradient: Float64Array, expected: Float64Array): number =>
    norm(gradient.map((g, k) => g - expected[k])) / norm(expected);

  it.each([1, 3, 10, 64])("is the mean over all samples, %i at a time", async (chunkSize) => {
    const { loss, gradient } = await tensorRisk({ ...options, chunkSize }).evaluate(theta);
    expect(Math.abs(loss - core.loss(theta))).toBeLessThan(TOLERANCE * loss);
    expect(far(gradient, core.gradient(theta))).toBeLessThan(TOLERANCE);
  });

  it("is the mean over a batch, repeats counted", async () => {
    const batch = [7, 0, 7, 2, 9];
    const risk = tensorRisk({ ...options, chunkSize: 2 });
    const { loss, gradient } = await risk.evaluate(theta, batch);
    expect(far(gradient, core.batchGradient(theta, batch))).toBeLessThan(TOLERANCE);
    expect(far(gradient, core.batchGradient(theta, [7, 0, 2, 9]))).toBeGreaterThan(0.01);
    const [atOnce] = tf.tidy(() => risk.loss(tf.tensor1d(Float32Array.from(theta)), batch).dataSync());
    expect(Math.abs(atOnce - loss)).toBeLessThan(TOLERANCE * loss);
  });

  it("leaves no tensor behind, also where it fails", async () => {
    const risk = tensorRisk({ ...options, chunkSize: 4 });
    const before = tf.memory();
    for (let k = 0; k < 5; k++) await risk.evaluate(theta);
    await tensorOutputs(network, theta, inputs, { chunkSize: 4 });
    const wrong = { ...network, outputs: () => tf.zeros<tf.Rank.R2>([10, 5]) };
    await expect(tensorOutputs(wrong, theta, inputs)).rejects.toThrow();
    const after = tf.memory();
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
  });

  it("says where single precision overflows", async () => {
    const large = theta.map(() => 1e30);
    await expect(tensorOutputs(network, large, inputs)).rejects.toThrow("tensorOutputs: the outputs must be finite");
  });
});

describe("tensorRisk", () => {
  it("names bad arguments", async () => {
    const none = { rows: 0, cols: 36, data: new Float64Array(0) };
    expect(() => tensorRisk({ ...options, inputs: none })).toThrow("tensorRisk: there must be a sample, got a 0×36");
    const wide = { rows: 10, cols: 37, data: new Float64Array(370) };
    expect(() => tensorRisk({ ...options, inputs: wide })).toThrow(
      "tensorRisk: the inputs must have 6 · 6 · 1 = 36 columns, got a 10×37 matrix",
    );
    const few = { ...targets, rows: 9, data: targets.data.slice(0, 27) };
    expect(() => tensorRisk({ ...options, targets: few })).toThrow(
      "tensorRisk: there must be a target for each of the 10 samples, got a 9×3 matrix",
    );
    const unlikely = { ...targets, data: targets.data.map((y) => 2 * y) };
    expect(() => tensorRisk({ ...options, targets: unlikely })).toThrow("tensorRisk: targets of the cross entropy");
    const bright = { ...inputs, data: inputs.data.map((x, k) => (k === 5 ? 1e39 : x)) };
    expect(() => tensorRisk({ ...options, inputs: bright })).toThrow(
      "tensorRisk: the inputs must be finite in single precision, got 1e+39 at index 5",
    );
    expect(() => tensorRisk({ ...options, chunkSize: 0 })).toThrow("tensorRisk: chunkSize must be a positive integer");

    const risk = tensorRisk(options);
    await expect(risk.evaluate(theta.slice(1))).rejects.toThrow("TensorRisk.evaluate: parameters must have length");
    await expect(risk.evaluate(theta, [])).rejects.toThrow("TensorRisk.evaluate: the batch must not be empty");
    await expect(risk.evaluate(theta, [10])).rejects.toThrow(
      "TensorRisk.evaluate: a sample index must be an integer from 0 to 9, got 10",
    );
    await expect(tensorOutputs(network, theta.slice(1), inputs)).rejects.toThrow("tensorOutputs: parameters must have");
  });
});

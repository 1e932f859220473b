import { dot, norm, randomStream, topEigenpairs } from "flat-minima/core";
import { convolutional, crossEntropyLoss, empiricalRisk, hessianOperator } from "flat-minima/models";
import { tensorCrossEntropyLoss, tensorHessianOperator, tensorRisk, vgg } from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend } from "./backends";
import { noiseImages, single, startOf, TOLERANCE } from "./image-networks";

const imageShape = [6, 7, 2] as const;
const network = vgg({ imageShape, widths: [3], depth: 1, outputCount: 3, padding: "valid", pooling: "average" });
const twin = convolutional({
  imageShape,
  layers: [{ channels: 3, kernel: 3, pool: 2 }],
  activation: "relu",
  outputCount: 3,
});
const { inputs, targets } = noiseImages(network, 5);
const theta = startOf(network);
const risk = tensorRisk({ network, loss: tensorCrossEntropyLoss, inputs, targets });
const exact = hessianOperator(empiricalRisk({ network: twin, loss: crossEntropyLoss, inputs, targets }).at(theta));

onEveryBackend(() => {
  it.each([2, 5, 128])("has the products of the float64 core, with chunks of %i of 5 samples", (chunkSize) => {
    const hessian = tensorHessianOperator(risk, theta, { chunkSize });
    for (const seed of [1, 2]) {
      const v = single(randomStream(seed, "direction").normals(theta.length));
      const expected = exact.apply(v);
      const product = hessian.apply(v);
      expect(norm(product.map((entry, k) => entry - expected[k]))).toBeLessThan(TOLERANCE * norm(expected));
    }
  });

  it("has the core's top eigenvalue, for a tolerance above single precision", async () => {
    const [top, second] = (await topEigenpairs(exact, { count: 2, stream: randomStream(1) })).values;
    const options = { stream: randomStream(2), tolerance: 1e-3 };
    const { values, vectors, converged } = await topEigenpairs(tensorHessianOperator(risk, theta), options);
    expect(converged).toBe(true);
    // The residual squared over the gap (Parlett 1998, chapter 11), and the products' own error.
    const size = Math.max(top, Math.abs(second));
    expect(Math.abs(values[0] - top)).toBeLessThan(((1e-3 * size) ** 2 / (top - second) || 0) + 2 * TOLERANCE * size);
    expect(Math.abs(dot(vectors[0], exact.apply(vectors[0])) - top)).toBeLessThan(1e-3 * size);
  });
});

describe("tensorHessianOperator", () => {
  it("keeps its own copy of θ", () => {
    const at = theta.slice();
    const hessian = tensorHessianOperator(risk, at);
    const v = new Float64Array(theta.length).fill(1);
    const before = hessian.apply(v);
    at.fill(0);
    expect(hessian.apply(v)).toEqual(before);
  });

  it("names bad arguments", () => {
    expect(() => tensorHessianOperator(risk, theta.subarray(1))).toThrow("tensorHessianOperator: ");
    expect(() =>
      tensorHessianOperator(
        risk,
        theta.map(() => NaN),
      ),
    ).toThrow("tensorHessianOperator: ");
    expect(() => tensorHessianOperator(risk, theta, { chunkSize: 0 })).toThrow(
      "tensorHessianOperator: chunkSize must be a positive integer, got 0",
    );
    expect(() => tensorHessianOperator(risk, theta).apply(new Float64Array(2))).toThrow(
      "linearOperator: the vector must have",
    );
  });
});

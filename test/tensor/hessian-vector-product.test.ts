import * as tf from "@tensorflow/tfjs-core";
import { hessianVectorProduct } from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend, ROUNDING } from "./backends";

/** Σ_k k θ_k⁴ + θ_0 θ_1 with Hessian diag(12 k θ_k²) + e₀e₁ᵀ + e₁e₀ᵀ, for three parameters. */
const quartic = (theta: tf.Tensor1D) =>
  tf.add(
    tf.sum(tf.mul(tf.tensor1d([1, 2, 3]), tf.pow(theta, 4))),
    tf.mul(tf.slice(theta, 0, 1), tf.slice(theta, 1, 1)), // of shape [1], as the sum is a scalar
  );

onEveryBackend(() => {
  it("is that of a polynomial", () => {
    const product = hessianVectorProduct(quartic, Float64Array.of(1, -0.5, 2), Float64Array.of(1, 2, -1));
    // 12 + 2, 24·¼·2 + 1, −36·4; three roundings at each of the four factors.
    [14, 13, -144].forEach((entry, k) => {
      expect(Math.abs(product[k] - entry)).toBeLessThan(12 * ROUNDING * Math.abs(entry));
    });
  });

  it("takes directions of any size", () => {
    const theta = Float64Array.of(1, -0.5, 2);
    const unit = hessianVectorProduct(quartic, theta, Float64Array.of(1, 2, -1));
    for (const size of [1e-200, 1e200]) {
      const product = hessianVectorProduct(quartic, theta, Float64Array.of(size, 2 * size, -size));
      // v/2 is the same to the last bit but for the division by 2·size.
      product.forEach((entry, k) => expect(Math.abs(entry / size - unit[k])).toBeLessThan(1e-6 * Math.abs(unit[k])));
    }
    expect([...hessianVectorProduct(quartic, theta, new Float64Array(3))]).toEqual([0, 0, 0]);
  });

  it("is 0 where the loss is linear or a constant", () => {
    const [theta, v] = [Float64Array.of(1, 2), Float64Array.of(3, 4)];
    expect([...hessianVectorProduct((t) => tf.sum(tf.mul(2, t)), theta, v)]).toEqual([0, 0]);
    expect([...hessianVectorProduct(() => tf.scalar(7), theta, v)]).toEqual([0, 0]);
  });

  it("leaves no tensor behind", () => {
    const theta = Float64Array.of(1, -0.5, 2);
    const before = tf.memory();
    for (let k = 0; k < 5; k++) hessianVectorProduct(quartic, theta, theta);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });
});

describe("hessianVectorProduct", () => {
  it("names bad arguments", () => {
    const sum = (theta: tf.Tensor1D) => tf.sum(theta);
    const one = Float64Array.of(1);
    expect(() => hessianVectorProduct(sum, new Float64Array(0), one)).toThrow(
      "hessianVectorProduct: there must be a parameter, got none",
    );
    expect(() => hessianVectorProduct(sum, Float64Array.of(1e39), one)).toThrow(
      "hessianVectorProduct: the parameters must be finite in single precision, got 1e+39 at index 0",
    );
    expect(() => hessianVectorProduct(sum, one, Float64Array.of(1, 2))).toThrow(
      "hessianVectorProduct: the direction must have 1 entries, got 2",
    );
    expect(() => hessianVectorProduct(sum, one, Float64Array.of(NaN))).toThrow(
      "hessianVectorProduct: the direction must be finite, got NaN at index 0",
    );
    expect(() => hessianVectorProduct(() => tf.zeros([2]), one, one)).toThrow(
      "hessianVectorProduct: the loss must be a tensor of one number, got shape [2]",
    );
    expect(() => hessianVectorProduct((t) => tf.sum(tf.pow(t, 4)), Float64Array.of(1e30), one)).toThrow(
      "hessianVectorProduct: the product must be finite, got ",
    );
  });
});

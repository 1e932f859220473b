import * as tf from "@tensorflow/tfjs-core";
import { matrix, type Matrix, randomStream } from "flat-minima/core";
import { gramMatrix } from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend, ROUNDING } from "./backends";

/** f(x) = (θ·x, θ₀²) with gradients x and 2θ₀e₀. */
const twoOutputs = (theta: tf.Tensor1D, x: tf.Tensor2D): tf.Tensor2D =>
  tf.concat([tf.matMul(x, tf.reshape(theta, [-1, 1])), tf.reshape(tf.square(tf.slice(theta, 0, 1)), [1, 1])], 1);

onEveryBackend(() => {
  it("has the inner products of the gradients, sample by sample and output by output", async () => {
    const K = await gramMatrix(
      twoOutputs,
      Float64Array.of(3, 1),
      matrix([
        [1, 2],
        [4, -5],
      ]),
      { chunkSize: 1 },
    );
    // Gradients (1, 2), (6, 0), (4, −5), (6, 0): small integers, which are exact.
    expect(K).toEqual(
      matrix([
        [5, 6, -6, 6],
        [6, 36, 24, 36],
        [-6, 24, 41, 24],
        [6, 36, 24, 36],
      ]),
    );
  });

  it("adds up in double precision, over more parameters than are copied at a time", async () => {
    const p = 10_000;
    const inputs: Matrix = {
      rows: 3,
      cols: p,
      data: randomStream(5, "inputs")
        .normals(3 * p)
        .map(Math.fround),
    };
    const linear = (theta: tf.Tensor1D, x: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(x, tf.reshape(theta, [p, 1]));
    const before = tf.memory();
    const K = await gramMatrix(linear, new Float64Array(p), inputs, { chunkSize: 2 });
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        let sum = 0;
        for (let k = 0; k < p; k++) sum += inputs.data[i * p + k] * inputs.data[j * p + k];
        // The gradients are the inputs, exactly: p roundings of double precision of products that are 10 at most.
        expect(Math.abs(K.data[i * 3 + j] - sum)).toBeLessThan(10 * p * Number.EPSILON * 100);
        expect(10 * p * Number.EPSILON * 100).toBeLessThan(ROUNDING); // single precision would not do
        expect(K.data[i * 3 + j]).toBe(K.data[j * 3 + i]);
      }
    }
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it("is 0 for a network without the parameters", async () => {
    const K = await gramMatrix((_, x) => x, Float64Array.of(1), matrix([[1], [2]]));
    expect([...K.data]).toEqual([0, 0, 0, 0]);
  });
});

describe("gramMatrix", () => {
  it("names bad arguments", async () => {
    const [theta, X] = [Float64Array.of(3, 1), matrix([[1, 2]])];
    await expect(gramMatrix(twoOutputs, new Float64Array(0), X)).rejects.toThrow(
      "gramMatrix: there must be a parameter, got none",
    );
    await expect(gramMatrix(twoOutputs, theta, X, { chunkSize: 0 })).rejects.toThrow(/^gramMatrix: chunkSize must be/);
    await expect(gramMatrix(twoOutputs, theta, { rows: 0, cols: 2, data: new Float64Array(0) })).rejects.toThrow(
      "gramMatrix: there must be a sample with an entry, got a 0×2 matrix",
    );
    await expect(gramMatrix((at) => tf.reshape(at, [2, 1]), theta, X)).rejects.toThrow(
      "gramMatrix: the network must give a tensor of shape [1, c], got [2, 1]",
    );
  });
});

import { engine, frobeniusNorm, randomStream, subtract } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { callKernels } from "../../lib/models/kernel-calls";
import { products } from "../../lib/models/products";
import { normalMatrix, normals } from "./network-contract";

describe("callKernels", () => {
  const stream = randomStream(9, "kernel calls");

  it("gives the same bits whether the arrays fit into the workspace or not", () => {
    const few = normals(stream, 1000, 3);
    // With the result more than the 2²² numbers that fit.
    const many = new Float64Array(2 ** 21 + 1);
    for (let k = 0; k < many.length; k++) many[k] = few[k % few.length];
    const tanh = (z: Float64Array): Float64Array =>
      callKernels(z.length, [z], (kernels, result, [copy]) => kernels.activate("tanh", result, copy, z.length));
    const expected = tanh(few);
    expect(Math.abs(expected[0] - Math.tanh(few[0]))).toBeLessThanOrEqual(2 * Number.EPSILON);
    const actual = tanh(many);
    expect(actual.subarray(0, 1000)).toEqual(expected);
    expect(actual[2 ** 21]).toBe(expected[2 ** 21 % 1000]);
  });

  it("leaves what it is given and what it gave before", () => {
    const z = normals(stream, 5);
    const before = z.slice();
    const twice = (x: Float64Array): Float64Array =>
      callKernels(x.length, [x], (kernels, result, [copy]) => {
        copy.fill(2);
        kernels.activate("linear", result, copy, x.length);
      });
    const first = twice(z);
    expect(z).toEqual(before);
    first.fill(7);
    expect(twice(z)).toEqual(new Float64Array(5).fill(2));
    expect(first).toEqual(new Float64Array(5).fill(7));
  });
});

describe("products", () => {
  it("are the same by the engine and by the kernels, and Gram matrices are exactly symmetric", () => {
    const stream = randomStream(10, "products");
    const A = normalMatrix(stream, 7, 5);
    const B = normalMatrix(stream, 5, 6);
    const C = normalMatrix(stream, 7, 6);
    const D = normalMatrix(stream, 3, 5);
    // Sums of at most 7 products in two orders, each within 7·eps·|x||y|.
    const tolerance = 2 * 7 * Number.EPSILON * frobeniusNorm(A) * 10;
    const [fast, exact] = [products(false), products(true)];
    for (const [actual, expected, right] of [
      [fast.multiply(A, B), exact.multiply(A, B), engine().gemm(A, B)],
      [fast.multiplyTransposedA(A, C), exact.multiplyTransposedA(A, C), engine().gemm(A, C, { transposeA: true })],
      [fast.multiplyTransposedB(A, D), exact.multiplyTransposedB(A, D), engine().gemm(A, D, { transposeB: true })],
      [fast.gram(A), exact.gram(A), engine().gemm(A, A, { transposeB: true })],
    ]) {
      expect(frobeniusNorm(subtract(actual, right))).toBeLessThanOrEqual(tolerance);
      expect(frobeniusNorm(subtract(expected, right))).toBeLessThanOrEqual(tolerance);
    }
    for (const K of [fast.gram(A), exact.gram(A)]) {
      for (let i = 0; i < 7; i++) for (let j = 0; j < i; j++) expect(K.data[i * 7 + j]).toBe(K.data[j * 7 + i]);
    }
  });
});

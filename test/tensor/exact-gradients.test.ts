import * as tf from "@tensorflow/tfjs-core";
import { dot, randomStream } from "flat-minima/core";
import { hessianVectorProduct, registerExactGradients } from "flat-minima/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { onEveryBackend, ROUNDING } from "./backends";
import { type Operation, operations } from "./operations";

/**
 * The step of the differences: (f(−2h) − 8f(−h) + 8f(h) − f(2h))/12h is off by h⁴f⁽⁵⁾/30 and 3/2 roundings of f over h.
 * With a direction of entries at most 1, no operation of the table passes a kink: they are 0.1 apart.
 */
const H = 1 / 64;

function differences(f: (t: number) => number | Float64Array): Float64Array {
  const at = (t: number): Float64Array => {
    const value = f(t);
    return typeof value === "number" ? Float64Array.of(value) : value;
  };
  const [a, b, c, d] = [at(-2 * H), at(-H), at(H), at(2 * H)];
  return a.map((_, k) => (a[k] - 8 * b[k] + 8 * c[k] - d[k]) / (12 * H));
}

/** L(θ) = Σ_k w_k f_k(θ)² for an operation f, with second derivatives even where f is linear. */
function lossOf({ point, apply }: Operation) {
  const count = tf.tidy(() => apply(tensor(point)).size);
  const weights = randomStream(1, "weights").normals(count);
  const loss = (theta: tf.Tensor1D) => tf.sum(tf.mul(tensor(weights), tf.square(tf.reshape(apply(theta), [count]))));
  const value = (theta: Float64Array) => tf.tidy(() => loss(tensor(theta)).dataSync()[0]);
  const gradient = (theta: Float64Array) =>
    Float64Array.from(
      tf.tidy(() =>
        tf
          .grad(loss as never)(tensor(theta))
          .dataSync(),
      ),
    );
  /** Σ_k |w_k| f_k², what the roundings of L are relative to. */
  const size = tf.tidy(
    () => tf.sum(tf.mul(tf.abs(tensor(weights)), tf.square(tf.reshape(apply(tensor(point)), [count])))).dataSync()[0],
  );
  return { loss, value, gradient, size };
}

function direction(count: number): Float64Array {
  const stream = randomStream(2, "direction");
  return Float64Array.from({ length: count }, () => 2 * stream.uniform() - 1);
}

/** In single precision. */
const tensor = (values: Float64Array) => tf.tensor1d(Float32Array.from(values));

const moved = (theta: Float64Array, t: number, v: Float64Array) => theta.map((entry, k) => entry + t * v[k]);

onEveryBackend((backend) => {
  beforeAll(registerExactGradients);

  describe.each(Object.entries(operations).filter(([, { except }]) => except !== backend))("%s", (_, operation) => {
    const { point } = operation;
    const v = direction(point.length);

    it("has the gradient of its differences", () => {
      const { value, gradient, size } = lossOf(operation);
      const [expected] = differences((t) => value(moved(point, t, v)));
      // Each of the few operations in L, and each addition of its sum, rounds by 2⁻²⁴ of its terms: 16 of them cover the
      // longest chain. h⁴/30 = 2·10⁻⁹, and no fifth derivative here is above 10⁴.
      const tolerance = (1.5 / H) * 16 * ROUNDING * size + 2e-5;
      expect(Math.abs(dot(gradient(point), v) - expected)).toBeLessThan(tolerance);
    });

    it("has the second derivatives of its gradient's differences", () => {
      const { loss, gradient } = lossOf(operation);
      const expected = differences((t) => gradient(moved(point, t, v)));
      const product = hessianVectorProduct(loss, point, v);
      // The same, entry by entry, where an entry of the gradient sums terms that are at most its largest entries' size.
      const size = Math.max(1, ...gradient(point).map(Math.abs));
      const tolerance = (1.5 / H) * 16 * ROUNDING * size + 2e-5;
      expected.forEach((entry, k) => expect(Math.abs(product[k] - entry)).toBeLessThan(tolerance));
    });
  });

  it("gives ((tanh w)²)'' = 2(1 − tanh² w)(1 − 3 tanh² w) at w = 1.2", () => {
    const t = Math.tanh(1.2);
    const exact = 2 * (1 - t * t) * (1 - 3 * t * t); // −0.6623
    const [second] = hessianVectorProduct(
      (w) => tf.sum(tf.square(tf.tanh(w))),
      Float64Array.of(1.2),
      Float64Array.of(1),
    );
    expect(Math.abs(second - exact)).toBeLessThan(16 * ROUNDING);
  });

  it("can be differentiated three times", () => {
    const third = tf
      .grad((x) => tf.grad((y) => tf.grad((z) => tf.tanh(z))(y))(x))(tf.scalar(0.4))
      .dataSync()[0];
    const t = Math.tanh(0.4); // tanh''' = −2(1 − t²)(1 − 3t²)
    expect(Math.abs(third + 2 * (1 - t * t) * (1 - 3 * t * t))).toBeLessThan(32 * ROUNDING);
  });

  it("has a gradient for windows whose largest entry is negative", () => {
    const loss = (theta: tf.Tensor1D) => tf.sum(tf.maxPool(tf.reshape<tf.Rank.R4>(theta, [1, 2, 2, 1]), 2, 2, "valid"));
    // tfjs 4.22's own kernel on wasm gives zeros here.
    expect([
      ...tf
        .grad(loss as never)(tf.tensor1d([-3, -2, -1, -4]))
        .dataSync(),
    ]).toEqual([0, 0, 1, 0]);
  });

  it("gives ties in a window to one of them, in the gradient and in its derivative", () => {
    const ties = Float64Array.of(1, 1, 1, 1);
    const loss = (theta: tf.Tensor1D) =>
      tf.sum(tf.square(tf.maxPool(tf.reshape<tf.Rank.R4>(theta, [1, 2, 2, 1]), 2, 2, "valid")));
    const gradient = tf
      .grad(loss as never)(tensor(ties))
      .dataSync();
    expect([...gradient].sort()).toEqual([0, 0, 0, 2]);
    const product = hessianVectorProduct(loss, ties, ties);
    expect([...product]).toEqual([...gradient]); // 2 e eᵀ(1, 1, 1, 1)
  });

  it("names what it has no gradient for", () => {
    const images: [number, number, number, number] = [1, 4, 4, 1];
    const point = direction(16);
    const pooled = (pool: (x: tf.Tensor4D) => tf.Tensor) => () =>
      hessianVectorProduct((theta) => tf.sum(tf.square(pool(tf.reshape<tf.Rank.R4>(theta, images)))), point, point);
    expect(pooled((x) => tf.avgPool(x, 3, 2, "same"))).toThrow(
      "average pooling: the gradient needs windows without padding, got same",
    );
    expect(pooled((x) => tf.maxPool(x, 2, 1, "valid"))).toThrow(
      "maximum pooling: a second derivative needs windows that do not overlap",
    );
    expect(pooled((x) => tf.conv2d(x, tf.ones<tf.Rank.R4>([2, 2, 1, 1]), 1, "valid", "NHWC", 2))).toThrow(
      "convolution: a gradient needs dilations of 1, got ",
    );
  });

  it("may be called again, and leaves nothing behind", () => {
    const before = tf.memory().numTensors;
    registerExactGradients();
    registerExactGradients();
    const { gradient } = lossOf(operations["conv2d 3×3, stride 2, same"]);
    const { point } = operations["conv2d 3×3, stride 2, same"];
    expect(gradient(point)).toEqual(gradient(point));
    expect(tf.memory().numTensors).toBe(before);
  });
});

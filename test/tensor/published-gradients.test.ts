import * as tf from "@tensorflow/tfjs-core";
import { logSoftmax, registerExactGradients } from "flat-minima/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { useTensorBackend } from "../../lib/tensor/backend";
import { ROUNDING } from "./backends";

/** TensorFlow.js's own gradients, from the package; its folder is for bundlers, so that its types do not say so. */
const own = "@tensorflow/tfjs-core/dist/gradients";

/** All that the second derivatives below pass through. */
const NAMES = "AvgPool Cast Conv2D Elu Exp Identity Log MaxPool Multiply Neg Sigmoid Softmax Square Sub Sum Tanh".split(
  " ",
);

const second = (f: (w: tf.Tensor) => tf.Tensor, w: number): number =>
  tf.tidy(
    () =>
      tf
        .grad((x) => tf.grad((y) => tf.sum(f(y)))(x))(tf.tensor1d([w]))
        .dataSync()[0],
  );

const t = Math.tanh(1.2);
const s = 1 / (1 + Math.exp(-1.2));
/** ln(p) of the first of two outputs (w, 0). */
const twoOutputs = (w: tf.Tensor): tf.Tensor => tf.reshape(tf.mul(w, tf.tensor1d([1, 0])), [1, 2]);

const squares: [string, (w: tf.Tensor) => tf.Tensor, number, number][] = [
  // w = 1.2: the truth, and what comes out when the saved output is a constant.
  ["(tanh w)²", (w) => tf.square(tf.tanh(w)), 2 * (1 - t * t) * (1 - 3 * t * t), 2 * (1 - t * t) ** 2],
  ["(sigmoid w)²", (w) => tf.square(tf.sigmoid(w)), 2 * s * s * (1 - s) * (2 - 3 * s), 2 * (s * (1 - s)) ** 2],
  ["(e^w)²", (w) => tf.square(tf.exp(w)), 4 * Math.exp(2.4), 2 * Math.exp(2.4)],
];

const images = (w: tf.Tensor): tf.Tensor4D => tf.mul(w, tf.ones([1, 2, 2, 1]));
const filter = (w: tf.Tensor): tf.Tensor4D => tf.mul(w, tf.ones([2, 2, 1, 1]));
const throwing: [string, (w: tf.Tensor) => tf.Tensor, string][] = [
  ["elu", (w) => tf.square(tf.elu(w)), "EluGrad"],
  [
    "a filter",
    (w) => tf.square(tf.conv2d(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), filter(w), 1, "valid")),
    "Conv2DBackpropFilter",
  ],
  ["average pooling", (w) => tf.square(tf.avgPool(images(w), 2, 2, "valid")), "AvgPoolGrad"],
  ["maximum pooling", (w) => tf.square(tf.maxPool(images(w), 2, 2, "valid")), "MaxPoolGrad"],
];

beforeAll(async () => void (await useTensorBackend("cpu")));

describe("second derivatives by TensorFlow.js's own gradients", () => {
  beforeAll(async () => {
    for (const name of ["AvgPoolGrad", "Conv2DBackpropFilter", "MaxPoolGrad"]) tf.unregisterGradient(name); // ours
    for (const name of NAMES) {
      const module = (await import(/* @vite-ignore */ `${own}/${name}_grad`)) as Record<string, tf.GradConfig>;
      const [config] = Object.values(module);
      if (tf.getGradient(name)) tf.unregisterGradient(name);
      tf.registerGradient(config);
    }
  });

  it.each(squares)("are wrong for %s, without a word", (_, f, truth, wrong) => {
    expect(Math.abs(second(f, 1.2) - wrong)).toBeLessThan(16 * ROUNDING * Math.max(1, wrong));
    expect(Math.abs(wrong - truth)).toBeGreaterThan(0.1);
  });

  it.each(throwing)("of %s throw", (_, f, kernel) => {
    expect(() => second(f, 1.2)).toThrow(`gradient function not found for ${kernel}`);
  });
});

describe("second derivatives by the registered gradients", () => {
  beforeAll(registerExactGradients);

  it.each(squares)("are right for %s", (_, f, truth) => {
    expect(Math.abs(second(f, 1.2) - truth)).toBeLessThan(16 * ROUNDING * Math.max(1, truth));
  });

  it.each(throwing)("of %s are there", (_, f) => {
    // Squares of (a multiple of) w, as w > 0: 2, 2·4² for the filter.
    const expected = f === throwing[1][1] ? 32 : 2;
    expect(Math.abs(second(f, 1.2) - expected)).toBeLessThan(16 * ROUNDING * expected);
  });

  it("are right for logSoftmax here, and wrong or missing for tf.logSoftmax and the cross entropy, which cannot be mended", () => {
    const firstOf = (f: tf.Tensor) => tf.square(tf.slice(f, [0, 0], [1, 1]));
    // ((ln σ(w))²)'' with (ln σ)' = 1 − σ(w) and (ln σ)'' = −σ(w)(1 − σ(w)).
    const truth = 2 * ((1 - s) ** 2 - Math.log(s) * s * (1 - s));
    expect(Math.abs(second((w) => firstOf(logSoftmax(twoOutputs(w))), 1.2) - truth)).toBeLessThan(16 * ROUNDING);
    expect(Math.abs(second((w) => firstOf(tf.logSoftmax(twoOutputs(w))), 1.2) - truth)).toBeGreaterThan(0.05);
    const entropy = (w: tf.Tensor) => tf.losses.softmaxCrossEntropy(tf.tensor2d([[1, 0]]), twoOutputs(w));
    expect(() => second(entropy, 1.2)).toThrow();
  });
});

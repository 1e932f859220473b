import type * as tf from "@tensorflow/tfjs-core";
import { dot, type Matrix, norm, randomStream, rowOf } from "flat-minima/core";
import { crossEntropyLoss, initialParameters } from "flat-minima/models";
import {
  hessianVectorProduct,
  tensorCrossEntropyLoss,
  type TensorNetwork,
  tensorOutputs,
  tensorRisk,
} from "flat-minima/tensor";
import { expect, it } from "vitest";
import { ROUNDING } from "./backends";

/**
 * A sum of m terms is off by about √m roundings of its terms' norm. A gradient or a Hessian's product takes 2 or 6 passes
 * through at most 9 layers here, with sums of at most 4 · 64 terms (samples and positions, in the gradient of a filter):
 * 6 · 9 · 16 = 864 roundings of the norm at the most.
 */
export const TOLERANCE = 1024 * ROUNDING;

/** Numbers of single precision, so that both sides see the same. */
export const single = (values: Float64Array): Float64Array => Float64Array.from(Float32Array.from(values));

/** n images of noise, and the classes 0, 1, …, c − 1, 0, … as unit vectors. */
export function noiseImages(network: TensorNetwork, n: number): { inputs: Matrix; targets: Matrix } {
  const { inputCount: d, outputCount: c } = network;
  const targets = { rows: n, cols: c, data: new Float64Array(n * c) };
  for (let i = 0; i < n; i++) targets.data[i * c + (i % c)] = 1;
  const data = single(randomStream(5, "images").normals(n * d));
  return { inputs: { rows: n, cols: d, data }, targets };
}

/** Parameters by He's scheme, with biases that are not 0. */
export function startOf(network: TensorNetwork): Float64Array {
  const stream = randomStream(6, "start");
  const theta = initialParameters(network, stream, { scheme: "He" });
  for (const { biasStart, outputs } of network.layouts) {
    for (let k = 0; k < outputs; k++) theta[biasStart! + k] = 0.1 * stream.normal();
  }
  return single(theta);
}

/** Tests of a network against one that computes a single image by loops in double precision. */
export function agreesWithLoops(
  network: TensorNetwork,
  naive: (theta: Float64Array, pixels: Float64Array) => number[],
): void {
  const n = 4;
  const { inputs, targets } = noiseImages(network, n);
  const theta = startOf(network);
  const naiveOutputs = (at: Float64Array): Matrix => ({
    ...targets,
    data: Float64Array.from(Array.from({ length: n }, (_, i) => naive(at, rowOf(inputs, i))).flat()),
  });
  const naiveLoss = (at: Float64Array): number =>
    crossEntropyLoss.evaluate(naiveOutputs(at), targets).values.reduce((sum, value) => sum + value / n, 0);
  const risk = () => tensorRisk({ network, loss: tensorCrossEntropyLoss, inputs, targets });
  const along = (v: Float64Array, t: number) => naiveLoss(theta.map((entry, k) => entry + t * v[k]));
  const directions = [1, 2, 3].map((seed) => single(randomStream(seed, "direction").normals(theta.length)));

  it("has the outputs of loops over the entries", async () => {
    const expected = naiveOutputs(theta).data;
    const { data } = await tensorOutputs(network, theta, inputs, { chunkSize: 3 });
    expect(norm(data.map((f, k) => f - expected[k]))).toBeLessThan(TOLERANCE * norm(expected));
  });

  it("has the loss and the gradient of loops over the entries", async () => {
    const { loss, gradient } = await risk().evaluate(theta);
    expect(Math.abs(loss - naiveLoss(theta))).toBeLessThan(TOLERANCE * loss);
    for (const v of directions) {
      // Off by t²/6 of a third derivative, and by 2⁻⁵³ L/t = 1e-10: little beside single precision.
      const t = 1e-6;
      const slope = (along(v, t) - along(v, -t)) / (2 * t);
      expect(Math.abs(dot(gradient, v) - slope)).toBeLessThan(TOLERANCE * norm(gradient) * norm(v));
    }
  });

  it("has the second derivatives of loops over the entries", () => {
    for (const v of directions) {
      const product = hessianVectorProduct((point: tf.Tensor1D) => risk().loss(point), theta, v);
      // Off by t²/12 of a fourth derivative, and by 4 · 2⁻⁵³ L/t².
      const t = 1e-5;
      const curvature = (along(v, t) - 2 * along(v, 0) + along(v, -t)) / t ** 2;
      const rounding = (8 * 2 ** -53 * naiveLoss(theta)) / t ** 2;
      expect(Math.abs(dot(product, v) - curvature)).toBeLessThan(TOLERANCE * norm(product) * norm(v) + rounding);
    }
  });
}

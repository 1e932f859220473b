import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import * as fc from "fast-check";
import { gramMatrix, hessianVectorProduct, logSoftmax, registerExactGradients } from "flat-minima/tensor";
import { anyMatrix, matrixOf, size, vector } from "./arguments";
import { at, badCount, badMatrix, badVector, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const softplus = (theta: tf.Tensor1D): tf.Tensor => tf.sum(tf.softplus(theta));
/** f(x) = Σ_k tanh(θ_k) · Σ_j x_j. */
const network = (theta: tf.Tensor1D, x: tf.Tensor2D): tf.Tensor2D =>
  tf.mul<tf.Tensor2D>(tf.sum(tf.tanh(theta)), tf.sum(x, 1, true));

export const tensorDerivatives: Registry = {
  registerExactGradients: entry(registerExactGradients, fc.constant([] as const), {
    refuses: {},
    nothingToRefuse: "it takes no arguments",
  }),
  logSoftmax: entry(
    ({ rows, cols, data }) => tf.tidy(() => logSoftmax(tf.tensor2d(Float32Array.from(data), [rows, cols])).dataSync()),
    fc.tuple(anyMatrix),
    {
      refuses: {},
      nothingToRefuse: "it is an operation on tensors, which may hold anything",
      overflow: "tensors are of single precision",
    },
  ),
  hessianVectorProduct: entry(
    hessianVectorProduct,
    size.chain((p) => fc.tuple(fc.constant(softplus), vector(p), vector(p))),
    {
      refuses: {
        ...badVector("2"),
        ...empty("1"),
        "NaN in 1": at("1", (theta: Float64Array) => theta.fill(NaN)),
        "1 beyond single precision": at("1", (theta: Float64Array) => theta.fill(1e39)),
      },
      refusesInUse: { "a loss of two numbers": at("0", () => () => tf.zeros([2])) },
    },
  ),
  gramMatrix: entry(
    gramMatrix,
    fc
      .tuple(size, size, size)
      .chain(([p, n, d]) => fc.tuple(fc.constant(network), vector(p), matrixOf(n, d), fc.record({ chunkSize: size }))),
    {
      refuses: {
        ...empty("1"),
        ...badMatrix("2"),
        ...badCount("3.chunkSize"),
        "NaN in 1": at("1", (theta: Float64Array) => theta.fill(NaN)),
      },
      refusesInUse: { "a network of the wrong shape": at("0", () => (theta: tf.Tensor1D) => theta) },
    },
  ),
};

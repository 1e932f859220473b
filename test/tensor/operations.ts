import * as tf from "@tensorflow/tfjs-core";
import { randomStream } from "flat-minima/core";
import { logSoftmax } from "flat-minima/tensor";

/** An operation on p numbers, at a point where it is smooth. */
export interface Operation {
  readonly point: Float64Array;
  readonly apply: (theta: tf.Tensor1D) => tf.Tensor;
  /** A backend that cannot do it. */
  readonly except?: string;
}

/** p numbers between −1.3 and 1.3, at least 0.1 from one another and 0.2 from 0, where relu and abs have their kinks. */
function apart(count: number): Float64Array {
  const stream = randomStream(count, "points of operations");
  const half = Math.ceil(count / 2);
  const sizes = Array.from({ length: half }, (_, k) => 0.2 + 0.1 * k + 0.02 * stream.uniform());
  const values = [...sizes, ...sizes.map((size) => -size - 0.03)];
  return Float64Array.from(stream.permutation(2 * half), (k) => values[k]).slice(0, count);
}

function part(theta: tf.Tensor1D, start: number, shape: number[]): tf.Tensor {
  return tf.reshape(tf.slice(theta, start, tf.util.sizeFromShape(shape)), shape);
}

function entrywise(apply: (x: tf.Tensor) => tf.Tensor): Operation {
  return { point: apart(6), apply };
}

/** On numbers between ½ and 2.2. */
function ofPositive(apply: (x: tf.Tensor) => tf.Tensor): Operation {
  return entrywise((x) => apply(tf.add(tf.square(x), 0.5)));
}

/** Of a 2×3 matrix and a row that is repeated. */
function ofTwo(apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation {
  return { point: apart(9), apply: (theta) => apply(part(theta, 0, [2, 3]), part(theta, 6, [3])) };
}

function ofMatrix(apply: (x: tf.Tensor2D) => tf.Tensor): Operation {
  return { point: apart(6), apply: (theta) => apply(part(theta, 0, [2, 3]) as tf.Tensor2D) };
}

function product(transposeA: boolean, transposeB: boolean): Operation {
  return {
    point: apart(18),
    apply: (theta) =>
      tf.matMul(
        part(theta, 0, transposeA ? [3, 2] : [2, 3]),
        part(theta, 6, transposeB ? [4, 3] : [3, 4]),
        transposeA,
        transposeB,
      ),
  };
}

type Pad = "valid" | "same" | tf.backend_util.ExplicitPadding;

function convolution(kernel: [number, number], strides: number | [number, number], pad: Pad): Operation {
  const [images, filter] = [
    [2, 5, 4, 2],
    [...kernel, 2, 3],
  ];
  const point = apart(80 + kernel[0] * kernel[1] * 6).map((value) => value / 4);
  return {
    point,
    apply: (theta) =>
      tf.conv2d(part(theta, 0, images) as tf.Tensor4D, part(theta, 80, filter) as tf.Tensor4D, strides, pad),
  };
}

function pooling(apply: (images: tf.Tensor4D) => tf.Tensor): Operation {
  return { point: apart(40), apply: (theta) => apply(part(theta, 0, [1, 4, 5, 2]) as tf.Tensor4D) };
}

const ONE_AROUND: tf.backend_util.ExplicitPadding = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
];

/** All operations that `registerExactGradients` names. */
export const operations: Readonly<Record<string, Operation>> = {
  abs: entrywise(tf.abs),
  elu: entrywise(tf.elu),
  erf: entrywise(tf.erf),
  exp: entrywise(tf.exp),
  expm1: entrywise(tf.expm1),
  neg: entrywise(tf.neg),
  relu: entrywise(tf.relu),
  sigmoid: entrywise(tf.sigmoid),
  softplus: entrywise(tf.softplus),
  square: entrywise(tf.square),
  swish: entrywise((x) => tf.mul(x, tf.sigmoid(x))),
  tanh: entrywise(tf.tanh),
  "step and sign": entrywise((x) => tf.add(tf.mul(tf.step(x), x), tf.mul(tf.sign(x), tf.square(x)))),
  "cast and clone": entrywise((x) => tf.cast(tf.clone(x), "float32")),
  log: ofPositive(tf.log),
  log1p: ofPositive(tf.log1p),
  reciprocal: ofPositive(tf.reciprocal),
  rsqrt: ofPositive(tf.rsqrt),
  sqrt: ofPositive(tf.sqrt),
  "a power": entrywise((x) => tf.pow(x, 3)),
  "a power in its exponent": ofTwo((a, b) => tf.pow(tf.add(tf.square(a), 0.5), b)),
  "+": ofTwo(tf.add),
  "-": ofTwo(tf.sub),
  "·": ofTwo(tf.mul),
  "/": ofTwo((a, b) => tf.div(a, tf.add(tf.square(b), 0.5))),
  squaredDifference: ofTwo(tf.squaredDifference),
  softmax: ofMatrix(tf.softmax),
  logSoftmax: ofMatrix(logSoftmax),
  reshape: ofMatrix((x) => tf.mul(tf.reshape(x, [3, 2]), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]))),
  expandDims: ofMatrix((x) => tf.mul(tf.expandDims(x, 1), tf.tensor2d([1, 2], [2, 1]))),
  transpose: ofMatrix((x) => tf.mul(tf.transpose(x), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]))),
  "transpose of rank 3": { point: apart(12), apply: (theta) => tf.transpose(part(theta, 0, [2, 3, 2]), [2, 0, 1]) },
  slice: ofMatrix((x) => tf.slice(x, [0, 1], [-1, 2])),
  pad: ofMatrix((x) =>
    tf.pad(x, [
      [1, 0],
      [0, 2],
    ]),
  ),
  concat: ofMatrix((x) => tf.concat([x, tf.square(x), x], -1)),
  split: ofMatrix((x) => {
    const [a, b] = tf.split(x, [1, 2], 1);
    return tf.mul(tf.square(a), b);
  }),
  "one piece of a split": ofMatrix((x) => tf.square(tf.split(x, [1, 2], 1)[1])),
  sum: ofMatrix((x) => tf.sum(x, 0)),
  mean: ofMatrix((x) => tf.mean(x, -1, true)),
  "A B": product(false, false),
  "Aᵀ B": product(true, false),
  "A Bᵀ": product(false, true),
  "Aᵀ Bᵀ": product(true, true),
  "matrix products by twos": {
    point: apart(24),
    apply: (theta) => tf.matMul(part(theta, 0, [2, 2, 3]), part(theta, 12, [2, 3, 2])),
  },
  "conv2d 3×3": convolution([3, 3], 1, "valid"),
  "conv2d 3×3, same size": convolution([3, 3], 1, "same"),
  "conv2d 3×3, stride 2": convolution([3, 3], 2, "valid"),
  "conv2d 3×3, stride 2, same": convolution([3, 3], 2, "same"),
  // tfjs-node refuses explicit padding.
  "conv2d 3×3, stride 2, one around": { ...convolution([3, 3], 2, ONE_AROUND), except: "tensorflow" },
  "conv2d 2×3, stride 1×2, same": convolution([2, 3], [1, 2], "same"),
  "conv2d 1×1": convolution([1, 1], 1, "valid"),
  "conv2d 1×1, stride 2": convolution([1, 1], 2, "same"),
  "conv2d 1×1, stride 3": convolution([1, 1], 3, "valid"),
  "avgPool 2×2": pooling((x) => tf.avgPool(x, 2, 2, "valid")),
  "avgPool 3×3, overlapping": pooling((x) => tf.avgPool(x, 3, 1, "valid")),
  "avgPool of the whole": pooling((x) => tf.avgPool(x, [4, 5], 1, "valid")),
  "maxPool 2×2": pooling((x) => tf.maxPool(x, 2, 2, "valid")),
  "maxPool 2×1": pooling((x) => tf.maxPool(x, [2, 1], [2, 1], "same")),
};

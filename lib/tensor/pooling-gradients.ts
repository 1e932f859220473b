import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { registerInputGradient } from "./gradient-registration";
import { type PoolingAttributes, registerWasmPoolingKernel } from "./wasm-pooling-kernel";

/**
 * Registers gradients of average and maximum pooling that can be differentiated again.
 *
 * Average pooling is a linear map A: its gradient Aᵀdy has the derivative A in dy. Maximum pooling picks one entry of
 * each window, which small changes leave the same: its gradient, too, is linear in dy, with the transpose that picks
 * those entries. They are found by the backend's own gradient of ones, so that ties are broken in one way; each entry
 * must lie in one window, that is windows must not overlap.
 *
 * Padding is refused (the gradients of the backends disagree about how many entries a window at the border has), as are
 * second derivatives of maxima over windows that overlap.
 */
export function registerPoolingGradients(): void {
  registerWasmPoolingKernel();
  registerInputGradient("AvgPool", ["x"], (dy, [x], told) => ({
    x: () => {
      windowsOf("average pooling", x, attributesOf(told));
      return transposedMeans(dy, x, attributesOf(told));
    },
  }));
  registerInputGradient("AvgPoolGrad", ["input"], (ddx, [x], told) => {
    const { filterSize, strides, pad } = attributesOf(told);
    return {
      dy: () => tf.avgPool(ddx as tf.Tensor4D, filterSize, strides, pad),
      input: () => tf.zerosLike(x), // only its shape is read
    };
  });

  if (tf.getGradient("MaxPool")) tf.unregisterGradient("MaxPool");
  tf.registerGradient({
    kernelName: "MaxPool",
    inputsToSave: ["x"],
    outputsToSave: [true], // constants to a second derivative, as they should be here
    gradFunc: (dy, [x, y], told) => ({ x: () => toLargest(dy as tf.Tensor, x, y, attributesOf(told)) }),
  });
  registerInputGradient("MaxPoolGrad", ["input", "output"], (ddx, [x, y], told) => ({
    dy: () => {
      const attributes = attributesOf(told);
      const { size, overlapping } = windowsOf("maximum pooling", x, attributes);
      const { filterSize, strides, pad } = attributes;
      requireThat(!overlapping, "maximum pooling", "a second derivative needs windows that do not overlap", strides);
      const picked = toLargest(tf.onesLike(y), x, y, attributes);
      return tf.mul(size, tf.avgPool(tf.mul<tf.Tensor4D>(picked, ddx), filterSize, strides, pad));
    },
    input: () => tf.zerosLike(x), // the picked entries stay the same
    output: () => tf.zerosLike(y),
  }));
}

/** What the kernels of a pooling are told, without what only one of them knows. */
function attributesOf(told: object): PoolingAttributes {
  const { filterSize, strides, pad } = told as PoolingAttributes;
  return { filterSize, strides, pad };
}

/** Aᵀdy of average pooling A of images of x's shape. */
function transposedMeans(dy: tf.Tensor, x: tf.Tensor, attributes: PoolingAttributes): tf.Tensor {
  return tf.engine().runKernel("AvgPoolGrad", { dy, input: x }, { ...attributes });
}

/** dy, each entry at the place of the largest one of its window, and 0 elsewhere. */
function toLargest(
  dy: tf.Tensor,
  x: tf.Tensor,
  y: tf.Tensor,
  { filterSize, strides, pad }: PoolingAttributes,
): tf.Tensor {
  return tf.engine().runKernel("MaxPoolGrad", { dy, input: x, output: y }, { filterSize, strides, pad });
}

/** The windows of a pooling, which must lie within x. */
function windowsOf(
  name: string,
  x: tf.Tensor,
  { filterSize, strides, pad }: PoolingAttributes,
): { readonly size: number; readonly overlapping: boolean } {
  const info = tf.backend_util.computePool2DInfo(x.shape as tf.Tensor4D["shape"], filterSize, strides, 1, pad);
  const { top, bottom, left, right } = info.padInfo;
  requireThat(top + bottom + left + right === 0, name, "the gradient needs windows without padding", pad);
  return {
    size: info.filterHeight * info.filterWidth,
    overlapping: info.strideHeight < info.filterHeight || info.strideWidth < info.filterWidth,
  };
}

import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { registerInputGradient } from "./gradient-registration";
import { type ConvolutionAttributes, registerWasmConvolutionKernels } from "./wasm-convolution-kernels";

/**
 * Registers gradients of the convolution y = x ∗ w that can be differentiated again, with any stride and padding.
 *
 * ⟨dy, x ∗ w⟩ is linear in each of x, w and dy: so are its gradients X(dy, w) in x and W(x, dy) in w, and the derivatives
 * of these two are again a convolution, X or W. All gradients of any order are products of these three. For the wasm
 * backend X and W are made from convolutions: {@link registerWasmConvolutionKernels}.
 */
export function registerConvolutionGradients(): void {
  registerWasmConvolutionKernels();
  registerInputGradient("Conv2D", ["x", "filter"], (dy, [x, w], attributes) => ({
    x: () => inputGradient(x.shape, dy, w, attributes),
    filter: () => filterGradient(x, dy, w.shape, attributes),
  }));
  registerInputGradient("Conv2DBackpropInput", ["dy", "filter"], (ddx, [dy, w], attributes) => ({
    dy: () => convolution(ddx, w, attributes),
    filter: () => filterGradient(ddx, dy, w.shape, attributes),
  }));
  registerInputGradient("Conv2DBackpropFilter", ["x", "dy"], (ddw, [x, dy], attributes) => ({
    x: () => inputGradient(x.shape, dy, ddw, attributes),
    dy: () => convolution(x, ddw, attributes),
  }));
}

/** x ∗ w, for images x (n × height × width × channels) and a kernel w (height × width × channels in × out). */
function convolution(x: tf.Tensor, w: tf.Tensor, attributes: object): tf.Tensor {
  const { strides, pad, dimRoundingMode } = checked(attributes);
  return tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, "NHWC", 1, dimRoundingMode);
}

/** X(dy, w), of the given shape. */
function inputGradient(inputShape: number[], dy: tf.Tensor, filter: tf.Tensor, attributes: object): tf.Tensor {
  return tf.engine().runKernel("Conv2DBackpropInput", { dy, filter }, { ...checked(attributes), inputShape });
}

/** W(x, dy), of the given shape. */
function filterGradient(x: tf.Tensor, dy: tf.Tensor, filterShape: number[], attributes: object): tf.Tensor {
  return tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, { ...checked(attributes), filterShape });
}

function checked(attributes: object): ConvolutionAttributes & { readonly dataFormat: "NHWC" } {
  const { strides, pad, dimRoundingMode, dataFormat, dilations } = attributes as ConvolutionAttributes & {
    readonly dataFormat: string;
    readonly dilations?: number | number[];
  };
  requireThat(dataFormat === "NHWC", "convolution", "a gradient needs channels innermost (NHWC)", dataFormat);
  const dense = [dilations ?? 1].flat().every((dilation) => dilation === 1);
  requireThat(dense, "convolution", "a gradient needs dilations of 1", dilations);
  return { strides, pad, dimRoundingMode, dataFormat };
}

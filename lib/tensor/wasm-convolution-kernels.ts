import * as tf from "@tensorflow/tfjs-core";
import { registerWasmKernel } from "./gradient-registration";

/** What the three kernels of a convolution are told. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Registers, for the wasm backend, the two gradients of a convolution y = x ∗ w as convolutions, which it does by XNNPACK.
 * It has no kernel for the gradient in w, and that for x is a plain loop, 4 to 10 times as slow.
 */
export function registerWasmConvolutionKernels(): void {
  registerWasmKernel("Conv2DBackpropFilter", ({ x, dy }, attributes) =>
    filterGradient(
      x as tf.Tensor4D,
      dy as tf.Tensor4D,
      attributes as unknown as ConvolutionAttributes & { filterShape: Shape },
    ),
  );
  registerWasmKernel("Conv2DBackpropInput", ({ dy, filter }, attributes) =>
    inputGradient(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      attributes as unknown as ConvolutionAttributes & { inputShape: Shape },
    ),
  );
}

type Shape = [number, number, number, number];

/**
 * W_ijab = Σ_{n,k,l} x_{n, sk+i, sl+j, a} dy_{nklb}: the convolution of x with dy as its kernel, in which samples take the
 * place of channels and the stride s that of the distance between a kernel's entries.
 */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, ...attributes }: ConvolutionAttributes & { readonly filterShape: Shape },
): tf.Tensor {
  const { padInfo, strideHeight, strideWidth } = sizes(x.shape, filterShape, attributes);
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const kernel = tf.transpose(dy, [1, 2, 0, 3]);
  const all = tf.conv2d(images, kernel, 1, pad, "NHWC", [strideHeight, strideWidth]);
  // Rows and columns of x behind the last patch make more than the kernel's size.
  const [height, width, channels, outputs] = filterShape;
  return tf.transpose(tf.slice(all, [0, 0, 0, 0], [channels, height, width, outputs]), [1, 2, 0, 3]);
}

/**
 * X_{nhwa} = Σ_{ijb} dy'_{n, h−i, w−j, b} w_ijab, where dy' is dy with s − 1 zeros behind each entry: its convolution with w
 * turned by half a turn, and input and output channels exchanged.
 */
function inputGradient(
  dy: tf.Tensor4D,
  w: tf.Tensor4D,
  { inputShape, ...attributes }: ConvolutionAttributes & { readonly inputShape: Shape },
): tf.Tensor {
  const { padInfo, strideHeight, strideWidth } = sizes(inputShape, w.shape, attributes);
  const spread = withZerosBetween(dy, strideHeight, strideWidth);
  const rows = fitted(inputShape[1], spread.shape[1], w.shape[0], padInfo.top);
  const columns = fitted(inputShape[2], spread.shape[2], w.shape[1], padInfo.left);
  const [samples, , , outputs] = spread.shape;
  const cut = tf.slice(spread, [0, rows.start, columns.start, 0], [samples, rows.count, columns.count, outputs]);
  const turned = tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(cut, turned, 1, [[0, 0], rows.pad, columns.pad, [0, 0]]);
}

/** What of `available` entries a convolution with `kernel` entries needs, and padding, to give `wanted` ones. */
function fitted(
  wanted: number,
  available: number,
  kernel: number,
  padding: number,
): { readonly start: number; readonly count: number; readonly pad: [number, number] } {
  const before = kernel - 1 - padding;
  const behind = wanted - available - before + kernel - 1;
  const start = Math.max(0, -before);
  return {
    start,
    count: available - start - Math.max(0, -behind),
    pad: [Math.max(0, before), Math.max(0, behind)],
  };
}

/** Images with down − 1 rows and across − 1 columns of zeros behind each row and column. */
function withZerosBetween(images: tf.Tensor4D, down: number, across: number): tf.Tensor4D {
  const [samples, height, width, channels] = images.shape;
  if (down === 1 && across === 1) return images;
  const wide = tf.pad(tf.reshape(images, [-1, channels]), [
    [0, 0],
    [0, (across - 1) * channels],
  ]);
  const rowLength = width * across * channels;
  const high = tf.pad(tf.reshape(wide, [-1, rowLength]), [
    [0, 0],
    [0, (down - 1) * rowLength],
  ]);
  return tf.reshape(high, [samples, height * down, width * across, channels]);
}

function sizes(
  inputShape: Shape,
  filterShape: Shape,
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
}

import { registerArithmeticGradients } from "./arithmetic-gradients";
import { registerConvolutionGradients } from "./convolution-gradients";
import { registerEntrywiseGradients } from "./entrywise-gradients";
import { registerMatrixProductGradients } from "./matrix-product-gradients";
import { registerPoolingGradients } from "./pooling-gradients";
import { registerShapeGradients } from "./shape-gradients";

/**
 * Gives the operations of TensorFlow.js that networks and losses are made of gradients that can be differentiated any
 * number of times, instead of its own: those that read saved outputs (tanh, sigmoid, exp, softmax) give wrong second
 * derivatives without a word, and those of convolutions, pooling and elu none. It also gives the wasm backend the filter
 * gradient that it lacks. `tf.logSoftmax` cannot be mended like this: see {@link logSoftmax}.
 *
 * Covered: + − · / pow, squaredDifference, abs, elu, erf, exp, expm1, log, log1p, neg, reciprocal, relu, rsqrt, sigmoid,
 * softplus, sqrt, square, tanh, softmax, sign, step; reshape, expandDims, transpose, slice, pad, concat, split, cast, sum, mean;
 * matMul; conv2d with any stride and padding, dilation 1; avgPool and maxPool without padding. Other operations keep the
 * gradient that they have, or have none, which TensorFlow.js then says.
 *
 * A network that takes its layers out of one θ does best by `tf.split`: its gradient is one concatenation, while each
 * slice's is as long as θ.
 *
 * To be called after every package that registers gradients of its own; it may be called again at any time, and takes
 * microseconds.
 *
 * @throws InvalidArgumentError by the gradients: of a convolution with dilation or channels outermost, of average pooling
 *   with padding, and by second derivatives of maximum pooling with padding or over windows that overlap
 *
 * @example
 * registerExactGradients(); // before the first derivative is taken
 */
export function registerExactGradients(): void {
  registerArithmeticGradients();
  registerEntrywiseGradients();
  registerShapeGradients();
  registerMatrixProductGradients();
  registerConvolutionGradients();
  registerPoolingGradients();
}

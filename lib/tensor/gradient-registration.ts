import * as tf from "@tensorflow/tfjs-core";

/** The gradients of an operation by its inputs' names, each taken only where it is needed. */
export type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

/**
 * Gives an operation's kernel a gradient that reads nothing but the upstream dy, the inputs named and the attributes.
 *
 * TensorFlow.js records a saved output on its tape before the operation that made it, so that a second derivative takes
 * that output for a constant. What is written in differentiable operations of saved inputs can be differentiated any
 * number of times.
 */
export function registerInputGradient(
  kernelName: string,
  inputsToSave: string[],
  gradient: (dy: tf.Tensor, inputs: tf.Tensor[], attributes: Readonly<Record<string, unknown>>) => InputGradients,
): void {
  if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, inputs, attributes) => gradient(dy as tf.Tensor, inputs, attributes),
  });
}

/** The sum of a gradient (of a result's shape) over the axes along which an input of the given shape was repeated. */
export function summedTo(shape: number[], gradient: tf.Tensor): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/** Gives the wasm backend a kernel, made of other operations, in the place of what it has. */
export function registerWasmKernel(
  kernelName: string,
  run: (inputs: Readonly<Record<string, tf.Tensor>>, attributes: object) => tf.Tensor,
): void {
  if (tf.getKernel(kernelName, "wasm")) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => run(inputs as Record<string, tf.Tensor>, attrs ?? {})),
  });
}

import * as tf from "@tensorflow/tfjs-core";
import { registerInputGradient, summedTo } from "./gradient-registration";

type Factor = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** ∂/∂a and ∂/∂b of the operations of two numbers, entry by entry; a scalar or a smaller array is repeated. */
const partialDerivatives: Readonly<Record<string, readonly [a: Factor, b: Factor]>> = {
  Add: [() => tf.scalar(1), () => tf.scalar(1)],
  Sub: [() => tf.scalar(1), () => tf.scalar(-1)],
  Multiply: [(_, b) => b, (a) => a],
  RealDiv: [(_, b) => tf.div(1, b), (a, b) => tf.neg(tf.div(a, tf.square(b)))],
  SquaredDifference: [(a, b) => tf.mul(2, tf.sub(a, b)), (a, b) => tf.mul(2, tf.sub(b, a))],
  // The second is for positive bases only.
  Pow: [(a, b) => tf.mul(b, tf.pow(a, tf.sub(b, 1))), (a, b) => tf.mul(tf.pow(a, b), tf.log(a))],
};

/** Registers the gradients of +, −, ·, /, the squared difference and the power. */
export function registerArithmeticGradients(): void {
  for (const [kernelName, [ofA, ofB]] of Object.entries(partialDerivatives)) {
    registerInputGradient(kernelName, ["a", "b"], (dy, [a, b]) => ({
      a: () => summedTo(a.shape, tf.mul(dy, ofA(a, b))),
      b: () => summedTo(b.shape, tf.mul(dy, ofB(a, b))),
    }));
  }
}

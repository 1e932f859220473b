import * as tf from "@tensorflow/tfjs-core";
import { registerInputGradient } from "./gradient-registration";

/** φ' of the functions φ that act entry by entry. */
const derivatives: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  Abs: tf.sign,
  // e^x below 0 and 1 above, without a comparison, which has no gradient.
  Elu: (x) => tf.exp(tf.neg(tf.relu(tf.neg(x)))),
  Erf: (x) => tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))),
  Exp: tf.exp,
  Expm1: tf.exp,
  Log: (x) => tf.div(1, x),
  Log1p: (x) => tf.div(1, tf.add(x, 1)),
  Neg: () => tf.scalar(-1),
  Reciprocal: (x) => tf.neg(tf.div(1, tf.square(x))),
  // φ'(0) = 0, as in the float64 networks.
  Relu: (x) => tf.step(x),
  Rsqrt: (x) => tf.div(tf.mul(-0.5, tf.rsqrt(x)), x),
  // Not s(1 − s), which loses all digits where s is close to 1.
  Sigmoid: (x) => tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x))),
  Softplus: tf.sigmoid,
  Sqrt: (x) => tf.div(0.5, tf.sqrt(x)),
  Square: (x) => tf.mul(2, x),
  Tanh: (x) => tf.sub(1, tf.square(tf.tanh(x))),
};

/** Registers the gradients of functions that act entry by entry, and of softmax. */
export function registerEntrywiseGradients(): void {
  for (const [kernelName, derivative] of Object.entries(derivatives)) {
    registerInputGradient(kernelName, ["x"], (dy, [x]) => ({ x: () => tf.mul(dy, derivative(x)) }));
  }
  for (const kernelName of ["OnesLike", "Sign", "Step", "ZerosLike"]) {
    registerInputGradient(kernelName, [], (dy) => ({ x: () => tf.zerosLike(dy) }));
  }
  registerInputGradient("Softmax", ["logits"], (dy, [logits], { dim }) => ({
    // (diag(p) − ppᵀ)dy.
    logits: () => {
      const p = tf.softmax(logits, dim as number);
      const weighted = tf.mul(dy, p);
      return tf.sub(weighted, tf.mul(p, tf.sum(weighted, dim as number, true)));
    },
  }));
}

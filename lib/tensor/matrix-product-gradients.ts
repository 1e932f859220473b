import * as tf from "@tensorflow/tfjs-core";
import { registerInputGradient } from "./gradient-registration";

/**
 * Registers the gradients of C = op(A) op(B), where op is the identity or the transpose: ∂A = op(dy op(B)ᵀ) and
 * ∂B = op(op(A)ᵀ dy). The transposes are made, not left to the product: that of the wasm backend is a plain loop then,
 * 12 times as slow.
 */
export function registerMatrixProductGradients(): void {
  registerInputGradient("BatchMatMul", ["a", "b"], (dy, [a, b], { transposeA, transposeB }) => ({
    a: () => {
      const gradient = tf.matMul(dy, transposeB ? b : transposed(b));
      return transposeA ? transposed(gradient) : gradient;
    },
    b: () => {
      const gradient = tf.matMul(transposeA ? a : transposed(a), dy);
      return transposeB ? transposed(gradient) : gradient;
    },
  }));
}

/** The transposes of the matrices in the last two axes. */
function transposed(matrices: tf.Tensor): tf.Tensor {
  const axes = matrices.shape.map((_, axis) => axis);
  const [column, row] = [axes.pop()!, axes.pop()!];
  return tf.transpose(matrices, [...axes, column, row]);
}

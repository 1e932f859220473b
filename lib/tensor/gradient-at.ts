import * as tf from "@tensorflow/tfjs-core";

/**
 * Σ_k u_k ∇f_k(θ), of θ's shape, for a function f and weights u of its results' shape (by default all 1): zeros where f does
 * not depend on θ, which `tf.grad` refuses.
 */
export function gradientAt(f: (point: tf.Tensor) => tf.Tensor, point: tf.Tensor, weights?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const { grads } = tf.engine().gradients(() => f(point), [point], weights, true);
    return grads[0] ?? tf.zerosLike(point);
  });
}

import * as tf from "@tensorflow/tfjs-core";

/**
 * The logarithms of softmax along the last axis, log p_k = f_k − log Σ_j e^{f_j} for outputs f (… × c), the part of a
 * cross entropy ℓ = −Σ_k y_k log p_k that depends on f. With {@link registerExactGradients} it can be differentiated any
 * number of times: unlike `tf.logSoftmax`, whose second derivatives are wrong, and `tf.losses.softmaxCrossEntropy`, whose
 * second derivatives throw.
 *
 * The largest f_k is subtracted first, so that nothing overflows; it is a constant to the derivatives, which do not
 * depend on it.
 *
 * @example
 * import * as tf from "@tensorflow/tfjs-core"; // with a backend, as from tensorBackend()
 * logSoftmax(tf.tensor1d([0, Math.log(3)])); // the logarithms of ¼ and ¾
 */
export function logSoftmax<Outputs extends tf.Tensor>(outputs: Outputs): Outputs {
  const shifted = tf.sub(outputs, largestInRows(outputs));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

/** The maxima along the last axis, which is kept with one entry, as constants. */
const largestInRows = tf.customGrad((outputs) => ({
  value: tf.max(outputs as tf.Tensor, -1, true),
  gradFunc: () => tf.zerosLike(outputs as tf.Tensor),
}));

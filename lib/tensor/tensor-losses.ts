import * as tf from "@tensorflow/tfjs-core";
import { crossEntropyLoss, halfSquareLoss, type Loss } from "../models";
import { logSoftmax } from "./log-softmax";

/** A loss of tensors: the mean over the samples, unlike the {@link Loss} of the float64 core, which is of one sample. */
export interface TensorLoss {
  readonly name: Loss["name"];
  /** Refuses targets (n × c) that the loss has no meaning for, with an error in the name of the given function. */
  readonly check: Loss["check"];
  /** (1/n) Σ_i ℓ(f_i, y_i) from outputs f and targets y (n × c). */
  readonly mean: (outputs: tf.Tensor2D, targets: tf.Tensor2D) => tf.Scalar;
}

/** The half square loss, mean over n samples: (1/2n) Σ_i ‖f_i − y_i‖², for any real targets. */
export const tensorHalfSquareLoss: TensorLoss = {
  name: "half square",
  check: halfSquareLoss.check,
  mean: (outputs, targets) => tf.mul(0.5 / outputs.shape[0], tf.sum(tf.square(tf.sub(outputs, targets)))),
};

/**
 * The cross entropy, mean over n samples: −(1/n) Σ_i Σ_k y_ik log p_ik with p = softmax(f), for targets y that are
 * probabilities, a class's unit vector for example. It can be differentiated any number of times.
 */
export const tensorCrossEntropyLoss: TensorLoss = {
  name: "cross entropy",
  check: crossEntropyLoss.check,
  mean: (outputs, targets) => tf.mul(-1 / outputs.shape[0], tf.sum(tf.mul(targets, logSoftmax(outputs)))),
};

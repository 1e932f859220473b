import { type Matrix, requireThat } from "../core";
import { requireEntryCount } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { crossEntropyLoss, logisticLoss, type LossEvaluation } from "../models";
import { requireClasses } from "./classified-samples";
import { reproducibleLogarithm } from "./reproducible-logarithm";

/**
 * The bounded cross entropy of n samples, ℓ = −log max(p_y, p_min)/log(1/p_min) in [0, 1], and its derivative by the
 * outputs f: the surrogate of the 0-1 loss that a certificate is trained on. p_y is the probability that the network
 * gives to the class y, softmax(f)_y or, for one output and y = ±1, 1/(1 + e^{−yf}). Where p_y is below p_min the
 * derivative is 0. No mean is taken over the samples.
 *
 * @param outputs f (n×c)
 * @param targets ±1 (n×1) for one output, else the classes' unit vectors (n×c)
 * @param leastProbability p_min in (0, 1): 1e-4 in the source's code, for images of ten classes
 * @throws InvalidArgumentError unless the outputs are finite, the targets are classes and p_min is in (0, 1)
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021).
 *
 * @example
 * boundedCrossEntropy(matrix([[0], [-9]]), matrix([[1], [1]]), 0.25).values; // [0.5, 1]: log 2/log 4, and cut off
 */
export function boundedCrossEntropy(outputs: Matrix, targets: Matrix, leastProbability: number): LossEvaluation {
  requireEntryCount("boundedCrossEntropy", outputs);
  requireFinite("boundedCrossEntropy", "outputs", outputs.data);
  requireThat(targets.rows === outputs.rows, "boundedCrossEntropy", `targets must have ${outputs.rows} rows`, targets);
  requireClasses("boundedCrossEntropy", targets, outputs.cols);
  requireLeastProbability("boundedCrossEntropy", leastProbability);
  return uncheckedBoundedCrossEntropy(outputs, targets, leastProbability);
}

export function requireLeastProbability(functionName: string, leastProbability: number): void {
  const valid = leastProbability > 0 && leastProbability < 1;
  requireThat(valid, functionName, "leastProbability must be in (0, 1)", leastProbability);
}

/** The same for checked targets: in a training loop outputs that are not finite are named by the loop. */
export function uncheckedBoundedCrossEntropy(
  outputs: Matrix,
  targets: Matrix,
  leastProbability: number,
): LossEvaluation {
  const greatest = reproducibleLogarithm(1 / leastProbability);
  const loss = outputs.cols === 1 ? logisticLoss : crossEntropyLoss;
  const { values, derivative } = loss.evaluate(outputs, targets);
  for (let i = 0, k = 0; i < outputs.rows; i++) {
    const cutOff = values[i] > greatest;
    values[i] = cutOff ? 1 : values[i] / greatest;
    for (let j = 0; j < outputs.cols; j++, k++) derivative.data[k] = cutOff ? 0 : derivative.data[k] / greatest;
  }
  return { values, derivative };
}

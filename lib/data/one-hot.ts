import { type Matrix, requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";

/**
 * Classes as targets of a network with c outputs: Y (n × c) with Y[i, k] = 1 where k is the class of sample i, else 0.
 *
 * @param labels the n classes, from 0 to c − 1
 * @param classCount c
 * @throws InvalidArgumentError when there is no label, c is no positive integer, or a label is none of the classes
 *
 * @example
 * oneHot([2, 0], 3); // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(labels: ArrayLike<number>, classCount: number): Matrix {
  requireSize("oneHot", "classCount", classCount);
  requireThat(labels.length > 0, "oneHot", "there must be a label", "none");
  const targets = zeros(labels.length, classCount);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    const valid = Number.isInteger(label) && label >= 0 && label < classCount;
    requireThat(valid, "oneHot", `label ${i} must be an integer from 0 to ${classCount - 1}`, label);
    targets.data[i * classCount + label] = 1;
  }
  return targets;
}

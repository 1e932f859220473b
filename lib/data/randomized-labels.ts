import { type RandomStream, requireThat } from "../core";
import { requireSize } from "../core/requirements";

/**
 * Labels of which some carry no information: each of the n labels, independently of the others and of what it is, is
 * replaced with probability q by a class drawn uniformly from all c (Zhang, Bengio, Hardt, Recht and Vinyals 2017,
 * "partially corrupted labels"). The class drawn may be the true one, so that a fraction 1 − q + q/c of the labels is
 * right on average, 1/c where q = 1.
 *
 * @param labels the n classes, from 0 to c − 1
 * @param options.classCount c, at most 256
 * @param options.fraction q, from 0 to 1
 * @returns n classes; a copy also where nothing is replaced
 * @throws InvalidArgumentError when there is no label, a label is none of the classes, c is no integer from 1 to 256, or q
 *   is not in [0, 1]
 *
 * @example
 * const noisy = randomizedLabels(new Uint8Array(1000), { classCount: 10, fraction: 0.5, stream: randomStream(1) });
 * noisy.filter((label) => label === 0).length / 1000; // 0.535
 */
export function randomizedLabels(
  labels: ArrayLike<number>,
  options: { readonly classCount: number; readonly fraction: number; readonly stream: RandomStream },
): Uint8Array {
  const { classCount, fraction, stream } = options;
  requireSize("randomizedLabels", "classCount", classCount);
  requireThat(classCount <= 256, "randomizedLabels", "classCount must be at most 256", classCount);
  requireThat(fraction >= 0 && fraction <= 1, "randomizedLabels", "fraction must be from 0 to 1", fraction);
  requireThat(labels.length > 0, "randomizedLabels", "there must be a label", "none");
  for (let i = 0; i < labels.length; i++) {
    const valid = Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classCount;
    requireThat(valid, "randomizedLabels", `label ${i} must be an integer from 0 to ${classCount - 1}`, labels[i]);
  }
  return Uint8Array.from(labels, (label) => (stream.uniform() < fraction ? stream.integer(classCount) : label));
}

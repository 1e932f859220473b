import { type Estimate, type EstimateOptions, meanOf, requireSamples, signs } from "./estimate";
import { type LinearOperator, squareProduct } from "./linear-operator";
import { independentPart, orthogonalise } from "./orthonormal";
import { breathe } from "./progress";
import { dot } from "./vector";

/**
 * The Hutch++ estimate of the trace (Meyer, Musco, Musco and Woodruff 2021): a third of the products finds a subspace Q
 * that A stretches most, a third computes the trace on it exactly, and the rest estimates what is left by Hutchinson's
 * method: Tr A = Tr QᵀAQ + Tr PAP with P = I − QQᵀ.
 *
 * Unbiased, since the second part is so for every Q. For positive semi-definite A its relative error goes like
 * 1/samples, where Hutchinson's goes like 1/√samples; it pays when the spectrum decays. The standard error is that of
 * the second part given Q. Memory: a vector for every third sample. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, `samples` is no integer of at least 4, or a product or
 *   the mean is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = gramOperator(matrix([[1, 2, 2]])); // rank one, so the subspace holds all of it
 * const { value } = await hutchPlusPlusTrace(A, { samples: 6, stream: randomStream(1) });
 * value; // 9
 */
export async function hutchPlusPlusTrace(
  operator: LinearOperator,
  { samples, stream }: EstimateOptions,
): Promise<Estimate> {
  const apply = squareProduct("hutchPlusPlusTrace", operator);
  requireSamples("hutchPlusPlusTrace", samples, 4);
  const sketched = Math.floor(samples / 3);
  const images: Float64Array[] = [];
  for (let k = 0; k < sketched; k++) {
    await breathe();
    images.push(apply(signs(stream, operator.cols)));
  }
  const Q = independentPart(images, []);
  let exact = 0;
  for (const q of Q) {
    await breathe();
    exact += dot(q, apply(q));
  }
  const rest = await meanOf("hutchPlusPlusTrace", samples - 2 * sketched, () => {
    const v = signs(stream, operator.cols);
    orthogonalise(v, Q);
    return dot(v, apply(v));
  });
  return { ...rest, value: exact + rest.value };
}

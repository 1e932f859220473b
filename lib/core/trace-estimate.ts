import { requireThat } from "./errors";
import { checkedProduct, type LinearOperator, squareProduct } from "./linear-operator";
import { independentPart, orthogonalise } from "./orthonormal";
import { breathe } from "./progress";
import type { RandomStream } from "./random";
import { dot } from "./vector";

/** A number that was estimated by averaging random samples. */
export interface Estimate {
  /** The mean of the samples (and of what was computed exactly beside them). */
  readonly value: number;
  /** s/√m for m samples of standard deviation s: the truth is within 1.96 of these about 19 times out of 20. */
  readonly standardError: number;
  /** The number m of samples averaged. */
  readonly samples: number;
}

/** How much a stochastic estimate may cost, and where its randomness comes from. */
export interface EstimateOptions {
  /** The number of products with the operator. */
  readonly samples: number;
  readonly stream: RandomStream;
}

/**
 * Hutchinson's estimate of the trace (1990): the mean of vᵀAv over random sign vectors v, one product each.
 *
 * Unbiased: E vᵢvⱼ = δᵢⱼ, so E vᵀAv = Σᵢⱼ Aᵢⱼ E vᵢvⱼ = Tr A. The diagonal contributes without noise, since vᵢ² = 1; for
 * symmetric A a sample has the variance 2 Σ_{i≠j} Aᵢⱼ², at most 2‖A‖_F², so the relative error for positive
 * semi-definite A is at most (2/samples)^½ or so. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, `samples` is no integer of at least 2 (a standard error
 *   needs two), or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[1, 0], [0, 5]]));
 * const { value, standardError } = await hutchinsonTrace(A, { samples: 3, stream: randomStream(1) });
 * value; // 6: for a diagonal matrix every sample is the trace
 * standardError; // 0
 */
export async function hutchinsonTrace(
  operator: LinearOperator,
  { samples, stream }: EstimateOptions,
): Promise<Estimate> {
  const apply = squareProduct("hutchinsonTrace", operator);
  requireSamples("hutchinsonTrace", samples, 2);
  return meanOf(samples, () => {
    const v = signs(stream, operator.cols);
    return dot(v, apply(v));
  });
}

/**
 * The Hutch++ estimate of the trace (Meyer, Musco, Musco and Woodruff 2021): a third of the products finds a subspace Q
 * that A stretches most, a third computes the trace on it exactly, and the rest estimates what is left by Hutchinson's
 * method: Tr A = Tr QᵀAQ + Tr PAP with P = I − QQᵀ.
 *
 * Unbiased, since the second part is so for every Q. For positive semi-definite A its relative error goes like
 * 1/samples, where Hutchinson's goes like 1/√samples; it pays when the spectrum decays. The standard error is that of
 * the second part given Q. Memory: a vector for every third sample. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, `samples` is no integer of at least 4, or a product is
 *   not finite
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
  const rest = await meanOf(samples - 2 * sketched, () => {
    const v = signs(stream, operator.cols);
    orthogonalise(v, Q);
    return dot(v, apply(v));
  });
  return { ...rest, value: exact + rest.value };
}

/**
 * An estimate of the squared Frobenius norm ‖A‖_F² = Σᵢⱼ Aᵢⱼ²: the mean of ‖Av‖² over random sign vectors v, one product
 * each. It is Hutchinson's trace of B = AᵀA, so it is unbiased and a sample has the variance 2 Σ_{i≠j} Bᵢⱼ². Yields to
 * the event loop.
 *
 * @throws InvalidArgumentError when `samples` is no integer of at least 2, or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[3, 0], [0, 4]]));
 * (await estimateSquaredFrobeniusNorm(A, { samples: 2, stream: randomStream(1) })).value; // 25
 */
export async function estimateSquaredFrobeniusNorm(
  operator: LinearOperator,
  { samples, stream }: EstimateOptions,
): Promise<Estimate> {
  const apply = checkedProduct("estimateSquaredFrobeniusNorm", operator);
  requireSamples("estimateSquaredFrobeniusNorm", samples, 2);
  return meanOf(samples, () => {
    const image = apply(signs(stream, operator.cols));
    return dot(image, image);
  });
}

function requireSamples(functionName: string, samples: number, least: number): void {
  const valid = Number.isSafeInteger(samples) && samples >= least;
  requireThat(valid, functionName, `samples must be an integer of at least ${least}`, samples);
}

function signs(stream: RandomStream, length: number): Float64Array {
  return Float64Array.from({ length }, () => stream.rademacher());
}

/** The mean of samples and its standard error, by Welford's updates (1962), which do not cancel. */
async function meanOf(samples: number, draw: () => number): Promise<Estimate> {
  let mean = 0;
  let squares = 0;
  for (let k = 1; k <= samples; k++) {
    await breathe();
    const sample = draw();
    const gap = sample - mean;
    mean += gap / k;
    squares += gap * (sample - mean);
  }
  return { value: mean, standardError: Math.sqrt(squares / (samples - 1) / samples), samples };
}

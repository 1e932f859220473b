import { type EstimateOptions, requireSamples, signs } from "./estimate";
import { type LinearOperator, squareProduct } from "./linear-operator";
import { breathe } from "./progress";

/** Numbers that were estimated by averaging random vectors entry by entry. */
export interface VectorEstimate {
  /** The mean of the samples (n). */
  readonly values: Float64Array;
  /** s/√m of each entry (n), as in {@link Estimate}. */
  readonly standardErrors: Float64Array;
  /** The number m of samples averaged. */
  readonly samples: number;
}

/**
 * An estimate of the diagonal Aᵢᵢ of a square operator (Bekas, Kokiopoulou and Saad 2007): the mean of v∘(Av), entry by
 * entry, over random sign vectors v, one product each.
 *
 * Unbiased: E vᵢ(Av)ᵢ = Σⱼ Aᵢⱼ E vᵢvⱼ = Aᵢᵢ. A sample of entry i has the variance Σ_{j≠i} Aᵢⱼ², so a diagonal matrix is
 * exact after one product. The entries of one estimate are dependent, and their sum is Hutchinson's trace from the same
 * stream. Memory: a few vectors. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, `samples` is no integer of at least 2 (a standard error
 *   needs two), or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[1, 0], [0, 5]]));
 * (await estimateDiagonal(A, { samples: 2, stream: randomStream(1) })).values; // Float64Array [1, 5]
 */
export async function estimateDiagonal(
  operator: LinearOperator,
  { samples, stream }: EstimateOptions,
): Promise<VectorEstimate> {
  const apply = squareProduct("estimateDiagonal", operator);
  requireSamples("estimateDiagonal", samples, 2);
  const means = new Float64Array(operator.cols);
  const squares = new Float64Array(operator.cols);
  for (let k = 1; k <= samples; k++) {
    await breathe();
    const v = signs(stream, operator.cols);
    const image = apply(v);
    // Welford's updates (1962), which do not cancel.
    for (let i = 0; i < v.length; i++) {
      const sample = v[i] * image[i];
      const gap = sample - means[i];
      means[i] += gap / k;
      squares[i] += gap * (sample - means[i]);
    }
  }
  const standardErrors = squares.map((square) => Math.sqrt(square / (samples - 1) / samples));
  return { values: means, standardErrors, samples };
}

import { type Estimate, type EstimateOptions, meanOf, requireSamples, signs } from "./estimate";
import { type LinearOperator, squareProduct } from "./linear-operator";
import { dot } from "./vector";

/**
 * Hutchinson's estimate of the trace (1990): the mean of vᵀAv over random sign vectors v, one product each.
 *
 * Unbiased: E vᵢvⱼ = δᵢⱼ, so E vᵀAv = Σᵢⱼ Aᵢⱼ E vᵢvⱼ = Tr A. The diagonal contributes without noise, since vᵢ² = 1; for
 * symmetric A a sample has the variance 2 Σ_{i≠j} Aᵢⱼ², at most 2‖A‖_F², so the relative error for positive
 * semi-definite A is at most (2/samples)^½ or so. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, `samples` is no integer of at least 2 (a standard error
 *   needs two), or a product or the mean is not finite
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
  return meanOf("hutchinsonTrace", samples, () => {
    const v = signs(stream, operator.cols);
    return dot(v, apply(v));
  });
}

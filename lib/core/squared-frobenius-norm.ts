import { type Estimate, type EstimateOptions, meanOf, requireSamples, signs } from "./estimate";
import { checkedProduct, type LinearOperator } from "./linear-operator";
import { dot } from "./vector";

/**
 * An estimate of the squared Frobenius norm ‖A‖_F² = Σᵢⱼ Aᵢⱼ²: the mean of ‖Av‖² over random sign vectors v, one product
 * each. It is Hutchinson's trace of B = AᵀA, so it is unbiased and a sample has the variance 2 Σ_{i≠j} Bᵢⱼ². Yields to
 * the event loop.
 *
 * @throws InvalidArgumentError when `samples` is no integer of at least 2, or a product or the mean is not finite
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
  return meanOf("estimateSquaredFrobeniusNorm", samples, () => {
    const image = apply(signs(stream, operator.cols));
    return dot(image, image);
  });
}

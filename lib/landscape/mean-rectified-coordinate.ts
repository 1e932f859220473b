import { requireSize } from "../core/requirements";

/**
 * The mean c = E relu(x₁) of a rectified coordinate of x uniform on the sphere √d·S^{d−1},
 *
 *   c = ½ √d E|u₁| = √d Γ(d/2) / (2√π Γ((d+1)/2)),
 *
 * for u = x/√d. E|u₁| is 1 at d = 1, 2/π at d = 2, and d/(d+1) times as large at d + 2 as at d. So c falls from ½ to
 * 1/√(2π) = 0.3989…, which is its value for normal inputs. ‖θ‖²_{2,1} c² bounds the population ‖G‖₂ of a two-layer ReLU
 * network from below. O(d).
 *
 * @throws InvalidArgumentError when the dimension d is not a positive integer
 *
 * @example
 * meanRectifiedCoordinate(1); // 0.5
 * meanRectifiedCoordinate(10); // 0.4090…
 */
export function meanRectifiedCoordinate(dimension: number): number {
  requireSize("meanRectifiedCoordinate", "dimension", dimension);
  let mean = dimension % 2 === 1 ? 1 : 2 / Math.PI;
  for (let d = dimension % 2 === 1 ? 1 : 2; d < dimension; d += 2) mean *= d / (d + 1);
  return (Math.sqrt(dimension) / 2) * mean;
}

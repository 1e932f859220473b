import { requireThat } from "./errors";

/**
 * The inner product xᵀy = Σᵢ xᵢ yᵢ of two vectors of the same length n, summed from the first entry to the last.
 *
 * @throws InvalidArgumentError when the lengths differ
 *
 * @example
 * dot([1, 2], [3, 4]); // 11
 */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireThat(
    x.length === y.length,
    "dot",
    "the vectors must have the same length",
    `${x.length} and ${y.length} entries`,
  );
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/**
 * The Euclidean norm ‖x‖ = (Σᵢ xᵢ²)^½.
 *
 * @example
 * norm([3, 4]); // 5
 */
export function norm(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return Math.sqrt(sum);
}

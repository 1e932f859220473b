import { requireThat } from "./errors";

/**
 * The inner product xᵀy = Σᵢ xᵢ yᵢ of two vectors of the same length n, summed from the first entry to the last; infinite
 * when it overflows.
 *
 * @throws InvalidArgumentError when the lengths differ, or the sum is NaN: an entry is, or ∞ − ∞ came up
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
  const product = uncheckedDot(x, y);
  requireThat(!Number.isNaN(product), "dot", "the sum must not be NaN", product);
  return product;
}

/** The same for vectors of one length, NaN included: for iterations that look for it themselves. */
export function uncheckedDot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/**
 * The Euclidean norm ‖x‖ = (Σᵢ xᵢ²)^½; infinite when a square overflows.
 *
 * @throws InvalidArgumentError when an entry is NaN
 *
 * @example
 * norm([3, 4]); // 5
 */
export function norm(x: ArrayLike<number>): number {
  const length = uncheckedNorm(x);
  requireThat(!Number.isNaN(length), "norm", "the entries must not be NaN", x);
  return length;
}

/** The same, NaN included. */
export function uncheckedNorm(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return Math.sqrt(sum);
}

/**
 * The mean (1/n) Σᵢ xᵢ of n numbers, summed from the first to the last; infinite when the sum overflows.
 *
 * @throws InvalidArgumentError when there is none, or the sum is NaN: a number is, or ∞ − ∞ came up
 *
 * @example
 * mean([1, 2, 6]); // 3
 */
export function mean(x: ArrayLike<number>): number {
  requireThat(x.length > 0, "mean", "there must be a number", x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i];
  requireThat(!Number.isNaN(sum), "mean", "the sum must not be NaN", sum);
  return sum / x.length;
}

import { eigh } from "./eigh";
import type { Matrix } from "./matrix";

/** The most extreme eigenpairs of a symmetric operator projected to a small space. */
export interface RitzPairs {
  /** The largest eigenvalues of the projected operator, descending. */
  readonly values: Float64Array;
  /** Their unit eigenvectors: coefficients in the basis of the space. */
  readonly weights: Float64Array[];
  /** max |λ| over all of them, an estimate of ‖A‖ from below. */
  readonly scale: number;
}

/** The `count` largest Ritz pairs of the projected operator. */
export function topRitzPairs(projection: Matrix, count: number): RitzPairs {
  const size = projection.rows;
  const { values, vectors } = eigh(projection);
  return {
    values: values.slice(-count).reverse(),
    weights: Array.from({ length: count }, (_, k) =>
      Float64Array.from({ length: size }, (_, i) => vectors.data[i * size + size - 1 - k]),
    ),
    scale: Math.max(Math.abs(values[0]), Math.abs(values[size - 1])),
  };
}

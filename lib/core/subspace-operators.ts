import { requireThat } from "./errors";
import type { LinearOperator } from "./linear-operator";
import { combine } from "./orthonormal";
import { dot, uncheckedDot } from "./vector";

/**
 * The operator P A P with P = I − VVᵀ: A without the span of the orthonormal vectors v₁, …, v_k. For eigenvectors of a
 * symmetric A it puts 0 in the place of their eigenvalues and keeps all others. One product of A and 8nk operations.
 *
 * @throws InvalidArgumentError when A is not square, or the vectors are not orthonormal vectors of length n within
 *   10·n·eps (what eigen-solvers reach)
 *
 * @example
 * const A = denseOperator(matrix([[5, 0], [0, 2]]));
 * deflatedOperator(A, [Float64Array.of(1, 0)]).apply(Float64Array.of(1, 1)); // Float64Array [0, 2]
 */
export function deflatedOperator(operator: LinearOperator, vectors: readonly Float64Array[]): LinearOperator {
  requireOrthonormal("deflatedOperator", operator, vectors);
  const project = (vector: Float64Array): Float64Array => {
    const result = vector.slice();
    for (const direction of vectors) {
      const overlap = dot(direction, result);
      for (let k = 0; k < result.length; k++) result[k] -= overlap * direction[k];
    }
    return result;
  };
  const around = (product: (vector: Float64Array) => Float64Array) => {
    return (vector: Float64Array): Float64Array => {
      const n = operator.rows;
      requireThat(vector.length === n, "deflatedOperator", `the vector must have ${n} entries`, vector.length);
      return project(product(project(vector)));
    };
  };
  const apply = around(operator.apply);
  return {
    ...operator,
    cost: operator.cost + 8 * operator.rows * vectors.length,
    apply,
    applyTransposed: operator.symmetric ? apply : around(operator.applyTransposed),
  };
}

/**
 * The operator VᵀAV (k×k) on the coefficients in an orthonormal basis v₁, …, v_k: A restricted to a subspace, such as
 * the span of the top eigenvectors, or a plane of a loss surface. One product of A and 4nk operations.
 *
 * @throws InvalidArgumentError when A is not square, when there is no vector, or the vectors are not orthonormal vectors
 *   of length n within 10·n·eps
 *
 * @example
 * const A = denseOperator(matrix([[5, 1], [1, 2]]));
 * restrictedOperator(A, [Float64Array.of(0, 1)]).apply(Float64Array.of(3)); // Float64Array [6]
 */
export function restrictedOperator(operator: LinearOperator, vectors: readonly Float64Array[]): LinearOperator {
  requireThat(vectors.length > 0, "restrictedOperator", "at least one vector is needed", vectors.length);
  requireOrthonormal("restrictedOperator", operator, vectors);
  const within = (product: (vector: Float64Array) => Float64Array) => {
    return (weights: Float64Array): Float64Array => {
      const count = vectors.length;
      requireThat(
        weights.length === count,
        "restrictedOperator",
        `the vector must have ${count} entries`,
        weights.length,
      );
      const image = product(combine(vectors, weights));
      return Float64Array.from(vectors, (vector) => dot(vector, image));
    };
  };
  const apply = within(operator.apply);
  return {
    rows: vectors.length,
    cols: vectors.length,
    symmetric: operator.symmetric,
    cost: operator.cost + 4 * operator.rows * vectors.length,
    apply,
    applyTransposed: operator.symmetric ? apply : within(operator.applyTransposed),
  };
}

function requireOrthonormal(functionName: string, operator: LinearOperator, vectors: readonly Float64Array[]): void {
  const { rows, cols } = operator;
  requireThat(rows === cols, functionName, "the operator must be square", `${rows}×${cols}`);
  const tolerance = 10 * rows * Number.EPSILON;
  vectors.forEach((vector, k) => {
    requireThat(vector.length === rows, functionName, `vector ${k} must have ${rows} entries`, vector.length);
    for (let j = 0; j <= k; j++) {
      const gap = Math.abs(uncheckedDot(vectors[j], vector) - (j === k ? 1 : 0));
      const got = `vectors ${j} and ${k}, off by ${gap}`;
      requireThat(gap <= tolerance, functionName, `the vectors must be orthonormal within ${tolerance}`, got);
    }
  });
}

import { type Matrix, requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";

/** 2²⁰ points of dimension 20 are 160 MB. */
const LARGEST_DIMENSION = 20;

/**
 * All vertices of the hypercube {−1, 1}^d, one in each row (2^d × d), in the order of the binary numbers: coordinate k
 * of vertex v is 1 where bit k of v is set. Means over the rows are expectations over uniform x, exactly.
 *
 * @param dimension d, from 1 to 20
 * @throws InvalidArgumentError when d is no integer from 1 to 20
 *
 * @example
 * hypercubeVertices(2); // matrix([[-1, -1], [1, -1], [-1, 1], [1, 1]])
 */
export function hypercubeVertices(dimension: number): Matrix {
  requireSize("hypercubeVertices", "dimension", dimension);
  const limit = `dimension must be at most ${LARGEST_DIMENSION}`;
  requireThat(dimension <= LARGEST_DIMENSION, "hypercubeVertices", limit, dimension);
  const vertices = zeros(2 ** dimension, dimension);
  for (let v = 0; v < vertices.rows; v++) {
    for (let k = 0; k < dimension; k++) vertices.data[v * dimension + k] = (v >> k) & 1 ? 1 : -1;
  }
  return vertices;
}

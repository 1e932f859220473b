import { type Matrix, type RandomStream, requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";

/**
 * Draws n independent inputs, uniform on the sphere in R^d, as the rows of a matrix (n×d): normals over their norm,
 * times the radius. By default the radius is √d, so that an entry has variance 1, as for `hypercubeXor` and `gaussianInputs`.
 *
 * @throws InvalidArgumentError when n or d is no positive integer, or the radius is not positive and finite.
 *
 * @example
 * norm(uniformSphere({ sampleCount: 1, dimension: 9, stream: randomStream(1) }).data); // 3
 */
export function uniformSphere(options: {
  readonly sampleCount: number;
  readonly dimension: number;
  readonly stream: RandomStream;
  readonly radius?: number;
}): Matrix {
  const { sampleCount, dimension, stream, radius = Math.sqrt(dimension) } = options;
  requireSize("uniformSphere", "sampleCount", sampleCount);
  requireSize("uniformSphere", "dimension", dimension);
  const validRadius = radius > 0 && Number.isFinite(radius);
  requireThat(validRadius, "uniformSphere", "the radius must be positive and finite", radius);
  const inputs = zeros(sampleCount, dimension);
  for (let i = 0; i < sampleCount; i++) {
    const direction = stream.sphere(dimension);
    for (let k = 0; k < dimension; k++) inputs.data[i * dimension + k] = radius * direction[k];
  }
  return inputs;
}

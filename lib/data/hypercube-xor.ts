import { type RandomStream, zeros } from "../core";
import { requireSize } from "../core/requirements";
import type { Samples } from "./samples";

/**
 * XOR on the hypercube: x is uniform on {−1, 1}^d and y = x₁x₂ (Wen, Li and Ma 2023). The rows of the inputs (n×d) are
 * independent, so for small d some may be equal.
 *
 * @throws InvalidArgumentError when n is no positive integer or d no integer of at least 2.
 *
 * @example
 * const { inputs, targets } = hypercubeXor({ sampleCount: 100, dimension: 30, stream: randomStream(1) });
 * inputs.data.every((entry) => Math.abs(entry) === 1); // true
 * targets[7] === inputs.data[7 * 30] * inputs.data[7 * 30 + 1]; // true
 */
export function hypercubeXor(options: {
  readonly sampleCount: number;
  readonly dimension: number;
  readonly stream: RandomStream;
}): Samples {
  const { sampleCount, dimension, stream } = options;
  requireSize("hypercubeXor", "sampleCount", sampleCount);
  requireSize("hypercubeXor", "dimension", dimension, 2);
  const inputs = zeros(sampleCount, dimension);
  for (let k = 0; k < inputs.data.length; k++) inputs.data[k] = stream.rademacher();
  const targets = Float64Array.from(
    { length: sampleCount },
    (_, i) => inputs.data[i * dimension] * inputs.data[i * dimension + 1],
  );
  return { inputs, targets };
}

import { type Matrix, type RandomStream, requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";

/**
 * Draws n independent inputs from N(0, diag(v₁, …, v_d)), as the rows of a matrix (n×d). By default every variance is
 * 1. A spectrum of variances is all of the covariance that matters where nothing else singles out a basis.
 *
 * @throws InvalidArgumentError when n or d is no positive integer, when there are not d variances, or when one is
 *   negative or not finite.
 *
 * @example
 * const stream = randomStream(1);
 * const inputs = gaussianInputs({ sampleCount: 4, dimension: 2, variances: [0, 100], stream });
 * inputs.data[0]; // 0
 * inputs.data[1] === 10 * randomStream(1).normals(2)[1]; // true
 */
export function gaussianInputs(options: {
  readonly sampleCount: number;
  readonly dimension: number;
  readonly stream: RandomStream;
  readonly variances?: ArrayLike<number>;
}): Matrix {
  const { sampleCount, dimension, stream, variances } = options;
  requireSize("gaussianInputs", "sampleCount", sampleCount);
  requireSize("gaussianInputs", "dimension", dimension);
  const deviations = new Float64Array(dimension).fill(1);
  if (variances) {
    const requirement = `there must be ${dimension} variances`;
    requireThat(variances.length === dimension, "gaussianInputs", requirement, variances.length);
    for (let k = 0; k < dimension; k++) {
      const valid = variances[k] >= 0 && Number.isFinite(variances[k]);
      const got = `${variances[k]} at index ${k}`;
      requireThat(valid, "gaussianInputs", "the variances must be finite and not negative", got);
      deviations[k] = Math.sqrt(variances[k]);
    }
  }
  const inputs = zeros(sampleCount, dimension);
  for (let k = 0; k < inputs.data.length; k++) inputs.data[k] = deviations[k % dimension] * stream.normal();
  return inputs;
}

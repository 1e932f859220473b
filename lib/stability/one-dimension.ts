import { requireThat } from "../core";
import { requireFiniteNumber } from "../core/requirements";
import { batchNoiseFactor, type BatchRule } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";

/** SGD near a minimum in one dimension: f_i(x) = ½ a_i x². */
export interface OneDimensionalSetting extends BatchRule {
  /** The curvatures a_1, …, a_n of the samples. */
  readonly curvatures: ArrayLike<number>;
}

/** The same with the learning rate η > 0. */
export interface OneDimensionalSgd extends OneDimensionalSetting {
  readonly learningRate: number;
}

/**
 * The sharpness a = (1/n) Σ_i a_i, the curvature of the whole loss.
 *
 * @throws InvalidArgumentError unless there is at least one curvature and all are finite.
 * @example
 * sharpness([0.2, 3.8]); // 2
 */
export function sharpness(curvatures: ArrayLike<number>): number {
  return mean(requireCurvatures("sharpness", curvatures));
}

/**
 * The non-uniformity s = ((1/n) Σ_i (a_i - a)²)^½: the population standard deviation of the samples' curvatures
 * (Wu, Ma and E, 2018).
 *
 * @throws InvalidArgumentError unless there is at least one curvature and all are finite.
 * @example
 * nonUniformity([0.2, 3.8]); // 1.8
 */
export function nonUniformity(curvatures: ArrayLike<number>): number {
  const values = requireCurvatures("nonUniformity", curvatures);
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/**
 * By what one step multiplies the mean: E x_{t+1} = (1 - ηa) E x_t, for every batch size and either sampling.
 *
 * @throws InvalidArgumentError on curvatures that are not finite, unless η is positive, and when the factor overflows.
 * @example
 * meanFactor({ curvatures: [0.2, 3.8], learningRate: 0.7 }); // -0.4
 */
export function meanFactor({
  curvatures,
  learningRate,
}: {
  readonly curvatures: ArrayLike<number>;
  readonly learningRate: number;
}): number {
  requireLearningRate("meanFactor", learningRate);
  const factor = 1 - learningRate * mean(requireCurvatures("meanFactor", curvatures));
  return requireFiniteNumber("meanFactor", "the factor", factor);
}

/**
 * By what one step of SGD multiplies the second moment: E x²_{t+1} = [(1 - ηa)² + η² p_B s²] E x²_t, with p_B of
 * `batchNoiseFactor`. x = 0 is stable in mean square iff it is at most 1 (Wu, Ma and E, 2018, in one dimension).
 *
 * @throws InvalidArgumentError on curvatures that are not finite, on an impossible batch, unless η is positive, and when
 * the factor overflows.
 * @example
 * secondMomentFactor({ curvatures: [0.2, 3.8], learningRate: 0.7, batchSize: 1, sampling: "with replacement" }); // 1.7476
 */
export function secondMomentFactor({ curvatures, learningRate, batchSize, sampling }: OneDimensionalSgd): number {
  requireLearningRate("secondMomentFactor", learningRate);
  const spread = nonUniformity(curvatures);
  const noise = batchNoiseFactor({ sampleCount: curvatures.length, batchSize, sampling });
  const factor = meanFactor({ curvatures, learningRate }) ** 2 + noise * (learningRate * spread) ** 2;
  return requireFiniteNumber("secondMomentFactor", "the factor", factor);
}

/**
 * The largest learning rate at which x = 0 is stable in mean square, η = 2a/(a² + p_B s²): where
 * `secondMomentFactor` is 1. Without noise it is gradient descent's 2/a.
 *
 * @throws InvalidArgumentError when the mean curvature is not positive (then no η > 0 makes the factor fall below 1),
 * and where its square overflows or underflows.
 * @example
 * meanSquareThreshold({ curvatures: [1, 3], batchSize: 1, sampling: "with replacement" }); // 0.8
 */
export function meanSquareThreshold({ curvatures, batchSize, sampling }: OneDimensionalSetting): number {
  const a = requirePositiveSharpness("meanSquareThreshold", curvatures);
  const noise = batchNoiseFactor({ sampleCount: curvatures.length, batchSize, sampling });
  const square = a ** 2 + noise * nonUniformity(curvatures) ** 2;
  const representable = square > 0 && square < Infinity;
  requireThat(representable, "meanSquareThreshold", "the squares must neither overflow nor underflow", square);
  return (2 * a) / square;
}

/** The sharpness, refused unless it is positive. */
export function requirePositiveSharpness(functionName: string, curvatures: ArrayLike<number>): number {
  const a = mean(requireCurvatures(functionName, curvatures));
  requireThat(a > 0, functionName, "the mean of curvatures must be positive", a);
  return a;
}

function requireCurvatures(functionName: string, curvatures: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(curvatures);
  requireThat(
    values.length > 0 && values.every(Number.isFinite),
    functionName,
    "curvatures must be finite, and at least one",
    values,
  );
  return values;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

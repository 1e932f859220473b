import { requireThat } from "../core";
import { enumerateBatches } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import { lyapunovExponent } from "./lyapunov";
import { type OneDimensionalSetting, type OneDimensionalSgd, requirePositiveSharpness } from "./one-dimension";

/** The distinct mean curvatures that a batch can have, and their probabilities. */
interface BatchCurvatures {
  readonly values: Float64Array;
  readonly probabilities: Float64Array;
}

/** The search between poles takes about 60 passes over all of them for each of them (tuned: some seconds). */
const MAXIMUM_DISTINCT = 5000;

/**
 * The Lyapunov exponent of SGD near a minimum in one dimension, Λ(η) = E log|1 - η a_I|, a_I the mean curvature of a
 * random batch I, over all batches: x_t → 0 almost surely when Λ < 0, |x_t| → ∞ almost surely when Λ > 0.
 *
 * @throws InvalidArgumentError on curvatures whose mean is not positive, an η that is not positive, an impossible batch, or
 * over a million batches.
 * @example
 * almostSureExponent({ curvatures: [0.2, 3.8], learningRate: 0.7, batchSize: 1, sampling: "with replacement" });
 * // 0.17799…, that is ½ log(0.86 · 1.66)
 */
export function almostSureExponent(setting: OneDimensionalSgd): number {
  requirePositiveSharpness("almostSureExponent", setting.curvatures);
  requireLearningRate("almostSureExponent", setting.learningRate);
  return exponent(batchCurvatures(setting), setting.learningRate);
}

/**
 * All learning rates of almost-sure stability, {η > 0 : Λ(η) < 0} (see `almostSureExponent`), as open intervals in
 * ascending order, single points at which Λ = 0 ignored. The first begins at 0.
 *
 * Λ is not monotone: it falls to -∞ at each pole η = 1/a_I, where one batch jumps straight to the minimum, so that
 * windows of stability can follow windows of instability. But between neighbouring poles every log|1 - ηa_I| is
 * concave, and so is Λ. It is therefore negative up to the first pole (it starts at 0 with the slope -a), crosses zero
 * at most twice between two poles, on either side of its one maximum, and exactly once after the last, where it rises
 * from -∞ to ∞. Each crossing is bisected down to neighbouring floating-point numbers, so none is missed.
 *
 * Cost about 60 D² for D distinct batch means.
 *
 * @throws InvalidArgumentError on curvatures whose mean is not positive, an impossible batch, over a million batches,
 * or over 5000 distinct batch means.
 * @example
 * almostSureIntervals({ curvatures: [1, 1], batchSize: 1, sampling: "with replacement" }); // [{ low: 0, high: 2 }]
 */
export function almostSureIntervals(setting: OneDimensionalSetting): { readonly low: number; readonly high: number }[] {
  requirePositiveSharpness("almostSureIntervals", setting.curvatures);
  const batches = batchCurvatures(setting);
  const distinct = batches.values.length;
  requireThat(
    distinct <= MAXIMUM_DISTINCT,
    "almostSureIntervals",
    `the distinct batch means must be at most ${MAXIMUM_DISTINCT}`,
    distinct,
  );
  const at = (learningRate: number): number => exponent(batches, learningRate);
  const slope = (learningRate: number): number =>
    batches.values.reduce((sum, a, i) => sum - (batches.probabilities[i] * a) / (1 - learningRate * a), 0);

  const poles = batches.values
    .filter((a) => a > 0)
    .map((a) => 1 / a)
    .sort();
  const intervals: { low: number; high: number }[] = [];
  let low = 0;
  for (let k = 0; k + 1 < poles.length; k++) {
    const summit = crossing((x) => slope(x) < 0, poles[k], poles[k + 1]);
    if (!(at(summit) > 0)) continue;
    intervals.push({ low, high: crossing((x) => at(x) > 0, poles[k], summit) });
    low = crossing((x) => !(at(x) > 0), summit, poles[k + 1]);
  }
  const lastPole = poles[poles.length - 1];
  let beyond = 2 * lastPole;
  while (!(at(beyond) > 0)) beyond *= 2;
  intervals.push({ low, high: crossing((x) => at(x) > 0, lastPole, beyond) });
  return intervals;
}

/**
 * The learning rate up to which x = 0 is almost surely stable: the smallest η at which the Lyapunov exponent turns
 * positive, the end of the first of the `almostSureIntervals`. There may be stable windows beyond.
 *
 * @throws InvalidArgumentError as `almostSureIntervals`.
 * @example
 * almostSureThreshold({ curvatures: [1, 1], batchSize: 1, sampling: "with replacement" }); // 2
 */
export function almostSureThreshold(setting: OneDimensionalSetting): number {
  return almostSureIntervals(setting)[0].high;
}

function exponent({ values, probabilities }: BatchCurvatures, learningRate: number): number {
  return lyapunovExponent(
    values.map((a) => 1 - learningRate * a),
    probabilities,
  );
}

function batchCurvatures({ curvatures, batchSize, sampling }: OneDimensionalSetting): BatchCurvatures {
  const batches = enumerateBatches({ sampleCount: curvatures.length, batchSize, sampling });
  const counts = new Map<number, number>();
  for (const batch of batches) {
    // Summed in one order, so that the orderings of one batch give one number.
    const sum = batch.sort((i, j) => i - j).reduce((total, i) => total + curvatures[i], 0);
    const value = sum / batchSize;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return {
    values: Float64Array.from(counts.keys()),
    probabilities: Float64Array.from(counts.values(), (count) => count / batches.length),
  };
}

/** Where a predicate that is false at first and true at last turns true, to the floating-point number. */
function crossing(isAfter: (x: number) => boolean, low: number, high: number): number {
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (isAfter(middle)) high = middle;
    else low = middle;
  }
}

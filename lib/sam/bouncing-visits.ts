import { breathe, requireThat } from "../core";
import { requireFinite, requireFiniteNumber, requireSize } from "../core/requirements";
import { stationaryCurvature } from "./bouncing-stationary-points";
import { quadraticSam, type QuadraticSamOptions } from "./quadratic-sam";
import { quadraticSamThresholds } from "./quadratic-sam-thresholds";

/** A quadratic, SAM's step, and from where on ‖v‖ counts as large. */
export interface BouncingVisitOptions extends QuadraticSamOptions {
  /** ε > 0: a visit is a step t at which ‖v_t‖ ≥ (1 + ε)β₁. */
  readonly margin: number;
}

/** How often ‖v_t‖ can be large, by four bounds; made by {@link bouncingVisitBounds}. */
export interface BouncingVisitBounds {
  /** min J = -β₁/2. */
  readonly minimum: number;
  /** max J over ‖v‖ = ‖Λw‖ ≤ b: max(0, b²/(2β_d) - b). */
  readonly gradientBallMaximum: number;
  /** max J over ‖w‖ ≤ b: max(0, λ_d²b²/(2β_d) - λ_d b). */
  readonly parameterBallMaximum: number;
  /** (2/(ηε²λ₁β₁))(max J over ‖v‖ ≤ b - min J): true. */
  readonly gradientBall: number;
  /** The same with the maximum over ‖w‖ ≤ b, as the lecture prints it: no bound. */
  readonly parameterBall: number;
  /** 3β₁/(ηε²λ₁β_d): true, though not always above `gradientBall`. */
  readonly end: number;
  /** (2 - ηλ₁)β₁/(ηε²λ₁β_d): true, the smallest of all unless β₁ is close to β_d. */
  readonly sharp: number;
}

/**
 * Bounds on the number of steps t ≥ T₀ with ‖v_t‖ ≥ (1 + ε)β₁, v_t = Λw_t, once ‖v_{T₀}‖ ≤ b = ηρλ₁² (Bartlett, Long and
 * Bousquet, lecture of 2022). SAM on a quadratic lowers J (`bouncingObjective`), and at each such step by at least
 * ½ηε²λ₁(2 - ηλ₁)β₁ (`bouncingDescent`), while J(u_{T₀}) - min J ≤ max J - min J:
 *
 *     count ≤ (2/((2 - ηλ₁)ηε²λ₁β₁))(max J - min J) ≤ (2 - ηλ₁)β₁/(ηε²λ₁β_d),
 *
 * the maximum over ‖v‖ ≤ b. The lecture prints the first without 2 - ηλ₁, which is more than 1, and with a maximum over
 * ‖w‖ ≤ b, which is wrong; and it bounds it by 3β₁/(ηε²λ₁β_d), which it exceeds when ηλ₁ < 2 - √3 and β₁/β_d is large.
 *
 * β_d belongs to the least positive eigenvalue, and the maxima are over points without a null part: SAM does not move the
 * null part, and it cancels from differences of J. Both maxima are at an end of the last axis or at 0, since J is
 * convex in the squares u_i². O(d).
 *
 * @throws InvalidArgumentError unless ε is positive and finite and the premises of `quadraticSamThresholds` hold, and when
 * a bound overflows or β₁ rounds to 0
 * @example
 * const { gradientBall, sharp } = bouncingVisitBounds({
 *   eigenvalues: Float64Array.of(1), learningRate: 0.5, perturbationRadius: 1, margin: 1,
 * });
 * [gradientBall, sharp]; // [2, 3]
 */
export function bouncingVisitBounds(options: BouncingVisitOptions): BouncingVisitBounds {
  const name = "bouncingVisitBounds";
  const { growth, invariantRadius: b } = checkedThresholds(name, options);
  const { eigenvalues, learningRate, perturbationRadius, margin } = options;
  const last = eigenvalues.filter((lambda) => lambda > 0).length - 1;
  const ratio = growth[0] / growth[last];
  const curvature = (2 - learningRate * eigenvalues[last]) / learningRate / perturbationRadius;
  const minimum = -growth[0] / 2;
  const gradientBallMaximum = Math.max(0, b * (b / (2 * growth[last]) - 1));
  const parameterBallMaximum = Math.max(0, b * ((curvature * b) / 2 - eigenvalues[last]));
  const unit = 1 / (learningRate * eigenvalues[0]) / margin ** 2; // 1/(ηλ₁ε²)
  const bounds = {
    minimum,
    gradientBallMaximum,
    parameterBallMaximum,
    gradientBall: 2 * unit * ((gradientBallMaximum - minimum) / growth[0]),
    parameterBall: 2 * unit * ((parameterBallMaximum - minimum) / growth[0]),
    end: 3 * unit * ratio,
    sharp: (2 - learningRate * eigenvalues[0]) * unit * ratio,
  };
  for (const [what, value] of Object.entries(bounds)) requireFiniteNumber(name, what, value);
  return bounds;
}

/** How often ‖v_t‖ was large along a run; made by {@link countBouncingVisits}. */
export interface BouncingVisits {
  /** The number of steps t ≥ T₀ of the run with ‖v_t‖ ≥ (1 + ε)β₁. */
  readonly count: number;
  /** T₀, the first step with ‖v_t‖ ≤ b; undefined when the run ended before. */
  readonly entered: number | undefined;
  /** The last step that was looked at. */
  readonly steps: number;
  /** Whether no further visit can come, however long one went on: the count is that of all t ≥ T₀. */
  readonly settled: boolean;
}

/**
 * Runs SAM on a quadratic and counts the steps t ≥ T₀ with ‖v_t‖ ≥ (1 + ε)β₁, where v_t = Λw_t and T₀ is the first step
 * with ‖v_t‖ ≤ b; to be compared with `bouncingVisitBounds`.
 *
 * The run ends as soon as J(u_t) - min J is less than what a further visit would take off, ½ηε²λ₁(2 - ηλ₁)β₁: then none can
 * come. A run that ends at a saddle point of J, as from the second axis, need not get there: it goes on to the end. O(d) a
 * step.
 *
 * @throws InvalidArgumentError unless ε is positive and finite, the premises of `quadraticSamThresholds` hold, the start
 * w₀ (d) is finite and `steps` is an integer of at least 0, and when β₁ rounds to 0 or a point of the run overflows
 * @throws InterruptedError when the notebook's interrupt button was pressed
 * @example
 * const spectrum = { eigenvalues: Float64Array.of(1, 0.5), learningRate: 0.5, perturbationRadius: 1 };
 * await countBouncingVisits({ ...spectrum, margin: 0.1, start: Float64Array.of(0.1, 0.9), steps: 100 });
 * // { count: 2, entered: 0, steps: 5, settled: true }
 */
export async function countBouncingVisits(
  options: BouncingVisitOptions & { readonly start: Float64Array; readonly steps: number },
): Promise<BouncingVisits> {
  const name = "countBouncingVisits";
  const { growth, invariantRadius } = checkedThresholds(name, options);
  const { eigenvalues, learningRate, margin, start, steps } = options;
  const size = eigenvalues.length;
  requireThat(start.length === size, name, `the start must have length ${size}`, start.length);
  requireFinite(name, "the start", start);
  requireSize(name, "steps", steps, 0);
  const largest = growth[0];
  const step = learningRate * eigenvalues[0];
  const toll = 0.5 * step * margin ** 2 * (2 - step) * largest;
  const curvatures = eigenvalues.map((lambda) => {
    return lambda === 0 ? 0 : stationaryCurvature(options, eigenvalues[0], lambda); // the null part cancels
  });
  const update = quadraticSam(options);
  let [point, spare]: Float64Array[] = [start.slice(), new Float64Array(size)];
  let count = 0;
  let entered: number | undefined;
  for (let t = 0; ; t++) {
    let [squared, above] = [0, 0];
    for (let i = 0; i < size; i++) {
      const v = eigenvalues[i] * point[i];
      squared += v * v;
      above += 0.5 * curvatures[i] * point[i] * point[i];
    }
    const length = requireFiniteNumber(name, "‖v‖", Math.sqrt(squared));
    if (entered === undefined && length <= invariantRadius) entered = t;
    if (entered !== undefined && length >= (1 + margin) * largest) count++;
    else if (entered !== undefined) {
      // J - min J, without the cancellation of its two parts; where v = 0 SAM stays.
      const excess = above + (length - largest) * ((length - largest) / (2 * largest));
      if (excess < toll || length === 0) return { count, entered, steps: t, settled: true };
    }
    if (t === steps) return { count, entered, steps, settled: false };
    [point, spare] = [update(point, spare), point];
    if (t % 1000 === 999) await breathe();
  }
}

function checkedThresholds(
  name: string,
  options: BouncingVisitOptions,
): { growth: Float64Array; invariantRadius: number } {
  const { margin } = options;
  requireThat(margin > 0 && Number.isFinite(margin), name, "margin must be positive and finite", margin);
  const thresholds = quadraticSamThresholds(options);
  requireThat(thresholds.growth[0] > 0, name, "β₁ must not round to 0", thresholds.growth[0]);
  return thresholds;
}

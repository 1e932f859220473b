import { breathe, DivergenceError, type IterationOutcome, requireThat } from "../core";
import { iterationOutcome } from "../core/iterative-result";
import { requireFinite, requireSize } from "../core/requirements";
import { type QuadraticSamOptions, quadraticSam } from "./quadratic-sam";
import { twoCycleRadius } from "./quadratic-sam-thresholds";
import { lossOfCoordinate, requireTwoCycle } from "./two-cycle";

/** What counts as arrived. */
export interface ArrivalOptions {
  /** ε in (0, 1): the distance from the two-cycle in units of its radius. Default 1e-3 (tuned). */
  readonly tolerance?: number;
  /** Give up after so many steps. Default 100,000 (tuned). */
  readonly maxSteps?: number;
}

/** When SAM arrived: `iterations` counts the steps T, `residual` is the relative distance of w_T. */
export interface Arrival extends IterationOutcome {
  /** w_T (d). */
  readonly parameters: Float64Array;
}

/** Steps between two looks at the clock: a step of a few coordinates takes less than looking. */
const STEPS_A_BREATH = 1024;

/**
 * The number of steps that SAM on the quadratic ½wᵀΛw needs to come within ε r of the two-cycle ±r e₁ along the largest
 * eigenvalue: the smallest T with ‖(−1)^T w_T ∓ r e₁‖ ≤ ε r for one of the signs, r = ηρλ₁/(2 − ηλ₁). With the largest
 * eigenvalue several times over, the cycles fill the sphere of radius r in its eigenspace, and it is the distance from
 * that sphere.
 *
 * Near the cycle the steps contract (see {@link quadraticSamTwoCycle}), so that SAM which has come near for a small ε
 * stays. It need not come: with w₀₁ = 0 or λ_d = 0 it does not, nor from w₀ = 0; then `converged` is false. O(dT).
 *
 * @param options λ, η and ρ, as for `quadraticSamTwoCycle`
 * @param start w₀ (d)
 * @param arrival ε and the number of steps after which to give up
 * @throws InvalidArgumentError unless there is a two-cycle along the largest eigenvalue (λ ≥ 0, λ₁ > 0, ρ > 0, ηλ₁ < 2),
 * w₀ is finite and as long as λ, 0 < ε < 1 and maxSteps an integer of at least 0
 * @throws DivergenceError at the first step at which ‖w‖² is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 * @example
 * const rule = { eigenvalues: Float64Array.of(2, 1), learningRate: 0.5, perturbationRadius: 3 };
 * const arrived = await arrivalTime(rule, Float64Array.of(1, 1)); // the second coordinate falls by 1/4 a step in the end
 * arrived.iterations; // 4
 * arrived.converged; // true
 */
export async function arrivalTime(
  options: QuadraticSamOptions,
  start: Float64Array,
  { tolerance = 1e-3, maxSteps = 100_000 }: ArrivalOptions = {},
): Promise<Arrival> {
  requireTwoCycle("arrivalTime", options, 0);
  const eigenvalues = options.eigenvalues.slice();
  const size = eigenvalues.length;
  requireThat(start.length === size, "arrivalTime", `the start must have length ${size}`, start.length);
  requireFinite("arrivalTime", "the start", start);
  requireTolerance("arrivalTime", tolerance);
  requireSize("arrivalTime", "maxSteps", maxSteps, 0);

  const step = quadraticSam(options);
  const radius = twoCycleRadius(options, eigenvalues[0]);
  const ties = eigenvalues.filter((eigenvalue) => eigenvalue === eigenvalues[0]).length;
  let here: Float64Array = start.slice();
  let spare: Float64Array = new Float64Array(size);
  for (let t = 0; ; t++) {
    if (t % STEPS_A_BREATH === 0) await breathe();
    const distance = distanceFromSphere(here, ties, radius) / radius;
    if (!Number.isFinite(distance)) throw new DivergenceError("arrivalTime", t, "‖w‖² is not finite");
    if (distance <= tolerance || t === maxSteps) {
      const advice =
        "raise maxSteps or the tolerance; from a start without a leading coordinate, and with an eigenvalue 0, SAM " +
        "never comes to the top two-cycle";
      return { ...iterationOutcome(distance, t, tolerance, advice), parameters: here };
    }
    const next = step(here, spare);
    spare = here;
    here = next;
  }
}

/**
 * The number of steps, log(1/ε)/(−log|m|), in which the slowest multiplier m of the top two-cycle brings the distance
 * from its radius down to ε times it. The arrival time is this and a number of steps that stays bounded as ε → 0. With
 * λ = λ_d small and a gap to λ₂ that is not, |m| = 1 − ηλ_d − (2 − ηλ₁)λ_d²/λ₁²; with a small gap,
 * |m| ≈ 1 − (2 − ηλ₁/2)(λ₁²/λ₂² − 1).
 *
 * With the largest eigenvalue several times over, its other directions, along which the cycles lie, do not count. O(d);
 * infinite where ηλ_d underflows.
 *
 * @throws InvalidArgumentError unless there is a two-cycle along the largest eigenvalue (λ ≥ 0, λ₁ > 0, ρ > 0, ηλ₁ < 2),
 * λ_d > 0, without which SAM does not arrive, and 0 < ε < 1
 * @example
 * const setting = { eigenvalues: Float64Array.of(2, 1), learningRate: 0.5, perturbationRadius: 3 };
 * asymptoticArrivalTime(setting, 0.25 ** 5); // 5
 */
export function asymptoticArrivalTime(options: QuadraticSamOptions, tolerance: number): number {
  requireTwoCycle("asymptoticArrivalTime", options, 0);
  const { eigenvalues } = options;
  const smallest = eigenvalues[eigenvalues.length - 1];
  requireThat(smallest > 0, "asymptoticArrivalTime", "the smallest eigenvalue must be positive", smallest);
  requireTolerance("asymptoticArrivalTime", tolerance);
  let least = Infinity;
  eigenvalues.forEach((eigenvalue, j) => {
    if (j > 0 && eigenvalue === eigenvalues[0]) return;
    const loss = lossOfCoordinate(options, 0, j);
    least = Math.min(least, loss, 2 - loss); // 1 − |m|
  });
  return Math.log(1 / tolerance) / -Math.log1p(-least);
}

function requireTolerance(functionName: string, tolerance: number): void {
  requireThat(tolerance > 0 && tolerance < 1, functionName, "the tolerance must be above 0 and below 1", tolerance);
}

/** The distance of w from the sphere of a radius in the space of the first `ties` coordinates. */
function distanceFromSphere(w: Float64Array, ties: number, radius: number): number {
  let top = 0;
  let rest = 0;
  for (let i = 0; i < ties; i++) top += w[i] * w[i];
  for (let i = ties; i < w.length; i++) rest += w[i] * w[i];
  const short = Math.sqrt(top) - radius;
  return Math.sqrt(short * short + rest);
}

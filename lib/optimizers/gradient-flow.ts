import { breathe, DivergenceError, requireThat } from "../core";
import { dormandPrinceStep, type VectorField } from "./dormand-prince";
import { type GradientFlow, requireTimes } from "./quadratic-gradient-flow";
import { allFinite } from "../core/finite";
import { type GradientFunction, requireGradientOf } from "./update-map";

/** Where gradient flow starts, when to look, and how exactly. */
export interface GradientFlowOptions {
  readonly gradient: GradientFunction;
  /** θ_0 (p). */
  readonly start: Float64Array;
  /** When to look: ascending, from 0 on. */
  readonly times: readonly number[];
  /** How large a step's error may be, relative to each parameter (default 1e-9, tuned). */
  readonly tolerance?: number;
  /** How large a step's error may always be, for parameters near 0 (by default the same number). */
  readonly absoluteTolerance?: number;
  /** How many steps, rejected ones included, may be tried (default 1e6, tuned). */
  readonly maximumSteps?: number;
}

/** The path of gradient flow, and what it cost. */
export interface AdaptiveGradientFlow extends GradientFlow {
  readonly acceptedSteps: number;
  readonly rejectedSteps: number;
  readonly gradientEvaluations: number;
}

/**
 * Gradient flow dθ/dt = -∇L(θ) from θ(0) = θ_0, by the Runge-Kutta method of Dormand and Prince (1980) of order 5,
 * whose embedded order 4 measures the error of each step; steps end exactly at the times asked for.
 *
 * A step is taken when the root mean square over k of error_k / (absoluteTolerance + tolerance·|θ_k|) is at most 1. The
 * next length comes from Gustafsson's PI control with the constants of DOPRI5 (Hairer, Nørsett and Wanner 1993,
 * sections II.4 and IV.2 of the two volumes). So the error at a fixed time is proportional to the tolerance, until
 * rounding.
 *
 * Steps cannot be longer than about 3.3/λmax(∇²L), whatever the tolerance: when the flow is wanted for a time T the
 * cost is about 2 T λmax gradients. At a kink of the loss the steps shrink and the order is lost, not the error
 * control. Yields to the event loop.
 *
 * @throws InvalidArgumentError unless θ_0 is finite, the times ascend from 0 on, the tolerances are positive and finite
 * and `maximumSteps` is a positive integer; when the gradient has another length than θ.
 * @throws DivergenceError when the flow leaves the finite numbers, as it may in finite time.
 * @throws Error when `maximumSteps` are not enough.
 * @throws InterruptedError when the notebook's interrupt button was pressed.
 * @example
 * const flow = await gradientFlow({ gradient: (x) => x, start: Float64Array.of(1), times: [0, 1] });
 * flow.parameters[1][0]; // 0.367879441…, that is 1/e
 */
export async function gradientFlow(options: GradientFlowOptions): Promise<AdaptiveGradientFlow> {
  const { gradient, start, times, tolerance = 1e-9, absoluteTolerance = tolerance, maximumSteps = 1e6 } = options;
  requireThat(allFinite(start), "gradientFlow", "start must be finite", start);
  requireTimes("gradientFlow", times);
  for (const [name, value] of Object.entries({ tolerance, absoluteTolerance })) {
    requireThat(value > 0 && value < Infinity, "gradientFlow", `${name} must be positive and finite`, value);
  }
  const validLimit = Number.isInteger(maximumSteps) && maximumSteps > 0;
  requireThat(validLimit, "gradientFlow", "maximumSteps must be a positive integer", maximumSteps);

  let gradientEvaluations = 0;
  const field: VectorField = (point) => {
    // A gradient may refuse such a point; the step that led there is rejected.
    if (!allFinite(point)) return point.map(() => NaN);
    const slope = gradient(point);
    requireGradientOf("gradientFlow", point, slope);
    gradientEvaluations++;
    return slope.map((value) => -value);
  };
  /** The root mean square of a vector in units of what is tolerated between two points. */
  const size = (vector: Float64Array, from: Float64Array, to: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k < vector.length; k++) {
      const scale = absoluteTolerance + tolerance * Math.max(Math.abs(from[k]), Math.abs(to[k]));
      sum += (vector[k] / scale) ** 2;
    }
    return Math.sqrt(sum / Math.max(1, vector.length));
  };

  let time = 0;
  let point: Float64Array = start.slice();
  let slope: Float64Array = field(point);
  if (!allFinite(slope)) throw new DivergenceError("gradientFlow", 0, "the gradient is not finite at the start");
  let length = firstLength(field, point, slope, size);
  let [acceptedSteps, rejectedSteps] = [0, 0];
  let lastError = 1e-4; // the start value of DOPRI5
  let justRejected = false;
  const parameters: Float64Array[] = [];
  for (const target of times) {
    while (time < target) {
      if (acceptedSteps + rejectedSteps === maximumSteps) throw new Error(tooManySteps(maximumSteps, time, length));
      await breathe();
      const reaches = time + 1.01 * length >= target; // a step that would leave a hundredth of itself goes all the way
      if (!reaches && time + 0.1 * length <= time) {
        const detail = `the steps shrink to nothing at time ${time}, where θ or the gradient blows up or jumps`;
        throw new DivergenceError("gradientFlow", acceptedSteps + 1, detail);
      }
      const taken = reaches ? target - time : length;
      const { next, nextSlope, difference } = dormandPrinceStep(field, point, slope, taken);
      const error = size(difference, point, next);
      if (error <= 1 && allFinite(nextSlope)) {
        acceptedSteps++;
        time = reaches ? target : time + taken;
        [point, slope] = [next, nextSlope];
        const growth = justRejected ? 1 : 10;
        // Powers of the host, whose last bit may differ between machines: so may the steps, but not the tolerance kept.
        const proposed = taken * clamp(0.9 * error ** -0.17 * lastError ** 0.04, 0.2, growth);
        // A step that was only shortened to end at a target says nothing against the length it was to have.
        length = reaches ? Math.max(length, proposed) : proposed;
        lastError = Math.max(error, 1e-4);
        justRejected = false;
      } else {
        rejectedSteps++;
        length = taken * (Number.isFinite(error) ? clamp(0.9 * error ** -0.2, 0.2, 1) : 0.2);
        justRejected = true;
      }
    }
    parameters.push(point.slice());
  }
  return { times: [...times], parameters, acceptedSteps, rejectedSteps, gradientEvaluations };
}

/** A first step that is neither lost nor wasted, from the sizes of f and of its change (Hairer and others, II.4). */
function firstLength(
  field: VectorField,
  point: Float64Array,
  slope: Float64Array,
  size: (vector: Float64Array, from: Float64Array, to: Float64Array) => number,
): number {
  const [value, speed] = [size(point, point, point), size(slope, point, point)];
  const guess = value < 1e-5 || speed < 1e-5 ? 1e-6 : (0.01 * value) / speed;
  const bend = field(point.map((entry, k) => entry + guess * slope[k])).map((entry, k) => entry - slope[k]);
  const largest = Math.max(speed, size(bend, point, point) / guess);
  const length = largest <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : (0.01 / largest) ** 0.2;
  return Number.isFinite(length) ? Math.min(100 * guess, length) : guess;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function tooManySteps(maximumSteps: number, time: number, length: number): string {
  return (
    `gradientFlow: ${maximumSteps} steps were not enough, time ${time} was reached with steps of ${length}; ` +
    `if a larger tolerance does not help the flow is stiff (its largest curvature is about ${3.3 / length}): ` +
    "ask for earlier times, raise maximumSteps, or, if the loss is quadratic, take quadraticGradientFlow"
  );
}

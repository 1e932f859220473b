/** The right-hand side of an autonomous differential equation dy/dt = f(y). */
export type VectorField = (point: Float64Array) => Float64Array;

/** What a step of length h from y makes. */
export interface RungeKuttaStep {
  /** The approximation of y(t + h) of order 5. */
  readonly next: Float64Array;
  /** f there: the first slope of the step after this one. */
  readonly nextSlope: Float64Array;
  /** Its difference from the embedded approximation of order 4, of size O(h⁵): an estimate of the error. */
  readonly difference: Float64Array;
}

/** Row s: how the slopes so far are weighted where slope s + 1 is taken (Dormand and Prince 1980, RK5(4)7M). */
const STAGES: readonly (readonly number[])[] = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84], // the weights of order 5: its end is the next start
];

/** The weights of order 5 minus those of order 4. */
const DIFFERENCE: readonly number[] = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** One step of the explicit Runge-Kutta method of Dormand and Prince, order 5 with an embedded order 4; six slopes. */
export function dormandPrinceStep(
  field: VectorField,
  point: Float64Array,
  slope: Float64Array,
  length: number,
): RungeKuttaStep {
  const slopes = [slope];
  let next = point;
  for (const weights of STAGES) {
    next = combined(point, length, weights, slopes);
    slopes.push(field(next));
  }
  const difference = combined(new Float64Array(point.length), length, DIFFERENCE, slopes);
  return { next, nextSlope: slopes[6], difference };
}

/** y + h Σ_s w_s k_s. */
function combined(
  point: Float64Array,
  length: number,
  weights: readonly number[],
  slopes: readonly Float64Array[],
): Float64Array {
  return point.map((value, k) => {
    let sum = 0;
    for (let s = 0; s < weights.length; s++) sum += weights[s] * slopes[s][k];
    return value + length * sum;
  });
}

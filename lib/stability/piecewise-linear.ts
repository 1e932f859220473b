import { requireThat } from "../core";
import { requireFinite, requireFiniteNumber } from "../core/requirements";

/**
 * A continuous, piecewise linear function f(x) = offset + slope·x + Σ_i c_i max(x − τ_i, 0) of one variable: what
 * `univariateRelu` networks are. Its second derivative is the measure f'' = Σ_i c_i δ(x − τ_i).
 *
 * @example
 * const hat: PiecewiseLinear = { knots: [-1, 0, 1], slopeChanges: [1, -2, 1], slope: 0, offset: 0 };
 */
export interface PiecewiseLinear {
  /** τ_i, distinct, in any order. */
  readonly knots: ArrayLike<number>;
  /** c_i, by how much the slope rises at τ_i. */
  readonly slopeChanges: ArrayLike<number>;
  /** The slope to the left of all knots. */
  readonly slope: number;
  /** The value at 0 of the line to the left of all knots. */
  readonly offset: number;
}

/**
 * The function that a univariate ReLU network Σ_j v_j max(w_j x + b_j, 0) + c₀ implements, from its parameters
 * θ = (w, b, v, c₀) in the order of `univariateRelu`: a neuron with w_j ≠ 0 has its knot at τ_j = −b_j/w_j and changes
 * the slope there by |w_j| v_j, whichever side it is active on; f'' = Σ_j |w_j| v_j δ(x − τ_j). Neurons whose −b_j/w_j
 * are the same number are put together, and knots at which nothing changes are left out; knots are ascending.
 *
 * Cost O(m log m) for m neurons.
 *
 * @throws InvalidArgumentError unless θ has 3m + 1 finite entries for some m ≥ 1, and no knot or slope overflows.
 *
 * @example
 * // max(2x − 1, 0) − max(1 − 2x, 0) + 3 max(x, 0), with w = (2, −2, 1), b = (−1, 1, 0), v = (1, −1, 3)
 * piecewiseLinearOf(Float64Array.of(2, -2, 1, -1, 1, 0, 1, -1, 3, 0));
 * // { knots: [0], slopeChanges: [3], slope: 2, offset: -1 }
 */
export function piecewiseLinearOf(parameters: Float64Array): PiecewiseLinear {
  const width = (parameters.length - 1) / 3;
  const fits = Number.isInteger(width) && width >= 1;
  requireThat(fits, "piecewiseLinearOf", "the parameters must be 3m + 1 numbers, m ≥ 1", parameters.length);
  requireFinite("piecewiseLinearOf", "the parameters", parameters);
  const [weights, biases, outputWeights] = [0, 1, 2].map((k) => parameters.subarray(k * width, (k + 1) * width));
  let slope = 0;
  let offset = parameters[3 * width];
  const changes = new Map<number, number>();
  for (let j = 0; j < width; j++) {
    if (weights[j] === 0) {
      offset += outputWeights[j] * Math.max(0, biases[j]);
      continue;
    }
    const knot = -biases[j] / weights[j] + 0; // + 0 makes −0 and 0 one key
    const change = Math.abs(weights[j]) * outputWeights[j];
    requireFiniteNumber("piecewiseLinearOf", `the knot of neuron ${j}`, knot);
    changes.set(knot, (changes.get(knot) ?? 0) + change);
    if (weights[j] > 0) continue;
    // max(τ − x, 0) = max(x − τ, 0) − (x − τ)
    slope -= change;
    offset += change * knot;
  }
  const knots = Array.from(changes.keys())
    .filter((knot) => changes.get(knot) !== 0)
    .sort((first, second) => first - second);
  const slopeChanges = Float64Array.from(knots, (knot) => changes.get(knot)!);
  const found = Float64Array.of(slope, offset, ...slopeChanges);
  requireFinite("piecewiseLinearOf", "the slope, the offset and the slope changes", found);
  return { knots: Float64Array.from(knots), slopeChanges, slope, offset };
}

/** Refuses what is no piecewise linear function; the error carries the caller's name. */
export function requirePiecewiseLinear(functionName: string, f: PiecewiseLinear): void {
  const { knots, slopeChanges, slope, offset } = f;
  requireThat(
    knots.length === slopeChanges.length,
    functionName,
    "there must be as many slope changes as knots",
    `${slopeChanges.length} and ${knots.length}`,
  );
  requireFinite(functionName, "the knots", Float64Array.from(knots));
  requireFinite(functionName, "the slope changes", Float64Array.from(slopeChanges));
  requireThat(new Set(Array.from(knots)).size === knots.length, functionName, "the knots must be distinct", knots);
  requireFiniteNumber(functionName, "the slope", slope);
  requireFiniteNumber(functionName, "the offset", offset);
}

/** The inputs in ascending order, refused when there is none, or when one is not finite. */
export function sortedInputs(functionName: string, inputs: ArrayLike<number>): Float64Array {
  requireThat(inputs.length >= 1, functionName, "there must be an input", "none");
  const sorted = Float64Array.from(inputs);
  requireFinite(functionName, "the inputs", sorted);
  return sorted.sort();
}

/**
 * How near |x − τ| counts as equal, relative to |x| + |τ|: the knot −b/w of a network has a rounding of an eps, trained
 * ones stop a few bits short of an input.
 */
const ROUNDING = 8 * Number.EPSILON;

/**
 * Refuses a function with a knot on an input: any network that implements it has a neuron there whose derivative jumps,
 * so the loss is not differentiable, and theorems about differentiable minima say nothing.
 */
export function requireKnotsOffInputs(functionName: string, f: PiecewiseLinear, inputs: Float64Array): void {
  const on = Array.from(f.knots).findIndex(
    (knot, i) =>
      f.slopeChanges[i] !== 0 &&
      inputs.some((input) => Math.abs(input - knot) <= ROUNDING * (Math.abs(input) + Math.abs(knot))),
  );
  requireThat(
    on < 0,
    functionName,
    "no knot may lie on an input, where the loss is not differentiable and the theorem says nothing",
    `the knot ${f.knots[on]}`,
  );
}

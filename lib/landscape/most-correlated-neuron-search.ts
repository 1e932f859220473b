import { breathe, type Matrix, type RandomStream, requireThat, rowOf } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { orthogonalise } from "../core/orthonormal";
import { requireFiniteNumber, requireSize } from "../core/requirements";
import { uncheckedDot, uncheckedNorm } from "../core/vector";
import { circleOfNeurons, mostCorrelatedOnCircle } from "./circle-of-neurons";
import { type CorrelatedNeuron, inUnits, requireCoefficients } from "./most-correlated-planar-neuron";

/** The best neuron of several ascents, and how many of them found it. */
export interface CorrelatedNeuronSearch extends CorrelatedNeuron {
  /** The number of starts that ended within 1e-9 of the best value, relative to it: the more, the likelier it is global. */
  readonly agreeing: number;
}

/** How often an ascent starts, and where. */
export interface NeuronSearchOptions {
  /** The number of random starts. Default 10 (tuned: for n ≤ 640, d = 10 the best is within 0.2 % of that of 60). */
  readonly starts?: number;
  readonly stream: RandomStream;
}

/**
 * A ReLU neuron of unit weights that correlates strongly with coefficients c_i, in any dimension d ≥ 2: a lower estimate
 * of
 *
 * max_{‖w‖=1} |Σ_i c_i max{w·x_i, 0}|,
 *
 * the best of several ascents from random unit vectors. The maximum itself is that of a function which is neither convex
 * nor concave, and nothing certifies it; in the plane `mostCorrelatedPlanarNeuron` finds it.
 *
 * An ascent searches great circles, each exactly: through w and the gradient s = Σ_{i active} c_i x_i or, first, what is
 * left of s at right angles to the inputs on whose kinks w lies. (The maximum over a circle is often at a concave kink.
 * From there s leads down on both sides, and the way up is along the kink.) So no step is ever downhill, which the
 * iteration w ← ±s/‖s‖ does not guarantee: convexity bounds only the summands with c_i > 0 from below. An ascent ends
 * when neither circle gains more than 1e-10 of the value.
 *
 * @param inputs X (n×d), one sample in each row
 * @param coefficients c (n)
 * @throws InvalidArgumentError unless X has at least two columns, the sizes fit, all numbers are finite and `starts` is
 *   a positive integer; when the value overflows
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * Cost: a circle takes 4nd operations and a sort of n angles; an ascent some 5 to 40 circles.
 *
 * @example
 * const inputs = matrix([[3, 0, 0], [0, 4, 0], [0, 0, 12]]);
 * const { value } = await searchMostCorrelatedNeuron(inputs, [1, 1, 1], { stream: randomStream(1) });
 * value; // 13
 */
export async function searchMostCorrelatedNeuron(
  inputs: Matrix,
  coefficients: ArrayLike<number>,
  options: NeuronSearchOptions,
): Promise<CorrelatedNeuronSearch> {
  const name = "searchMostCorrelatedNeuron";
  const starts = requireSearch(name, inputs, options);
  const { X, unit } = inUnits(inputs);
  const c = requireCoefficients(name, coefficients, inputs.rows);
  const best = await bestOfAscents(X, c.scaled, starts, options.stream);
  return { ...best, value: requireFiniteNumber(name, "the correlation", best.value * unit * c.unit) };
}

/** The number of starts, refused unless a search is possible. */
export function requireSearch(functionName: string, inputs: Matrix, { starts = 10 }: NeuronSearchOptions): number {
  requireThat(inputs.cols >= 2, functionName, "inputs must have at least 2 columns", inputs.cols);
  requireFiniteEntries(functionName, inputs, "inputs must be finite");
  requireSize(functionName, "starts", starts);
  return starts;
}

/** Two starts whose values differ by less than this share found the same neuron (tuned). */
const AGREEMENT = 1e-9;

/** The best of several ascents, for inputs and coefficients of order one. */
export async function bestOfAscents(
  X: Matrix,
  c: Float64Array,
  starts: number,
  stream: RandomStream,
): Promise<CorrelatedNeuronSearch> {
  const found: CorrelatedNeuron[] = [];
  for (let start = 0; start < starts; start++) found.push(await ascent(X, c, stream.sphere(X.cols)));
  const best = found.reduce((one, other) => (other.value > one.value ? other : one));
  return { ...best, agreeing: found.filter(({ value }) => value >= best.value * (1 - AGREEMENT)).length };
}

/** An ascent ends when a circle gains less than this share (tuned: a thousandth of what rounding can be taken for). */
const GAIN = 1e-10;

/** w lies on the kink of an input when their cosine is below this (tuned: above rounding, below the gaps of 1/n). */
const ON_KINK = 1e-9;

async function ascent(X: Matrix, c: Float64Array, start: Float64Array): Promise<CorrelatedNeuron> {
  const rows = Array.from({ length: X.rows }, (_, i) => rowOf(X, i));
  const lengths = rows.map(uncheckedNorm);
  let direction = start;
  let along = products(rows, direction);
  let value = 0;
  for (let alongKinks = true; ;) {
    await breathe();
    const { slope, kinks } = localShape(rows, lengths, c, along);
    const basis = [direction, ...(alongKinks ? independent(kinks, direction) : [])];
    const side = remainder(slope, basis);
    const across = side && products(rows, side);
    const best = across && mostCorrelatedOnCircle(circleOfNeurons(along, across), c);
    if (side && best && best.value > value * (1 + GAIN)) {
      const w = direction.map((entry, k) => best.cosine * entry + best.sine * side[k]);
      const length = uncheckedNorm(w);
      direction = w.map((entry) => entry / length);
      along = products(rows, direction);
      value = best.value;
      alongKinks = true;
    } else if (alongKinks) {
      alongKinks = false;
    } else {
      return { value, direction };
    }
  }
}

function products(rows: readonly Float64Array[], w: Float64Array): Float64Array {
  return Float64Array.from(rows, (x) => uncheckedDot(x, w));
}

/** s = Σ_{i active} c_i x_i, and the inputs on whose kinks w lies where |Σ_i c_i max{w·x_i, 0}| is concave. */
function localShape(
  rows: readonly Float64Array[],
  lengths: readonly number[],
  c: Float64Array,
  along: Float64Array,
): { readonly slope: Float64Array; readonly kinks: readonly Float64Array[] } {
  const slope = new Float64Array(rows[0].length);
  let sum = 0;
  const dead = along.every((value) => value <= 0); // then s is 0, and that of -w leads away from here
  rows.forEach((x, i) => {
    if (along[i] <= 0 && !dead) return;
    sum += c[i] * along[i];
    for (let k = 0; k < slope.length; k++) slope[k] += c[i] * x[k];
  });
  const kinks = rows.filter((_, i) => c[i] * sum < 0 && Math.abs(along[i]) <= ON_KINK * lengths[i]);
  return { slope, kinks };
}

/** Orthonormal directions of the kinks' inputs at right angles to w. */
function independent(kinks: readonly Float64Array[], direction: Float64Array): Float64Array[] {
  const found: Float64Array[] = [];
  for (const x of kinks) {
    const next = remainder(x, [direction, ...found]);
    if (next) found.push(next);
  }
  return found;
}

/** The unit vector of what a vector has beside an orthonormal basis; undefined where that is rounding. */
function remainder(vector: Float64Array, basis: readonly Float64Array[]): Float64Array | undefined {
  const rest = vector.slice();
  orthogonalise(rest, basis);
  const length = uncheckedNorm(rest);
  return length > ON_KINK * uncheckedNorm(vector) ? rest.map((entry) => entry / length) : undefined;
}

import type { PiecewiseLinear } from "./piecewise-linear";

/**
 * A knot at which an implementation of f may have neurons: one active to its right with slope change c − u, one active
 * to its left with slope change u, so that together f changes its slope by c. It is silent when c = 0.
 *
 * Outside the sample one of the two is inactive on all inputs and costs nothing; the other one is always active.
 */
export interface Knot {
  /** τ. */
  readonly at: number;
  /** c. */
  readonly slopeChange: number;
  /** Those of the two neurons that are active on some input. */
  readonly sides: readonly Side[];
}

/** A neuron max(±(x − τ), 0) on the sample: K gets z A + s B with A = I(xxᵀ + 11ᵀ)I, B = rrᵀ, z = c²/s, s = w². */
export interface Side {
  readonly right: boolean;
  /** The columns Ix and I1 (each n) of A = Σ aaᵀ, I the inputs at which the neuron is active. */
  readonly slopes: readonly [Float64Array, Float64Array];
  /** r_i = max(±(x_i − τ), 0) (n), B = rrᵀ. */
  readonly heights: Float64Array;
}

/**
 * A stretch of the line between two neighbouring inputs, or beyond an extreme one (then low = −∞ or high = ∞): all
 * knots inside split the inputs alike.
 */
export interface Gap {
  readonly low: number;
  readonly high: number;
  /** How far off the inputs knots are put. */
  readonly margin: number;
}

/**
 * The margin in units of the gap. Tuned: a knot's cost is continuous inside its gap, so it raises the value by about
 * 1e-9 of itself, and the knot −b/w of the network still comes out on its side of the input.
 */
const MARGIN = 1e-9;

/** The gaps between the inputs (ascending, at least two different ones) and beyond them. */
export function gapsOf(inputs: Float64Array): Gap[] {
  const ends = [-Infinity, ...new Set(inputs), Infinity];
  const span = inputs[inputs.length - 1] - inputs[0];
  return ends.slice(1).map((high, k) => ({ low: ends[k], high, margin: MARGIN * Math.min(high - ends[k], span) }));
}

/** The point of a gap that is nearest to τ and a margin off the ends. */
export function pointIn({ low, high, margin }: Gap, tau: number): number {
  return Math.min(high - margin, Math.max(low + margin, tau));
}

/** The middle of a gap; the point nearest to the sample when it is beyond. */
export function middleOf(gap: Gap): number {
  const { low, high } = gap;
  if (low === -Infinity) return pointIn(gap, high);
  return pointIn(gap, high === Infinity ? low : low + (high - low) / 2);
}

/** A knot with its neurons on the inputs. */
export function knotAt(inputs: Float64Array, at: number, slopeChange: number): Knot {
  const sides = [true, false].map((right): Side => {
    const active = inputs.map((x) => ((right ? x > at : x < at) ? 1 : 0));
    return {
      right,
      slopes: [active.map((on, i) => on * inputs[i]), active],
      heights: active.map((on, i) => on * Math.abs(inputs[i] - at)),
    };
  });
  return { at, slopeChange, sides: sides.filter(({ slopes }) => slopes[1].includes(1)) };
}

/** The knots of f between the extreme inputs; the others are as good as silent. */
export function innerKnots(f: PiecewiseLinear, inputs: Float64Array): Knot[] {
  const [first, last] = [inputs[0], inputs[inputs.length - 1]];
  return Array.from(f.knots)
    .map((at, i) => ({ at, slopeChange: f.slopeChanges[i] }))
    .filter(({ at, slopeChange }) => slopeChange !== 0 && at > first && at < last)
    .map(({ at, slopeChange }) => knotAt(inputs, at, slopeChange));
}

/** The slope of f at the smallest input. */
export function slopeAtFirst(f: PiecewiseLinear, first: number): number {
  return Array.from(f.knots).reduce((sum, at, i) => (at < first ? sum + f.slopeChanges[i] : sum), f.slope);
}

import type { IterativeResult } from "../core";

/** A function A − c on a box in one or two dimensions; A and c are convex there, and c has a gradient. */
export interface ConvexDifference {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** A(x) */
  readonly convex: (x: Float64Array) => number;
  /** c(x); writes ∇c(x) into the second argument. */
  readonly subtracted: (x: Float64Array, gradient: Float64Array) => number;
}

/** The largest value found, an upper bound on what was missed, and where it was found. */
export interface ConvexDifferenceMaximum extends IterativeResult {
  readonly argument: Float64Array;
}

/** Tuned: a hundred boxes are usual in one dimension, a thousand in two. */
const MOST_BOXES = 200_000;

interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly upper: number;
  /** Where to cut it: the coordinate along which A and c bend most. */
  readonly axis: number;
}

/**
 * The global maximum of A − c by branch and bound. On a box, A − c is at most A minus the tangent of c at the middle,
 * a convex function, which is largest at a corner: an upper bound whose gap is quadratic in the width. A box is dropped
 * when its bound does not exceed the best value at a middle by more than the tolerance. The residual is the largest
 * bound that was dropped, minus the value: `value + residual` is proved to be no less than the maximum, up to rounding.
 * Boxes are cut where A and c bend most, so that a direction in which nothing changes costs nothing.
 */
export function maximizeConvexDifference(
  { low, high, convex, subtracted }: ConvexDifference,
  tolerance: number,
): ConvexDifferenceMaximum {
  const dimension = low.length;
  const middle = new Float64Array(dimension);
  const corner = new Float64Array(dimension);
  const gradient = new Float64Array(dimension);
  const argument = Float64Array.from(low);
  let value = convex(argument) - subtracted(argument, gradient);
  let boxCount = 0;

  const examined = (low: readonly number[], high: readonly number[]): Box => {
    boxCount++;
    for (let i = 0; i < dimension; i++) middle[i] = low[i] + (high[i] - low[i]) / 2;
    const atMiddle = subtracted(middle, gradient);
    const found = convex(middle) - atMiddle;
    if (found > value) {
      value = found;
      argument.set(middle);
    }
    let upper = -Infinity;
    for (let which = 0; which < 1 << dimension; which++) {
      let tangent = atMiddle;
      for (let i = 0; i < dimension; i++) {
        corner[i] = (which >> i) & 1 ? high[i] : low[i];
        tangent += gradient[i] * (corner[i] - middle[i]);
      }
      upper = Math.max(upper, convex(corner) - tangent);
    }
    return { low, high, upper, axis: dimension === 1 ? 0 : mostBent(low, high, found + 2 * atMiddle) };
  };

  /** Which second difference of A + c over the box is the largest; `sum` is A + c in the middle. */
  const mostBent = (low: readonly number[], high: readonly number[], sum: number): number => {
    const bends = low.map((_, i) => {
      corner.set(middle);
      let bend = -2 * sum;
      for (const end of [low[i], high[i]]) {
        corner[i] = end;
        bend += convex(corner) + subtracted(corner, gradient);
      }
      return bend;
    });
    return bends.indexOf(Math.max(...bends));
  };

  let open = [examined(low, high)];
  let dropped = -Infinity;
  while (open.length > 0 && boxCount < MOST_BOXES) {
    const halves = open.flatMap((box) => {
      const { axis } = box;
      const cut = box.low[axis] + (box.high[axis] - box.low[axis]) / 2;
      return [examined(box.low, withEntry(box.high, axis, cut)), examined(withEntry(box.low, axis, cut), box.high)];
    });
    open = [];
    for (const box of halves) {
      if (box.upper > value + tolerance) open.push(box);
      else dropped = Math.max(dropped, box.upper);
    }
  }
  const upper = open.reduce((most, box) => Math.max(most, box.upper), dropped);
  const residual = Math.max(0, upper - value);
  const found = `the maximum is at most ${residual.toExponential(1)} above the value, by ${boxCount} boxes`;
  const converged = open.length === 0;
  const message = converged
    ? `converged: ${found}`
    : `not converged: ${found}; it is very flat: try fewer hypotheses of nearly equal risks`;
  return { value, argument, residual, iterations: boxCount, converged, message };
}

function withEntry(x: readonly number[], index: number, entry: number): number[] {
  return x.map((other, i) => (i === index ? entry : other));
}

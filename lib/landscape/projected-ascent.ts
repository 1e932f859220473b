import { breathe } from "../core";

/** A function to be maximised on a convex set that has 0 in its middle. */
export interface AscentProblem {
  readonly loss: (point: Float64Array) => number | Promise<number>;
  readonly gradient: (point: Float64Array) => Float64Array | Promise<Float64Array>;
  /** The point of the set next to a point; it may write into it. */
  readonly project: (point: Float64Array) => Float64Array;
  /** The norm in which the set is a ball: of steps and gradients. */
  readonly norm: (vector: Float64Array) => number;
  /** The set's radius in that norm. */
  readonly extent: number;
  /** In units of the extent: where no longer step raises the loss, the ascent ends. */
  readonly shortestStep: number;
}

/** Where an ascent ended. */
export interface Ascent {
  readonly point: Float64Array;
  readonly loss: number;
  /** ‖P(x + r∇L/g) − x‖/r, with r the extent and g the largest gradient met on the way; 0 where all were 0. */
  readonly residual: number;
  /** Gradients taken. */
  readonly iterations: number;
}

/** In units of the extent: so far out, the projection is that of the direction but for a millionth. */
const LONGEST_STEP = 2 ** 20;

/**
 * Projected gradient ascent x ← P(x + t∇L(x)), with t shortened by 4 until the loss rises and doubled after: monotone,
 * to a local maximum. Of the longest steps on a convex loss it is the generalised power method (Journée, Nesterov,
 * Richtárik and Sepulchre 2010).
 */
export async function projectedAscent(
  { loss: lossAt, gradient: gradientAt, project, norm, extent, shortestStep }: AscentProblem,
  first: Float64Array,
  { tolerance, maxIterations }: { readonly tolerance: number; readonly maxIterations: number },
): Promise<Ascent> {
  let point = first;
  let loss = await lossAt(point);
  let length = LONGEST_STEP;
  let largestGradient = 0;
  for (let iterations = 1; ; iterations++) {
    await breathe();
    const gradient = await gradientAt(point);
    const size = norm(gradient);
    largestGradient = Math.max(largestGradient, size);
    const onward = (t: number): Float64Array => project(point.map((value, k) => value + t * gradient[k]));
    // A gradient of 0 everywhere on the way is a plateau, which is stationary.
    const residual = largestGradient > 0 ? norm(difference(onward(extent / largestGradient), point)) / extent : 0;
    if (residual <= tolerance || iterations >= maxIterations) return { point, loss, residual, iterations };

    let next: Float64Array;
    let nextLoss: number;
    for (;;) {
      next = onward((length * extent) / size);
      nextLoss = await lossAt(next);
      if (nextLoss > loss) break;
      if (length < shortestStep) return { point, loss, residual, iterations };
      length /= 4;
    }
    [point, loss] = [next, nextLoss];
    length = Math.min(LONGEST_STEP, 2 * length);
  }
}

/** The highest of several ends, and how many gradients all of them took. */
export function highestAscent(ends: readonly Ascent[]): Ascent {
  const highest = ends.reduce((higher, end) => (end.loss > higher.loss ? end : higher));
  return { ...highest, iterations: ends.reduce((sum, end) => sum + end.iterations, 0) };
}

function difference(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((value, k) => value - y[k]);
}

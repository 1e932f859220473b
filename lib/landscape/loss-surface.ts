import { breathe, DivergenceError, type Matrix, progressBar, requireThat, zeros } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import { uncheckedDot, uncheckedNorm } from "../core/vector";

/** A square piece of a plane in the space of parameters, and the grid on it. */
export interface ParameterPlane {
  /** θ (p), where both coordinates are 0. */
  readonly center: Float64Array;
  /** u and v (p), as they are: not made orthogonal, nor of length 1. */
  readonly directions: readonly [Float64Array, Float64Array];
  /** The first and the last coordinate, along u and along v alike. */
  readonly range: readonly [low: number, high: number];
  /** The number of grid points along u, and as many along v. */
  readonly steps: number;
  /** The label of a progress bar; without one there is no bar. */
  readonly progress?: string;
}

/** A loss on a plane. */
export interface LossSurface {
  /** The grid's coordinates along u, and along v (steps), evenly spaced. */
  readonly coordinates: Float64Array;
  /** Row i, column j (steps × steps): the loss at θ + coordinates[j]·u + coordinates[i]·v. */
  readonly losses: Matrix;
}

/**
 * The loss on a plane through θ, L(θ + xu + yv), on a square grid (Goodfellow, Vinyals and Saxe 2015; Li et al. 2018).
 * Along random directions of `randomDirection` it is the filter-normalised surface; with u = θ₁ − θ and v = θ₂ − θ it is
 * the plane through three solutions, which lie at (0, 0), (1, 0) and (0, 1). Costs steps² evaluations; yields to the
 * event loop between them.
 *
 * @param loss L, called with a fresh array each time
 * @throws InvalidArgumentError when a direction has another length than θ, one of these numbers is not finite, the
 *   directions are parallel or 0 to rounding, the range does not increase, or there are fewer than two steps
 * @throws DivergenceError naming the coordinates where the loss is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const surface = await lossSurface(([a, b]) => a * a + 10 * b, {
 *   center: Float64Array.of(0, 1), directions: [Float64Array.of(1, 0), Float64Array.of(0, 1)], range: [-1, 1], steps: 3,
 * });
 * surface.coordinates; // [-1, 0, 1]
 * surface.losses; // matrix([[1, 0, 1], [11, 10, 11], [21, 20, 21]])
 */
export async function lossSurface(
  loss: (parameters: Float64Array) => number,
  { center, directions, range, steps, progress }: ParameterPlane,
): Promise<LossSurface> {
  const name = "lossSurface";
  requireFinite(name, "center", center);
  requireThat(directions.length === 2, name, "there must be two directions", directions.length);
  const [u, v] = directions.map((direction, k) => {
    const fits = direction.length === center.length;
    requireThat(fits, name, `directions[${k}] must have length ${center.length}, as center`, direction.length);
    requireFinite(name, `directions[${k}]`, direction);
    return direction.slice();
  });
  requirePlane(name, u, v);
  const [low, high] = range;
  const increasing = low < high && Number.isFinite(high - low);
  requireThat(increasing, name, "the range must be finite and increasing", range);
  requireSize(name, "steps", steps, 2);

  const theta = center.slice();
  const coordinates = Float64Array.from({ length: steps }, (_, k) => {
    const share = k / (steps - 1);
    return (1 - share) * low + share * high;
  });
  const losses = zeros(steps, steps);
  const bar = progress === undefined ? undefined : progressBar(progress, steps * steps);
  for (let i = 0, at = 0; i < steps; i++) {
    for (let j = 0; j < steps; j++, at++) {
      const [x, y] = [coordinates[j], coordinates[i]];
      const value = loss(theta.map((entry, k) => entry + x * u[k] + y * v[k]));
      if (!Number.isFinite(value)) throw new DivergenceError(name, at, `the loss is ${value} at (${x}, ${y})`);
      losses.data[at] = value;
      await (bar ? bar.advance() : breathe());
    }
  }
  bar?.finish();
  return { coordinates, losses };
}

/** Refuses directions that span no plane: what of v is not along u is then rounding, p·eps·‖v‖ at most. */
function requirePlane(name: string, u: Float64Array, v: Float64Array): void {
  const [lengthU, lengthV] = [uncheckedNorm(u), uncheckedNorm(v)];
  const proper = lengthU > 0 && lengthV > 0 && lengthU + lengthV < Infinity;
  requireThat(proper, name, "the norms of the directions must be positive and finite", [lengthU, lengthV]);
  const unit = u.map((entry) => entry / lengthU);
  const along = uncheckedDot(unit, v);
  const rest = uncheckedNorm(v.map((entry, k) => entry - along * unit[k]));
  const spans = rest > u.length * Number.EPSILON * lengthV;
  requireThat(spans, name, "the directions must not be parallel", `a remainder of norm ${rest} against ${lengthV}`);
}

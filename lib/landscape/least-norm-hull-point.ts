import { type IterationOptions, type IterationOutcome, type Matrix, requireThat, rowOf } from "../core";
import { iterationOutcome, requireIterationOptions } from "../core/iterative-result";
import { requireFiniteEntries } from "../core/matrix";
import { combine, orthogonalise } from "../core/orthonormal";
import { uncheckedDot, uncheckedNorm } from "../core/vector";

/** The point of a convex hull that is nearest to the origin, and how well it is known. */
export interface LeastNormHullPoint extends IterationOutcome {
  /** z (d). */
  readonly point: Float64Array;
  /** λ (n) with z = Σ_i λ_i p_i, λ_i ≥ 0 and Σ_i λ_i = 1 up to rounding; at most d + 1 of them are positive. */
  readonly weights: Float64Array;
}

/**
 * The point of least norm in the convex hull of n points p_i,
 *
 *     z = argmin {‖z‖ : z = Σ_i λ_i p_i, λ ≥ 0, Σ_i λ_i = 1},
 *
 * by Wolfe's method (1976, "Finding the nearest point in a polytope"): it keeps affinely independent points whose hull
 * has its nearest point in its interior, adds the point that lies farthest on the near side of z, and drops points
 * whose weight would become negative. It ends after finitely many steps, and with a certificate:
 *
 * - z·p_i ≥ ‖z‖² for all i: the hyperplane through z keeps all points away from the origin, and z is the nearest;
 * - or z = 0, and the weights say how the origin is a mean of the points.
 *
 * With R = max_i ‖p_i‖ the `residual` is the smaller of max_i (‖z‖² − z·p_i)/(‖z‖R) and ‖z‖/R. So a hull that passes the
 * origin at less than the tolerance times R counts as containing it. O(nd + k²d) a step at most for k points kept, O(nd + kd) where none is
 * dropped; some 2d steps.
 *
 * @param points p_i, the rows of a matrix (n×d)
 * @param options the tolerance (default 1e-12: tuned, a few hundred times the rounding of z·p_i at d = 30) and a bound
 *   on the steps (default 100(n + d), tuned)
 * @throws InvalidArgumentError when there is no point, an entry is not finite, the tolerance is below eps or
 *   maxIterations is no positive integer
 *
 * @example
 * const found = leastNormHullPoint(matrix([[2, -2], [2, 2], [5, 0]]));
 * found.point; // [2, 0]
 * found.weights; // [0.5, 0.5, 0]
 */
export function leastNormHullPoint(points: Matrix, options: IterationOptions = {}): LeastNormHullPoint {
  const name = "leastNormHullPoint";
  const { rows: n, cols: d } = points;
  requireThat(n > 0 && d > 0, name, "there must be a point and a coordinate", points);
  requireFiniteEntries(name, points, "the points must be finite");
  requireIterationOptions(name, options);
  const { tolerance = 1e-12, maxIterations = 100 * (n + d) } = options;
  // In units of the largest entry no square overflows.
  const unit = points.data.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0) || 1;
  const scaled = { rows: n, cols: d, data: points.data.map((entry) => entry / unit) };
  const p = Array.from({ length: n }, (_, i) => rowOf(scaled, i));
  const norms = p.map(uncheckedNorm);
  const R = Math.max(...norms);

  const affineWeights = affineWeightsAmong(p);
  let kept = [norms.indexOf(Math.min(...norms))];
  let weights = [1];
  let z: Float64Array = p[kept[0]].slice();
  for (let iterations = 0; ; iterations++) {
    const products = p.map((point) => uncheckedDot(z, point));
    const next = products.indexOf(Math.min(...products));
    const length = uncheckedNorm(z);
    const gap = Math.max(0, length * length - products[next]);
    const residual = length === 0 || gap === 0 ? 0 : Math.min(gap / (length * R), length / R);
    // A point that is kept already has z·p = ‖z‖² but for rounding: no step is left.
    if (residual <= tolerance || iterations >= maxIterations || kept.includes(next)) {
      const all = new Float64Array(n);
      kept.forEach((i, k) => (all[i] = weights[k]));
      const advice = iterations >= maxIterations ? undefined : "rounding allows no better: raise the tolerance";
      return {
        point: z.map((entry) => entry * unit),
        weights: all,
        ...iterationOutcome(residual, iterations, tolerance, advice),
      };
    }
    [kept, weights] = inwards(affineWeights, [...kept, next], [...weights, 0]);
    z = combine(
      kept.map((i) => p[i]),
      weights,
    );
  }
}

/** From a mean of the kept points towards the point of least norm in their affine hull, dropping those that it leaves. */
function inwards(affineWeights: AffineWeights, kept: number[], weights: number[]): [kept: number[], weights: number[]] {
  for (;;) {
    const target = affineWeights(kept);
    if (target.every((weight) => weight > 0)) return [kept, target];
    // The largest share of the way on which no weight becomes negative; the weight that ends it is 0 there.
    const shares = target.map((goal, k) => (goal > 0 ? Infinity : weights[k] / (weights[k] - goal || 1)));
    const share = Math.min(1, ...shares);
    const left = shares.indexOf(Math.min(...shares));
    const moved = weights.map((weight, k) => weight + share * (target[k] - weight));
    const stays = moved.map((weight, k) => k !== left && weight > 0);
    kept = kept.filter((_, k) => stays[k]);
    weights = moved.filter((_, k) => stays[k]);
  }
}

/** The weights, of sum 1 and any sign, of the point of least norm in the affine hull of some of the points. */
type AffineWeights = (kept: readonly number[]) => number[];

/**
 * The least-squares problem of p_0 in the differences p_k − p_0, by Gram–Schmidt, without squaring its condition number.
 * What is orthogonal already stays so from call to call, as far as the lists agree: O(kd) for a point added.
 */
function affineWeightsAmong(p: readonly Float64Array[]): AffineWeights {
  let known: readonly number[] = [];
  const directions: Float64Array[] = [];
  /** Column k of R, where the differences are QR. */
  const columns: number[][] = [];
  return (kept) => {
    const origin = p[kept[0]];
    const differs = kept.findIndex((i, k) => i !== known[k]);
    directions.length = columns.length = Math.max(0, (differs < 0 ? kept.length : differs) - 1);
    for (let k = directions.length + 1; k < kept.length; k++) {
      const column = p[kept[k]].map((entry, c) => entry - origin[c]);
      const overlaps = orthogonalise(column, directions);
      const length = uncheckedNorm(column) || 1; // 0 for a point that is kept already but for rounding
      columns.push([...overlaps, length]);
      directions.push(column.map((entry) => entry / length));
    }
    known = kept;

    const rest = origin.slice();
    const solution = Array.from(orthogonalise(rest, directions), (overlap) => -overlap);
    for (let k = solution.length - 1; k >= 0; k--) {
      solution[k] /= columns[k][k];
      for (let l = 0; l < k; l++) solution[l] -= columns[k][l] * solution[k];
    }
    return [1 - solution.reduce((sum, weight) => sum + weight, 0), ...solution];
  };
}

import { requireThat } from "../core";
import { requireSize } from "../core/requirements";

/** A maximum over the sphere, found and certified; made by {@link symmetricFormNorm}. */
export interface SymmetricFormNorm {
  /** |f| at a unit vector: never above the norm, and the norm itself, to rounding, when the best grid point led there. */
  readonly norm: number;
  /** A number that the norm is not above. */
  readonly upperBound: number;
}

/**
 * The norm max_{‖u‖=1} |f(u)| of a homogeneous polynomial f of degree m in 2 or 3 variables. For f(u) = T[u, …, u] with
 * a symmetric tensor T it is T's operator norm max |T[u₁, …, u_m]| (Banach, 1938).
 *
 * Looks at a grid on half a sphere, of which no point is farther than the angle h, and climbs from the best grid point
 * in ever smaller steps. The certificate: on the great circle from a maximizer to the nearest grid point f is a
 * trigonometric polynomial of degree m, which at an angle h ≤ π/2m from its maximum N is at least N cos(mh) in modulus
 * (M. Riesz, 1914): N ≤ (largest |f| on the grid)/cos(mh).
 *
 * @param form f, called on a unit vector (2 or 3) that is lent to it
 * @param options the number of variables, the degree m ≥ 1, and the number of grid rows (default 16; tuned), which is
 *   to be above m: 4 points a row in two variables, 8 rows² points in three
 * @throws InvalidArgumentError unless there are 2 or 3 variables, m is a positive integer and the number of rows an
 *   integer above m, or if f is not finite on the grid.
 *
 * @example
 * const saddle = (u: Float64Array): number => u[0] ** 2 * u[1]; // cos²θ sin θ
 * symmetricFormNorm(saddle, { variableCount: 2, degree: 3 }).norm; // 0.3849001794597505: 2/√27
 */
export function symmetricFormNorm(
  form: (unit: Float64Array) => number,
  options: { readonly variableCount: 2 | 3; readonly degree: number; readonly rows?: number },
): SymmetricFormNorm {
  const { variableCount, degree, rows = 16 } = options;
  const dimension = "variableCount must be 2 or 3";
  requireThat(variableCount === 2 || variableCount === 3, "symmetricFormNorm", dimension, variableCount);
  requireSize("symmetricFormNorm", "degree", degree);
  requireSize("symmetricFormNorm", "rows", rows, degree + 1);

  const unit = new Float64Array(variableCount);
  const valueAt = (longitude: number, polar: number): number => {
    const radius = variableCount === 3 ? Math.sin(polar) : 1;
    unit[0] = radius * Math.cos(longitude);
    unit[1] = radius * Math.sin(longitude);
    if (variableCount === 3) unit[2] = Math.cos(polar);
    return Math.abs(form(unit));
  };

  // Half a circle in 4·rows arcs; half a sphere in rows × 4·rows cells of the size `step` in both angles, whose corners
  // are half a diagonal from the middle, or less: a longitude is shorter than its angle.
  const step = variableCount === 2 ? Math.PI / (4 * rows) : Math.PI / (2 * rows);
  let [longitude, polar, best] = [0, 0, -Infinity];
  for (let i = 0; i < (variableCount === 2 ? 1 : rows); i++) {
    for (let j = 0; j < 4 * rows; j++) {
      const value = valueAt((j + 0.5) * step, (i + 0.5) * step);
      requireThat(Number.isFinite(value), "symmetricFormNorm", "the form must be finite on unit vectors", value);
      if (value > best) [longitude, polar, best] = [(j + 0.5) * step, (i + 0.5) * step, value];
    }
  }
  const radius = variableCount === 2 ? step / 2 : step / Math.SQRT2;
  const upperBound = best / Math.cos(degree * radius);

  // At a maximum an error δ of the angles changes |f| by about δ² only: 1e-9 is below rounding.
  for (let width = step / 2; width > 1e-9;) {
    const moves = [
      [width, 0],
      [-width, 0],
      [0, width],
      [0, -width],
    ].map(([east, south]) => [longitude + east, polar + south] as const);
    const better = moves.find(([east, south]) => valueAt(east, south) > best);
    if (better) {
      [longitude, polar] = better;
      best = valueAt(longitude, polar);
    } else width /= 2;
  }
  return { norm: best, upperBound: Math.max(best, upperBound) };
}

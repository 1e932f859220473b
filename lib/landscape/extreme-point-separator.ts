import { type Matrix, requireThat, rowOf, zeros } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { uncheckedDot, uncheckedNorm } from "../core/vector";
import { leastNormHullPoint } from "./least-norm-hull-point";

/** A half-space that holds one input and none of the others, or why there is none. */
export type ExtremePointSeparator =
  | {
      readonly separated: true;
      /** u (d). */
      readonly normal: Float64Array;
      /** b, 0 for "no bias": u·x_j + b = 1, and u·x_i + b < 0 for i ≠ j (at most −1 with biases). */
      readonly bias: number;
    }
  | {
      readonly separated: false;
      /**
       * λ (n), not negative. With biases x_j = Σ_{i≠j} λ_i x_i with λ_j = 0 and Σλ_i = 1: the input is a mean of the
       * others. Without, λ_j x_j = Σ_{i≠j} λ_i x_i with Σ_i λ_i = 1: it lies in the cone of the others, or the origin
       * in their hull.
       */
      readonly weights: Float64Array;
      /** By how much that equation fails, relative to the largest distance ‖x_i − x_j‖ (without biases, norm ‖x_i‖). */
      readonly residual: number;
    };

/**
 * A neuron that fires on the input x_j and on no other of n inputs,
 *
 *     u·x_j + b = 1,    u·x_i + b < 0 for i ≠ j,
 *
 * or, with "no bias", the same with b = 0. With biases it exists if and only if x_j is a vertex of the convex hull of
 * the inputs (and different from the others), and the one returned keeps the widest margin, u·x_i + b ≤ −1 with the
 * smallest ‖u‖ (a hard-margin support vector machine with one positive sample; the distance of x_j from the hull of
 * the others is 2/‖u‖). Without biases it exists if and only if the origin is not in the hull of x_j and the −x_i; how
 * often that is says {@link wendelProbability}. Otherwise the weights of a mean prove that there is none: a neuron that
 * fires on a mean of some inputs fires on one of them.
 *
 * By {@link leastNormHullPoint} on the x_i − x_j, or on x_j and the −x_i, and decided by what is found: a separator has
 * every sign above its rounding. An input within 1e-12 of the hull, relative to its size, counts as lying in it.
 *
 * @param options the inputs X (n×d), the index j, and whether the neuron has a bias
 * @throws InvalidArgumentError when there is no input, an entry is not finite, there is no input j, the structure is
 *   neither "bias" nor "no bias", or rounding decides: the inputs lie so far from the origin, compared with their
 *   distances, that b cannot be told apart
 *
 * @example
 * const inputs = matrix([[0, 0], [2, 0], [0, 2], [1, 1]]);
 * extremePointSeparator({ inputs, index: 0, structure: "bias" }); // { separated: true, normal: [-1, -1], bias: 1 }
 * // The middle of an edge:
 * extremePointSeparator({ inputs, index: 3, structure: "bias" });
 * // { separated: false, weights: [0, 0.5, 0.5, 0], residual: 0 }
 */
export function extremePointSeparator(options: {
  readonly inputs: Matrix;
  readonly index: number;
  readonly structure: "bias" | "no bias";
}): ExtremePointSeparator {
  const name = "extremePointSeparator";
  const { inputs, index, structure } = options;
  const { rows: n, cols: d } = inputs;
  requireThat(n > 0 && d > 0, name, "inputs must have a row and a column", inputs);
  requireFiniteEntries(name, inputs, "inputs must be finite");
  const known = Number.isInteger(index) && index >= 0 && index < n;
  requireThat(known, name, `index must be an integer from 0 to ${n - 1}`, index);
  requireThat(
    structure === "bias" || structure === "no bias",
    name,
    'structure must be "bias" or "no bias"',
    structure,
  );
  const biased = structure === "bias";
  if (biased && n === 1) return { separated: true, normal: new Float64Array(d), bias: 1 };

  const x = rowOf(inputs, index);
  const others = Array.from({ length: n }, (_, i) => i).filter((i) => i !== index);
  const members = biased ? others : [index, ...others];
  const points = zeros(members.length, d);
  members.forEach((i, row) => {
    const other = rowOf(inputs, i);
    rowOf(points, row).set(biased ? other.map((v, c) => v - x[c]) : i === index ? x : other.map((v) => -v));
  });
  requireFinite(name, "the differences of the inputs", points.data);
  // In units of the largest entry no square overflows.
  const unit = points.data.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0) || 1;
  for (let k = 0; k < points.data.length; k++) points.data[k] /= unit;
  const found = leastNormHullPoint(points);
  const z = found.point;
  const products = members.map((_, row) => uncheckedDot(z, rowOf(points, row)));
  const R = Math.max(...members.map((_, row) => uncheckedNorm(rowOf(points, row))));
  const length = uncheckedNorm(z);
  // Twice the rounding of d products, at most d·eps·‖z‖R.
  const least = Math.min(...products);
  if (!(least > 2 * d * Number.EPSILON * length * R)) {
    requireThat(found.converged, name, "the point of the hull nearest to the input must be found", found.message);
    const weights = new Float64Array(n);
    members.forEach((i, row) => (weights[i] = found.weights[row]));
    return { separated: false, weights, residual: R === 0 ? 0 : length / R };
  }
  // With biases the hyperplane halfway: z·(x_i − x_j) ≥ `least` becomes u·x_i + b ≤ −1.
  const normal = z.map((entry) => (biased ? (-2 * entry) / least : entry / products[0]) / unit);
  requireFinite(name, "the normal", normal);
  const bias = biased ? 1 - uncheckedDot(normal, x) : 0;
  const highest = Math.max(...others.map((i) => uncheckedDot(normal, rowOf(inputs, i)) + bias));
  // b is rounded by eps·‖u‖‖x_j‖; a separator that is off by a thousandth (tuned) or fires elsewhere is none.
  const clear = Math.abs(uncheckedDot(normal, x) + bias - 1) < 1e-3 && !(highest >= 0);
  const nearer = "inputs must lie nearer to the origin, compared with their distances: b is rounded too much";
  requireThat(clear, name, nearer, `‖u‖‖x_${index}‖ = ${uncheckedNorm(normal) * uncheckedNorm(x)}`);
  return { separated: true, normal, bias };
}

import { type Matrix, requireThat, rowOf } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { uncheckedDot } from "../core/vector";
import type { TwoLayerParts } from "../models";

/**
 * A two-layer ReLU network with biases and one neuron per sample, whose weights are the sample: with a threshold t,
 *
 *     f(x) = Σ_j a_j relu(x_j·x − t),    a_j = y_j/(‖x_j‖² − t).
 *
 * Neuron j cuts the cap {x : x_j·x > t} off round x_j. Where no cap contains another sample, f(x_i) = y_i and each
 * sample fires its own neuron and no other: a memorizing solution (Wen, Li and Ma 2023, Proposition 2.1). That needs
 * t ≥ max_{i≠j} x_i·x_j, and is for the caller to see ({@link activeNeurons}, {@link isOneHot}). On the hypercube
 * {−1, 1}^d inner products are d, d − 2, d − 4, …: every t in [d − 2, d) does, whatever the (different) samples, and f
 * is then 0 at all other points of the cube. In the middle, at t = d − 1, rounding cannot matter; at t = d − 2 the
 * neighbours of a sample lie on its neuron's kink.
 *
 * `flattestRescaling` makes the network as flat as it gets. O(nd).
 *
 * @param options the inputs X (n×d), the targets y (n) and the threshold t
 * @returns W = X (n×d), b = −t in every neuron, and a (n): fresh arrays, for `twoLayerParameters`
 * @throws InvalidArgumentError when there is not one target for each input, an entry or a quotient is not finite, or the
 *   threshold is not below every ‖x_j‖² (a sample would not fire its own neuron)
 *
 * @example
 * const inputs = matrix([[1, 1, 1], [1, -1, 1]]); // inner products 3 and 1
 * const parts = memorizingSolution({ inputs, targets: Float64Array.of(1, -2), threshold: 2 });
 * parts.outputWeights; // [1, -2]
 * isOneHot(activeNeurons({ parts, inputs })); // true
 */
export function memorizingSolution(options: {
  readonly inputs: Matrix;
  readonly targets: Float64Array;
  readonly threshold: number;
}): TwoLayerParts {
  const { inputs, targets, threshold } = options;
  const { rows: n, cols: d, data } = inputs;
  requireFiniteEntries("memorizingSolution", inputs, "inputs must be finite");
  requireThat(n > 0 && d > 0, "memorizingSolution", "inputs must have a row and a column", inputs);
  requireThat(targets.length === n, "memorizingSolution", `targets must have length ${n}`, targets.length);
  requireFinite("memorizingSolution", "targets", targets);
  requireFiniteNumber("memorizingSolution", "threshold", threshold);
  const outputWeights = targets.map((target, j) => {
    const x = rowOf(inputs, j);
    const square = uncheckedDot(x, x);
    const fires = "threshold must be below every ‖x_j‖²";
    requireThat(square > threshold, "memorizingSolution", fires, `${threshold} and ‖x_${j}‖² = ${square}`);
    return requireFiniteNumber("memorizingSolution", "every y_j/(‖x_j‖² − t)", target / (square - threshold));
  });
  return {
    weights: { rows: n, cols: d, data: data.slice() },
    biases: new Float64Array(n).fill(-threshold),
    outputWeights,
  };
}

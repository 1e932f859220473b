import { type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { extendedNorms } from "./two-layer-pre-activations";

/**
 * The least Tr G that a two-layer ReLU network with simplified layer norm, f(x) = a·h/max(‖h‖, ε) with h = relu(Wx + b),
 * can have when its outputs on n inputs are y_i:
 *
 *     Tr G = (1/n) Σ_i ‖∇f(x_i)‖² ≥ (1/n) Σ_i min{1, 2‖x'_i‖|y_i|/ε},    x' = (x, 1),
 *
 * a mean over samples, no ½, all of W, b and a counted as parameters. For every width; attained whenever all inputs are
 * vertices of their hull, by {@link memorizingNetworkOfExtremePoints}. It is 1 if and only if ε ≤ 2 min_i ‖x'_i‖|y_i|,
 * which is what "sufficiently small" means in Wen, Li and Ma (2023), Theorem 3.1.
 *
 * Why: where ‖h‖ > ε, the gradient in a is the unit vector q = h/‖h‖ and that in h is (a − f q)/‖h‖ on the neurons that
 * fire: at least 1 in all, and 1 if a is f·q there. Where ‖h‖ ≤ ε, they are h/ε and a/ε, and
 * (‖h‖² + ‖a‖²‖x'‖²)/ε² ≥ 2‖x'‖ ‖a‖‖h‖/ε² ≥ 2‖x'‖|f|/ε. O(nd).
 *
 * @param options the inputs X (n×d), the targets or outputs y (n), and ε
 * @throws InvalidArgumentError when there is no input, not one target for each input, an entry is not finite, or ε is
 *   not positive and finite
 *
 * @example
 * const sample = { inputs: matrix([[1, 1, 1]]), targets: Float64Array.of(-1) };
 * layerNormTraceLowerBound({ ...sample, layerNormEpsilon: 4 }); // 1: the largest such ε, 2√(3 + 1)
 * layerNormTraceLowerBound({ ...sample, layerNormEpsilon: 8 }); // 0.5
 */
export function layerNormTraceLowerBound(options: {
  readonly inputs: Matrix;
  readonly targets: Float64Array;
  readonly layerNormEpsilon: number;
}): number {
  const name = "layerNormTraceLowerBound";
  const { inputs, targets, layerNormEpsilon: epsilon } = options;
  requireFiniteEntries(name, inputs, "inputs must be finite");
  requireThat(inputs.rows > 0, name, "inputs must have a row", inputs);
  requireThat(targets.length === inputs.rows, name, `targets must have length ${inputs.rows}`, targets.length);
  requireFinite(name, "targets", targets);
  const valid = epsilon > 0 && epsilon < Infinity;
  requireThat(valid, name, "layerNormEpsilon must be positive and finite", epsilon);
  const norms = extendedNorms(inputs, true);
  const sum = norms.reduce((total, length, i) => total + Math.min(1, (2 * length * Math.abs(targets[i])) / epsilon), 0);
  return requireFiniteNumber(name, "the bound", sum / inputs.rows);
}

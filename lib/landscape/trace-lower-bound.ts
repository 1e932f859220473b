import { type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { extendedNorms, type TwoLayerOnInputs, twoLayerPreActivations } from "./two-layer-pre-activations";
import { requireOutputWeights } from "./two-layer-requirements";

/**
 * The least Tr G that a two-layer ReLU network f(x) = Σ_j a_j relu(w_j·x + b_j) can have when its outputs on n inputs
 * are y_i (Wen, Li and Ma 2023, proof of Proposition 2.1):
 *
 *     Tr G = (1/n) Σ_i ‖∇f(x_i)‖² ≥ (2/n) Σ_i ‖x̃_i‖ |y_i|,    x̃ = (x, 1) with biases, x̃ = x without,
 *
 * a mean over samples, no ½, all of W, b and a counted as parameters. It holds for every width and every θ, with its
 * own outputs in place of the y_i: {@link traceGap} says what the difference is made of. O(nd).
 *
 * @param options the inputs X (n×d), the targets or outputs y (n), and whether the network has biases
 * @throws InvalidArgumentError when there is no input, not one target for each input, an entry is not finite, the
 *   structure is neither "bias" nor "no bias", or the bound overflows
 *
 * @example
 * traceLowerBound({ inputs: matrix([[1, 1, 1]]), targets: Float64Array.of(-1), structure: "bias" }); // 4: 2√(3 + 1)
 */
export function traceLowerBound(options: {
  readonly inputs: Matrix;
  readonly targets: Float64Array;
  readonly structure: "bias" | "no bias";
}): number {
  const { inputs, targets, structure } = options;
  requireFiniteEntries("traceLowerBound", inputs, "inputs must be finite");
  requireThat(inputs.rows > 0, "traceLowerBound", "inputs must have a row", inputs);
  requireThat(
    targets.length === inputs.rows,
    "traceLowerBound",
    `targets must have length ${inputs.rows}`,
    targets.length,
  );
  requireFinite("traceLowerBound", "targets", targets);
  const known = structure === "bias" || structure === "no bias";
  requireThat(known, "traceLowerBound", 'structure must be "bias" or "no bias"', structure);
  const norms = extendedNorms(inputs, structure === "bias");
  return requireFiniteNumber("traceLowerBound", "the bound", lowerBound(norms, targets));
}

/** (2/n) Σ_i ‖x̃_i‖ |f_i|. */
function lowerBound(norms: Float64Array, outputs: Float64Array): number {
  return (2 / norms.length) * norms.reduce((sum, length, i) => sum + length * Math.abs(outputs[i]), 0);
}

/** Tr G of a two-layer ReLU network, in three parts that are at least 0: their sum is Tr G. */
export interface TraceGap {
  /** (2/n) Σ_i ‖x̃_i‖ |f(x_i)|, the least Tr G of any network with these outputs. */
  readonly lowerBound: number;
  /**
   * (1/n) Σ_i Σ_{j fires on i} (h_ij − |a_j| ‖x̃_i‖)², with h_ij = w_j·x_i + b_j: 0 if and only if the gradient in a_j
   * and that in (w_j, b_j) are equally long wherever a neuron fires. What the inequality of the means loses.
   */
  readonly imbalance: number;
  /**
   * (2/n) Σ_i ‖x̃_i‖ (Σ_j |a_j| h_ij − |Σ_j a_j h_ij|), over the neurons that fire: 0 if and only if on no input two
   * neurons pull in opposite directions. What the triangle inequality loses.
   */
  readonly cancellation: number;
}

/**
 * What stands between Tr G = (1/n) Σ_i ‖∇f(x_i)‖² of a two-layer ReLU network and its lower bound,
 *
 *     Tr G = lower bound + imbalance + cancellation,
 *
 * the two inequalities of the proof (Wen, Li and Ma 2023, Proposition 2.1) made equalities by their remainders. Tr G is
 * at its bound exactly when there is neither imbalance nor cancellation. O(nmd).
 *
 * @param model W (m×d), b (m) where there are biases, a (m), and the inputs (n×d)
 * @throws InvalidArgumentError when a is missing, a or b has not m entries, the shapes do not fit, there is no input, or
 *   an entry, a pre-activation or a part is not finite
 *
 * @example
 * const parts = { weights: matrix([[1]]), outputWeights: Float64Array.of(16) }; // f = 16 relu(x), Tr G = 1 + 16² at x = 1
 * traceGap({ parts, inputs: matrix([[1]]) }); // { lowerBound: 32, imbalance: 225, cancellation: 0 }
 */
export function traceGap(model: TwoLayerOnInputs): TraceGap {
  const { parts, inputs } = model;
  const a = requireOutputWeights("traceGap", parts);
  const m = parts.weights.rows;
  const Z = twoLayerPreActivations("traceGap", model);
  const norms = extendedNorms(inputs, parts.biases !== undefined);
  const outputs = new Float64Array(Z.rows);
  let [imbalance, cancellation] = [0, 0];
  for (let i = 0; i < Z.rows; i++) {
    let [positive, negative] = [0, 0];
    for (let j = 0; j < m; j++) {
      const h = Z.data[i * m + j];
      if (h <= 0) continue;
      if (a[j] > 0) positive += a[j] * h;
      else negative -= a[j] * h;
      imbalance += (h - Math.abs(a[j]) * norms[i]) ** 2 / Z.rows;
    }
    outputs[i] = positive - negative;
    // Σ|a_j|h_ij − |Σ a_j h_ij| without its cancellation: twice the smaller of the two sides.
    cancellation += (4 / Z.rows) * norms[i] * Math.min(positive, negative);
  }
  return {
    lowerBound: requireFiniteNumber("traceGap", "the lower bound", lowerBound(norms, outputs)),
    imbalance: requireFiniteNumber("traceGap", "the imbalance", imbalance),
    cancellation: requireFiniteNumber("traceGap", "the cancellation", cancellation),
  };
}

import { gram, type Matrix, topEigenvalue, transpose, zeros } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFiniteNumber } from "../core/requirements";
import type { TwoLayerParts } from "../models";
import { twoLayerPreActivations } from "./two-layer-pre-activations";
import { requireOutputWeights } from "./two-layer-requirements";

/**
 * The gradients of f(x) = Σ_j a_j relu(w_j·x + b_j) by its input: row i is
 *
 *   ∇_x f(x_i) = Σ_j a_j 1{w_j·x_i + b_j > 0} w_j,
 *
 * relu'(0) = 0. Everywhere ‖∇_x f‖ ≤ Σ_j |a_j| ‖w_j‖, the path norm. Rescaling a neuron, (a_j/λ, λw_j, λb_j), changes
 * neither. Summed in a fixed order, hence the same bits on every machine; O(nmd).
 *
 * @param parts W (m×d), b (m) where there are biases, and a (m)
 * @param inputs X (n×d)
 * @returns n×d
 * @throws InvalidArgumentError when the output weights are missing, the shapes do not fit, an entry is not finite, or
 *   a sum overflows
 *
 * @example
 * const parts = { weights: matrix([[1, 2], [-1, 0]]), outputWeights: Float64Array.of(3, 5) };
 * inputGradients(parts, matrix([[1, 0], [-1, 1]])); // matrix([[3, 6], [-2, 6]])
 */
export function inputGradients(parts: TwoLayerParts, inputs: Matrix): Matrix {
  const outputWeights = requireOutputWeights("inputGradients", parts);
  const Z = twoLayerPreActivations("inputGradients", { parts, inputs });
  const { weights } = parts;
  const d = inputs.cols;
  const gradients = zeros(inputs.rows, d);
  forEachFiring(Z, (i, j) => {
    for (let k = 0; k < d; k++) gradients.data[i * d + k] += outputWeights[j] * weights.data[j * d + k];
  });
  requireFiniteEntries("inputGradients", gradients, "the gradients must not overflow");
  return gradients;
}

/**
 * The bound on the mean square of the input gradients of f(x) = Σ_j a_j relu(w_j·x + b_j) by its flatness,
 *
 *   (1/n) Σ_i ‖∇_x f(x_i)‖² ≤ ‖W‖²_op · (1/n) Σ_i ‖∇_W f(x_i)‖²/‖x_i‖²,
 *
 * with ‖W‖_op the largest singular value of W. For inputs on the sphere of radius √d the second factor is Tr(G_W)/d,
 * where G_W = (1/n) Σ_i ∇_W f(x_i)∇_W f(x_i)ᵀ (a mean over samples, no ½).
 *
 * For ∇_W f(x) = (a_j 1_j x)_j has the length ‖a ∘ 1‖ ‖x‖, and ∇_x f(x) = Wᵀ(a ∘ 1) is at most ‖W‖_op ‖a ∘ 1‖: an
 * equality for one neuron. Whether flat minima are robust is a question that Wu's lecture "Implicit
 * bias/regularization I" leaves open; the answer is ours. O(nmd + (m + d)d²).
 *
 * @param parts W (m×d), b (m) where there are biases, and a (m)
 * @param inputs X (n×d)
 * @throws InvalidArgumentError as `inputGradients`, and when there is no input or the bound overflows
 *
 * @example
 * const parts = { weights: matrix([[0, 2], [1, 0]]), outputWeights: Float64Array.of(3, 5) };
 * robustnessBound(parts, matrix([[-1, 1]])); // 36: the first neuron fires, and ‖W‖_op = 2
 */
export function robustnessBound(parts: TwoLayerParts, inputs: Matrix): number {
  const outputWeights = requireOutputWeights("robustnessBound", parts);
  const Z = twoLayerPreActivations("robustnessBound", { parts, inputs });
  let meanSquare = 0;
  forEachFiring(Z, (_, j) => {
    meanSquare += outputWeights[j] ** 2 / inputs.rows;
  });
  // Rounding can leave the top eigenvalue of WᵀW = 0 just below zero.
  const squaredOperatorNorm = Math.max(0, topEigenvalue(gram(transpose(parts.weights))));
  return requireFiniteNumber("robustnessBound", "the bound", squaredOperatorNorm * meanSquare);
}

/** Calls `visit` with sample i and neuron j for all pairs with w_j·x_i + b_j > 0, sample after sample. */
function forEachFiring({ rows: n, cols: m, data }: Matrix, visit: (i: number, j: number) => void): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) if (data[i * m + j] > 0) visit(i, j);
}

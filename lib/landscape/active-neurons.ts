import { requireThat } from "../core";
import { type TwoLayerOnInputs, twoLayerPreActivations } from "./two-layer-pre-activations";

/**
 * Which neurons of a two-layer ReLU network fire on each input: for each row x_i of the inputs the ascending list of the
 * j with w_j·x_i + b_j > 0. On the kink, at 0, a neuron does not fire, as relu'(0) = 0. O(nmd).
 *
 * @param model W (m×d), b (m) where there are biases, and the inputs (n×d)
 * @throws InvalidArgumentError when b has not m entries, the shapes do not fit, there is no input, or an entry or a
 *   pre-activation is not finite
 *
 * @example
 * const parts = { weights: matrix([[1, 0], [1, 1]]), biases: Float64Array.of(0, -1) };
 * activeNeurons({ parts, inputs: matrix([[1, 1], [-1, 1], [1, 0]]) }); // [[0, 1], [], [0]]: the second is on its kink
 */
export function activeNeurons(model: TwoLayerOnInputs): number[][] {
  const { rows, cols, data } = twoLayerPreActivations("activeNeurons", model);
  const neurons = Array.from({ length: cols }, (_, j) => j);
  return Array.from({ length: rows }, (_, i) => neurons.filter((j) => data[i * cols + j] > 0));
}

/**
 * Whether each input fires one neuron, and no two inputs the same: the second half of the definition of a memorizing
 * solution (Wen, Li and Ma 2023; the first half is that it interpolates).
 *
 * @param active for each input the neurons that it fires, as of {@link activeNeurons}
 * @throws InvalidArgumentError when there is no input
 *
 * @example
 * isOneHot([[2], [0]]); // true
 * isOneHot([[2], [0, 1]]); // false: the second input fires two neurons
 * isOneHot([[2], [2]]); // false: both inputs fire the same neuron
 */
export function isOneHot(active: readonly (readonly number[])[]): boolean {
  requireThat(active.length > 0, "isOneHot", "there must be an input", active);
  return active.every((fired) => fired.length === 1) && new Set(active.map(([j]) => j)).size === active.length;
}

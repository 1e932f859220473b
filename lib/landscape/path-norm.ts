import { requireFiniteNumber } from "../core/requirements";
import { uncheckedDot } from "../core/vector";
import type { TwoLayerParts } from "../models";
import { neuronSizes } from "./bias-free-parts";

/**
 * The path norm ‖θ‖_P = Σ_j |a_j| ‖w_j‖ of a two-layer network f(x) = Σ_j a_j relu(w_j·x) without biases: a sum over
 * the neurons, Euclidean norm of each weight vector. Rescaling a neuron, (a_j, w_j) → (a_j/λ, λw_j), leaves it as it is,
 * and |f(x)| ≤ ‖θ‖_P ‖x‖. O(md).
 *
 * Neyshabur, Tomioka and Srebro 2015, "Norm-based capacity control in neural networks"; E, Ma and Wu 2019.
 *
 * @param parts W (m×d) and a (m)
 * @throws InvalidArgumentError when there are biases, a has not m entries, an entry is not finite, or a square overflows
 *
 * @example
 * pathNorm({ weights: matrix([[3, 4], [0, 1]]), outputWeights: Float64Array.of(-2, 1) }); // 11
 */
export function pathNorm(parts: TwoLayerParts): number {
  const { weightNorms, outputSizes } = neuronSizes("pathNorm", parts);
  return requireFiniteNumber("pathNorm", "the path norm", uncheckedDot(outputSizes, weightNorms));
}

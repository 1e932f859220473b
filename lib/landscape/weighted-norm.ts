import { requireThat } from "../core";
import { requireFiniteNumber } from "../core/requirements";
import { uncheckedDot } from "../core/vector";
import type { TwoLayerParts } from "../models";
import { neuronSizes } from "./bias-free-parts";
import { rescaleNeurons } from "./neuron-rescaling";

/**
 * The square of the weighted norm of a two-layer network without biases,
 *
 *   ‖θ‖²_{2,q} = Σ_j (‖w_j‖² + q a_j²) ≥ 2√q Σ_j |a_j| ‖w_j‖,
 *
 * a sum, no ½, so that θ → 2θ multiplies it by 4. With inputs uniform on √d·S^{d−1}, the population Tr G is half of it
 * at q = d; ‖G‖_F and ‖G‖₂ are it up to constants at q = √d and q = 1 (Wu, lecture "Implicit bias/regularization I",
 * where the norm is printed with a square root that the theorems do not mean). O(md).
 *
 * @param parts W (m×d) and a (m)
 * @param q the weight q > 0 of the output weights
 * @throws InvalidArgumentError when there are biases, a has not m entries, an entry is not finite, q is not positive and
 *   finite, or a square overflows
 *
 * @example
 * squaredWeightedNorm({ weights: matrix([[3, 4]]), outputWeights: Float64Array.of(2) }, 10); // 65
 */
export function squaredWeightedNorm(parts: TwoLayerParts, q: number): number {
  requireWeight("squaredWeightedNorm", q);
  const { weightNorms, outputSizes } = neuronSizes("squaredWeightedNorm", parts);
  const square = uncheckedDot(weightNorms, weightNorms) + q * uncheckedDot(outputSizes, outputSizes);
  return requireFiniteNumber("squaredWeightedNorm", "the squared norm", square);
}

/**
 * The rescaling of the neurons, (a_j/λ_j, λ_j w_j), that makes ‖θ‖²_{2,q} = Σ_j (‖w_j‖² + q a_j²) smallest:
 * ‖w_j‖ = √q |a_j| for every neuron, at λ_j = (√q |a_j| / ‖w_j‖)^½, where the norm is 2√q times the path norm. The
 * function stays as it is, up to rounding. A neuron with a_j = 0 or w_j = 0 adds nothing to f and has no balanced form
 * but 0, which is what it becomes. O(md).
 *
 * @param parts W (m×d) and a (m)
 * @param q the weight q > 0 of the output weights
 * @throws InvalidArgumentError as `squaredWeightedNorm`, and when a factor leaves the numbers
 *
 * @example
 * const balanced = balancedNeurons({ weights: matrix([[8, 0]]), outputWeights: Float64Array.of(-1) }, 4);
 * balanced.outputWeights; // [-2]
 * balanced.weights; // matrix([[4, 0]])
 */
export function balancedNeurons(parts: TwoLayerParts, q: number): TwoLayerParts {
  requireWeight("balancedNeurons", q);
  const { weightNorms, outputSizes } = neuronSizes("balancedNeurons", parts);
  const { weights, outputWeights } = parts;
  const adds = (j: number): boolean => weightNorms[j] > 0 && outputSizes[j] > 0;
  // By roots of each, so that neither their quotient nor their product can overflow.
  const factors = weightNorms.map((size, j) =>
    adds(j) ? (q ** 0.25 * Math.sqrt(outputSizes[j])) / Math.sqrt(size) : 1,
  );
  const data = weights.data.map((w, k) => (adds(Math.floor(k / weights.cols)) ? w : 0));
  const kept = outputWeights!.map((a, j) => (adds(j) ? a : 0));
  return rescaleNeurons({ weights: { ...weights, data }, outputWeights: kept }, factors);
}

function requireWeight(functionName: string, q: number): void {
  requireThat(q > 0 && q < Infinity, functionName, "q must be positive and finite", q);
}

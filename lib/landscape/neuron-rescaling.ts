import { requireThat } from "../core";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import type { TwoLayerParts } from "../models";
import { extendedNorms, type TwoLayerOnInputs, twoLayerPreActivations } from "./two-layer-pre-activations";
import { requireHiddenLayer, requireOutputWeights } from "./two-layer-requirements";

/**
 * Rescales the neurons of a two-layer ReLU network, (a_j, w_j, b_j) → (a_j/λ_j, λ_j w_j, λ_j b_j) with λ_j > 0. Since
 * relu(λz) = λ relu(z), the function f(x) = Σ_j a_j relu(w_j·x + b_j) stays as it is, up to rounding; its sharpness
 * does not (Dinh, Pascanu, Bengio and Bengio 2017, "Sharp minima can generalize for deep nets", section 3).
 *
 * @param parts W (m×d), b (m) where there are biases, and a (m)
 * @param factors λ (m)
 * @returns fresh parts, for `twoLayerParameters`; O(md)
 * @throws InvalidArgumentError when the output weights are missing, b, a or λ has not m entries, an entry is not
 *   finite, a factor is not positive, or a product overflows
 *
 * @example
 * const parts = { weights: matrix([[1, 2]]), outputWeights: Float64Array.of(6) };
 * twoLayerParameters(rescaleNeurons(parts, Float64Array.of(2))); // [2, 4, 3]
 */
export function rescaleNeurons(parts: TwoLayerParts, factors: Float64Array): TwoLayerParts {
  requireHiddenLayer("rescaleNeurons", parts);
  const outputWeights = requireOutputWeights("rescaleNeurons", parts);
  const { weights, biases } = parts;
  requireThat(factors.length === weights.rows, "rescaleNeurons", `factors must have length ${weights.rows}`, factors);
  for (const factor of factors) {
    requireThat(factor > 0 && factor < Infinity, "rescaleNeurons", "factors must be positive and finite", factor);
  }
  const data = weights.data.map((value, k) => factors[Math.floor(k / weights.cols)] * value);
  const rescaled = {
    weights: { rows: weights.rows, cols: weights.cols, data },
    ...(biases && { biases: biases.map((value, j) => factors[j] * value) }),
    outputWeights: outputWeights.map((value, j) => value / factors[j]),
  };
  requireFinite("rescaleNeurons", "the rescaled weights", data);
  requireFinite("rescaleNeurons", "the rescaled biases", rescaled.biases ?? new Float64Array(0));
  requireFinite("rescaleNeurons", "the rescaled output weights", rescaled.outputWeights);
  return rescaled;
}

/** The rescaling of a two-layer ReLU network that makes Tr G smallest. */
export interface FlattestRescaling {
  /** λ_j = (Q_j/P_j)^¼, for {@link rescaleNeurons}; 1 where Tr G does not depend on λ_j or has no minimum over it. */
  readonly factors: Float64Array;
  /** The infimum 2 Σ_j √(P_j Q_j) of Tr G over all rescalings. */
  readonly trace: number;
  /**
   * Whether the factors attain it. They do unless a neuron fires whose output weight is 0: it contributes P_jλ_j²,
   * which falls as λ_j → 0 and has no minimum.
   */
  readonly attained: boolean;
}

/**
 * The flattest network among the rescalings of a two-layer ReLU network f(x) = Σ_j a_j relu(w_j·x + b_j), by the
 * trace of G = (1/n) Σ_i ∇f(x_i)∇f(x_i)ᵀ (a mean over samples, no ½; all of W, b and a count as parameters). With P_j
 * = (1/n) Σ_i relu(w_j·x_i + b_j)² and Q_j = a_j² (1/n) Σ_i 1{w_j·x_i + b_j > 0} ‖x̃_i‖², where x̃ = (x, 1) if there
 * are biases and x if not,
 *
 *     Tr G(λ) = Σ_j (P_j λ_j² + Q_j/λ_j²) ≥ 2 Σ_j √(P_j Q_j),
 *
 * with equality at λ_j = (Q_j/P_j)^¼: there a neuron's two terms are equal.
 *
 * The rescaling is that of Dinh et al. (2017); the minimum over it follows from the inequality of the means. O(nmd).
 *
 * @param model the parts of θ and the inputs (n×d)
 * @throws InvalidArgumentError when the output weights are missing, the shapes do not fit, an entry is not finite,
 *   there is no input, or a square overflows
 *
 * @example
 * const parts = { weights: matrix([[1]]), outputWeights: Float64Array.of(16) };
 * // f = 16 relu(x), and Tr G = 1 + 16² at x = 1
 * flattestRescaling({ parts, inputs: matrix([[1]]) }); // { factors: [4], trace: 32, attained: true }
 */
export function flattestRescaling(model: TwoLayerOnInputs): FlattestRescaling {
  const { parts, inputs } = model;
  const outputWeights = requireOutputWeights("flattestRescaling", parts);
  const Z = twoLayerPreActivations("flattestRescaling", model);
  const norms = extendedNorms(inputs, parts.biases !== undefined);
  const { rows: n, cols: m } = Z;
  const factors = new Float64Array(m).fill(1);
  let trace = 0;
  let attained = true;
  for (let j = 0; j < m; j++) {
    let [P, activeInputs] = [0, 0];
    for (let i = 0; i < n; i++) {
      const z = Z.data[i * m + j];
      if (z > 0) {
        P += (z * z) / n;
        activeInputs += norms[i] ** 2 / n;
      }
    }
    // By roots, so that P_j Q_j cannot overflow where P_j and Q_j are finite.
    const rootQ = Math.abs(outputWeights[j]) * Math.sqrt(activeInputs);
    trace += 2 * Math.sqrt(P) * rootQ;
    if (P > 0 && rootQ > 0) factors[j] = Math.sqrt(rootQ / Math.sqrt(P));
    else if (P > 0) attained = false;
  }
  return { factors, trace: requireFiniteNumber("flattestRescaling", "the trace", trace), attained };
}

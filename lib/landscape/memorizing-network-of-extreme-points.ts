import { type Matrix, requireThat, zeros } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import type { TwoLayerParts, TwoLayerStructure } from "../models";
import { requireStructure } from "../models/two-layer-structure";
import { extremePointSeparator } from "./extreme-point-separator";
import { extendedNorms } from "./two-layer-pre-activations";

/**
 * A memorizing two-layer ReLU network of least sharpness: width n, sample j fires neuron j and no other, f(x_j) = y_j,
 * and Tr G is the least of all interpolators of these samples (Wen, Li and Ma 2023, Theorems 2.1 and 3.1). With biases
 * and with simplified layer norm it exists whenever every input is a vertex of the hull of all; without biases whenever
 * every input has its {@link extremePointSeparator} through the origin.
 *
 * Neuron j is the separator (u_j, b_j), which is 1 at x_j and negative at the others, times a height h_j:
 *
 * - plain: h_j = √(‖x̃_j‖|y_j|) and a_j = y_j/h_j, so that |a_j|‖x̃_j‖ = h_j and Tr G = (2/n) Σ_i ‖x̃_i‖|y_i|
 *   ({@link traceLowerBound}), x̃ = (x, 1) with biases and x without;
 * - layer norm: a_j = y_j max{1, ε/h_j}. Where ε ≤ 2‖x'_j‖|y_j|, any h_j > ε (here max{1, 2ε}) costs 1; elsewhere
 *   h_j = √(ε‖x'_j‖|y_j|) < ε costs 2‖x'_j‖|y_j|/ε < 1. In sum {@link layerNormTraceLowerBound}, for every ε.
 *
 * On the hypercube `memorizingSolution` is a network of this kind, too, whose neurons spare all other corners; those of
 * widest margin here fire on many of them. n problems of {@link leastNormHullPoint}.
 *
 * @param options the inputs X (n×d), the targets y (n), the structure, and ε for the simplified layer norm
 * @returns W (n×d), b (n) but for "no bias", and a (n): for `twoLayerParameters`
 * @throws InvalidArgumentError when there is not one target for each input, an entry is not finite, a target is 0 (no
 *   neuron need fire for it, and Tr G has no minimum over those that do), the structure is unknown, ε is missing, not
 *   positive and finite or given to another structure, a weight overflows, or an input is a mean of others (which the
 *   message names with their weights)
 *
 * @example
 * const triangle = { inputs: matrix([[0, 0], [2, 0], [0, 2]]), targets: Float64Array.of(1, -1, 2) };
 * const parts = memorizingNetworkOfExtremePoints({ ...triangle, structure: "bias" });
 * isOneHot(activeNeurons({ parts, inputs: triangle.inputs })); // true
 * traceGap({ parts, inputs: triangle.inputs }).cancellation; // 0
 */
export function memorizingNetworkOfExtremePoints(options: {
  readonly inputs: Matrix;
  readonly targets: Float64Array;
  readonly structure: TwoLayerStructure;
  readonly layerNormEpsilon?: number;
}): TwoLayerParts {
  const name = "memorizingNetworkOfExtremePoints";
  const { inputs, targets, structure, layerNormEpsilon: epsilon } = options;
  const { rows: n, cols: d } = inputs;
  requireThat(n > 0 && d > 0, name, "inputs must have a row and a column", inputs);
  requireFiniteEntries(name, inputs, "inputs must be finite");
  requireThat(targets.length === n, name, `targets must have length ${n}`, targets.length);
  requireFinite(name, "targets", targets);
  requireThat(!targets.includes(0), name, "targets must not be 0", `0 at index ${targets.indexOf(0)}`);
  requireStructure(name, structure, epsilon);

  const layerNorm = structure === "simplified layer norm";
  const biased = structure !== "no bias";
  const norms = extendedNorms(inputs, biased);
  const [weights, biases, outputWeights] = [zeros(n, d), new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    const neuron = extremePointSeparator({ inputs, index: j, structure: biased ? "bias" : "no bias" });
    if (!neuron.separated) refuse(name, j, biased, neuron.weights);
    const product = norms[j] * Math.abs(targets[j]);
    const outside = layerNorm && epsilon! <= 2 * product;
    const height = outside ? Math.max(1, 2 * epsilon!) : Math.sqrt(product * (layerNorm ? epsilon! : 1));
    weights.data.set(
      neuron.normal.map((entry) => height * entry),
      j * d,
    );
    biases[j] = height * neuron.bias;
    outputWeights[j] = layerNorm ? targets[j] * Math.max(1, epsilon! / height) : targets[j] / height;
  }
  requireFinite(name, "the weights", weights.data);
  requireFinite(name, "the biases", biases);
  requireFinite(name, "the output weights", outputWeights);
  return { weights, ...(biased && { biases }), outputWeights };
}

/** Names the inputs of which x_j is a mean (without biases, in whose cone it lies). */
function refuse(name: string, j: number, biased: boolean, weights: Float64Array): never {
  const terms = Array.from(weights, (weight, i) => ({ weight, i })).filter(({ weight, i }) => weight > 0 && i !== j);
  const mean = terms.map(({ weight, i }) => `${weight.toPrecision(3)}·x_${i}`).join(" + ");
  const own = biased ? "" : `${weights[j].toPrecision(3)}·`;
  const requirement = biased
    ? "every input must be a vertex of the inputs' convex hull"
    : "every input must have a half-space through the origin to itself";
  return requireThat(false, name, requirement, `${own}x_${j} = ${mean}`) as never;
}

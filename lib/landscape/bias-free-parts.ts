import { requireThat, rowOf } from "../core";
import { uncheckedNorm } from "../core/vector";
import type { TwoLayerParts } from "../models";
import { requireHiddenLayer, requireOutputWeights } from "./two-layer-requirements";

/** What the norms of f(x) = Σ_j a_j relu(w_j·x) are made of. */
export interface NeuronSizes {
  /** ‖w_j‖ (m). */
  readonly weightNorms: Float64Array;
  /** |a_j| (m). */
  readonly outputSizes: Float64Array;
}

/** The sizes of the neurons of a trained two-layer network without biases; refuses all other parts. */
export function neuronSizes(functionName: string, parts: TwoLayerParts): NeuronSizes {
  const { weights, biases } = parts;
  requireThat(biases === undefined, functionName, "the network must have no biases", `${biases?.length} of them`);
  requireHiddenLayer(functionName, parts);
  const outputWeights = requireOutputWeights(functionName, parts);
  const { rows: m } = weights;
  return {
    weightNorms: Float64Array.from({ length: m }, (_, j) => uncheckedNorm(rowOf(weights, j))),
    outputSizes: outputWeights.map(Math.abs),
  };
}

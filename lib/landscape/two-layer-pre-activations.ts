import { type Matrix, requireThat, rowOf } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { uncheckedDot } from "../core/vector";
import type { TwoLayerParts } from "../models";
import { products } from "../models/products";
import { requireHiddenLayer } from "./two-layer-requirements";

/** A two-layer ReLU network f(x) = Σ_j a_j relu(w_j·x + b_j) and the inputs that it is looked at. */
export interface TwoLayerOnInputs {
  /** W (m×d), b (m) where there are biases, and a (m). */
  readonly parts: TwoLayerParts;
  /** X (n×d), one input in each row. */
  readonly inputs: Matrix;
}

/**
 * The pre-activations z_ij = w_j·x_i + b_j (n×m), to the bit those of the network's reproducible evaluation: training
 * drives some of them to 0 up to rounding, and there the last bit decides whether a neuron fires. On the hypercube they
 * are exact for integer weights.
 */
export function twoLayerPreActivations(functionName: string, { parts, inputs }: TwoLayerOnInputs): Matrix {
  const { weights, biases } = parts;
  requireHiddenLayer(functionName, parts);
  requireFiniteEntries(functionName, inputs, "inputs must be finite");
  const fits = inputs.rows > 0 && inputs.cols === weights.cols;
  requireThat(fits, functionName, `inputs must be n×${weights.cols} with n ≥ 1`, inputs);
  const Z = products(true).multiplyTransposedB(inputs, weights);
  if (biases) for (let k = 0; k < Z.data.length; k++) Z.data[k] += biases[k % Z.cols];
  requireFinite(functionName, "the pre-activations", Z.data);
  return Z;
}

/** ‖x̃_i‖ (n) with x̃ = (x, 1) where there are biases and x̃ = x where not. */
export function extendedNorms(inputs: Matrix, biased: boolean): Float64Array {
  return Float64Array.from({ length: inputs.rows }, (_, i) => {
    const x = rowOf(inputs, i);
    return Math.sqrt(uncheckedDot(x, x) + (biased ? 1 : 0));
  });
}

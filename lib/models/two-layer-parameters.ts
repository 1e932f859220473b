import { type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";

/** The parameters of a two-layer network by name. */
export interface TwoLayerParts {
  /** W (m×d): row j is w_j, the weights into neuron j. */
  readonly weights: Matrix;
  /** b (m), where the network has biases. */
  readonly biases?: Float64Array;
  /** a (m), where the output weights are trained. */
  readonly outputWeights?: Float64Array;
}

/**
 * The parameters θ = (W, b, a) of a two-layer network, packed in this order as {@link twoLayer} takes them: W row by
 * row, one row for each neuron, then b and a where the network has them. A fresh array.
 *
 * @throws InvalidArgumentError when b or a has not one entry for each of the m neurons, or an entry is not finite.
 *
 * @example
 * twoLayerParameters({ weights: matrix([[1, 2], [3, 4]]), outputWeights: Float64Array.of(5, 6) }); // [1, 2, 3, 4, 5, 6]
 */
export function twoLayerParameters(parts: TwoLayerParts): Float64Array {
  const { weights, biases, outputWeights } = parts;
  const vectors = { biases, outputWeights };
  requireFiniteEntries("twoLayerParameters", weights, "weights must be finite");
  for (const [name, vector] of Object.entries(vectors)) {
    if (vector === undefined) continue;
    const fits = vector.length === weights.rows;
    requireThat(fits, "twoLayerParameters", `${name} must have length ${weights.rows}`, vector.length);
    requireFinite("twoLayerParameters", name, vector);
  }
  return concatenated(weights.data, biases ?? NOTHING, outputWeights ?? NOTHING);
}

const NOTHING = new Float64Array(0);

/** The entries of several arrays, one array after the other, in a fresh one. */
export function concatenated(...parts: Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

import { type RandomStream, requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import type { LayeredParameters, LayerLayout } from "../models";

/** Which weights of a random direction share one length, that of the same weights of θ. */
export type DirectionNormalization =
  /** The weights into one neuron or one output channel (Li et al. 2018). */
  | "filter"
  /** The weights of one layer. */
  | "layer"
  /** All weights. */
  | "model";

/**
 * A random direction d (p) in which to look at the loss around θ: normal in the weights, then scaled group by group to
 * the length of θ,
 *
 *     d_g ← d_g ‖θ_g‖/‖d_g‖   for each group g of weights, and 0 at the biases.
 *
 * Biases stay where they are, as in the figures of Li, Xu, Taylor, Studer and Goldstein (2018, "Visualizing the loss
 * landscape of neural nets", section 4; their code's option `biasbn`). Without any scaling a direction is
 * `stream.normals(p)`.
 *
 * What a group is decides under which rescalings of a ReLU network the surface stays the same. With "filter" and "layer",
 * d of a layer that is multiplied by λ_l > 0 is multiplied by λ_l as well, for the same numbers drawn. So if Πλ_l = 1, and
 * biases (multiplied by λ₁⋯λ_l) go along, then f at θ + αd is the same before and after; with "model" it is not. Multiply
 * instead the weights into each neuron by a factor of its own, λ_j, and those out of it by 1/λ_j: the "filter" direction
 * follows in the layer before, but not in the layer behind, where one filter holds weights with different factors.
 *
 * @param network the network, of which its `layouts` are looked at
 * @param parameters θ (p)
 * @param options the groups, and the stream, which gives one normal number a weight, in the order of θ; O(p)
 * @throws InvalidArgumentError when the network has no `layouts`, the normalization is unknown, θ has another length than
 *   p or is not finite, or a group of θ is 0 (its direction has no length) or so large that its norm overflows
 *
 * @example
 * const network = multilayerPerceptron({ widths: [1, 2, 1], activation: "relu" });
 * const theta = Float64Array.of(3, -4, 7, 7, 1, 0, 7); // weights 3 and -4 with biases 7, read-out (1, 0) with bias 7
 * const d = randomDirection(network, theta, { normalization: "filter", stream: randomStream(1) });
 * d.map(Math.abs).slice(0, 4); // [3, 4, 0, 0]: one weight into each neuron
 */
export function randomDirection(
  network: LayeredParameters,
  parameters: Float64Array,
  options: { readonly normalization: DirectionNormalization; readonly stream: RandomStream },
): Float64Array {
  const name = "randomDirection";
  const { normalization, stream } = options;
  // A linear network or random features have no layers, and JavaScript no types.
  requireThat("layouts" in network, name, "the network must have layouts", network);
  const { parameterCount, layouts } = network;
  const known = ["filter", "layer", "model"].includes(normalization);
  requireThat(known, name, "the normalization must be filter, layer or model", normalization);
  const given = parameters.length;
  requireThat(given === parameterCount, name, `parameters must have length ${parameterCount}`, given);
  requireFinite(name, "parameters", parameters);

  const layers = layouts.map(({ inputs, outputs, weightsStart }) =>
    Array.from({ length: inputs * outputs }, (_, k) => weightsStart + k),
  );
  const groups =
    normalization === "model" ? [layers.flat()] : normalization === "layer" ? layers : layouts.flatMap(filtersOf);
  const lengths = groups.map((group, g) => {
    const length = uncheckedNorm(group.map((k) => parameters[k]));
    const scalable = length > 0 && length < Infinity;
    requireThat(
      scalable,
      name,
      `every ${normalization}'s norm must be positive and finite`,
      `${length} for number ${g}`,
    );
    return length;
  });

  const direction = new Float64Array(parameterCount);
  for (const layer of layers) for (const k of layer) direction[k] = stream.normal();
  groups.forEach((group, g) => {
    const scale = lengths[g] / uncheckedNorm(group.map((k) => direction[k]));
    for (const k of group) direction[k] *= scale;
  });
  return direction;
}

/** The indices in θ of the weights into each output of a layer. */
function filtersOf({ inputs, outputs, weightsStart, neurons }: LayerLayout): number[][] {
  const index = (i: number, j: number): number => (neurons === "rows" ? j * inputs + i : i * outputs + j);
  return Array.from({ length: outputs }, (_, j) =>
    Array.from({ length: inputs }, (_, i) => weightsStart + index(i, j)),
  );
}

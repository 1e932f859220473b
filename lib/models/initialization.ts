import { type RandomStream, requireThat } from "../core";
import type { LayeredParameters } from "./layer-layout";

/** How {@link initialParameters} draws, for a layer with m inputs (its fan-in) and a gain g. */
export type InitializationScheme =
  /** Weights normal with standard deviation g, whatever the width; biases 0. */
  | "scaled normal"
  /** Weights normal with variance 2g²/m, which keeps the size of a signal behind a ReLU (He et al. 2015); biases 0. */
  | "He"
  /** Weights normal with variance g²/m, which keeps the size of a signal (LeCun et al. 1998); biases 0. */
  | "LeCun"
  /** Weights and biases uniform between ±g/√m: with g = 1 what PyTorch's `nn.Linear` starts from. */
  | "uniform";

/**
 * Random parameters θ (p) for a network of layers, `multilayerPerceptron`, `deepLinear`, `twoLayer` or `convolutional`,
 * drawn layer after layer: weights, then biases. Cost O(p).
 *
 * @param network the network, of which its `layouts` are looked at
 * @param options the scheme, and a gain g ≥ 0 that multiplies what it draws (default 1, the scheme as published)
 * @throws InvalidArgumentError when the network has no `layouts`, the scheme is unknown or the gain negative or
 *   not finite
 *
 * @example
 * const network = multilayerPerceptron({ widths: [3, 4, 1], activation: "relu" });
 * initialParameters(network, randomStream(1, "initialisation"), { scheme: "He" }).length; // 21
 */
export function initialParameters(
  network: LayeredParameters,
  stream: RandomStream,
  options: { readonly scheme: InitializationScheme; readonly gain?: number },
): Float64Array {
  const { scheme, gain = 1 } = options;
  // A linear network or random features have no layers, and JavaScript no types.
  requireThat("layouts" in network, "initialParameters", "the network must have layouts", network);
  const known = Object.hasOwn(DEVIATIONS, scheme) || scheme === "uniform";
  requireThat(known, "initialParameters", "the scheme must be scaled normal, He, LeCun or uniform", scheme);
  requireThat(gain >= 0 && gain < Infinity, "initialParameters", "the gain must be finite and not negative", gain);
  const parameters = new Float64Array(network.parameterCount);
  for (const { inputs, outputs, weightsStart, biasStart } of network.layouts) {
    const weightsEnd = weightsStart + inputs * outputs;
    if (scheme === "uniform") {
      const bound = gain / Math.sqrt(inputs);
      const end = biasStart === undefined ? weightsEnd : biasStart + outputs;
      for (let k = weightsStart; k < end; k++) parameters[k] = bound * (2 * stream.uniform() - 1);
    } else {
      const deviation = gain * DEVIATIONS[scheme](inputs);
      for (let k = weightsStart; k < weightsEnd; k++) parameters[k] = deviation * stream.normal();
    }
  }
  return parameters;
}

/** Standard deviations of the weights by fan-in. */
const DEVIATIONS: Record<Exclude<InitializationScheme, "uniform">, (fanIn: number) => number> = {
  "scaled normal": () => 1,
  He: (fanIn) => Math.sqrt(2 / fanIn),
  LeCun: (fanIn) => Math.sqrt(1 / fanIn),
};

import { type Matrix, outer, requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { networkOnInputs } from "./data-knots";
import { crosses, gradientsAt } from "./directional-derivatives";
import type { SwitchingMode } from "./switching-system";

/** 2⁸ modes, each with n matrices p×p, is what still fits a small problem. */
const MOST_KNOTS = 8;

/**
 * The modes of the loss (1/2n) Σ_i (f(x_i) − y_i)² around a univariate ReLU network that interpolates, for
 * `switchingSystem`: every choice of a side for the neurons whose knots lie on inputs, 2^K of them for K such neurons.
 * In each mode sample i has the Hessian ∇f(x_i)∇f(x_i)ᵀ, with the gradient on that side; since the residuals are 0, no
 * mode has a gradient (γ = 0). Mode 0 has all K neurons switched off, which is what φ'(0) = 0 computes at θ itself.
 *
 * Cost O(2^K n p²), p = 3m + 1.
 *
 * @param parameters θ = (w, b, v, c₀) (3m + 1)
 * @param inputs x (n)
 * @throws InvalidArgumentError as `dataKnots`, when there are more than 8 such neurons, and when a Hessian overflows.
 *
 * @example
 * const modes = dataKnotModes(Float64Array.of(1, 0, 2, 0), [0]); // f = 2 max(x, 0)
 * modes.map(({ hessians }) => hessians[0].data[5]); // [0, 4]: (∂f/∂b)² with the neuron off and on
 */
export function dataKnotModes(parameters: Float64Array, inputs: ArrayLike<number>): SwitchingMode[] {
  const network = networkOnInputs("dataKnotModes", parameters, inputs);
  const knots = network.neurons.flatMap(({ samplesAtKnot }, neuron) =>
    samplesAtKnot.length > 0 ? [{ neuron, sample: samplesAtKnot[0] }] : [],
  );
  requireThat(
    knots.length <= MOST_KNOTS,
    "dataKnotModes",
    `at most ${MOST_KNOTS} neurons may have their knots on inputs`,
    knots.length,
  );
  return Array.from({ length: 2 ** knots.length }, (_, mode): SwitchingMode => {
    const on = new Set(knots.flatMap(({ neuron }, k) => ((mode >> k) & 1 ? [neuron] : [])));
    const hessians = gradientsAt(network, (neuron) => on.has(neuron)).map((gradient): Matrix => {
      const hessian = outer(gradient, gradient);
      requireFinite("dataKnotModes", "the Hessians", hessian.data);
      return hessian;
    });
    const contains = (q: Float64Array): boolean =>
      knots.every(({ neuron, sample }) => crosses(network, q, neuron, sample) === on.has(neuron));
    return { contains, hessians };
  });
}

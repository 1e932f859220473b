import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { type NetworkOnInputs, networkOnInputs } from "./data-knots";

/**
 * The directional derivatives φ_i(q) = lim_{ε↓0} (f(x_i; θ + εq) − f(x_i; θ))/ε of a univariate ReLU network's outputs.
 * At a data knot the neuron contributes v max(x q_w + q_b, 0): φ is linear where the sign of these x q_w + q_b is fixed
 * (a mode), and only positively homogeneous over all. Around an interpolating θ the loss (1/2n) Σ_i (f(x_i) − y_i)² is
 * ½ε² (1/n) Σ_i φ_i(q)² + O(ε³). Cost O(nm).
 *
 * @param parameters θ = (w, b, v, c₀) (3m + 1)
 * @param inputs x (n)
 * @param direction q (3m + 1), of any length
 * @returns φ(q) (n)
 * @throws InvalidArgumentError as `dataKnots`; unless q is finite and as long as θ; and when a derivative overflows.
 *
 * @example
 * const hinge = Float64Array.of(1, 0, 2, 0); // f = 2 max(x, 0), whose knot lies on x = 0
 * directionalDerivatives(hinge, [0, 1], Float64Array.of(0, 1, 0, 0)); // [2, 2]
 * directionalDerivatives(hinge, [0, 1], Float64Array.of(0, -1, 0, 0)); // [0, -2]
 */
export function directionalDerivatives(
  parameters: Float64Array,
  inputs: ArrayLike<number>,
  direction: Float64Array,
): Float64Array {
  const network = networkOnInputs("directionalDerivatives", parameters, inputs);
  const p = parameters.length;
  requireThat(
    direction.length === p,
    "directionalDerivatives",
    `the direction must have length ${p}`,
    direction.length,
  );
  requireFinite("directionalDerivatives", "the direction", direction);
  const m = network.neurons.length;
  const derivatives = gradientsAt(network, (j, i) => crosses(network, direction, j, i)).map((row) =>
    row.reduce((sum, entry, k) => sum + entry * direction[k], 0),
  );
  const result = Float64Array.from(derivatives);
  requireFinite("directionalDerivatives", `the derivatives of the ${m} neurons`, result);
  return result;
}

/** Whether the direction switches neuron j on at the input x_i on which its knot lies. */
export function crosses({ inputs, neurons }: NetworkOnInputs, q: Float64Array, j: number, i: number): boolean {
  return q[j] * inputs[i] + q[neurons.length + j] > 0;
}

/**
 * ∇_θ f(x_i) for every input, as rows; `isOn` says of each data knot (neuron j on input i) on which side it is taken.
 */
export function gradientsAt(
  { inputs, neurons }: NetworkOnInputs,
  isOn: (neuron: number, sample: number) => boolean,
): Float64Array[] {
  const m = neurons.length;
  return Array.from(inputs, (x, i) => {
    const gradient = new Float64Array(3 * m + 1);
    gradient[3 * m] = 1;
    neurons.forEach(({ outputWeight, preActivations, samplesAtKnot }, j) => {
      if (samplesAtKnot.includes(i) ? !isOn(j, i) : preActivations[i] <= 0) return;
      gradient[j] = outputWeight * x;
      gradient[m + j] = outputWeight;
      gradient[2 * m + j] = preActivations[i];
    });
    return gradient;
  });
}

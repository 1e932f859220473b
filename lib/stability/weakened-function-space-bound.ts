import { requireThat } from "../core";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { networkOnInputs } from "./data-knots";

/**
 * The weight g₋(x) of a sample x_1, …, x_n: that of `functionSpaceWeight`, weakened where x is itself an input. With
 * V = Σ (x_i, 1) over the r-fold input's one side, S = Σ |x_i − x| there, and the smaller of both sides,
 *
 *   g₋(x) = (1/n²) min_{0≤u≤r} |V + u(x, 1)| S.
 *
 * A neuron with its knot on x is to the first order on or off there as it pleases a perturbation; where it is concave the
 * perturbation only has the worst mixture of the two. g₋ = g off the inputs (r = 0) and wherever V·(x, 1) ≥ 0 on the
 * smaller side, so everywhere if all |x_i| ≤ 1. Cost O(n).
 *
 * Derived here: the bound for minima that are not differentiable is left to the reader by Rao (2021).
 *
 * @throws InvalidArgumentError when there is no input, an input or x is not finite, or the weight overflows.
 *
 * @example
 * weakenedWeight([-1, 0, 1], 0); // 0.15713484026367722: √2/9, as functionSpaceWeight
 * weakenedWeight([-3, 2, 8], 2); // 1.2422599874998832: on the left side V = (−3, 1); g is 1.757 there
 */
export function weakenedWeight(inputs: ArrayLike<number>, x: number): number {
  requireThat(inputs.length >= 1, "weakenedWeight", "there must be an input", "none");
  const sample = Float64Array.from(inputs);
  requireFinite("weakenedWeight", "the inputs", sample);
  requireFiniteNumber("weakenedWeight", "x", x);
  return requireFiniteNumber("weakenedWeight", "the weight", weight(sample, x));
}

/**
 * The bound 1 + 2∫|f''|g₋ for minima that need not be differentiable: at every θ that implements f and interpolates, the
 * directional sharpness λ* of `directionalSharpness` is at least as large. A minimum that is strongly stable for gradient
 * descent or SGD with the rate η has λ* ≤ 2/η, hence ∫|f''|g₋ ≤ 1/η − ½.
 *
 * f'' = Σ_j |w_j|v_j δ(x − τ_j) is taken from θ; knots that are on an input up to rounding (`dataKnots`) are put there.
 * Cost O(nm).
 *
 * @param parameters θ = (w, b, v, c₀) (3m + 1)
 * @param inputs x (n)
 * @throws InvalidArgumentError as `dataKnots`, and when a knot or the bound overflows.
 *
 * @example
 * weakenedFunctionSpaceBound(Float64Array.of(1, 0, 3, 0), [-1, 0, 1]); // 1.9428090415820636: 1 + 2 · 3 · √2/9
 */
export function weakenedFunctionSpaceBound(parameters: Float64Array, inputs: ArrayLike<number>): number {
  const name = "weakenedFunctionSpaceBound";
  const { inputs: sample, neurons } = networkOnInputs(name, parameters, inputs);
  const changes = new Map<number, number>();
  neurons.forEach(({ outputWeight, samplesAtKnot }, j) => {
    const [w, b] = [parameters[j], parameters[neurons.length + j]];
    if (w === 0 || outputWeight === 0) return;
    const knot = samplesAtKnot.length > 0 ? sample[samplesAtKnot[0]] : requireFiniteNumber(name, "a knot", -b / w);
    changes.set(knot, (changes.get(knot) ?? 0) + Math.abs(w) * outputWeight);
  });
  let variation = 0;
  changes.forEach((change, knot) => (variation += Math.abs(change) * weight(sample, knot)));
  return requireFiniteNumber(name, "the bound", 1 + 2 * variation);
}

function weight(sample: Float64Array, x: number): number {
  const repeats = sample.filter((input) => input === x).length;
  const sides = [sample.filter((input) => input < x), sample.filter((input) => input > x)];
  return Math.min(...sides.map((side) => sideWeight(side, sample.length, x, repeats)));
}

/** (1/n²) min_{0≤u≤r} |V + u(x, 1)| S; 0 without inputs on the side, beyond the sample. */
function sideWeight(side: Float64Array, n: number, x: number, repeats: number): number {
  if (side.length === 0) return 0;
  const mean = side.reduce((sum, input) => sum + input / side.length, 0);
  // The vertex of the parabola |V + u(x, 1)|² for V = count·(mean, 1), between the ends.
  const vertex = (-side.length * (mean * x + 1)) / (x * x + 1);
  const u = Math.min(repeats, Math.max(0, vertex));
  const length = Math.hypot(side.length * mean + u * x, side.length + u);
  return (length / n) * (side.length / n) * Math.abs(mean - x);
}

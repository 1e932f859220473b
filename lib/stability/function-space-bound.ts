import { requireFiniteNumber } from "../core/requirements";
import { type PiecewiseLinear, requireKnotsOffInputs, requirePiecewiseLinear, sortedInputs } from "./piecewise-linear";

/**
 * The weight g(x) = min{g⁻(x), g⁺(x)} of a sample x_1, …, x_n at a point x strictly between its extremes, 0 elsewhere:
 * with X drawn from the sample,
 * g⁻(x) = P²(X < x) E[x − X | X < x] (1 + E²[X | X < x])^½ and
 * g⁺(x) = P²(X > x) E[X − x | X > x] (1 + E²[X | X > x])^½.
 *
 * g⁺ is what a neuron active to the right of its knot x contributes to the gradient's mean over the sample, g⁻ one
 * active to the left (Mulayoff, Michaeli and Soudry 2021, Lemma 4). It is largest in the middle of the sample.
 * Cost O(n).
 *
 * @throws InvalidArgumentError when there is no input, an input or x is not finite, or the weight overflows.
 *
 * @example
 * functionSpaceWeight([-1, 1], 0); // 0.3535533905932738: both sides have ¼ · 1 · √2
 */
export function functionSpaceWeight(inputs: ArrayLike<number>, x: number): number {
  const sorted = sortedInputs("functionSpaceWeight", inputs);
  requireFiniteNumber("functionSpaceWeight", "x", x);
  return requireFiniteNumber("functionSpaceWeight", "the weight", weight(sorted, x));
}

/**
 * The weighted total variation ∫|f''(x)| g(x) dx = Σ_i |c_i| g(τ_i) of the slope of a piecewise linear function, with
 * the weight g of `functionSpaceWeight`. Exact up to rounding. Cost O(nk) for k knots.
 *
 * A minimum that gradient descent or SGD of learning rate η finds stable has ∫|f''|g ≤ 1/η − ½, whenever it is
 * differentiable (Mulayoff, Michaeli and Soudry 2021, Theorem 1).
 *
 * @throws InvalidArgumentError when a knot lies on an input, where the loss is not differentiable: there the theorem
 *   says nothing. Also unless f is finite with distinct knots, the inputs are finite and there is one; or when the sum
 *   overflows.
 *
 * @example
 * weightedTotalVariation({ knots: [0], slopeChanges: [-2], slope: 1, offset: 0 }, [-1, 1]); // 0.7071067811865476
 */
export function weightedTotalVariation(f: PiecewiseLinear, inputs: ArrayLike<number>): number {
  return checkedVariation("weightedTotalVariation", f, inputs);
}

/**
 * The function-space bound 1 + 2∫|f''|g: at every differentiable minimum of (1/2n) Σ_i (f(x_i) − y_i)² that implements
 * f by a univariate ReLU network (all of w, b, v, c₀ trained), λ_max of the Hessian is at least as large (Mulayoff,
 * Michaeli and Soudry 2021, Lemma 4). It is the quadratic form of the Hessian's n×n twin ΦᵀΦ/n at the constant vector,
 * and does not depend on the slope and the offset. How much it loses is told by `leastSharpness`. Cost O(nk).
 *
 * @throws InvalidArgumentError as `weightedTotalVariation`.
 *
 * @example
 * functionSpaceBound({ knots: [0], slopeChanges: [-2], slope: 1, offset: 0 }, [-1, 1]); // 2.414213562373095: 1 + √2
 */
export function functionSpaceBound(f: PiecewiseLinear, inputs: ArrayLike<number>): number {
  return 1 + 2 * checkedVariation("functionSpaceBound", f, inputs);
}

function checkedVariation(functionName: string, f: PiecewiseLinear, inputs: ArrayLike<number>): number {
  requirePiecewiseLinear(functionName, f);
  const sorted = sortedInputs(functionName, inputs);
  requireKnotsOffInputs(functionName, f, sorted);
  const terms = Array.from(f.knots, (knot, i) => Math.abs(f.slopeChanges[i]) * weight(sorted, knot));
  return requireFiniteNumber(
    functionName,
    "the weighted total variation",
    terms.reduce((sum, term) => sum + term, 0),
  );
}

/** min{g⁻(x), g⁺(x)}; a side without inputs has P = 0, so the weight vanishes outside the sample. */
function weight(inputs: Float64Array, x: number): number {
  const left = inputs.filter((input) => input < x);
  const right = inputs.filter((input) => input > x);
  return Math.min(...[left, right].map((side) => sideWeight(side, inputs.length, x)));
}

/** P² |E[X − x]| (1 + E²X)^½ over the inputs of one side. */
function sideWeight(side: Float64Array, count: number, x: number): number {
  if (side.length === 0) return 0;
  const mean = side.reduce((sum, input) => sum + input, 0) / side.length;
  return (side.length / count) ** 2 * Math.abs(mean - x) * Math.hypot(1, mean);
}

import type { Knot } from "./least-sharpness-neurons";
import type { PiecewiseLinear } from "./piecewise-linear";

/** A neuron v max(w x + b, 0) with its knot at τ: w < 0 makes it active to the left; |w|v is its slope change. */
interface Neuron {
  readonly knot: number;
  readonly weight: number;
  readonly change: number;
}

/**
 * θ = (w, b, v, c₀) of the network with these neurons: at each knot the slope change is divided as the solution says,
 * a neuron of slope change c and s = w² has w = ±s^½, v = c/s^½, b = −wτ. Where one of a knot's two neurons is inactive
 * on all inputs its scale does not matter, and |w| = 1. The knots of f outside the sample get such an inactive neuron.
 * c₀ makes the values right.
 */
export function implementationParameters(
  f: PiecewiseLinear,
  inputs: Float64Array,
  knots: readonly Knot[],
  solution: { readonly leftChanges: Float64Array; readonly squaredWeights: readonly (readonly number[])[] },
): Float64Array {
  const [first, last] = [inputs[0], inputs[inputs.length - 1]];
  const active = knots.flatMap(({ at, slopeChange, sides }, k) =>
    [true, false].map((right): Neuron => {
      const index = sides.findIndex((side) => side.right === right);
      const size = index < 0 ? 1 : Math.sqrt(solution.squaredWeights[k][index]);
      const change = right ? slopeChange - solution.leftChanges[k] : solution.leftChanges[k];
      return { knot: at, weight: right ? size : -size, change };
    }),
  );
  const outside = Array.from(f.knots).flatMap((knot, i): Neuron[] => {
    if (knot > first && knot < last) return [];
    return [{ knot, weight: knot < first ? -1 : 1, change: f.slopeChanges[i] }];
  });
  const idle: Neuron = { knot: first, weight: -1, change: 0 };
  const needed = [...active, ...outside].filter(({ change }) => change !== 0);
  const neurons = needed.length > 0 ? needed : [idle];
  const parameters = Float64Array.of(
    ...neurons.map(({ weight }) => weight),
    ...neurons.map(({ weight, knot }) => -weight * knot),
    ...neurons.map(({ weight, change }) => change / Math.abs(weight)),
    0,
  );
  const atFirst = neurons.reduce((sum, { knot, weight, change }) => {
    const isActive = weight > 0 ? first > knot : first < knot;
    return isActive ? sum + change * Math.abs(first - knot) : sum;
  }, 0);
  parameters[3 * neurons.length] = valueAt(f, first) - atFirst;
  return parameters;
}

/** f(x). */
function valueAt(f: PiecewiseLinear, x: number): number {
  return Array.from(f.knots).reduce(
    (sum, knot, i) => sum + f.slopeChanges[i] * Math.max(0, x - knot),
    f.offset + f.slope * x,
  );
}

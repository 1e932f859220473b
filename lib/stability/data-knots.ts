import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";

/** A neuron whose knot lies on inputs: there the output of the network has a kink, seen as a function of θ. */
export interface DataKnot {
  /** j, from 0. */
  readonly neuron: number;
  /** The indices of the inputs on which the knot lies: several where an input is repeated. */
  readonly samples: readonly number[];
}

/** One neuron v max(wx + b, 0) on the inputs. */
export interface NeuronOnInputs {
  readonly outputWeight: number;
  /** wx_i + b; exactly 0 at the inputs on which the knot lies. */
  readonly preActivations: Float64Array;
  readonly samplesAtKnot: readonly number[];
}

/** A network on its inputs. */
export interface NetworkOnInputs {
  readonly inputs: Float64Array;
  readonly neurons: readonly NeuronOnInputs[];
}

/**
 * How large |wx + b| may be, relative to |wx| + |b|, to count as 0. Half an eps comes from rounding the product and the
 * sum; trained networks, which reach the input by steps of one last bit of b, stop up to a few bits short of it.
 */
const ROUNDING = 8 * Number.EPSILON;

/**
 * The neurons of a univariate ReLU network whose knots −b_j/w_j lie on inputs. With one of them a minimum is in general
 * not differentiable, and the loss around it is one quadratic for each side on which the neuron can be (Mulayoff,
 * Michaeli and Soudry 2021). A neuron with v_j = 0 is left out: it changes no output to first order. A knot counts as on
 * an input up to rounding, |w_j x_i + b_j| ≤ 8 eps (|w_j x_i| + |b_j|). Cost O(nm).
 *
 * @param parameters θ = (w, b, v, c₀) (3m + 1), as `univariateRelu` takes them
 * @param inputs x (n)
 * @throws InvalidArgumentError unless θ has 3m + 1 finite entries, there is an input, all are finite, and no neuron has
 *   w = b = 0: its kink lies on all inputs at once.
 *
 * @example
 * dataKnots(Float64Array.of(1, -2, 0, 1, 1, 1, 0), [-1, 0, 0]); // [{ neuron: 0, samples: [1, 2] }]: the other is at ½
 */
export function dataKnots(parameters: Float64Array, inputs: ArrayLike<number>): DataKnot[] {
  return networkOnInputs("dataKnots", parameters, inputs).neurons.flatMap(({ samplesAtKnot }, neuron) =>
    samplesAtKnot.length > 0 ? [{ neuron, samples: samplesAtKnot }] : [],
  );
}

/** The neurons of θ on the inputs, refused when they do not fit; the errors carry the caller's name. */
export function networkOnInputs(
  functionName: string,
  parameters: Float64Array,
  inputs: ArrayLike<number>,
): NetworkOnInputs {
  const width = (parameters.length - 1) / 3;
  const fits = Number.isInteger(width) && width >= 1;
  requireThat(fits, functionName, "the parameters must be 3m + 1 numbers, m ≥ 1", parameters.length);
  requireFinite(functionName, "the parameters", parameters);
  requireThat(inputs.length >= 1, functionName, "there must be an input", "none");
  const x = Float64Array.from(inputs);
  requireFinite(functionName, "the inputs", x);
  const neurons = Array.from({ length: width }, (_, j): NeuronOnInputs => {
    const [w, b, outputWeight] = [parameters[j], parameters[width + j], parameters[2 * width + j]];
    requireThat(w !== 0 || b !== 0, functionName, "no neuron may have w = b = 0, a kink on all inputs", `neuron ${j}`);
    const preActivations = x.map((input) => w * input + b);
    requireFinite(functionName, `the pre-activations of neuron ${j}`, preActivations);
    const samplesAtKnot = w === 0 || outputWeight === 0 ? [] : atKnot(w, b, x);
    for (const i of samplesAtKnot) preActivations[i] = 0;
    return { outputWeight, preActivations, samplesAtKnot };
  });
  return { inputs: x, neurons };
}

/** The indices of the input nearest to the knot and of its repetitions, if it is there up to rounding. */
function atKnot(w: number, b: number, x: Float64Array): number[] {
  let nearest = x[0];
  for (const input of x) if (Math.abs(w * input + b) < Math.abs(w * nearest + b)) nearest = input;
  if (Math.abs(w * nearest + b) > ROUNDING * (Math.abs(w * nearest) + Math.abs(b))) return [];
  return Array.from(x.keys()).filter((i) => x[i] === nearest);
}

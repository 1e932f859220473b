import type { Matrix } from "../core";
import { activated } from "./activated";
import { hadamard, plusEachRow, sum, sumOfRows } from "./entrywise";
import type { LayerLayout } from "./layer-layout";
import { products } from "./products";

/**
 * What a matrix becomes at θ + su + tv, up to the terms s² and t², which D³ along u and v does not need: the value and
 * its derivatives ∂_s, ∂_t and ∂_s∂_t at 0. The index is a set, 1 for s and 2 for t: the product rule of an entry is a
 * sum over the subsets of its index.
 */
type Jet = readonly [value: Matrix, s: Matrix, t: Matrix, st: Matrix];

const ENTRIES = [0, 1, 2, 3] as const;

/**
 * D³R(θ)[u, v, ·] (p) of the half-square risk R = (1/2n) Σ_i ‖f(x_i; θ) − y_i‖² of a tanh perceptron: the derivative
 * ∂_s∂_t of ∇R(θ + su + tv), by back-propagation on jets. Sizes must fit. Reproducible: the same bits on every machine.
 */
export function perceptronThirdDerivative(
  layouts: readonly LayerLayout[],
  { inputs, targets }: { readonly inputs: Matrix; readonly targets: Matrix },
  parameters: Float64Array,
  u: Float64Array,
  v: Float64Array,
): Float64Array {
  const points = [parameters, u, v, new Float64Array(parameters.length)]; // θ + su + tv has no term in st
  const layers = layouts.map((layout) => ({
    ...layout,
    weights: jet((k) => weightsOf(layout, points[k])),
    biases: points.map((point) => biasOf(layout, point)),
  }));

  /** What enters each layer, and φ' of each hidden layer's pre-activations. */
  const entering: Jet[] = [jet((k) => (k === 0 ? inputs : zeroLike(inputs)))];
  const slopes: Jet[] = [];
  let preactivations = entering[0];
  layers.forEach(({ weights, biases }, l) => {
    const product = bilinear(multiply, entering[l], weights);
    preactivations = jet((k) => plusEachRow(product[k], biases[k]));
    if (l === layers.length - 1) return;
    const { values, slope } = tanhOfJet(preactivations);
    entering.push(values);
    slopes.push(slope);
  });

  const result = new Float64Array(parameters.length);
  const n = inputs.rows;
  const errors = preactivations.map((Z, k) => ({
    ...Z,
    data: Z.data.map((z, i) => (k === 0 ? z - targets.data[i] : z) / n),
  }));
  let signals = jet((k) => errors[k]);
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weightsStart, biasStart, weights } = layers[l];
    result.set(bilinear(multiplyTransposedA, entering[l], signals)[3].data, weightsStart);
    if (biasStart !== undefined) result.set(sumOfRows(signals[3]), biasStart);
    if (l > 0) signals = bilinear(hadamard, bilinear(multiplyTransposedB, signals, weights), slopes[l - 1]);
  }
  return result;
}

const { multiply, multiplyTransposedA, multiplyTransposedB } = products(true);

/** The product rule: entry k of a bilinear A · B is Σ over the subsets i of k of A_i · B_{k∖i}. */
function bilinear(product: (A: Matrix, B: Matrix) => Matrix, A: Jet, B: Jet): Jet {
  return jet((k) =>
    ENTRIES.filter((i) => (i & k) === i)
      .map((i) => product(A[i], B[k ^ i]))
      .reduce(sum),
  );
}

/** tanh and its derivative at the jet Z: φ(Z)_st = φ'Z_st + φ''Z_sZ_t, and the same with one derivative more. */
function tanhOfJet([Z, s, t, st]: Jet): { values: Jet; slope: Jet } {
  const { values: y, slopes, curvatures } = activated("tanh", Z);
  const [first, second] = [slopes(), curvatures()];
  // tanh''' = −2 tanh'² − 2 tanh tanh''.
  const third = {
    ...Z,
    data: Z.data.map((_, i) => -2 * (first.data[i] ** 2 + y.data[i] * second.data[i])),
  };
  const compose = (value: Matrix, derivative: Matrix, derivative2: Matrix): Jet => [
    value,
    hadamard(derivative, s),
    hadamard(derivative, t),
    sum(hadamard(derivative, st), hadamard(derivative2, hadamard(s, t))),
  ];
  return { values: compose(y, first, second), slope: compose(first, second, third) };
}

function jet(entry: (k: (typeof ENTRIES)[number]) => Matrix): Jet {
  return [entry(0), entry(1), entry(2), entry(3)];
}

function weightsOf({ inputs, outputs, weightsStart }: LayerLayout, point: Float64Array): Matrix {
  return { rows: inputs, cols: outputs, data: point.slice(weightsStart, weightsStart + inputs * outputs) };
}

function biasOf({ outputs, biasStart }: LayerLayout, point: Float64Array): Float64Array {
  return biasStart === undefined ? new Float64Array(outputs) : point.slice(biasStart, biasStart + outputs);
}

function zeroLike({ rows, cols, data }: Matrix): Matrix {
  return { rows, cols, data: new Float64Array(data.length) };
}

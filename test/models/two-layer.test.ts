import { type Matrix, matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { twoLayer, type TwoLayerOptions } from "../../lib/models/two-layer";
import { twoLayerParameters } from "../../lib/models/two-layer-parameters";
import { type HyperDual, plus, reciprocal, type Scalar, sqrt, times } from "../oracles/hyper-dual";
import { networkContract, normalMatrix, normals, type ScalarFormula, sumOfProducts } from "./network-contract";
import { ACTIVATIONS } from "./perceptron-formula";

const [n, d, m] = [5, 2, 3];

/** h(x) = φ(Wx + b), neuron by neuron. */
function hiddenLayer(
  { structure, activation }: TwoLayerOptions,
  theta: readonly Scalar[],
  x: readonly number[],
): HyperDual[] {
  return Array.from({ length: m }, (_, j) => {
    const z = sumOfProducts(theta.slice(j * d, (j + 1) * d), x);
    return plus(ACTIVATIONS[activation](structure === "no bias" ? z : plus(z, theta[m * d + j])));
  });
}

/** f by its definition; the branch of the layer norm is chosen by the value of ‖h‖. */
function formulaOf(options: TwoLayerOptions): ScalarFormula {
  return (theta, x) => {
    const activations = hiddenLayer(options, theta, x);
    const a = options.fixedOutputWeights ? Array.from(options.fixedOutputWeights) : theta.slice(theta.length - m);
    const f = sumOfProducts(a, activations);
    if (options.layerNormEpsilon === undefined) return [f];
    const square = sumOfProducts(activations, activations);
    const above = square.value > options.layerNormEpsilon ** 2;
    return [times(f, above ? reciprocal(sqrt(square)) : 1 / options.layerNormEpsilon)];
  };
}

type Choices = Pick<TwoLayerOptions, "structure" | "activation" | "layerNormEpsilon" | "fixedOutputWeights">;

/** θ and inputs of size 1, the same for all networks of one structure and activation. */
function example(choices: Choices): { options: TwoLayerOptions; theta: Float64Array; inputs: Matrix } {
  const stream = randomStream(5, "two layers", choices.structure, choices.activation);
  const biases = choices.structure === "no bias" ? 0 : m;
  return {
    options: { inputCount: d, width: m, ...choices },
    theta: normals(stream, m * d + biases + (choices.fixedOutputWeights ? 0 : m)),
    inputs: normalMatrix(stream, n, d),
  };
}

function contractOf(name: string, choices: Choices): void {
  const { options, theta, inputs } = example(choices);
  networkContract(`twoLayer ${name}`, twoLayer(options), formulaOf(options), theta, inputs);
}

for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
  contractOf(`with no bias, ${activation}`, { structure: "no bias", activation });
  contractOf(`with bias, ${activation}`, { structure: "bias", activation });

  const choices = { structure: "simplified layer norm", activation } as const;
  const { options, theta, inputs } = example(choices);
  const lengths = Array.from({ length: n }, (_, i) => {
    const h = hiddenLayer(options, Array.from(theta), Array.from(inputs.data.subarray(i * d, (i + 1) * d)));
    return Math.hypot(...h.map(({ value }) => value));
  });
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  for (const [sides, layerNormEpsilon] of [
    ["below every", shortest / 2],
    ["above every", 2 * longest],
    ["between the", (shortest + longest) / 2],
  ] as const) {
    contractOf(`with ε ${sides} ‖h‖, ${activation}`, { ...choices, layerNormEpsilon });
  }
}
const fixedOutputWeights = Float64Array.of(1, -1, 1).map((sign) => sign / Math.sqrt(m));
contractOf("with fixed output weights", { structure: "no bias", activation: "smooth leaky relu", fixedOutputWeights });
contractOf("with bias and fixed output weights", { structure: "bias", activation: "tanh", fixedOutputWeights });
contractOf("with layer norm and fixed output weights", {
  structure: "simplified layer norm",
  activation: "tanh",
  layerNormEpsilon: 0.5,
  fixedOutputWeights,
});

describe("twoLayer at its kinks", () => {
  const one = matrix([[1]]);
  const none = matrix([[0]]);

  it("has relu'(0) = 0: a neuron whose pre-activation is exactly 0 passes no gradient", () => {
    const network = twoLayer({ inputCount: 2, width: 2, structure: "bias", activation: "relu" });
    // w_1·x + b_1 = 2·1 + 1·(−3) + 1 = 0 and w_2·x + b_2 = 2·1 + 1·1 + 2 = 5.
    const weights = matrix([
      [1, -3],
      [1, 1],
    ]);
    const theta = twoLayerParameters({
      weights,
      biases: Float64Array.of(1, 2),
      outputWeights: Float64Array.of(7, 11),
    });
    for (const reproducible of [false, true]) {
      const evaluation = network.evaluate(theta, matrix([[2, 1]]), { reproducible });
      expect(evaluation.outputs).toEqual(matrix([[55]]));
      expect(evaluation.pullback(one)).toEqual(Float64Array.of(0, 0, 22, 11, 0, 11, 0, 5));
      expect(evaluation.tangent(Float64Array.of(1, 1, 0, 0, 1, 0, 1, 0)).outputs).toEqual(matrix([[0]]));
      // 22² + 11² + 11² + 5²
      expect(evaluation.gramMatrix()).toEqual(matrix([[751]]));
    }
  });

  it("takes the branch aᵀh/ε of the layer norm at ‖h‖ = ε exactly, and the other one above", () => {
    // With the identity as φ and W = (3, 4), b = 0, a = (1, 1): h = (3, 4) at x = 1, ‖h‖ = 5 exactly, f = 7/5.
    const theta = Float64Array.of(3, 4, 0, 0, 1, 1);
    const evaluationAt = (layerNormEpsilon: number) =>
      twoLayer({
        inputCount: 1,
        width: 2,
        structure: "simplified layer norm",
        activation: "linear",
        layerNormEpsilon,
      }).evaluate(theta, one);
    expect(evaluationAt(5).outputs.data[0]).toBeCloseTo(1.4, 14);
    // a/ε, twice (W and b at x = 1), then h/ε.
    expect(evaluationAt(5).pullback(one)).toEqual(Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.6, 0.8));
    expect(
      evaluationAt(5)
        .tangent(Float64Array.of(1, 0, 0, 0, 0, 0))
        .pullback(one, none),
    ).toEqual(Float64Array.of(0, 0, 0, 0, 0.2, 0));
    // (a − f q)/‖h‖ with q = (0.6, 0.8): (1 − 0.84, 1 − 1.12)/5.
    const above = evaluationAt(4.999).pullback(one);
    expect(above[0]).toBeCloseTo(0.032, 14);
    expect(above[1]).toBeCloseTo(-0.024, 14);
  });

  it("does not change when its neurons are scaled, above ε, but for the rounding", () => {
    const stream = randomStream(6, "scaled neurons");
    const network = twoLayer({
      inputCount: d,
      width: m,
      structure: "simplified layer norm",
      activation: "relu",
      layerNormEpsilon: 1e-9,
    });
    const theta = normals(stream, network.parameterCount);
    theta.fill(1, m * d, m * d + m); // biases of 1, so that no h is 0 at the small inputs
    const inputs = normalMatrix(stream, n, d, 0.1);
    const scaled = theta.map((value, k) => (k < m * d + m ? 8 * value : value)); // a power of two: exact
    expect(network.evaluate(scaled, inputs).outputs).toEqual(network.evaluate(theta, inputs).outputs);
    // Euler's relation: the derivative along (W, b) is 0. Sums of some ten terms of size 1.
    const along = theta.map((value, k) => (k < m * d + m ? value : 0));
    for (const slope of network.evaluate(theta, inputs).tangent(along).outputs.data) {
      expect(Math.abs(slope)).toBeLessThanOrEqual(20 * Number.EPSILON * 10);
    }
  });
});

describe("twoLayer with fixed output weights", () => {
  it("keeps them as they were given", () => {
    const outputWeights = Float64Array.of(1, -1);
    const network = twoLayer({
      inputCount: 1,
      width: 2,
      structure: "no bias",
      activation: "relu",
      fixedOutputWeights: outputWeights,
    });
    outputWeights.fill(Number.NaN);
    expect(network.parameterCount).toBe(2);
    expect(network.evaluate(Float64Array.of(3, 1), matrix([[1]])).outputs).toEqual(matrix([[2]]));
  });
});

describe("twoLayer with layer norm", () => {
  it("does not take an overflow of ‖h‖ for a direction", () => {
    const network = twoLayer({
      inputCount: 1,
      width: 1,
      structure: "simplified layer norm",
      activation: "relu",
      layerNormEpsilon: 1,
    });
    expect(() => network.evaluate(Float64Array.of(1e200, 0, 1), matrix([[1]]))).toThrow(
      "twoLayer: ‖h‖² must not overflow, got Infinity",
    );
  });
});

describe("the parameters of twoLayer", () => {
  const weights = matrix([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const biases = Float64Array.of(7, 8, 9);
  const outputWeights = Float64Array.of(10, 11, 12);
  const plainMatrix = ({ rows, cols, data }: Matrix) => ({ rows, cols, data: data.slice() });

  it("are packed as W by neurons, then b, then a, and unpacked again", () => {
    const withBias = twoLayer({ inputCount: 2, width: 3, structure: "bias", activation: "relu" });
    const theta = twoLayerParameters({ weights, biases, outputWeights });
    expect(theta).toEqual(Float64Array.from({ length: 12 }, (_, k) => k + 1));
    const parts = withBias.parts(theta);
    expect(plainMatrix(parts.weights)).toEqual(weights);
    expect(parts.biases).toEqual(biases);
    expect(parts.outputWeights).toEqual(outputWeights);
    expect(twoLayerParameters(parts)).toEqual(theta);
    parts.outputWeights![0] = 0;
    expect(theta[9]).toBe(0);

    const withoutBias = twoLayer({ inputCount: 2, width: 3, structure: "no bias", activation: "relu" });
    const shorter = twoLayerParameters({ weights, outputWeights });
    expect(shorter).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6, 10, 11, 12));
    expect(Object.keys(withoutBias.parts(shorter))).toEqual(["weights", "outputWeights"]);

    const fixed = { inputCount: 2, width: 3, structure: "no bias", activation: "relu" } as const;
    const parts0 = twoLayer({ ...fixed, fixedOutputWeights: outputWeights }).parts(weights.data);
    expect(Object.keys(parts0)).toEqual(["weights"]);
  });

  it("are refused when they do not fit", () => {
    expect(() => twoLayerParameters({ weights, biases: Float64Array.of(1) })).toThrow(
      "twoLayerParameters: biases must have length 3, got 1",
    );
    expect(() => twoLayerParameters({ weights, outputWeights: new Float64Array(4) })).toThrow(
      "twoLayerParameters: outputWeights must have length 3, got 4",
    );
    const network = twoLayer({ inputCount: 2, width: 3, structure: "bias", activation: "relu" });
    expect(() => network.parts(new Float64Array(3))).toThrow("twoLayer: parameters must have length 12, got 3");
  });
});

describe("twoLayer refuses", () => {
  const good: TwoLayerOptions = { inputCount: 2, width: 2, structure: "no bias", activation: "relu" };
  const cases: [string, Partial<TwoLayerOptions>][] = [
    ["twoLayer: inputCount must be a positive integer, got 0", { inputCount: 0 }],
    ["twoLayer: width must be a positive integer, got -2", { width: -2 }],
    [
      'twoLayer: structure must be one of "no bias", "bias", "simplified layer norm", got biased',
      { structure: "biased" as "bias" },
    ],
    [
      'twoLayer: activation must be one of "linear", "relu", "tanh", "softplus", "smooth leaky relu", got step',
      { activation: "step" as "relu" },
    ],
    ["twoLayer: layerNormEpsilon must be positive and finite, got undefined", { structure: "simplified layer norm" }],
    [
      "twoLayer: layerNormEpsilon must be positive and finite, got 0",
      { structure: "simplified layer norm", layerNormEpsilon: 0 },
    ],
    ['twoLayer: layerNormEpsilon needs the structure "simplified layer norm", got no bias', { layerNormEpsilon: 1 }],
    ["twoLayer: fixedOutputWeights must have length 2, got 1", { fixedOutputWeights: Float64Array.of(1) }],
    [
      "twoLayer: fixedOutputWeights must be finite, got NaN at index 1",
      { fixedOutputWeights: Float64Array.of(1, Number.NaN) },
    ],
  ];
  for (const [message, wrong] of cases) {
    it(message, () => expect(() => twoLayer({ ...good, ...wrong })).toThrow(message));
  }
});

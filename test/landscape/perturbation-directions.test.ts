import { InvalidArgumentError, type Matrix, matrix, norm, randomStream } from "flat-minima/core";
import { type DirectionNormalization, randomDirection, rescaleNeurons } from "flat-minima/landscape";
import {
  convolutional,
  initialParameters,
  type LayerLayout,
  multilayerPerceptron,
  type Network,
  residualPerceptron,
  twoLayer,
  twoLayerParameters,
} from "flat-minima/models";
import { describe, expect, it } from "vitest";

const inputs = matrix(Array.from({ length: 7 }, (_, i) => [0, 1, 2].map((k) => Math.cos(1 + 0.7 * i * (k + 1) + k))));
const stream = () => randomStream(5, "direction");

/** The indices of the weights into every neuron, written down from each network's documentation. */
const cases: { name: string; network: Network & { layouts: readonly LayerLayout[] }; filters: number[][] }[] = [
  {
    name: "a perceptron, whose neurons are columns",
    network: multilayerPerceptron({ widths: [2, 3, 1], activation: "relu" }), // W₁ 0–5, b₁ 6–8, W₂ 9–11, b₂ 12
    filters: [
      [0, 3],
      [1, 4],
      [2, 5],
      [9, 10, 11],
    ],
  },
  {
    name: "a residual perceptron",
    network: residualPerceptron({
      inputCount: 1,
      width: 2,
      depth: 2,
      outputCount: 2,
      activation: "relu",
      skipConnections: true,
    }), // W₁ 0–1, b₁ 2–3, W₂ 4–7, b₂ 8–9, W₃ 10–13, b₃ 14–15
    filters: [[0], [1], [4, 6], [5, 7], [10, 12], [11, 13]],
  },
  {
    name: "a two-layer network, whose neurons are rows",
    network: twoLayer({ inputCount: 3, width: 2, structure: "bias", activation: "relu" }), // W 0–5, b 6–7, a 8–9
    filters: [
      [0, 1, 2],
      [3, 4, 5],
      [8, 9],
    ],
  },
  {
    name: "a convolutional network, whose filters are columns",
    network: convolutional({
      imageShape: [2, 2, 1],
      layers: [{ channels: 2, kernel: 1 }],
      activation: "relu",
      outputCount: 1,
    }), // W₁ 0–1, b₁ 2–3, read-out 4–11, its bias 12
    filters: [[0], [1], [4, 5, 6, 7, 8, 9, 10, 11]],
  },
];

describe.each(cases)("randomDirection, $name", ({ network, filters }) => {
  const theta = randomStream(1, "theta").normals(network.parameterCount);
  const drawn = Float64Array.from(theta, () => 0);
  const draws = stream();
  const weights = filters.flat().sort((a, b) => a - b);
  for (const k of weights) drawn[k] = draws.normal();
  const layers = network.layouts.map(({ weightsStart, inputs: m, outputs }) =>
    weights.filter((k) => k >= weightsStart && k < weightsStart + m * outputs),
  );

  it.each<[DirectionNormalization, number[][]]>([
    ["filter", filters],
    ["layer", layers],
    ["model", [weights]],
  ])("scales what was drawn, %s by %s, to the length of θ, and leaves biases", (normalization, groups) => {
    const d = randomDirection(network, theta, { normalization, stream: stream() });
    const expected = new Float64Array(theta.length);
    for (const group of groups) {
      const length = (of: Float64Array): number => Math.hypot(...group.map((k) => of[k]));
      for (const k of group) expected[k] = (drawn[k] * length(theta)) / length(drawn);
    }
    // Two sums of at most p squares, a root and a product each: p + 4 roundings.
    const tolerance = (theta.length + 4) * Number.EPSILON;
    expected.forEach((value, k) => expect(Math.abs(d[k] - value)).toBeLessThanOrEqual(tolerance * Math.abs(value)));
    expect(d.filter((value) => value !== 0)).toHaveLength(weights.length);
  });
});

/** The largest change of f at θ + αd, α = −1, ½ and 1, relative to the largest output, between two nets and directions. */
function change(
  network: Network,
  [theta, d]: readonly Float64Array[],
  [otherTheta, otherD]: readonly Float64Array[],
): number {
  const outputs = (parameters: Float64Array, direction: Float64Array, alpha: number): Matrix => {
    const moved = parameters.map((value, k) => value + alpha * direction[k]);
    return network.evaluate(moved, inputs, { reproducible: true }).outputs;
  };
  const changes = [-1, 0.5, 1].map((alpha) => {
    const [before, after] = [outputs(theta, d, alpha).data, outputs(otherTheta, otherD, alpha).data];
    return Math.max(...before.map((value, k) => Math.abs(value - after[k]))) / Math.max(...before.map(Math.abs));
  });
  return Math.max(...changes);
}

describe("the surface of a rescaled ReLU network", () => {
  const network = multilayerPerceptron({ widths: [3, 5, 4, 1], activation: "relu" });
  const theta = randomStream(2, "theta").normals(network.parameterCount);
  /** Layer l times λ_l, its bias times λ₁⋯λ_l. */
  const rescaled = (factors: readonly number[]): Float64Array => {
    const result = theta.slice();
    let product = 1;
    network.layouts.forEach(({ weightsStart, biasStart, outputs }, l) => {
      product *= factors[l];
      for (let k = weightsStart; k < biasStart!; k++) result[k] *= factors[l];
      for (let k = biasStart!; k < biasStart! + outputs; k++) result[k] *= product;
    });
    return result;
  };
  const directionAt = (parameters: Float64Array, normalization: DirectionNormalization): Float64Array =>
    randomDirection(network, parameters, { normalization, stream: stream() });
  const compared = (factors: readonly number[], normalization: DirectionNormalization): number => {
    const other = rescaled(factors);
    return change(network, [theta, directionAt(theta, normalization)], [other, directionAt(other, normalization)]);
  };

  it("is the same to the last bit by filters and by layers when layers are multiplied by powers of two", () => {
    expect(compared([4, 0.25, 1], "filter")).toBe(0);
    expect(compared([2, 8, 1 / 16], "layer")).toBe(0);
  });

  it("is the same to rounding by filters for any factors, and another one by the whole model", () => {
    // Three layers of at most 5 products each, and scaled weights: some 50 roundings, in sums that can cancel tenfold.
    expect(compared([3, 0.1, 1 / 0.3], "filter")).toBeLessThan(500 * Number.EPSILON);
    expect(compared([3, 0.1, 1 / 0.3], "model")).toBeGreaterThan(0.1);
  });

  it("is not the same when the neurons of a layer have different factors, but for what moves the layer before", () => {
    const shallow = twoLayer({ inputCount: 3, width: 4, structure: "no bias", activation: "relu" });
    const parameters = initialParameters(shallow, randomStream(3, "start"), { scheme: "He" });
    const { weights, outputWeights } = shallow.parts(parameters);
    const factors = Float64Array.of(4, 0.25, 2, 1);
    const other = twoLayerParameters(rescaleNeurons({ weights, outputWeights }, factors));
    const [d, otherD] = [parameters, other].map((at) =>
      randomDirection(shallow, at, { normalization: "filter", stream: stream() }),
    );
    expect(change(shallow, [parameters, d], [other, otherD])).toBeGreaterThan(0.1);
    const hidden = (direction: Float64Array): Float64Array => direction.map((value, k) => (k < 12 ? value : 0));
    expect(change(shallow, [parameters, hidden(d)], [other, hidden(otherD)])).toBe(0);
    otherD.slice(0, 12).forEach((value, k) => expect(value).toBe(d[k] * factors[Math.floor(k / 3)]));
  });
});

describe("randomDirection refuses", () => {
  const network = multilayerPerceptron({ widths: [1, 2, 1], activation: "relu" });
  const theta = Float64Array.of(3, -4, 0, 0, 1, 0, 0);
  const replaced = (index: number, value: number): Float64Array => theta.map((x, k) => (k === index ? value : x));
  const refusal = (parameters: Float64Array, normalization: string): (() => unknown) => {
    const options = { normalization: normalization as DirectionNormalization, stream: stream() };
    return () => randomDirection(network, parameters, options);
  };

  it("a group without length, naming it", () => {
    const dead = replaced(1, 0);
    expect(refusal(dead, "filter")).toThrow(
      "randomDirection: every filter's norm must be positive and finite, got 0 for number 1",
    );
    expect(norm(refusal(dead, "layer")() as Float64Array)).toBeGreaterThan(0);
  });

  it.each<[message: string, parameters: Float64Array, normalization: string]>([
    ["randomDirection: parameters must have length 7, got 6", theta.slice(1), "filter"],
    ["randomDirection: parameters must be finite, got NaN at index 4", replaced(4, NaN), "filter"],
    ["every model's norm must be positive and finite, got Infinity for number 0", replaced(0, 1e200), "model"],
    ["the normalization must be filter, layer or model, got none", theta, "none"],
  ])("with: %s", (message, parameters, normalization) => {
    expect(refusal(parameters, normalization)).toThrow(InvalidArgumentError);
    expect(refusal(parameters, normalization)).toThrow(message);
  });
});

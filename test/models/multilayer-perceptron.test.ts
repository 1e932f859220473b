import { matrix, type Matrix, randomStream } from "flat-minima/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { multilayerPerceptron } from "../../lib/models/multilayer-perceptron";
import type { Network } from "../../lib/models/network";
import { networkContract, normalMatrix, normals } from "./network-contract";
import { ACTIVATIONS, perceptronFormula } from "./perceptron-formula";

const HIDDEN: readonly (readonly number[])[] = [[], [4], [4, 3]];

for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
  for (const hidden of HIDDEN) {
    for (const bias of [true, false]) {
      for (const c of [1, 3]) {
        const widths = [2, ...hidden, c];
        const name = `${activation} ${widths.join("-")} ${bias ? "with" : "without"} biases`;
        const stream = randomStream(1, "perceptron", name);
        const network = multilayerPerceptron({ widths, activation, bias });
        networkContract(
          name,
          network,
          perceptronFormula(widths, activation, bias),
          normals(stream, network.parameterCount),
          normalMatrix(stream, 3, 2),
        );
      }
    }
  }
}

/** Outputs, a pullback, a tangent with its pullback, and the Gram matrix: copies. */
function everything(network: Network, theta: Float64Array, inputs: Matrix, reproducible: boolean): Float64Array[] {
  const stream = randomStream(2, "directions");
  const weights = normalMatrix(stream, inputs.rows, network.outputCount);
  const evaluation = network.evaluate(theta, inputs, { reproducible });
  const tangent = evaluation.tangent(normals(stream, network.parameterCount));
  return [
    evaluation.outputs.data.slice(),
    evaluation.pullback(weights),
    tangent.outputs.data,
    tangent.pullback(weights, weights),
    evaluation.gramMatrix().data,
  ];
}

describe("a kink: relu'(0) = 0", () => {
  // The pre-activation 1·1 − 1·1 is exactly 0.
  const inputs = matrix([[1, 1]]);
  const one = matrix([[1]]);

  it("holds in the gradient, the tangent and the Gram matrix", () => {
    const network = multilayerPerceptron({ widths: [2, 1, 1], activation: "relu" });
    const theta = Float64Array.of(1, -1, 0, 5, 0.5); // W₁, b₁, W₂, b₂
    const evaluation = network.evaluate(theta, inputs);
    expect(evaluation.outputs.data).toEqual(Float64Array.of(0.5));
    expect(Array.from(evaluation.pullback(one), Math.abs)).toEqual([0, 0, 0, 0, 1]); // b₂ alone
    const tangent = evaluation.tangent(Float64Array.of(1, 1, 1, 1, 0));
    expect(Array.from(tangent.outputs.data, Math.abs)).toEqual([0]);
    expect(Array.from(tangent.pullback(one, matrix([[0]])), Math.abs)).toEqual([0, 0, 0, 0, 0]);
    expect(evaluation.gramMatrix()).toEqual(matrix([[1]]));
  });

  it("is a matter of 0 alone", () => {
    const network = multilayerPerceptron({ widths: [2, 1, 1], activation: "relu" });
    const evaluation = network.evaluate(Float64Array.of(1, -1, 2 ** -1074, 5, 0.5), inputs);
    expect(evaluation.pullback(one).slice(0, 3)).toEqual(Float64Array.of(5, 5, 5));
  });
});

describe("the memory of an evaluation", () => {
  const stream = randomStream(3, "memory");
  const network = multilayerPerceptron({ widths: [3, 4, 2], activation: "tanh" });
  const [theta, other] = [0, 1].map(() => normals(stream, network.parameterCount));
  const inputs = normalMatrix(stream, 5, 3);
  const weights = normalMatrix(stream, 5, 2);
  const fresh = network.evaluate(theta, inputs);
  const expected = [fresh.outputs.data, fresh.pullback(weights)];

  it("is used again for as many inputs", () => {
    const spent = network.evaluate(other, inputs);
    spent.tangent(theta).pullback(weights, weights);
    const next = network.evaluate(theta, inputs, { recycle: spent });
    expect(next.outputs).toBe(spent.outputs);
    expect([next.outputs.data, next.pullback(weights)]).toEqual(expected);
    expect(next.tangent(other).pullback(weights, weights)).toEqual(fresh.tangent(other).pullback(weights, weights));
  });

  it("is not used for another number of inputs, another route or another network", () => {
    const sibling = multilayerPerceptron({ widths: [3, 4, 2], activation: "tanh" });
    for (const recycle of [
      network.evaluate(other, normalMatrix(stream, 4, 3)),
      network.evaluate(other, inputs, { reproducible: true }),
      sibling.evaluate(other, inputs),
    ]) {
      const before = recycle.outputs.data.slice();
      const next = network.evaluate(theta, inputs, { recycle });
      expect([next.outputs.data, next.pullback(weights)]).toEqual(expected);
      expect(recycle.outputs.data).toEqual(before);
    }
  });

  it("is shared by tangents that do not disturb one another", () => {
    const evaluation = network.evaluate(theta, inputs);
    const alone = evaluation.tangent(other).pullback(weights, weights);
    const direction = other.slice();
    const first = evaluation.tangent(direction);
    direction.fill(Number.NaN); // the caller's own
    evaluation.tangent(theta).pullback(weights, weights);
    evaluation.pullback({ ...weights, data: weights.data.map((u) => -u) });
    expect(first.pullback(weights, weights)).toEqual(alone);
  });
});

describe("the routes of the products", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  const stream = randomStream(4, "routes");
  const widths = [7, 9, 8, 3];

  it("give the same bits in WebAssembly and in TypeScript when reproducible", async () => {
    const inputs = normalMatrix(stream, 6, 7);
    const results: Float64Array[][] = [];
    const names: string[] = [];
    for (const setting of ["", "none"]) {
      vi.stubEnv("FLAT_MINIMA_WASM", setting);
      vi.resetModules();
      names.push((await import("../../lib/core/kernels/workspace")).kernelsInUse().name);
      const models = await import("../../lib/models/multilayer-perceptron");
      for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
        const network = models.multilayerPerceptron({ widths, activation });
        const theta = normals(randomStream(5, "routes"), network.parameterCount, 0.5);
        results.push(everything(network, theta, inputs, true));
      }
    }
    expect(names).toEqual(["WebAssembly", "TypeScript"]);
    expect(results.slice(5)).toEqual(results.slice(0, 5));
  });

  it("need no BLAS", async () => {
    vi.stubEnv("FLAT_MINIMA_BLAS", "none");
    vi.resetModules();
    expect((await import("flat-minima/core")).engine().name).toBe("TypeScript");
    const models = await import("../../lib/models/multilayer-perceptron");
    const network = models.multilayerPerceptron({ widths, activation: "tanh" });
    const theta = normals(stream, network.parameterCount, 0.5);
    const inputs = normalMatrix(stream, 6, 7);
    const [reproducible, without] = [true, false].map((route) => everything(network, theta, inputs, route));
    // Both are the workspace's products, but for the Gram matrix.
    expect(without.slice(0, 4)).toEqual(reproducible.slice(0, 4));
  });
});

describe("multilayerPerceptron", () => {
  it("knows what it is made of", () => {
    const network = multilayerPerceptron({ widths: [3, 4, 2], activation: "softplus" });
    const { widths, activation, bias, parameterCount, inputCount, outputCount } = network;
    expect({ widths, activation, bias }).toEqual({ widths: [3, 4, 2], activation: "softplus", bias: true });
    expect([parameterCount, inputCount, outputCount]).toEqual([3 * 4 + 4 + 4 * 2 + 2, 3, 2]);
  });

  it("overflows where anybody can see it", () => {
    const network = multilayerPerceptron({ widths: [1, 1, 1], activation: "relu", bias: false });
    const huge = Float64Array.of(1e200, 1e200);
    expect(network.evaluate(huge, matrix([[1]])).outputs.data).toEqual(Float64Array.of(Infinity));
    expect(network.evaluate(Float64Array.of(1e200, -1e200), matrix([[1e200]])).pullback(matrix([[1]]))[0]).toBe(
      -Infinity,
    );
  });

  it("refuses what is no network", () => {
    expect(() => multilayerPerceptron({ widths: [3], activation: "relu" })).toThrow(
      "multilayerPerceptron: widths must name at least the inputs and the outputs, got [3]",
    );
    expect(() => multilayerPerceptron({ widths: [3, 0, 1], activation: "relu" })).toThrow(
      "multilayerPerceptron: a width must be a positive integer, got 0",
    );
    expect(() => multilayerPerceptron({ widths: [3, 1.5, 1], activation: "relu" })).toThrow("got 1.5");
    expect(() => multilayerPerceptron({ widths: [3, 1], activation: "step" as ActivationKind })).toThrow(
      /^multilayerPerceptron: activation must be one of "linear", .*, got step$/,
    );
  });
});

import { matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { multilayerPerceptron } from "../../lib/models/multilayer-perceptron";
import { residualPerceptron, type ResidualPerceptronOptions } from "../../lib/models/residual-perceptron";
import { type HyperDual, plus, type Scalar } from "../oracles/hyper-dual";
import { networkContract, normalMatrix, normals, type ScalarFormula, sumOfProducts } from "./network-contract";
import { ACTIVATIONS } from "./perceptron-formula";

/** f by its recursion, unit by unit. */
function formulaOf(options: ResidualPerceptronOptions): ScalarFormula {
  const { inputCount: d, width: m, depth, outputCount: c, activation, skipConnections } = options;
  const phi = ACTIVATIONS[activation];
  return (theta, x) => {
    let read = 0;
    /** hW + b with the next parameters of θ. */
    const affine = (h: readonly Scalar[], inputs: number, outputs: number): HyperDual[] => {
      const W = theta.slice(read, (read += inputs * outputs));
      const b = theta.slice(read, (read += outputs));
      return Array.from({ length: outputs }, (_, j) =>
        plus(
          sumOfProducts(
            h,
            h.map((_, i) => W[i * outputs + j]),
          ),
          b[j],
        ),
      );
    };
    let h: readonly Scalar[] = affine(x, d, m).map((z) => phi(z));
    for (let l = 1; l < depth; l++) {
      const added: readonly Scalar[] = affine(h, m, m).map((z) => phi(z));
      h = skipConnections ? added.map((value, j) => plus(value, h[j])) : added;
    }
    return affine(h, m, c);
  };
}

for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
  for (const skipConnections of [true, false]) {
    for (const [width, depth, outputCount] of [
      [3, 1, 1],
      [3, 3, 1],
      [2, 3, 3],
    ]) {
      const options = { inputCount: 2, width, depth, outputCount, activation, skipConnections };
      const name = `${activation} 2-${width}×${depth}-${outputCount} ${skipConnections ? "with" : "without"} skips`;
      const stream = randomStream(1, "residual perceptron", name);
      const network = residualPerceptron(options);
      const theta = normals(stream, network.parameterCount, 0.7); // the third derivatives stay of the size of the second
      networkContract(name, network, formulaOf(options), theta, normalMatrix(stream, 3, 2));
    }
  }
}

describe("residualPerceptron", () => {
  const shape = { inputCount: 3, width: 4, depth: 3, outputCount: 2, activation: "tanh" } as const;
  const stream = randomStream(2, "residual perceptron");
  const inputs = normalMatrix(stream, 5, 3);
  const weights = normalMatrix(stream, 5, 2);
  const [plain, skipping] = [false, true].map((skipConnections) => residualPerceptron({ ...shape, skipConnections }));
  const [theta, direction] = [0, 1].map(() => normals(stream, plain.parameterCount, 0.5));

  it("is the multilayer perceptron on the same θ without skip connections, and another network with them", () => {
    const perceptron = multilayerPerceptron({ widths: [3, 4, 4, 4, 2], activation: "tanh" });
    expect(plain.layouts).toEqual(perceptron.layouts);
    expect(skipping.layouts).toEqual(perceptron.layouts);
    expect(plain.parameterCount).toBe(perceptron.parameterCount);
    const results = [perceptron, plain, skipping].map((network) => {
      const evaluation = network.evaluate(theta, inputs);
      const tangent = evaluation.tangent(direction);
      return [
        evaluation.outputs.data,
        evaluation.pullback(weights),
        tangent.outputs.data,
        tangent.pullback(weights, weights),
        evaluation.gramMatrix().data,
      ];
    });
    const size = (x: Float64Array): number => Math.hypot(...x);
    results[0].forEach((expected, k) => {
      // Both are sums and products of the same numbers in chains of 2 · 4 layers, 10 terms a sum at most and 20 in
      // the Gram matrix: a relative error below 8 · 20 eps a chain, of the terms' sizes, which θ's scale keeps within a
      // factor 100 of the result.
      const tolerance = 100 * 8 * 20 * Number.EPSILON * size(expected);
      expect(size(results[1][k].map((value, i) => value - expected[i]))).toBeLessThanOrEqual(tolerance);
      expect(size(results[2][k].map((value, i) => value - expected[i]))).toBeGreaterThan(0.01 * size(expected));
    });
  });

  it("passes the signal on where every residual branch is 0: f is then the read-out of the first layer", () => {
    const still = theta.slice();
    const [, second, third, readOut] = skipping.layouts;
    still.fill(0, second.weightsStart, readOut.weightsStart);
    const { weightsStart } = readOut;
    const shallow = multilayerPerceptron({ widths: [3, 4, 2], activation: "tanh" });
    const short = Float64Array.of(...theta.subarray(0, second.weightsStart), ...theta.subarray(weightsStart));
    expect(third.weightsStart).toBeGreaterThan(second.weightsStart);
    // tanh(0) = 0 exactly, and h + 0 = h: the same sums, in the same order.
    const reproducible = { reproducible: true };
    const expected = shallow.evaluate(short, inputs, reproducible).outputs.data;
    expect(skipping.evaluate(still, inputs, reproducible).outputs.data).toEqual(expected);
    // Without skips nothing of x arrives: every row is b.
    const constant = plain.evaluate(still, inputs, reproducible).outputs.data;
    expect(constant).toEqual(Float64Array.from({ length: 10 }, (_, k) => still[still.length - 2 + (k % 2)]));
  });

  it("has relu'(0) = 0 on the residual branch, while the skip connection passes the gradient on", () => {
    const network = residualPerceptron({
      inputCount: 1,
      width: 1,
      depth: 2,
      outputCount: 1,
      activation: "relu",
      skipConnections: true,
    });
    // h₁ = relu(2) = 2, Z₂ = 2 − 2 = 0 exactly, h₂ = 2, f = 5·2 + 1.
    const evaluation = network.evaluate(Float64Array.of(1, 0, 1, -2, 5, 1), matrix([[2]]));
    expect(evaluation.outputs).toEqual(matrix([[11]]));
    expect(evaluation.pullback(matrix([[1]]))).toEqual(Float64Array.of(10, 5, 0, 0, 2, 1));
    expect(evaluation.gramMatrix()).toEqual(matrix([[100 + 25 + 4 + 1]]));
  });

  it("refuses what is no network", () => {
    const make = (options: Partial<ResidualPerceptronOptions>) => () =>
      residualPerceptron({ ...shape, skipConnections: true, ...options });
    expect(make({ depth: 0 })).toThrow("residualPerceptron: depth must be a positive integer, got 0");
    expect(make({ width: 1.5 })).toThrow("residualPerceptron: width must be a positive integer, got 1.5");
    expect(make({ inputCount: -1 })).toThrow("residualPerceptron: inputCount must be a positive integer, got -1");
    expect(make({ outputCount: NaN })).toThrow("residualPerceptron: outputCount must be a positive integer, got NaN");
    expect(make({ activation: "step" as ActivationKind })).toThrow(
      /^residualPerceptron: activation must be one of "linear", .*, got step$/,
    );
    expect(make({ skipConnections: 1 as unknown as boolean })).toThrow(
      "residualPerceptron: skipConnections must be true or false, got 1",
    );
  });
});

import { matrix } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { deepLinear } from "../../lib/models/deep-linear";

// Its derivatives are judged with those of the other perceptrons, in multilayer-perceptron.test.ts.
describe("deepLinear", () => {
  it("is the product of its matrices, with the closed-form derivatives of θ₁θ₂θ₃x", () => {
    const network = deepLinear({ widths: [1, 1, 1, 1] });
    const evaluation = network.evaluate(Float64Array.of(2, 3, 5), matrix([[1], [-2]]));
    expect(evaluation.outputs).toEqual(matrix([[30], [-60]]));
    expect(evaluation.pullback(matrix([[1], [0]]))).toEqual(Float64Array.of(15, 10, 6));
    expect(evaluation.gramMatrix()).toEqual(matrix([[361, -722], [-722, 1444]])); // prettier-ignore
    const tangent = evaluation.tangent(Float64Array.of(1, 0, 0));
    expect(tangent.outputs).toEqual(matrix([[15], [-30]]));
    expect(tangent.pullback(matrix([[1], [0]]), matrix([[0], [0]]))).toEqual(Float64Array.of(0, 5, 3));
  });

  it("has no biases unless they are asked for, and no kink", () => {
    expect(deepLinear({ widths: [3, 2, 1] }).parameterCount).toBe(8);
    const { parameterCount, bias, activation } = deepLinear({ widths: [3, 2, 1], bias: true });
    expect({ parameterCount, bias, activation }).toEqual({ parameterCount: 11, bias: true, activation: "linear" });
  });

  it("refuses what is no network, in its own name", () => {
    expect(() => deepLinear({ widths: [3] })).toThrow(
      "deepLinear: widths must name at least the inputs and the outputs, got [3]",
    );
    expect(() => deepLinear({ widths: [3, -1] })).toThrow("deepLinear: a width must be a positive integer, got -1");
  });
});

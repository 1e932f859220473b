import { matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { univariateRelu } from "../../lib/models/univariate-relu";
import { plus, relu, times } from "../oracles/hyper-dual";
import { networkContract, normalMatrix, normals } from "./network-contract";

for (const width of [1, 4]) {
  const stream = randomStream(7, "univariate relu", width);
  networkContract(
    `univariateRelu of width ${width}`,
    univariateRelu({ width }),
    (theta, [x]) => {
      const neurons = Array.from({ length: width }, (_, j) =>
        times(theta[2 * width + j], relu(plus(times(theta[j], x), theta[width + j]))),
      );
      return [plus(...neurons, theta[3 * width])];
    },
    // A first pre-activation above 0 for the first input, so that with one neuron there is a gradient.
    normals(stream, 3 * width + 1).fill(1, width, width + 1),
    normalMatrix(stream, 5, 1, 0.5),
  );
}

describe("univariateRelu", () => {
  it("is piecewise linear, and at a knot has the slopes of the side where the neuron is off", () => {
    const hat = univariateRelu({ width: 3 });
    const theta = Float64Array.of(1, 1, 1, 1, 0, -1, 1, -2, 1, 0.5); // ReLUs from −1, 0 and 1 with slopes 1, −2, 1
    const evaluation = hat.evaluate(theta, matrix([[-1], [0], [0.5], [3]]));
    expect(evaluation.outputs).toEqual(matrix([[0.5], [1.5], [1], [0.5]]));
    // At x = −1 the first neuron's pre-activation is exactly 0.
    const gradient = evaluation.pullback(matrix([[1], [0], [0], [0]]));
    expect(gradient).toEqual(Float64Array.of(...new Array<number>(9).fill(0), 1).map((value) => value + 0));
  });

  it("refuses other widths", () => {
    expect(() => univariateRelu({ width: 0 })).toThrow("univariateRelu: width must be a positive integer, got 0");
  });
});

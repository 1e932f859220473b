import { matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { leastSquares } from "../../lib/models/least-squares";
import { randomFeatures } from "../../lib/models/random-features";
import { times } from "../oracles/hyper-dual";
import { networkContract, normalMatrix, normals, sumOfProducts } from "./network-contract";
import { ACTIVATIONS } from "./perceptron-formula";

const [n, d, m] = [4, 2, 5];
for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
  for (const outputScale of [undefined, 3]) {
    const stream = randomStream(4, "random features", activation);
    const weights = normalMatrix(stream, m, d);
    networkContract(
      `randomFeatures with ${activation} and ${outputScale ? "a scale given" : "1/√m"}`,
      randomFeatures({ weights, activation, outputScale }),
      (theta, x) => {
        const features = Array.from({ length: m }, (_, j) =>
          ACTIVATIONS[activation](sumOfProducts(Array.from(weights.data.subarray(j * d, (j + 1) * d)), x)),
        );
        return [times(outputScale ?? 1 / Math.sqrt(m), sumOfProducts(theta, features))];
      },
      normals(stream, m),
      normalMatrix(stream, n, d),
    );
  }
}

describe("randomFeatures", () => {
  const weights = matrix([
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
  ]);
  const inputs = matrix([
    [2, 4],
    [-1, 1],
  ]);
  const network = randomFeatures({ weights, activation: "relu" });

  it("has features φ(w·x)/√m", () => {
    expect(network.features(inputs)).toEqual(
      matrix([
        [1, 2, 3, 0],
        [0, 0.5, 0, 0],
      ]),
    );
  });

  it("keeps the weights as they were given", () => {
    const given = { ...weights, data: weights.data.slice() };
    const kept = randomFeatures({ weights: given, activation: "relu" });
    given.data.fill(Number.NaN);
    expect(kept.features(inputs)).toEqual(network.features(inputs));
  });

  it("is the least-squares model on its features", () => {
    const theta = Float64Array.of(1, -2, 3, 5);
    const model = leastSquares(network.features(inputs), new Float64Array(2));
    expect(model.residuals(theta)).toEqual(network.evaluate(theta, inputs).outputs.data);
    expect(network.evaluate(theta, inputs).gramMatrix()).toEqual(model.gramMatrix());
  });

  it("refuses what it cannot use", () => {
    const spoilt = { ...weights, data: weights.data.map((value, k) => (k === 3 ? Number.NaN : value)) };
    expect(() => randomFeatures({ weights: spoilt, activation: "relu" })).toThrow(
      "randomFeatures: weights must be finite, got NaN at index 3",
    );
    expect(() => randomFeatures({ weights, activation: "gelu" as "relu" })).toThrow(
      'randomFeatures: activation must be one of "linear", "relu", "tanh", "softplus", "smooth leaky relu", got gelu',
    );
    expect(() => randomFeatures({ weights, activation: "relu", outputScale: Infinity })).toThrow(
      "randomFeatures: outputScale must be finite, got Infinity",
    );
    expect(() => network.features(matrix([[1]]))).toThrow(
      "randomFeatures: inputs must have 2 columns, got a 1×1 matrix",
    );
  });
});

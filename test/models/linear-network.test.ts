import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { linearNetwork } from "../../lib/models/linear-network";
import { networkContract, normalMatrix, normals, sumOfProducts } from "./network-contract";

for (const [d, c] of [
  [3, 1],
  [1, 1],
  [2, 3],
]) {
  const stream = randomStream(2, "linear network", d, c);
  networkContract(
    `linearNetwork with ${d} inputs and ${c} outputs`,
    linearNetwork({ inputCount: d, outputCount: c }),
    (theta, x) =>
      Array.from({ length: c }, (_, k) =>
        sumOfProducts(
          theta.filter((_, index) => index % c === k),
          x,
        ),
      ),
    normals(stream, d * c),
    normalMatrix(stream, 4, d),
  );
}

describe("linearNetwork", () => {
  it("has one output unless told", () => {
    expect(linearNetwork({ inputCount: 3 }).outputCount).toBe(1);
  });

  it("refuses sizes that are not positive integers", () => {
    expect(() => linearNetwork({ inputCount: 0 })).toThrow(
      "linearNetwork: inputCount must be a positive integer, got 0",
    );
    expect(() => linearNetwork({ inputCount: 1, outputCount: 1.5 })).toThrow(
      "linearNetwork: outputCount must be a positive integer, got 1.5",
    );
  });
});

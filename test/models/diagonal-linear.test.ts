import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { diagonalLinear } from "../../lib/models/diagonal-linear";
import { minus, times } from "../oracles/hyper-dual";
import { networkContract, normalMatrix, normals, sumOfProducts } from "./network-contract";

const d = 3;
for (const depth of [2, 3, 4]) {
  const stream = randomStream(3, "diagonal linear", depth);
  networkContract(
    `diagonalLinear of depth ${depth}`,
    diagonalLinear({ inputCount: d, depth }),
    (theta, x) => {
      const powers = theta.map((value) => times(...new Array<typeof value>(depth).fill(value)));
      return [
        sumOfProducts(
          x,
          x.map((_, k) => minus(powers[k], powers[d + k])),
        ),
      ];
    },
    normals(stream, 2 * d),
    normalMatrix(stream, 4, d),
  );
}

describe("diagonalLinear", () => {
  it("has depth 2 unless told, and exact derivatives also where a parameter is 0", () => {
    const evaluation = diagonalLinear({ inputCount: 1 }).evaluate(Float64Array.of(0, 3), {
      rows: 1,
      cols: 1,
      data: Float64Array.of(2),
    });
    const one = { rows: 1, cols: 1, data: Float64Array.of(1) };
    const none = { rows: 1, cols: 1, data: Float64Array.of(0) };
    // f = 2(u² − v²)
    expect(evaluation.outputs.data).toEqual(Float64Array.of(-18));
    expect(evaluation.pullback(one)).toEqual(Float64Array.of(0, -12));
    expect(evaluation.tangent(Float64Array.of(1, 1)).pullback(one, none)).toEqual(Float64Array.of(4, -4));
  });

  it("refuses other depths and sizes", () => {
    for (const depth of [1, 2.5, Number.NaN]) {
      expect(() => diagonalLinear({ inputCount: 2, depth })).toThrow(
        `diagonalLinear: depth must be an integer of at least 2, got ${depth}`,
      );
    }
    expect(() => diagonalLinear({ inputCount: -1 })).toThrow(
      "diagonalLinear: inputCount must be a positive integer, got -1",
    );
  });
});

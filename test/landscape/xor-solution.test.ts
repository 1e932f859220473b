import { describe, expect, it } from "vitest";
import { trace } from "flat-minima/core";
import {
  activeNeurons,
  flattestRescaling,
  hypercubeVertices,
  rescaleNeurons,
  xorSolution,
} from "flat-minima/landscape";
import { twoLayer, twoLayerParameters } from "flat-minima/models";

const DIMENSION = 6;
const cube = hypercubeVertices(DIMENSION);
const labels = Float64Array.from(
  { length: cube.rows },
  (_, v) => cube.data[v * DIMENSION] * cube.data[v * DIMENSION + 1],
);
const network = twoLayer({ inputCount: DIMENSION, width: 4, structure: "bias", activation: "relu" });

describe("xorSolution", () => {
  it("is x₁x₂ on the whole cube, for every bias in (−2, 2)", () => {
    for (let bias = -1.9375; bias < 2; bias += 0.1875) {
      const { outputs } = network.evaluate(twoLayerParameters(xorSolution({ dimension: DIMENSION, bias })), cube);
      // Pre-activations are exact sixteenths below 4; the sum of four of them times a = 1/(2 − |b|) ≤ 16 rounds.
      const tolerance = 8 * 4 * 16 * Number.EPSILON;
      outputs.data.forEach((output, v) => expect(Math.abs(output - labels[v])).toBeLessThanOrEqual(tolerance));
    }
  });

  it("fires one neuron for b < 0, the same one for the same (x₁, x₂), and three for b > 0", () => {
    const fired = (bias: number): number[][] =>
      activeNeurons({ parts: xorSolution({ dimension: DIMENSION, bias }), inputs: cube });
    fired(-0.5).forEach((neurons, v) => {
      const pair = cube.data.subarray(v * DIMENSION, v * DIMENSION + 2).join();
      expect(neurons).toEqual([["1,1", "-1,-1", "1,-1", "-1,1"].indexOf(pair)]);
    });
    expect(fired(0.5).every(({ length }) => length === 3)).toBe(true);
    expect(fired(0).every(({ length }) => length === 1)).toBe(true);
  });

  it("rescaled has Tr G = 2√(d + 1) for b < 0, and the closed form of three firing neurons for b > 0", () => {
    for (const bias of [-1.75, -1, -0.25, 0.25, 1, 1.5]) {
      const parts = xorSolution({ dimension: DIMENSION, bias });
      const { factors } = flattestRescaling({ parts, inputs: cube });
      const theta = twoLayerParameters(rescaleNeurons(parts, factors));
      const actual = trace(network.evaluate(theta, cube).gramMatrix()) / cube.rows;
      // 4·2√(PQ): a neuron is at 2 + b on a quarter of the cube and, for b > 0, at b on half of it.
      const high = Math.max(0, bias);
      const P = (2 + bias) ** 2 / 4 + high ** 2 / 2;
      const Q = ((bias > 0 ? 0.75 : 0.25) * (DIMENSION + 1)) / (2 - Math.abs(bias)) ** 2;
      const expected = 8 * Math.sqrt(P * Q);
      if (bias < 0) expect(Math.abs(expected - 2 * Math.sqrt(DIMENSION + 1))).toBeLessThan(1e-14);
      // Sums of 2^d·(d + 1) numbers of the size of the result.
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(
        2 ** DIMENSION * (DIMENSION + 1) * Number.EPSILON * expected,
      );
    }
  });

  it("refuses what it cannot work with", () => {
    expect(() => xorSolution({ dimension: 1, bias: -1 })).toThrow(
      "xorSolution: dimension must be an integer of at least 2, got 1",
    );
    for (const bias of [-2, 2, NaN, Infinity]) {
      expect(() => xorSolution({ dimension: 3, bias })).toThrow(`xorSolution: bias must lie in (−2, 2), got ${bias}`);
    }
  });
});

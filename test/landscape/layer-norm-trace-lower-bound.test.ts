import { matrix, randomStream, trace } from "flat-minima/core";
import { layerNormTraceLowerBound } from "flat-minima/landscape";
import { twoLayer } from "flat-minima/models";
import { describe, expect, it } from "vitest";

describe("layerNormTraceLowerBound", () => {
  it("is (1/n) Σ min{1, 2‖x'‖|y|/ε} by hand", () => {
    const samples = { inputs: matrix([[2, 2], [0, 0]]), targets: Float64Array.of(-1, 3) }; // prettier-ignore
    // 2‖x'‖|y| is 6 for both.
    for (const [layerNormEpsilon, expected] of [
      [1, 1],
      [6, 1],
      [12, 0.5],
    ]) {
      expect(layerNormTraceLowerBound({ ...samples, layerNormEpsilon })).toBe(expected);
    }
    expect(layerNormTraceLowerBound({ ...samples, targets: Float64Array.of(1, 0), layerNormEpsilon: 12 })).toBe(0.25);
  });

  it("lies below Tr G of every network with these outputs, on both sides of ε, and no multiple above 1 does", () => {
    const [n, d] = [6, 3];
    let [smallest, smallestInside] = [Infinity, Infinity];
    for (let seed = 0; seed < 400; seed++) {
      const stream = randomStream(seed, "layer norm bound");
      const width = [1, 2, 8][seed % 3];
      const layerNormEpsilon = [0.1, 1, 5, 40][seed % 4];
      const structure = "simplified layer norm";
      const network = twoLayer({ inputCount: d, width, structure, activation: "relu", layerNormEpsilon });
      const inputs = { rows: n, cols: d, data: stream.normals(n * d) };
      const theta = stream.normals(network.parameterCount).map((entry) => 2 * entry);
      const evaluation = network.evaluate(theta, inputs);
      const measured = trace(evaluation.gramMatrix()) / n;
      const bound = layerNormTraceLowerBound({ inputs, targets: evaluation.outputs.data, layerNormEpsilon });
      if (bound === 0) continue; // no neuron fires
      smallest = Math.min(smallest, measured / bound);
      if (layerNormEpsilon === 40) smallestInside = Math.min(smallestInside, measured / bound);
    }
    // One neuron alone attains it where it fires outside ε: q = 1, f = a. A mean of six ones.
    expect(Math.abs(smallest - 1)).toBeLessThanOrEqual(6 * Number.EPSILON);
    // Inside, a network of random parameters is balanced only by chance.
    expect(smallestInside).toBeGreaterThan(1);
    expect(smallestInside).toBeLessThan(1.3);
  });

  it("refuses what it cannot work with", () => {
    const samples = { inputs: matrix([[1]]), targets: Float64Array.of(1), layerNormEpsilon: 1 };
    const refused: [change: object, message: string][] = [
      [{ targets: Float64Array.of(1, 2) }, "targets must have length 1, got 2"],
      [{ targets: Float64Array.of(NaN) }, "targets must be finite"],
      [{ layerNormEpsilon: 0 }, "layerNormEpsilon must be positive and finite, got 0"],
      [{ layerNormEpsilon: NaN }, "layerNormEpsilon must be positive and finite, got NaN"],
      [{ inputs: { rows: 0, cols: 1, data: new Float64Array(0) } }, "inputs must have a row"],
    ];
    for (const [change, message] of refused) {
      expect(() => layerNormTraceLowerBound({ ...samples, ...change })).toThrow(`layerNormTraceLowerBound: ${message}`);
    }
  });
});

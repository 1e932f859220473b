import { describe, expect, it } from "vitest";
import { matrix, randomStream } from "flat-minima/core";
import { activeNeurons, isOneHot } from "flat-minima/landscape";
import { twoLayer, twoLayerParameters } from "flat-minima/models";

describe("activeNeurons", () => {
  it("lists the neurons through which the network's output depends on their output weight", () => {
    const stream = randomStream(1, "active neurons");
    const [n, m, d] = [9, 7, 4];
    const inputs = { rows: n, cols: d, data: stream.normals(n * d) };
    for (const structure of ["bias", "no bias"] as const) {
      const parts = {
        weights: { rows: m, cols: d, data: stream.normals(m * d) },
        ...(structure === "bias" && { biases: stream.normals(m) }),
        outputWeights: stream.normals(m),
      };
      const network = twoLayer({ inputCount: d, width: m, structure, activation: "relu" });
      const theta = twoLayerParameters(parts);
      const before = network.evaluate(theta, inputs).outputs.data.slice();
      const expected: number[][] = Array.from({ length: n }, () => []);
      for (let j = 0; j < m; j++) {
        const moved = theta.slice();
        moved[theta.length - m + j] += 1;
        const after = network.evaluate(moved, inputs).outputs.data;
        // A pre-activation of a random network is far above rounding, or the neuron is silent and nothing moves at all.
        for (let i = 0; i < n; i++) if (Math.abs(after[i] - before[i]) > 1e-10) expected[i].push(j);
      }
      const actual = activeNeurons({ parts, inputs });
      expect(actual).toEqual(expected);
      expect(new Set(actual.map(({ length }) => length)).size).toBeGreaterThan(1);
    }
  });

  it("counts a neuron on its kink as silent", () => {
    const parts = { weights: matrix([[1, 1]]), biases: Float64Array.of(-2) };
    expect(activeNeurons({ parts, inputs: matrix([[1, 1]]) })).toEqual([[]]);
  });

  it("agrees with the network to the bit where pre-activations are 0 up to rounding", () => {
    // Biases that undo w·x as one fixed order of summation gives it: z is 0, or of the size of the last bit.
    const stream = randomStream(2, "active neurons");
    const [n, d] = [1, 30];
    const inputs = { rows: n, cols: d, data: stream.normals(d) };
    const m = 200;
    const weights = { rows: m, cols: d, data: stream.normals(m * d) };
    const biases = Float64Array.from({ length: m }, (_, j) => {
      let sum = 0;
      for (let k = d - 1; k >= 0; k--) sum -= weights.data[j * d + k] * inputs.data[k];
      return sum;
    });
    const parts = { weights, biases, outputWeights: new Float64Array(m).fill(1) };
    const network = twoLayer({ inputCount: d, width: m, structure: "bias", activation: "relu" });
    const evaluation = network.evaluate(twoLayerParameters(parts), inputs, { reproducible: true });
    // ∂f/∂b_j is 1 where neuron j fires, and 0 where not.
    const gradient = network.parts(evaluation.pullback({ rows: n, cols: 1, data: Float64Array.of(1) })).biases!;
    const expected = Array.from({ length: m }, (_, j) => j).filter((j) => gradient[j] === 1);
    expect(activeNeurons({ parts, inputs })).toEqual([expected]);
    expect(expected.length).toBeGreaterThan(m / 10);
    expect(expected.length).toBeLessThan((9 * m) / 10);
  });

  it("refuses what it cannot work with", () => {
    const parts = { weights: matrix([[1, 1]]), biases: Float64Array.of(-2) };
    const inputs = matrix([[1, 1]]);
    const named = (message: string): string => `activeNeurons: ${message}`;
    expect(() => activeNeurons({ parts, inputs: matrix([[1]]) })).toThrow(
      named("inputs must be n×2 with n ≥ 1, got a 1×1"),
    );
    expect(() => activeNeurons({ parts: { ...parts, biases: Float64Array.of(1, 2) }, inputs })).toThrow(
      named("biases must have length 1, got 2"),
    );
    expect(() => activeNeurons({ parts: { ...parts, biases: Float64Array.of(NaN) }, inputs })).toThrow(
      named("biases must be finite, got NaN at index 0"),
    );
    expect(() => activeNeurons({ parts: { weights: matrix([[1e200, 0]]) }, inputs: matrix([[1e200, 0]]) })).toThrow(
      named("the pre-activations must be finite, got Infinity at index 0"),
    );
  });
});

describe("isOneHot", () => {
  it("wants one neuron for each input, and another for every other", () => {
    expect(isOneHot([[3], [0], [1]])).toBe(true);
    expect(isOneHot([[3], [], [1]])).toBe(false);
    expect(isOneHot([[3], [0, 2], [1]])).toBe(false);
    expect(isOneHot([[3], [1], [1]])).toBe(false);
  });

  it("refuses no inputs at all", () => {
    expect(() => isOneHot([])).toThrow("isOneHot: there must be an input, got []");
  });
});

import { matrix, type Matrix, randomStream } from "flat-minima/core";
import { balancedNeurons, pathNorm, squaredWeightedNorm } from "flat-minima/landscape";
import { twoLayer, twoLayerParameters, type TwoLayerParts } from "flat-minima/models";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const [m, d] = [7, 4];

function randomParts(seed: number): { weights: Matrix; outputWeights: Float64Array } {
  const stream = randomStream(seed, "two-layer norms");
  return {
    weights: { rows: m, cols: d, data: stream.normals(m * d) },
    outputWeights: stream.normals(m),
  };
}

const rowNorm = ({ data, cols }: Matrix, j: number): number => Math.hypot(...data.subarray(j * cols, (j + 1) * cols));

describe("the path norm and the weighted norm", () => {
  it("are their sums, neuron by neuron", () => {
    for (let seed = 0; seed < 5; seed++) {
      const parts = randomParts(seed);
      let [path, square] = [0, 0];
      for (let j = 0; j < m; j++) {
        path += Math.abs(parts.outputWeights[j]) * rowNorm(parts.weights, j);
        square += rowNorm(parts.weights, j) ** 2 + 3 * parts.outputWeights[j] ** 2;
      }
      // Sums of m positive terms of about d roundings each.
      const relative = 2 * (m + d + 4) * EPS;
      expect(Math.abs(pathNorm(parts) - path)).toBeLessThanOrEqual(relative * path);
      expect(Math.abs(squaredWeightedNorm(parts, 3) - square)).toBeLessThanOrEqual(relative * square);
    }
  });

  it("are squares: θ → 2θ multiplies them by 4, exactly", () => {
    const { weights, outputWeights } = randomParts(1);
    const doubled = {
      weights: { ...weights, data: weights.data.map((w) => 2 * w) },
      outputWeights: outputWeights.map((a) => 2 * a),
    };
    expect(pathNorm(doubled)).toBe(4 * pathNorm({ weights, outputWeights }));
    expect(squaredWeightedNorm(doubled, 5)).toBe(4 * squaredWeightedNorm({ weights, outputWeights }, 5));
  });

  it("meet where the neurons are balanced, and only there", () => {
    for (const q of [1, Math.sqrt(d), d, 100]) {
      const parts = randomParts(q);
      const balanced = balancedNeurons(parts, q);
      const atLeast = 2 * Math.sqrt(q) * pathNorm(parts);
      // Each neuron comes through some ten roundings.
      const tolerance = (2 * (m + d) + 20) * EPS * atLeast;
      expect(Math.abs(squaredWeightedNorm(balanced, q) - atLeast)).toBeLessThanOrEqual(tolerance);
      expect(squaredWeightedNorm(parts, q)).toBeGreaterThan(atLeast * 1.01);
      for (let j = 0; j < m; j++) {
        const length = rowNorm(balanced.weights, j);
        expect(Math.abs(length - Math.sqrt(q) * Math.abs(balanced.outputWeights![j]))).toBeLessThanOrEqual(
          (d + 20) * EPS * length,
        );
      }
    }
  });

  it("are those of the same function: balancing does not move the outputs", () => {
    const net = twoLayer({ inputCount: d, width: m, structure: "no bias", activation: "relu" });
    const parts = randomParts(9);
    const inputs: Matrix = { rows: 6, cols: d, data: randomStream(9, "inputs").normals(6 * d) };
    const outputs = (one: TwoLayerParts): Float64Array => net.evaluate(twoLayerParameters(one), inputs).outputs.data;
    const [before, after] = [outputs(parts), outputs(balancedNeurons(parts, 50))];
    for (let i = 0; i < inputs.rows; i++) {
      const size = pathNorm(parts) * Math.hypot(...inputs.data.subarray(i * d, (i + 1) * d));
      expect(Math.abs(before[i] - after[i])).toBeLessThanOrEqual(2 * (m + d + 10) * EPS * size);
    }
  });

  it("silence a neuron that adds nothing", () => {
    const parts = { weights: matrix([[1, 2], [0, 0], [1, 0]]), outputWeights: Float64Array.of(0, 5, 4) }; // prettier-ignore
    const { weights, outputWeights } = balancedNeurons(parts, 4);
    expect(Array.from(weights.data.subarray(0, 4))).toEqual([0, 0, 0, 0]);
    expect(Array.from(outputWeights!.subarray(0, 2))).toEqual([0, 0]);
    expect(weights.data[4] / outputWeights![2]).toBeCloseTo(2, 14);
  });

  it("refuse what they are not made for", () => {
    const parts = randomParts(0);
    expect(() => pathNorm({ ...parts, biases: new Float64Array(m) })).toThrow(
      "pathNorm: the network must have no biases, got 7 of them",
    );
    expect(() => pathNorm({ weights: parts.weights })).toThrow(
      "pathNorm: outputWeights must have length 7, got undefined",
    );
    expect(() => squaredWeightedNorm(parts, 0)).toThrow("squaredWeightedNorm: q must be positive and finite, got 0");
    expect(() => balancedNeurons(parts, NaN)).toThrow("balancedNeurons: q must be positive and finite, got NaN");
    const huge = { weights: matrix([[1e200]]), outputWeights: Float64Array.of(1) };
    expect(() => squaredWeightedNorm(huge, 1)).toThrow("squaredWeightedNorm: the squared norm must be finite");
  });
});

import { describe, expect, it } from "vitest";
import { type Matrix, matrix, type RandomStream, randomStream } from "flat-minima/core";
import { flattestRescaling, rescaleNeurons } from "flat-minima/landscape";
import type { TwoLayerParts } from "flat-minima/models";

const EPS = Number.EPSILON;
const [n, d, m] = [7, 3, 5];

const normals = (stream: RandomStream, rows: number, cols: number): Matrix => ({
  rows,
  cols,
  data: stream.normals(rows * cols),
});

const randomParts = (stream: RandomStream, biased: boolean): Required<TwoLayerParts> | TwoLayerParts => ({
  weights: normals(stream, m, d),
  ...(biased && { biases: stream.normals(m) }),
  outputWeights: stream.normals(m),
});

/** z_j at input i, entry by entry. */
function preActivation({ weights, biases }: TwoLayerParts, inputs: Matrix, i: number, j: number): number {
  let z = biases?.[j] ?? 0;
  for (let k = 0; k < d; k++) z += weights.data[j * d + k] * inputs.data[i * d + k];
  return z;
}

const output = (parts: TwoLayerParts, inputs: Matrix, i: number): number =>
  parts.outputWeights!.reduce((sum, a, j) => sum + a * Math.max(0, preActivation(parts, inputs, i, j)), 0);

/** Tr G by writing down ∂f/∂a_j = relu(z_j), ∂f/∂w_jk = a_j 1{z_j > 0} x_k, ∂f/∂b_j = a_j 1{z_j > 0}. */
function traceOfG(parts: TwoLayerParts, inputs: Matrix): number {
  let trace = 0;
  for (let i = 0; i < inputs.rows; i++) {
    for (let j = 0; j < m; j++) {
      const z = preActivation(parts, inputs, i, j);
      if (z <= 0) continue;
      trace += z ** 2 / inputs.rows;
      const slope = parts.outputWeights![j];
      for (let k = 0; k < d; k++) trace += (slope * inputs.data[i * d + k]) ** 2 / inputs.rows;
      if (parts.biases) trace += slope ** 2 / inputs.rows;
    }
  }
  return trace;
}

describe.each([false, true])("rescaled neurons, biases: %s", (biased) => {
  it("leave f as it is", () => {
    for (let seed = 0; seed < 10; seed++) {
      const stream = randomStream(seed, "rescaling", biased ? 1 : 0);
      const parts = randomParts(stream, biased);
      const inputs = normals(stream, n, d);
      const factors = stream.normals(m).map((z) => Math.exp(2 * z));
      const rescaled = rescaleNeurons(parts, factors);
      for (let i = 0; i < n; i++) {
        // A product rounds by eps/2 in each of its at most d + 3 operations, whatever the factor.
        const size = parts.outputWeights!.reduce((sum, a, j) => {
          const terms = [...Array(d).keys()].map((k) =>
            Math.abs(parts.weights.data[j * d + k] * inputs.data[i * d + k]),
          );
          return (
            sum + Math.abs(a) * ((parts.biases ? Math.abs(parts.biases[j]) : 0) + terms.reduce((s, t) => s + t, 0))
          );
        }, 0);
        const gap = Math.abs(output(rescaled, inputs, i) - output(parts, inputs, i));
        expect(gap).toBeLessThanOrEqual((m + d + 5) * EPS * size);
      }
      // The biases must be rescaled, and the factors divide a: otherwise f changes.
      const wrong = { ...rescaled, outputWeights: parts.outputWeights!.map((a, j) => a * factors[j]) };
      const inputsSeen = [...Array(n).keys()].filter((i) => output(parts, inputs, i) !== 0);
      expect(inputsSeen.some((i) => Math.abs(output(wrong, inputs, i) - output(parts, inputs, i)) > 1e-6)).toBe(true);
    }
  });

  it("give Tr G = Σ P_jλ_j² + Q_j/λ_j², smallest at the flattest rescaling", () => {
    for (let seed = 0; seed < 10; seed++) {
      const stream = randomStream(seed, "flattest", biased ? 1 : 0);
      const parts = randomParts(stream, biased);
      const inputs = normals(stream, n, d);
      const { factors, trace, attained } = flattestRescaling({ parts, inputs });
      expect(attained).toBe(true);
      // A sum of n m (d + 2) positive terms, each of a few roundings.
      const rounding = (n * m * (d + 2) + 20) * EPS;
      expect(Math.abs(traceOfG(rescaleNeurons(parts, factors), inputs) - trace)).toBeLessThanOrEqual(rounding * trace);
      for (let other = 0; other < 5; other++) {
        const others = factors.map((factor) => factor * Math.exp(0.3 * stream.normal()));
        expect(traceOfG(rescaleNeurons(parts, others), inputs)).toBeGreaterThan(trace);
      }
      // The powers the other way round, (P/Q)^¼, are not the minimum.
      const inverse = factors.map((factor) => 1 / factor);
      expect(traceOfG(rescaleNeurons(parts, inverse), inputs)).toBeGreaterThan(1.01 * trace);
    }
  });
});

describe("the flattest rescaling", () => {
  it("leaves a dead neuron alone and says when the infimum is not attained", () => {
    const inputs = matrix([[1], [2]]);
    // The first neuron never fires; the second fires with a = 0; the third has P = 2.5·4, Q = 9·2.5.
    const weights = matrix([[-1], [1], [2]]);
    const dead = { weights: matrix([[-1], [2]]), outputWeights: Float64Array.of(1, 3) };
    expect(flattestRescaling({ parts: dead, inputs })).toEqual({
      factors: Float64Array.of(1, Math.sqrt((3 * Math.sqrt(2.5)) / Math.sqrt(10))),
      trace: 2 * Math.sqrt(10) * 3 * Math.sqrt(2.5),
      attained: true,
    });
    const silent = { weights, outputWeights: Float64Array.of(1, 0, 3) };
    const { factors, attained, trace } = flattestRescaling({ parts: silent, inputs });
    expect([factors[1], attained]).toEqual([1, false]);
    expect(trace).toBe(2 * Math.sqrt(10) * 3 * Math.sqrt(2.5));
  });

  it("does not overflow where P and Q do not", () => {
    const parts = { weights: matrix([[1e100]]), outputWeights: Float64Array.of(1e100) };
    const { factors, trace } = flattestRescaling({ parts, inputs: matrix([[1]]) });
    expect(Math.abs(trace / 2e200 - 1)).toBeLessThanOrEqual(4 * EPS);
    expect(Math.abs(factors[0] - 1)).toBeLessThanOrEqual(4 * EPS);
  });
});

describe("bad input", () => {
  const parts = { weights: matrix([[1, 2]]), outputWeights: Float64Array.of(3) };
  const inputs = matrix([[1, 1]]);

  it("is refused", () => {
    expect(() => rescaleNeurons(parts, Float64Array.of(0))).toThrow(
      "rescaleNeurons: factors must be positive and finite, got 0",
    );
    expect(() => rescaleNeurons(parts, Float64Array.of(-2))).toThrow("factors must be positive");
    expect(() => rescaleNeurons(parts, Float64Array.of(NaN))).toThrow("factors must be positive");
    expect(() => rescaleNeurons(parts, Float64Array.of(1, 1))).toThrow("rescaleNeurons: factors must have length 1");
    expect(() => rescaleNeurons({ weights: parts.weights }, Float64Array.of(1))).toThrow(
      "rescaleNeurons: outputWeights must have length 1, got undefined",
    );
    expect(() => rescaleNeurons({ ...parts, weights: matrix([[1e300, 1]]) }, Float64Array.of(1e300))).toThrow(
      "rescaleNeurons: the rescaled weights must be finite, got Infinity at index 0",
    );
    expect(() => flattestRescaling({ parts, inputs: { rows: 0, cols: 2, data: new Float64Array(0) } })).toThrow(
      "flattestRescaling: inputs must be n×2 with n ≥ 1",
    );
    expect(() => flattestRescaling({ parts, inputs: matrix([[1]]) })).toThrow("inputs must be n×2");
    expect(() => flattestRescaling({ parts: { ...parts, biases: Float64Array.of(1, 2) }, inputs })).toThrow(
      "flattestRescaling: biases must have length 1, got 2",
    );
    expect(() => flattestRescaling({ parts: { ...parts, outputWeights: Float64Array.of(NaN) }, inputs })).toThrow(
      "flattestRescaling: outputWeights must be finite, got NaN at index 0",
    );
    const huge = { weights: matrix([[1e300, -1e300]]), outputWeights: Float64Array.of(1) };
    expect(() => flattestRescaling({ parts: huge, inputs: matrix([[1e300, 1e300]]) })).toThrow(
      "flattestRescaling: the pre-activations must be finite, got NaN",
    );
  });
});

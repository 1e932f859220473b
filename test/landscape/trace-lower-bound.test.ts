import { describe, expect, it } from "vitest";
import { type Matrix, matrix, randomStream, trace } from "flat-minima/core";
import { uniformSphere } from "flat-minima/data";
import {
  flattestRescaling,
  hypercubeVertices,
  memorizingSolution,
  rescaleNeurons,
  traceGap,
  traceLowerBound,
  xorSolution,
} from "flat-minima/landscape";
import { twoLayer, twoLayerParameters, type TwoLayerParts } from "flat-minima/models";

/** Tr G by the gradients of the network, one parameter vector after the other. */
function traceByGradients(parts: TwoLayerParts, inputs: Matrix): { trace: number; outputs: Float64Array } {
  const network = twoLayer({
    inputCount: inputs.cols,
    width: parts.weights.rows,
    structure: parts.biases ? "bias" : "no bias",
    activation: "relu",
  });
  const evaluation = network.evaluate(twoLayerParameters(parts), inputs);
  return { trace: trace(evaluation.gramMatrix()) / inputs.rows, outputs: evaluation.outputs.data };
}

function randomParts(seed: number, structure: "bias" | "no bias", width: number, d: number): TwoLayerParts {
  const stream = randomStream(seed, "trace bound", structure);
  return {
    weights: { rows: width, cols: d, data: stream.normals(width * d) },
    ...(structure === "bias" && { biases: stream.normals(width) }),
    outputWeights: stream.normals(width),
  };
}

const STRUCTURES = ["bias", "no bias"] as const;

describe("traceLowerBound", () => {
  it("is (2/n) Σ ‖x̃‖|y| by hand", () => {
    const inputs = matrix([
      [3, 4],
      [0, 0],
      [2, 2],
    ]);
    const targets = Float64Array.of(1, -2, 0);
    expect(traceLowerBound({ inputs, targets, structure: "no bias" })).toBeCloseTo((2 / 3) * 5, 14);
    expect(traceLowerBound({ inputs, targets, structure: "bias" })).toBeCloseTo((2 / 3) * (Math.sqrt(26) + 2), 14);
  });

  it("lies below Tr G of every network with these outputs, and none of its multiples above 1 does", () => {
    const inputs = uniformSphere({ sampleCount: 20, dimension: 5, radius: 2, stream: randomStream(3, "trace bound") });
    let smallest = Infinity;
    for (const structure of STRUCTURES) {
      for (let seed = 0; seed < 50; seed++) {
        for (const width of [1, 4, 30]) {
          const { trace: measured, outputs } = traceByGradients(randomParts(seed, structure, width, 5), inputs);
          const ratio = measured / traceLowerBound({ inputs, targets: outputs, structure });
          if (Number.isFinite(ratio)) smallest = Math.min(smallest, ratio);
        }
      }
    }
    expect(smallest).toBeGreaterThan(1);
    expect(smallest).toBeLessThan(1.1); // a neuron that happens to be balanced: the bound is no empty one
  });

  it("is attained by the rescaled memorizing solution for labels of every size, and by the XOR network", () => {
    const d = 8;
    const cube = hypercubeVertices(d);
    const stream = randomStream(1, "attained");
    const n = 30;
    const rows = stream.choice(2 ** d, n).map((v) => Array.from(cube.data.subarray(v * d, (v + 1) * d)));
    const inputs = matrix(rows);
    const targets = stream.normals(n).map((y) => 10 * y);
    const memorizing = memorizingSolution({ inputs, targets, threshold: d - 1 });
    const labels = Float64Array.from(rows, ([first, second]) => first * second);
    for (const [parts, y] of [
      [memorizing, targets],
      [xorSolution({ dimension: d, bias: -1 }), labels],
    ] as const) {
      const flat = rescaleNeurons(parts, flattestRescaling({ parts, inputs }).factors);
      const bound = traceLowerBound({ inputs, targets: y, structure: "bias" });
      // Per sample a sum of d + 2 squares and n samples, each rounded; the rescaling adds a few eps.
      const tolerance = 4 * (n + d) * Number.EPSILON * bound;
      expect(Math.abs(traceByGradients(flat, inputs).trace - bound)).toBeLessThanOrEqual(tolerance);
      expect(traceByGradients(parts, inputs).trace).toBeGreaterThan(1.01 * bound);
    }
  });

  it("refuses what it cannot work with", () => {
    const inputs = matrix([[1, 1]]);
    const refused = (options: object, message: string): void =>
      expect(() => traceLowerBound({ inputs, targets: Float64Array.of(1), structure: "bias", ...options })).toThrow(
        `traceLowerBound: ${message}`,
      );
    refused({ targets: Float64Array.of(1, 2) }, "targets must have length 1, got 2");
    refused({ targets: Float64Array.of(NaN) }, "targets must be finite, got NaN at index 0");
    refused({ structure: "simplified layer norm" }, 'structure must be "bias" or "no bias", got simplified layer norm');
    refused({ inputs: { rows: 0, cols: 2, data: new Float64Array(0) } }, "inputs must have a row, got a 0×2 matrix");
    refused({ inputs: matrix([[1e200, 0]]) }, "the bound must be finite, got Infinity");
  });
});

describe("traceGap", () => {
  it("sums to Tr G, with parts that are their definitions and not negative", () => {
    const inputs = uniformSphere({ sampleCount: 12, dimension: 4, radius: 2, stream: randomStream(5, "trace gap") });
    for (const structure of STRUCTURES) {
      for (let seed = 0; seed < 20; seed++) {
        const parts = randomParts(seed, structure, 9, 4);
        const { lowerBound, imbalance, cancellation } = traceGap({ parts, inputs });
        const { trace: measured, outputs } = traceByGradients(parts, inputs);
        expect(Math.min(lowerBound, imbalance, cancellation)).toBeGreaterThanOrEqual(0);
        // Sums of n·m = 108 terms, none above the result, each of some d + 2 roundings.
        const tolerance = 108 * 6 * Number.EPSILON * measured;
        expect(Math.abs(lowerBound + imbalance + cancellation - measured)).toBeLessThanOrEqual(tolerance);
        const bound = traceLowerBound({ inputs, targets: outputs, structure });
        expect(Math.abs(lowerBound - bound)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it("tells balance from cancellation", () => {
    const x = matrix([[1]]);
    const opposite = { weights: matrix([[3], [2]]), outputWeights: Float64Array.of(3, -2) };
    // Both neurons are balanced: |a| ‖x‖ = h. f = 9 − 4 = 5 and Tr G = 2·9 + 2·4 = 26 = 2·5 + 16.
    expect(traceGap({ parts: opposite, inputs: x })).toEqual({ lowerBound: 10, imbalance: 0, cancellation: 16 });
    const lopsided = { weights: matrix([[9]]), outputWeights: Float64Array.of(1) };
    expect(traceGap({ parts: lopsided, inputs: x })).toEqual({ lowerBound: 18, imbalance: 64, cancellation: 0 });
    const silent = { weights: matrix([[-9]]), outputWeights: Float64Array.of(1) };
    expect(traceGap({ parts: silent, inputs: x })).toEqual({ lowerBound: 0, imbalance: 0, cancellation: 0 });
  });

  it("refuses what it cannot work with", () => {
    const weights = matrix([[1, 1]]);
    const inputs = matrix([[1, 1]]);
    expect(() => traceGap({ parts: { weights }, inputs })).toThrow(
      "traceGap: outputWeights must have length 1, got undefined",
    );
    expect(() => traceGap({ parts: { weights, outputWeights: Float64Array.of(1) }, inputs: matrix([[1]]) })).toThrow(
      "traceGap: inputs must be n×2 with n ≥ 1, got a 1×1 matrix",
    );
    const huge = { weights: matrix([[1e160, 0]]), outputWeights: Float64Array.of(1) };
    expect(() => traceGap({ parts: huge, inputs })).toThrow("traceGap: the imbalance must be finite, got Infinity");
  });
});

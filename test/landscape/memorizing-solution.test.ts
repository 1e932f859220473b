import { describe, expect, it } from "vitest";
import { type Matrix, randomStream } from "flat-minima/core";
import { hypercubeXor } from "flat-minima/data";
import { activeNeurons, hypercubeVertices, isOneHot, memorizingSolution } from "flat-minima/landscape";
import { type TwoLayerParts } from "flat-minima/models";

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));

/** f(x) by its definition. */
const output = ({ weights, biases, outputWeights }: TwoLayerParts, x: readonly number[]): number =>
  rowsOf(weights).reduce(
    (sum, w, j) =>
      sum +
      outputWeights![j] *
        Math.max(
          0,
          w.reduce((z, value, k) => z + value * x[k], biases![j]),
        ),
    0,
  );

/** n different vertices of the cube with normal labels. */
function distinctSamples(seed: number, n: number, d: number): { inputs: Matrix; targets: Float64Array } {
  const stream = randomStream(seed, "memorizing solution");
  const cube = rowsOf(hypercubeVertices(d));
  const chosen = stream.choice(2 ** d, n).map((v) => cube[v]);
  return {
    inputs: { rows: n, cols: d, data: Float64Array.from(chosen.flat()) },
    targets: stream.normals(n),
  };
}

describe("memorizingSolution", () => {
  it("interpolates with one neuron per sample and is 0 at all other vertices, for thresholds in [d − 2, d)", () => {
    for (const [n, d] of [
      [1, 1],
      [3, 2],
      [8, 3],
      [40, 7],
      [128, 7], // every vertex is a sample
    ]) {
      const { inputs, targets } = distinctSamples(n, n, d);
      const samples = rowsOf(inputs).map(String);
      for (const threshold of [d - 2, d - 1.5, d - 1, d - 0.25]) {
        const parts = memorizingSolution({ inputs, targets, threshold });
        expect(isOneHot(activeNeurons({ parts, inputs }))).toBe(true);
        for (const x of rowsOf(hypercubeVertices(d))) {
          const sample = samples.indexOf(String(x));
          // Pre-activations are exact (integers and quarters), so only y/(d − t)·(d − t) rounds: twice.
          if (sample >= 0) {
            expect(Math.abs(output(parts, x) - targets[sample])).toBeLessThanOrEqual(
              2 * Number.EPSILON * Math.abs(targets[sample]),
            );
          } else expect(output(parts, x)).toBe(0);
        }
      }
    }
  });

  it("fires at the neighbours of its samples when the threshold is below d − 2", () => {
    const { inputs, targets } = distinctSamples(5, 1, 6);
    const parts = memorizingSolution({ inputs, targets, threshold: 3.99 });
    const fired = activeNeurons({ parts, inputs: hypercubeVertices(6) }).filter((neurons) => neurons.length > 0);
    expect(fired.length).toBe(1 + 6);
  });

  it("is what the lecture prints, unit weights and bias −½√d, at threshold d/2: the same function", () => {
    const [n, d] = [12, 30];
    const { inputs, targets } = hypercubeXor({ sampleCount: n, dimension: d, stream: randomStream(1, "printed") });
    const printed = {
      weights: { rows: n, cols: d, data: inputs.data.map((value) => value / Math.sqrt(d)) },
      biases: new Float64Array(n).fill(-Math.sqrt(d) / 2),
      outputWeights: targets.map((y) => y / (Math.sqrt(d) / 2)),
    };
    const parts = memorizingSolution({ inputs, targets, threshold: d / 2 });
    for (const x of rowsOf(
      hypercubeXor({ sampleCount: 200, dimension: d, stream: randomStream(2, "printed") }).inputs,
    )) {
      // n neurons, d terms of size 1/√d each, times a ≤ 2/√d: sums of n·d numbers, at most n in all.
      expect(Math.abs(output(parts, x) - output(printed, x))).toBeLessThanOrEqual(4 * d * n * Number.EPSILON);
    }
  });

  it("needs a vertex: the neuron of a midpoint fires on both ends as on the midpoint itself", () => {
    const ends = [
      [1, 1, 1, 1],
      [1, -1, -1, 1],
    ];
    const middle = ends[0].map((value, k) => (value + ends[1][k]) / 2);
    const inputs = { rows: 3, cols: 4, data: Float64Array.from([...ends, middle].flat()) };
    const parts = memorizingSolution({ inputs, targets: Float64Array.of(1, 1, -1), threshold: 1 });
    expect(activeNeurons({ parts, inputs })).toEqual([
      [0, 2],
      [1, 2],
      [0, 1, 2],
    ]);
  });

  it("keeps nothing of its arguments", () => {
    const { inputs, targets } = distinctSamples(3, 4, 3);
    const parts = memorizingSolution({ inputs, targets, threshold: 2 });
    const before = output(parts, [1, 1, 1]);
    inputs.data.fill(7);
    targets.fill(7);
    expect(output(parts, [1, 1, 1])).toBe(before);
  });

  it("refuses what it cannot work with", () => {
    const { inputs, targets } = distinctSamples(1, 4, 3);
    const refused = (options: Partial<Parameters<typeof memorizingSolution>[0]>, message: string): void =>
      expect(() => memorizingSolution({ inputs, targets, threshold: 2, ...options })).toThrow(
        `memorizingSolution: ${message}`,
      );
    refused({ threshold: 3 }, "threshold must be below every ‖x_j‖², got 3 and ‖x_0‖² = 3");
    refused({ threshold: NaN }, "threshold must be finite, got NaN");
    refused({ targets: targets.slice(1) }, "targets must have length 4, got 3");
    refused({ targets: Float64Array.of(1, 2, NaN, 4) }, "targets must be finite, got NaN at index 2");
    refused({ inputs: { rows: 4, cols: 3, data: new Float64Array(11) } }, "a 4×3 matrix must have 12 entries, got 11");
    refused({ inputs: { rows: 0, cols: 3, data: new Float64Array(0) } }, "inputs must have a row and a column, got a");
    refused(
      { inputs: { rows: 1, cols: 1, data: Float64Array.of(1) }, targets: Float64Array.of(1e308), threshold: 1 - 1e-10 },
      "every y_j/(‖x_j‖² − t) must be finite, got Infinity",
    );
  });
});

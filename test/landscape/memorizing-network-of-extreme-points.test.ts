import { type Matrix, matrix, randomStream, trace } from "flat-minima/core";
import { hypercubeXor } from "flat-minima/data";
import {
  activeNeurons,
  isOneHot,
  layerNormTraceLowerBound,
  memorizingNetworkOfExtremePoints,
  traceLowerBound,
} from "flat-minima/landscape";
import { twoLayer, twoLayerParameters, type TwoLayerParts, type TwoLayerStructure } from "flat-minima/models";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** f(x_i) and Tr G, from the gradients of the network. */
function measured(parts: TwoLayerParts, inputs: Matrix, structure: TwoLayerStructure, layerNormEpsilon?: number) {
  const network = twoLayer({
    inputCount: inputs.cols,
    width: parts.weights.rows,
    structure,
    activation: "relu",
    layerNormEpsilon,
  });
  const evaluation = network.evaluate(twoLayerParameters(parts), inputs);
  return { outputs: evaluation.outputs.data, trace: trace(evaluation.gramMatrix()) / inputs.rows };
}

/** n points in convex position, with labels of both signs and of sizes from 0.1 to 10. */
function onSphere(n: number, d: number): { inputs: Matrix; targets: Float64Array } {
  const stream = randomStream(n, "convex position", d);
  const rows = Array.from({ length: n }, () => Array.from(stream.sphere(d), (entry, c) => (c + 1) * entry + 0.5));
  const targets = Float64Array.from({ length: n }, () => stream.rademacher() * 10 ** (2 * stream.uniform() - 1));
  return { inputs: matrix(rows), targets };
}

/** What rounding does: z = u·x + b is known to ‖u‖‖x‖(d + 2)·eps, ‖u‖‖x‖ ≤ 1e4 in these samples; then n sums. */
const tolerance = (n: number, d: number): number => 1e4 * (n + d + 4) * EPS;

describe("memorizingNetworkOfExtremePoints", () => {
  it("interpolates, one neuron a sample, at the least trace, with bias", () => {
    for (const [n, d] of [
      [1, 3],
      [12, 2],
      [40, 10],
    ]) {
      const samples = onSphere(n, d);
      const parts = memorizingNetworkOfExtremePoints({ ...samples, structure: "bias" });
      const { outputs, trace: flatness } = measured(parts, samples.inputs, "bias");
      outputs.forEach((f, i) => expect(Math.abs(f / samples.targets[i] - 1)).toBeLessThanOrEqual(tolerance(n, d)));
      expect(isOneHot(activeNeurons({ parts, inputs: samples.inputs }))).toBe(true);
      const least = traceLowerBound({ ...samples, structure: "bias" });
      expect(Math.abs(flatness / least - 1)).toBeLessThanOrEqual(tolerance(n, d));
    }
  });

  it("does so without bias where there are fewer than d samples, and refuses many", () => {
    const samples = hypercubeXor({ sampleCount: 20, dimension: 30, stream: randomStream(1, "few") });
    const parts = memorizingNetworkOfExtremePoints({ ...samples, structure: "no bias" });
    const { outputs, trace: flatness } = measured(parts, samples.inputs, "no bias");
    outputs.forEach((f, i) => expect(Math.abs(f - samples.targets[i])).toBeLessThanOrEqual(tolerance(20, 30)));
    expect(isOneHot(activeNeurons({ parts, inputs: samples.inputs }))).toBe(true);
    expect(Math.abs(flatness - 2 * Math.sqrt(30))).toBeLessThanOrEqual(12 * tolerance(20, 30));
    const many = hypercubeXor({ sampleCount: 120, dimension: 30, stream: randomStream(1, "many") });
    expect(() => memorizingNetworkOfExtremePoints({ ...many, structure: "no bias" })).toThrow(
      /^memorizingNetworkOfExtremePoints: every input must have a half-space through the origin to itself, got 0\.\d+·x_0 = 0\.\d+·x_\d+ \+ /,
    );
  });

  it("attains the layer norm's bound for every ε, with the value 1 for ε ≤ 2 min ‖x'‖|y|", () => {
    const samples = onSphere(12, 4);
    const sharpest = Array.from(samples.targets, (y, i) => {
      const x = samples.inputs.data.subarray(4 * i, 4 * i + 4);
      return 2 * Math.sqrt(1 + x.reduce((sum, entry) => sum + entry * entry, 0)) * Math.abs(y);
    });
    const limit = Math.min(...sharpest);
    for (const epsilon of [1e-200, 1e-6, 0.3 * limit, limit, 1.01 * limit, 3, 30, 1e6]) {
      const options = { ...samples, structure: "simplified layer norm", layerNormEpsilon: epsilon } as const;
      const parts = memorizingNetworkOfExtremePoints(options);
      const { outputs, trace: flatness } = measured(parts, samples.inputs, "simplified layer norm", epsilon);
      outputs.forEach((f, i) => expect(Math.abs(f / samples.targets[i] - 1)).toBeLessThanOrEqual(tolerance(12, 4)));
      expect(isOneHot(activeNeurons({ parts, inputs: samples.inputs }))).toBe(true);
      const least = layerNormTraceLowerBound({ ...samples, layerNormEpsilon: epsilon });
      expect(Math.abs(flatness / least - 1)).toBeLessThanOrEqual(tolerance(12, 4));
      const byHand = sharpest.reduce((sum, product) => sum + Math.min(1, product / epsilon), 0) / 12;
      expect(Math.abs(least / byHand - 1)).toBeLessThanOrEqual(100 * EPS);
      expect(least === 1).toBe(epsilon <= limit);
    }
  });

  it("names the mean that an input is", () => {
    const targets = Float64Array.of(1, 1, -1);
    const withMiddle = matrix([[0, 0], [4, 2], [2, 1]]); // prettier-ignore
    for (const structure of ["bias", "simplified layer norm"] as const) {
      const epsilon = structure === "bias" ? undefined : 1;
      expect(() =>
        memorizingNetworkOfExtremePoints({ inputs: withMiddle, targets, structure, layerNormEpsilon: epsilon }),
      ).toThrow(
        "memorizingNetworkOfExtremePoints: every input must be a vertex of the inputs' convex hull, got x_2 = 0.500·x_0 + 0.500·x_1",
      );
    }
    expect(() =>
      memorizingNetworkOfExtremePoints({ inputs: matrix([[1], [1], [2]]), targets, structure: "bias" }),
    ).toThrow("got x_0 = 1.00·x_1");
  });

  it("refuses what it cannot work with", () => {
    const samples = { inputs: matrix([[1], [2]]), targets: Float64Array.of(1, -1) };
    const refused: [change: object, message: string][] = [
      [{ targets: Float64Array.of(1) }, "targets must have length 2, got 1"],
      [{ targets: Float64Array.of(1, 0) }, "targets must not be 0, got 0 at index 1"],
      [{ targets: Float64Array.of(1, NaN) }, "targets must be finite"],
      [{ structure: "none" }, "structure must be one of"],
      [{ layerNormEpsilon: 1 }, "layerNormEpsilon needs the structure"],
      [{ structure: "simplified layer norm" }, "layerNormEpsilon must be positive and finite, got undefined"],
      [
        { structure: "simplified layer norm", layerNormEpsilon: 0 },
        "layerNormEpsilon must be positive and finite, got 0",
      ],
    ];
    for (const [change, message] of refused) {
      expect(() => memorizingNetworkOfExtremePoints({ ...samples, structure: "bias", ...change })).toThrow(
        `memorizingNetworkOfExtremePoints: ${message}`,
      );
    }
  });
});

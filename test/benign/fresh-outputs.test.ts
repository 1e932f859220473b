import { freshOutputs } from "flat-minima/benign";
import { matrix, mean, randomStream } from "flat-minima/core";
import { gaussianMixture } from "flat-minima/data";
import { twoLayer } from "flat-minima/models";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const N = 20000;

/** The means of several functions of the correct outputs ỹf, and their standard errors. */
function moments(correct: Float64Array): { value: number; error: number }[] {
  return [(v: number) => v, (v: number) => v * v, (v: number) => (v > 0 ? 1 : 0)].map((transform) => {
    const values = correct.map(transform);
    const value = mean(values);
    return { value, error: Math.sqrt(mean(values.map((v) => (v - value) ** 2)) / values.length) };
  });
}

describe("outputs at fresh samples", () => {
  it("have the law of outputs at samples that are drawn", () => {
    for (const m of [1, 3, 9]) {
      const stream = randomStream(m, "fresh outputs");
      const p = 6; // m = 9: WWᵀ is singular
      const center = Float64Array.of(1.5, 0, -0.5, 0, 0.2, 0);
      const outputWeights = stream.normals(m);
      const weights = { rows: m, cols: p, data: stream.normals(m * p) };
      const { outputs, clusters } = freshOutputs({ weights, outputWeights, mean: center, sampleCount: N, stream });
      const network = twoLayer({
        inputCount: p,
        width: m,
        structure: "no bias",
        activation: "smooth leaky relu",
        fixedOutputWeights: outputWeights,
      });
      const drawn = gaussianMixture({ sampleCount: N, mean: center, flipProbability: 0, stream: randomStream(m, "x") });
      const atDrawn = network.evaluate(weights.data, drawn.inputs).outputs.data;
      for (const cluster of [1, -1]) {
        const ours = moments(outputs.filter((_, i) => clusters[i] === cluster).map((f) => cluster * f));
        const theirs = moments(atDrawn.filter((_, i) => drawn.cleanTargets[i] === cluster).map((f) => cluster * f));
        // Five standard errors of the difference: for 18 comparisons, 1 in 10⁵ seeds would fail.
        ours.forEach(({ value, error }, k) => {
          expect(Math.abs(value - theirs[k].value)).toBeLessThanOrEqual(5 * Math.hypot(error, theirs[k].error));
        });
      }
    }
  });

  it("come from correlated neurons: two equal ones with opposite signs cancel", () => {
    const { outputs } = freshOutputs({
      weights: matrix([
        [1, 2],
        [1, 2],
        [0, 0],
      ]),
      outputWeights: Float64Array.of(1, -1, 5),
      mean: Float64Array.of(1, 1),
      sampleCount: 100,
      stream: randomStream(1),
    });
    // |φ(w·x)| is below ‖w‖(‖μ‖ + 5) < 15; the factor's two rows agree to a few roundings.
    for (const f of outputs) expect(Math.abs(f)).toBeLessThanOrEqual(15 * 10 * EPS);
  });

  it("of one neuron err as often as the normal distribution says", () => {
    // φ keeps the sign, so f is wrong when w·x has the wrong sign: P = Φ(−w·μ/‖w‖) = Φ(−1) = 0.158655.
    const { outputs, clusters } = freshOutputs({
      weights: matrix([[3, 4]]),
      outputWeights: Float64Array.of(2),
      mean: Float64Array.of(0.6, 0.8),
      sampleCount: N,
      stream: randomStream(2, "one neuron"),
    });
    const wrong = outputs.filter((f, i) => clusters[i] * f < 0).length / N;
    expect(Math.abs(wrong - 0.158655)).toBeLessThanOrEqual(4 * Math.sqrt((0.159 * 0.841) / N));
  });

  it("refuses what is no network or no sample", () => {
    const options = {
      weights: matrix([[1, 2]]),
      outputWeights: Float64Array.of(1),
      mean: Float64Array.of(1, 1),
      sampleCount: 4,
      stream: randomStream(1),
    };
    const drawing = (change: object) => () => freshOutputs({ ...options, ...change });
    expect(drawing({ sampleCount: 3 })).toThrow("freshOutputs: sampleCount must be a positive even integer, got 3");
    expect(drawing({ mean: Float64Array.of(1) })).toThrow("freshOutputs: the mean must have length 2, got 1");
    expect(drawing({ outputWeights: Float64Array.of(1, 2) })).toThrow(
      "freshOutputs: outputWeights must have length 1, got 2",
    );
    expect(drawing({ weights: { rows: 1, cols: 2, data: Float64Array.of(NaN, 1) } })).toThrow(
      "freshOutputs: the weights must be finite, got NaN at (0, 0)",
    );
  });
});

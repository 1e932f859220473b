import { benignExponent, freshOutputs, marginLemma } from "flat-minima/benign";
import { matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

describe("the margin lemma", () => {
  it("has the margins, the errors and the bound of outputs written down", () => {
    const fresh = { outputs: Float64Array.of(3, -1, 1, -6, 2, 0), clusters: Float64Array.of(1, 1, 1, -1, -1, -1) };
    const found = marginLemma(fresh, { weightNorm: 2, noiseRate: 0.1 });
    // Means 1 and 4/3 over ‖W‖ = 2; of each cluster 1 and 2 of 3 are wrong, the output 0 among them.
    expect(found.clusterMargins[0]).toBeCloseTo(0.5, 14);
    expect(found.clusterMargins[1]).toBeCloseTo(2 / 3, 14);
    expect(found.margin).toBeCloseTo(7 / 12, 14);
    expect(found.clusterErrors).toEqual([1 / 3, 2 / 3]);
    expect(found.cleanError).toBe(0.5);
    expect(found.testError).toBeCloseTo(0.5, 14);
    const excess = (Math.exp(-1 / 8) + Math.exp(-2 / 9)) / 2;
    expect(Math.abs(found.bound - (0.1 + 0.8 * excess))).toBeLessThanOrEqual(10 * EPS);
    expect(found.slack).toBe(found.bound - found.testError);
  });

  it("bounds every cluster's error of random networks, which c = 1 does not", () => {
    let violated = 0;
    for (let seed = 0; seed < 40; seed++) {
      const stream = randomStream(seed, "margin lemma");
      const m = 1 + stream.integer(3);
      const outputWeights = Float64Array.from({ length: m }, () => stream.rademacher() / Math.sqrt(m));
      const center = Float64Array.of(3, 0, 0, 0);
      // Neurons roughly towards ±μ, and of large norm, where φ' is ½ or 1.
      const data = Float64Array.from({ length: 4 * m }, (_, k) => {
        return 10 * (stream.normal() + (k % 4 === 0 ? 2 * Math.sign(outputWeights[Math.floor(k / 4)]) : 0));
      });
      const weights = { rows: m, cols: 4, data };
      const N = 20000;
      const fresh = freshOutputs({ weights, outputWeights, mean: center, sampleCount: N, stream });
      const weightNorm = Math.sqrt(data.reduce((sum, w) => sum + w * w, 0));
      let found;
      try {
        found = marginLemma(fresh, { weightNorm, noiseRate: 0 });
      } catch (error) {
        expect(String(error)).toMatch(/E\[ỹf \| ỹ = -?1\] must be at least 0/);
        continue;
      }
      found.clusterMargins.forEach((margin, k) => {
        // The margin is a mean of N/2 draws with deviation 1 at most, the error a frequency: five standard errors.
        const low = Math.max(0, margin - 5 / Math.sqrt(N / 2));
        const error = found.clusterErrors[k];
        const deviation = 5 * Math.sqrt((error * (1 - error)) / (N / 2));
        expect(error - deviation).toBeLessThanOrEqual(Math.exp(-(low ** 2) / 2));
        if (error - deviation > Math.exp(-((margin + 5 / Math.sqrt(N / 2)) ** 2))) violated++;
      });
      expect(found.testError).toBeLessThanOrEqual(found.bound + 0.01);
    }
    expect(violated).toBeGreaterThan(0);
  });

  it("does not speak where one cluster's margin is negative, though their mean is large", () => {
    // f = (φ(s) + φ(−0.6s))/√2 of s = u·x: positive far out on both sides, so that all of the cluster −1 is wrong.
    const weights = matrix([[1], [-0.6]]);
    const outputWeights = Float64Array.of(Math.SQRT1_2, Math.SQRT1_2);
    const stream = randomStream(1, "one cluster");
    const fresh = freshOutputs({ weights, outputWeights, mean: Float64Array.of(40), sampleCount: 2000, stream });
    const correct = fresh.outputs.map((f, i) => fresh.clusters[i] * f);
    const margin = correct.reduce((sum, value) => sum + value, 0) / 2000 / Math.hypot(1, 0.6);
    expect(correct.filter((value) => value < 0).length).toBe(1000);
    expect(0.5).toBeGreaterThan(2 * Math.exp(-(margin ** 2) / 2));
    expect(() => marginLemma(fresh, { weightNorm: Math.hypot(1, 0.6), noiseRate: 0 })).toThrow(
      "marginLemma: E[ỹf | ỹ = -1] must be at least 0, got -",
    );
  });

  it("refuses bad arguments", () => {
    const fresh = { outputs: Float64Array.of(1, -1), clusters: Float64Array.of(1, -1) };
    const options = { weightNorm: 1, noiseRate: 0.1 };
    expect(() => marginLemma(fresh, { ...options, weightNorm: 0 })).toThrow(
      "marginLemma: weightNorm must be positive and finite, got 0",
    );
    expect(() => marginLemma(fresh, { ...options, noiseRate: 0.6 })).toThrow(
      "marginLemma: noiseRate must be from 0 to ½, got 0.6",
    );
    expect(() => marginLemma({ ...fresh, clusters: Float64Array.of(1, 1) }, options)).toThrow(
      "marginLemma: there must be outputs of the cluster -1, got 0",
    );
    expect(() => marginLemma({ ...fresh, clusters: Float64Array.of(1, 2) }, options)).toThrow(
      "marginLemma: the clusters must be 1 or -1, got 2",
    );
  });
});

describe("the theorem's exponent", () => {
  it("is n p^{1/3}, for p ≥ n³ only", () => {
    expect(Math.abs(benignExponent({ sampleCount: 20, dimension: 64000 }) - 800)).toBeLessThanOrEqual(800 * 4 * EPS);
    expect(() => benignExponent({ sampleCount: 20, dimension: 7999 })).toThrow(
      "benignExponent: dimension must be an integer of at least n³ = 8000, got 7999",
    );
    expect(() => benignExponent({ sampleCount: 0, dimension: 10 })).toThrow(
      "benignExponent: sampleCount must be a positive integer, got 0",
    );
  });
});

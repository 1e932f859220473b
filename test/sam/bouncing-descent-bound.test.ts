import { randomStream } from "flat-minima/core";
import { sam } from "flat-minima/optimizers";
import { bouncingDescent, quadraticSamThresholds } from "flat-minima/sam";
import { describe, expect, it } from "vitest";
import { magnitude, plainObjective, randomPoint, randomSetting } from "./bouncing-spectra";

const EPS = Number.EPSILON;

describe("the descent of J", () => {
  it("is what `sam` does, and at least the bound as printed", () => {
    let doubled = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const stream = randomStream(seed, "descents");
      const options = randomSetting(stream, 1 + (seed % 10), seed % 2 ? 8 : 1);
      const { eigenvalues, learningRate, perturbationRadius } = options;
      const w = randomPoint(stream, options);
      const step = sam({ gradient: (x) => x.map((entry, i) => eigenvalues[i] * entry), ...options });
      const next = step(w);
      const { decrease, bound, slack } = bouncingDescent(options, w);
      // Sums of d terms on either side, on the scale of the parts of J.
      const tolerance = 4 * (w.length + 20) * EPS * (magnitude(options, w) + magnitude(options, next));
      const actual = plainObjective(options, w) - plainObjective(options, next);
      expect(Math.abs(decrease - actual)).toBeLessThanOrEqual(tolerance);
      const { growth } = quadraticSamThresholds(options);
      const v = w.map((entry, i) => entry * eigenvalues[i]);
      const length = Math.hypot(...v);
      const printed = w.reduce((sum, entry, i) => {
        const factor = entry * (1 - growth[i] / length) * (2 - learningRate * eigenvalues[i]);
        return sum + (factor ** 2 * eigenvalues[i]) / (2 * perturbationRadius);
      }, 0);
      // (1 - β_i/‖Λu‖) loses to cancellation, of the parts 1 and β_i/‖Λu‖.
      expect(Math.abs(bound - printed)).toBeLessThanOrEqual(tolerance);
      // The slack is ‖Λw₊‖(1 - cos): the inner product of -Λw₊ with Λw/‖Λw‖ is its cosine.
      const image = next.map((entry, i) => -entry * eigenvalues[i]);
      const along = image.reduce((sum, entry, i) => sum + (entry * v[i]) / length, 0);
      expect(Math.abs(slack - (Math.hypot(...image) - along))).toBeLessThanOrEqual(tolerance);
      expect(slack).toBeGreaterThanOrEqual(-tolerance);
      if (decrease < 2 * bound - tolerance) doubled++;
    }
    expect(doubled).toBeGreaterThan(1000); // without the ½ it would be no bound
  });

  it("is met by a step that keeps the direction of Λu", () => {
    // One coordinate, beyond β = 1/3 and closer than γ = 1: the step flips it, u ↦ u₊ keeps its sign.
    const options = { eigenvalues: Float64Array.of(1), learningRate: 0.5, perturbationRadius: 1 };
    const { decrease, slack } = bouncingDescent(options, Float64Array.of(0.7));
    expect(decrease).toBeGreaterThan(0.01);
    expect(Math.abs(slack)).toBeLessThanOrEqual(20 * EPS);
  });

  it("is 0 at a stationary point, and does not exist where Λu = 0", () => {
    const options = { eigenvalues: Float64Array.of(2, 1, 0), learningRate: 0.25, perturbationRadius: 3 };
    expect(Math.abs(bouncingDescent(options, Float64Array.of(1, 0, 0)).decrease)).toBeLessThanOrEqual(20 * EPS);
    expect(() => bouncingDescent(options, Float64Array.of(0, 0, 1))).toThrow(
      "bouncingDescent: Λu must be finite and not 0, got ‖Λu‖ = 0",
    );
    expect(() => bouncingDescent(options, Float64Array.of(1))).toThrow(
      "bouncingDescent: the point must have length 3, got 1",
    );
  });
});

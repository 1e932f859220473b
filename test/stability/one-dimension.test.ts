import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { enumerateBatches } from "flat-minima/optimizers";
import { meanFactor, meanSquareThreshold, nonUniformity, secondMomentFactor, sharpness } from "flat-minima/stability";
import { SAMPLINGS } from "./oracles";

const EPS = Number.EPSILON;

describe("one dimension", () => {
  it("has the mean and second-moment factors of all batches on all paths", () => {
    for (let seed = 0; seed < 5; seed++) {
      const stream = randomStream(seed, "one dimension");
      const curvatures = Array.from({ length: 4 }, () => 2 * stream.uniform() + 0.2 * stream.normal());
      const learningRate = 2 * stream.uniform();
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2, 4]) {
          const multipliers = enumerateBatches({ sampleCount: 4, batchSize, sampling }).map(
            (batch) => 1 - learningRate * (batch.reduce((sum, i) => sum + curvatures[i], 0) / batchSize),
          );
          const steps = multipliers.length > 100 ? 1 : 3;
          let ends = [1];
          for (let t = 0; t < steps; t++) ends = ends.flatMap((x) => multipliers.map((m) => m * x));
          const moment = (power: number): number => ends.reduce((sum, x) => sum + x ** power, 0) / ends.length;
          // Each end is a product of t rounded factors, and N of them are added: (N + 10t) eps of the largest.
          const largest = Math.max(1, ...ends.map((x) => x * x));
          const tolerance = (ends.length + 10 * steps) * EPS * largest;
          const setting = { curvatures, learningRate, batchSize, sampling };
          expect(Math.abs(moment(1) - meanFactor(setting) ** steps)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(moment(2) - secondMomentFactor(setting) ** steps)).toBeLessThanOrEqual(tolerance);
        }
      }
    }
  });

  it("has the factor 1 at the mean-square threshold, and crosses it upwards", () => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = randomStream(seed, "threshold");
      const curvatures = Array.from({ length: 6 }, () => 3 * stream.uniform());
      for (const sampling of SAMPLINGS) {
        const batchSize = 1 + stream.integer(6);
        const threshold = meanSquareThreshold({ curvatures, batchSize, sampling });
        const at = (learningRate: number): number =>
          secondMomentFactor({ curvatures, learningRate, batchSize, sampling });
        // The factor is 1 - 2ηa + η²(a² + p s²) with 2ηa ≤ 4: ten roundings of terms of at most 4.
        expect(Math.abs(at(threshold) - 1)).toBeLessThanOrEqual(10 * 4 * EPS);
        expect(at(1.001 * threshold)).toBeGreaterThan(1);
        expect(at(0.999 * threshold)).toBeLessThan(1);
      }
    }
  });

  it("is gradient descent's 2/a for the full batch", () => {
    const curvatures = [0.5, 1, 4.5];
    expect(meanSquareThreshold({ curvatures, batchSize: 3, sampling: "without replacement" })).toBe(1);
    expect(sharpness(curvatures)).toBe(2);
  });

  it("has the population standard deviation", () => {
    expect(nonUniformity([1, 3])).toBe(1);
    expect(nonUniformity([2, 2, 2])).toBe(0);
    expect(nonUniformity(Float64Array.of(0, 0, 0, 4))).toBe(Math.sqrt(3));
  });

  it("refuses what has no threshold", () => {
    expect(() => sharpness([])).toThrow("sharpness: curvatures must be finite, and at least one, got []");
    expect(() => nonUniformity([1, NaN])).toThrow("nonUniformity: curvatures must be finite, and at least one");
    expect(() => meanFactor({ curvatures: [Infinity], learningRate: 1 })).toThrow("meanFactor: curvatures");
    const rule = { batchSize: 1, sampling: "with replacement" } as const;
    expect(() => meanSquareThreshold({ curvatures: [1, -2], ...rule })).toThrow(
      "meanSquareThreshold: the mean of curvatures must be positive, got -0.5",
    );
    expect(() => secondMomentFactor({ curvatures: [1], learningRate: 1, ...rule, batchSize: 0 })).toThrow(
      "batchSize must be a positive integer, got 0",
    );
  });
});

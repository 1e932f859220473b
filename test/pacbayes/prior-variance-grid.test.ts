import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { priorFromVarianceGrid } from "flat-minima/pacbayes";

/** KL(N(θ, σ²I_k)‖N(μ_P, s I_k)) with D = ‖θ − μ_P‖². */
const gaussianKl = (k: number, D: number, variance: number, s: number): number =>
  0.5 * ((k * variance + D) / s - k + k * Math.log(s / variance));

describe("the grid of prior variances", () => {
  it("splits KL to the prior it chooses into KL to the best and the rounding, and no neighbour is nearer", () => {
    const stream = randomStream(1, "prior variance");
    for (let trial = 0; trial < 200; trial++) {
      const k = 1 + stream.integer(2000);
      const variance = Math.exp(2 * stream.normal());
      const D = k * variance * Math.exp(3 * stream.normal());
      const prior = priorFromVarianceGrid({
        dimension: k,
        squaredDistanceToDataFreePriorMean: D,
        dataFreeVariance: variance,
      });
      const best = variance + D / k;
      // Terms of size k·(1 + log(s/σ²)) with some 8 roundings each.
      const tolerance = 16 * Number.EPSILON * k * (2 + Math.log(best / variance) + prior.klToBestPrior / k);
      expect(Math.abs(prior.klToBestPrior - gaussianKl(k, D, variance, best))).toBeLessThanOrEqual(tolerance);
      expect(
        Math.abs(prior.klToBestPrior + prior.rounding - gaussianKl(k, D, variance, prior.variance)),
      ).toBeLessThanOrEqual(2 * tolerance);
      expect(prior.variance / variance).toBeCloseTo(Math.exp((2 * prior.index) / Math.sqrt(k)), 6);
      expect(Math.abs(prior.logMisfit)).toBeLessThanOrEqual((1 + 1e-9) / Math.sqrt(k));
      expect(prior.rounding).toBeLessThanOrEqual(0.5 * k * (Math.expm1(1 / Math.sqrt(k)) - 1 / Math.sqrt(k)) + 1e-9);
      expect(prior.choice).toBeCloseTo(-Math.log(6 / (Math.PI * (prior.index + 1)) ** 2), 10);
    }
  });

  it("has weights that add up to 1", () => {
    let sum = 0;
    for (let j = 200_000; j-- > 0;) sum += 6 / (Math.PI * (j + 1)) ** 2;
    // The tail beyond J is 6/(π²J) up to 1/J².
    expect(Math.abs(sum + 6 / Math.PI ** 2 / 200_000 - 1)).toBeLessThan(1e-10);
  });

  it("costs little even in a million dimensions", () => {
    const price = (k: number): number => {
      const posterior = { dimension: k, squaredDistanceToDataFreePriorMean: k, dataFreeVariance: 1 };
      const { rounding, choice } = priorFromVarianceGrid(posterior);
      return rounding + choice;
    };
    // The audit's prices, to the digits that it gives.
    expect(price(1)).toBeCloseTo(0.65, 2);
    expect(price(100)).toBeCloseTo(3.5, 1);
    expect(Math.abs(price(1e4) - 8)).toBeLessThan(0.5);
    expect(Math.abs(price(1e6) - 12)).toBeLessThan(0.5);
  });

  it("refuses what is no posterior", () => {
    const good = { dimension: 2, squaredDistanceToDataFreePriorMean: 1, dataFreeVariance: 1 };
    const bad = (change: object) => () => priorFromVarianceGrid({ ...good, ...change });
    expect(bad({ dataFreeVariance: 0 })).toThrow(
      "priorFromVarianceGrid: the variance must be positive and finite, got 0",
    );
    expect(bad({ squaredDistanceToDataFreePriorMean: -1 })).toThrow(
      "the squared distance must be at least 0 and finite, got -1",
    );
    expect(bad({ dimension: 0 })).toThrow("dimension must be a positive integer, got 0");
    expect(bad({ dataFreeVariance: 1e-300, squaredDistanceToDataFreePriorMean: 1e300 })).toThrow(
      "the squared distance over k σ² must not overflow, got Infinity",
    );
    expect(bad({ dimension: 1, dataFreeVariance: 1, squaredDistanceToDataFreePriorMean: 1.7e308 })).toThrow(
      "the grid's variance must not overflow, got Infinity",
    );
  });
});

import { describe, expect, it } from "vitest";
import { flatMinimumBound, maurerBound, printedFlatMinimumBound, priorFromVarianceGrid } from "flat-minima/pacbayes";

const inputs = {
  largestEmpiricalRiskInBall: 0.05,
  dataFreeRadius: 3,
  squaredDistanceToDataFreePriorMean: 40,
  dimension: 30,
  sampleCount: 2000,
  failureProbability: 0.05,
};

describe("the corrected flat-minima bound", () => {
  it("is Maurer's bound for N(θ, σ²I) with σ = ρ/(√k + √log n), the prior from the grid, and the mass outside the ball", () => {
    const k = 30;
    const sigma = 3 / (Math.sqrt(k) + Math.sqrt(Math.log(2000)));
    const posterior = { dimension: k, squaredDistanceToDataFreePriorMean: 40, dataFreeVariance: sigma ** 2 };
    const { variance, choice } = priorFromVarianceGrid(posterior);
    const kl = 0.5 * ((k * sigma ** 2 + 40) / variance - k + k * Math.log(variance / sigma ** 2));
    const bound = flatMinimumBound(inputs);
    const oracle = maurerBound({
      empiricalRisk: 0,
      klToDataFreePrior: kl + choice,
      sampleCount: 2000,
      failureProbability: 0.05,
    });
    // KL is some 50 nats with a few dozen roundings; the root over 4000 makes them smaller.
    expect(Math.abs(bound.complexity - oracle)).toBeLessThanOrEqual(1e-13);
    expect(Math.abs(bound.value - (0.05 + 1 / Math.sqrt(2000) + oracle))).toBeLessThanOrEqual(1e-13);
    const { klToBestPrior, rounding, confidence } = bound;
    expect(Math.abs(klToBestPrior + rounding - kl)).toBeLessThanOrEqual(1e-12);
    expect(confidence).toBeCloseTo(Math.log((2 * Math.sqrt(2000)) / 0.05), 12);
    expect(bound.choice).toBe(choice);
    // Without the square on 1 + √(log n/k), which is about 1.5, KL would be some 5 nats less.
    const withoutSquare = 15 * Math.log1p((40 / 9) * (1 + Math.sqrt(Math.log(2000) / k)));
    expect(klToBestPrior - withoutSquare).toBeGreaterThan(4);
  });

  it("leaves at most n^{−½} of the posterior outside the ball, as k = 2 shows in closed form, and a ball of radius σ√k does not", () => {
    for (const n of [1, 2, 10, 1000, 1e6]) {
      const outside = (radius: number): number => Math.exp(-(radius ** 2) / 2);
      expect(outside(Math.SQRT2 + Math.sqrt(Math.log(n)))).toBeLessThanOrEqual(1 / Math.sqrt(n));
      if (n > 10) expect(outside(Math.SQRT2)).toBeGreaterThan(1 / Math.sqrt(n));
    }
  });

  it("is vacuous at n = 1", () => {
    expect(flatMinimumBound({ ...inputs, sampleCount: 1 }).value).toBeGreaterThan(1);
  });

  it("refuses a radius that is not positive, and a risk above 1", () => {
    const bad = (change: object) => () => flatMinimumBound({ ...inputs, ...change });
    expect(bad({ dataFreeRadius: 0 })).toThrow("flatMinimumBound: the radius must be positive and finite, got 0");
    expect(bad({ largestEmpiricalRiskInBall: 1.5 })).toThrow("the largest empirical risk must be in [0, 1], got 1.5");
    expect(bad({ failureProbability: 0 })).toThrow("the failure probability must be in (0, 1), got 0");
    expect(bad({ squaredDistanceToDataFreePriorMean: NaN })).toThrow(
      "the squared distance must be at least 0 and finite, got NaN",
    );
    expect(bad({ dataFreeRadius: 1e-200 })).toThrow("the squared distance over ρ² must not overflow, got Infinity");
  });
});

describe("the printed flat-minima bound", () => {
  it("promises .300 for 400 labels that are independent of the inputs, interpolated by 800 parameters: the truth is .5", () => {
    const bound = printedFlatMinimumBound({
      largestEmpiricalRiskInBall: 0,
      dataFreeRadius: 1e6,
      squaredDistanceToDataFreePriorMean: 800,
      dimension: 800,
      sampleCount: 400,
      failureProbability: 0.05,
    });
    // √(4 log(8000)/400) = 0.29978…, and 800·log(1 + 8e-10·1.09) = 7e-7 more under the root.
    expect(Math.abs(bound - Math.sqrt(Math.log(8000) / 100))).toBeLessThan(1e-8);
    expect(bound).toBeLessThan(0.5);
  });

  it("has the factor 1 + √(log n/k) without a square", () => {
    const ratio = (40 / 9) * (1 + Math.sqrt(Math.log(2000) / 30));
    const root = Math.sqrt((30 * Math.log(1 + ratio) + 4 * Math.log(2000 / 0.05)) / 2000);
    expect(Math.abs(printedFlatMinimumBound(inputs) - 0.05 - root)).toBeLessThanOrEqual(1e-14);
    expect(() => printedFlatMinimumBound({ ...inputs, dataFreeRadius: -1 })).toThrow(
      "printedFlatMinimumBound: the radius must be positive and finite, got -1",
    );
  });
});

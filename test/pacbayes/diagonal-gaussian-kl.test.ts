import { randomStream } from "flat-minima/core";
import { type DiagonalGaussian, diagonalGaussianKl, optimalPriorVariance } from "flat-minima/pacbayes";
import { derivative, simplify } from "mathjs";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const stream = randomStream(6, "divergences of diagonal Gaussians");

describe("diagonalGaussianKl", () => {
  it("is the integral of log(p/π) under the posterior, in one dimension", () => {
    const [mean, sigma, priorMean, priorSigma] = [0.7, 0.4, -0.2, 1.3];
    const log = (x: number, center: number, spread: number): number =>
      -(((x - center) / spread) ** 2) / 2 - Math.log(spread);
    // Trapezoidal sums of a Gaussian times a polynomial: an error of e^{−2π²/h²}, nothing for h = ¼; tails beyond 10σ.
    let integral = 0;
    for (let z = -10; z <= 10; z += 0.25) {
      const x = mean + sigma * z;
      const density = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
      integral += 0.25 * density * (log(x, mean, sigma) - log(x, priorMean, priorSigma));
    }
    const value = diagonalGaussianKl(
      { mean: [mean], variance: sigma ** 2 },
      { mean: [priorMean], variance: priorSigma ** 2 },
    );
    expect(Math.abs(value - integral)).toBeLessThanOrEqual(100 * EPS);
    const exchanged = diagonalGaussianKl(
      { mean: [priorMean], variance: priorSigma ** 2 },
      { mean: [mean], variance: sigma ** 2 },
    );
    expect(Math.abs(exchanged - integral)).toBeGreaterThan(1);
    const withDeviations = diagonalGaussianKl(
      { mean: [mean], variance: sigma },
      { mean: [priorMean], variance: priorSigma },
    );
    expect(Math.abs(withDeviations - integral)).toBeGreaterThan(0.1);
  });

  it("adds the coordinates, and one variance stands for k equal ones", () => {
    const mean = stream.normals(5);
    const variance = stream.normals(5).map((value) => value * value + 0.1);
    const prior = { mean: stream.normals(5), variance: 2 };
    const parts = Array.from(mean, (value, i) =>
      diagonalGaussianKl({ mean: [value], variance: variance[i] }, { mean: [prior.mean[i]], variance: 2 }),
    );
    const whole = diagonalGaussianKl({ mean, variance }, prior);
    expect(Math.abs(whole - parts.reduce((sum, part) => sum + part, 0))).toBeLessThanOrEqual(8 * EPS * whole);
    expect(diagonalGaussianKl({ mean, variance }, { mean: prior.mean, variance: new Float64Array(5).fill(2) })).toBe(
      whole,
    );
  });

  it("keeps the digits of nearly equal variances, and takes variances of any size", () => {
    // ½ (h − log(1 + h)) = h²/4 (1 − 2h/3 + …)
    const h = 2 ** -30;
    const small = diagonalGaussianKl({ mean: [0], variance: 3 * (1 + h) }, { mean: [0], variance: 3 });
    expect(Math.abs(small / ((h * h) / 4) - 1)).toBeLessThanOrEqual(h + 8 * EPS);
    // ½ (ν − 1 − log ν), for ν = 10^-400 and for ν = 2 with a sum beyond the largest number.
    const tiny = diagonalGaussianKl({ mean: [0], variance: 1e-200 }, { mean: [0], variance: 1e200 });
    expect(Math.abs(tiny - (400 * Math.LN10 - 1) / 2)).toBeLessThanOrEqual(1e3 * EPS);
    const huge = diagonalGaussianKl({ mean: [0], variance: 1.6e308 }, { mean: [0], variance: 0.8e308 });
    expect(Math.abs(huge - (1 - Math.LN2) / 2)).toBeLessThanOrEqual(4 * EPS);
  });

  it.each<[string, DiagonalGaussian, string]>([
    ["no dimension", { mean: [], variance: 1 }, " must have at least one dimension, got []"],
    ["a bad mean", { mean: [0, Infinity], variance: 1 }, "'s mean must be finite, got Infinity at index 1"],
    ["a variance of 0", { mean: [0, 0], variance: 0 }, "'s variance must be positive and finite, got 0"],
    ["a negative variance", { mean: [0, 0], variance: [1, -1] }, "'s variance must be positive and finite, got -1"],
    ["NaN", { mean: [0, 0], variance: [NaN, 1] }, "'s variance must be positive and finite, got NaN"],
    ["too many variances", { mean: [0, 0], variance: [1, 1, 1] }, " must have one variance or 2, got [1, 1, 1]"],
  ])("refuses %s, on either side", (_, bad, message) => {
    const good = { mean: [0, 0], variance: 1 };
    expect(() => diagonalGaussianKl(bad, good)).toThrow(`diagonalGaussianKl: the posterior${message}`);
    expect(() => diagonalGaussianKl(good, bad)).toThrow(`diagonalGaussianKl: the prior${message}`);
  });

  it("refuses different dimensions and divergences that overflow", () => {
    const two = { mean: [0, 0], variance: 1 };
    expect(() => diagonalGaussianKl({ mean: [0], variance: 1 }, two)).toThrow(
      "diagonalGaussianKl: the dimensions must be equal, got 1 and 2",
    );
    expect(() => diagonalGaussianKl({ mean: [1e200, 0], variance: 1 }, two)).toThrow(
      "diagonalGaussianKl: the divergence must be finite, got Infinity",
    );
  });
});

describe("optimalPriorVariance", () => {
  it("is where the divergence is least, and what it then is", () => {
    for (let trial = 0; trial < 20; trial++) {
      const k = 1 + stream.integer(30);
      const posterior = { mean: stream.normals(k), variance: 0.05 + stream.uniform() };
      const priorMean = stream.normals(k);
      const { variance, divergence } = optimalPriorVariance(posterior, priorMean);
      const at = (s: number): number => diagonalGaussianKl(posterior, { mean: priorMean, variance: s });
      // The terms of the sum are at most about variance/σ² ≤ 10³ each.
      expect(Math.abs(at(variance) - divergence)).toBeLessThanOrEqual(k * 1e3 * EPS);
      for (const factor of [0.5, 0.99, 1.01, 2]) expect(at(variance * factor)).toBeGreaterThan(divergence);
      // Wrong variants: ‖μ_P − θ‖² not over k; k log for ½k log.
      const squared = priorMean.reduce((sum, value, i) => sum + (value - posterior.mean[i]) ** 2, 0);
      if (k > 1) expect(at(posterior.variance + squared)).toBeGreaterThan(divergence * (1 + 1e-6));
      expect(Math.abs(at(variance) - 2 * divergence)).toBeGreaterThan(1e-3 * divergence);
    }
  });

  it("is a zero of the derivative, symbolically", () => {
    // KL by s = σ_P², with v = σ² and D = ‖μ_P − θ‖².
    const slope = derivative("(k * v / s - k + D / s + k * log(s / v)) / 2", "s");
    for (const [k, v, D] of [
      [3, 2, 5],
      [10, 1, 7],
      [1, 4, 9],
    ]) {
      const { variance } = optimalPriorVariance({ mean: new Float64Array(k), variance: v }, [
        Math.sqrt(D),
        ...new Float64Array(k - 1),
      ]);
      const value = simplify(slope, { k, v, D }).evaluate({ s: variance, k, v, D }) as number;
      expect(Math.abs(value)).toBeLessThanOrEqual(16 * EPS * k);
      expect(Math.abs(variance - (v + D / k))).toBeLessThanOrEqual(4 * EPS * variance);
    }
  });

  it("is σ² at distance 0, and keeps the digits of small distances", () => {
    expect(optimalPriorVariance({ mean: [1, 2], variance: 3 }, [1, 2])).toEqual({ variance: 3, divergence: 0 });
    const { divergence } = optimalPriorVariance({ mean: [1e-10], variance: 1 }, [0]);
    expect(Math.abs(divergence / 0.5e-20 - 1)).toBeLessThanOrEqual(1e-20 + 8 * EPS);
  });

  it.each<[string, any, number[], string]>([
    ["variances for each", { mean: [0], variance: [1] }, [0], "the variance must be one number, got [1]"],
    ["a variance of 0", { mean: [0], variance: 0 }, [0], "the posterior's variance must be positive and finite, got 0"],
    ["another length", { mean: [0], variance: 1 }, [0, 0], "the prior's mean must have 1 entries, got 2"],
    ["NaN", { mean: [0], variance: 1 }, [NaN], "the prior's mean must be finite, got NaN at index 0"],
    ["an overflow", { mean: [1e200], variance: 1 }, [0], "the prior's variance must be finite, got Infinity"],
    ["a large quotient", { mean: [1], variance: 1e-310 }, [0], "the squared distance over kσ² must be finite, got Inf"],
  ])("refuses %s", (_, posterior, priorMean, message) => {
    expect(() => optimalPriorVariance(posterior, priorMean)).toThrow(`optimalPriorVariance: ${message}`);
  });
});

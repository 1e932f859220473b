import { type RandomStream, randomStream } from "flat-minima/core";
import { gibbsMeasure, klDivergence, logMeanExp } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** Counts over their sum: it adds up to 1 within n·eps. */
function randomDistribution(stream: RandomStream, n: number, least: number): Float64Array {
  const counts = Float64Array.from({ length: n }, () => least + stream.integer(1000));
  counts[stream.integer(n)] += 1;
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}

const mean = (p: Float64Array, V: Float64Array): number => p.reduce((sum, mass, i) => sum + mass * V[i], 0);

describe("the Gibbs measure", () => {
  it("satisfies the identity of Donsker and Varadhan for every p", () => {
    const stream = randomStream(6, "Donsker–Varadhan");
    for (let k = 0; k < 300; k++) {
      const n = 1 + stream.integer(20);
      const prior = randomDistribution(stream, n, 1);
      const V = stream.normals(n).map((value) => 3 * value);
      const p = randomDistribution(stream, n, 0);
      const gap = logMeanExp(prior, V) - (mean(p, V) - klDivergence(p, prior));
      const gibbs = gibbsMeasure(prior, V);
      // Sums of n terms whose moduli, |V| and |log| of probabilities ≥ 10⁻⁵ e^{−2 max|V|}, add up to at most `size`.
      const size = 12 + 4 * V.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(Math.abs(gap - klDivergence(p, gibbs))).toBeLessThanOrEqual(4 * (n + 4) * EPS * size);
      expect(gap).toBeGreaterThanOrEqual(-4 * (n + 4) * EPS * size);
      // Wrong variants: the divergence the other way round; e^{−V}.
      if (n < 5) continue;
      expect(
        Math.abs(
          gap -
            klDivergence(
              p,
              gibbsMeasure(
                prior,
                V.map((value) => -value),
              ),
            ),
        ),
      ).toBeGreaterThan(1e-3);
      expect(Math.abs(gap - klDivergence(prior, gibbs))).toBeGreaterThan(1e-6);
    }
  });

  it("is π e^V over its sum, as the definition says where nothing overflows", () => {
    const prior = [0.5, 0.25, 0.25];
    const V = [0, 1, -2];
    const weights = V.map((value, i) => prior[i] * Math.E ** value);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    gibbsMeasure(prior, V).forEach((mass, i) => {
      expect(Math.abs(mass / (weights[i] / sum) - 1)).toBeLessThanOrEqual(20 * EPS);
    });
    expect(Math.abs(logMeanExp(prior, V) - Math.log(sum))).toBeLessThanOrEqual(10 * EPS);
  });

  it("takes values of any size", () => {
    expect(gibbsMeasure([0.5, 0.5], [1e308, -1e308])).toEqual(Float64Array.of(1, 0));
    expect(logMeanExp([0.5, 0.5], [1e308, -1e308])).toBe(1e308);
    expect(Math.abs(logMeanExp([0.5, 0.5], [-1000, -5000]) - (-1000 - Math.LN2))).toBeLessThanOrEqual(1000 * EPS);
    // E_π e^V − 1 = ½ (e^{3t} + e^{−t}) − 1 = t + 5t²/2 + …
    const t = 2 ** -40;
    expect(Math.abs(logMeanExp([0.5, 0.5], [3 * t, -t]) / t - 1)).toBeLessThanOrEqual(4 * t);
  });

  it("does not ask what V is where the prior is 0", () => {
    expect(gibbsMeasure([0.5, 0, 0.5], [0, 1e300, 0])).toEqual(Float64Array.of(0.5, 0, 0.5));
    expect(logMeanExp([0.5, 0, 0.5], [0, 1e300, 0])).toBe(0);
    // All but nothing of the prior lies 100 below the maximum: log(1e-300 + (1 − 1e-300) e^{−100}) + 100 = 1e-257.
    expect(Math.abs(logMeanExp([1, 1e-300], [0, 100]))).toBeLessThanOrEqual(100 * EPS);
  });

  it.each([
    [[], [], "prior must not be empty, got []"],
    [[0.5, 0.5], [1], "prior and values must have the same length, got 2 and 1 entries"],
    [[0.5, 0.6], [1, 1], "prior must add up to 1 within n·eps, got 1.1"],
    [[1.5, -0.5], [1, 1], "prior must be in [0, 1], got 1.5 at index 0"],
    [[0.5, NaN], [1, 1], "prior must be finite, got NaN at index 1"],
    [[0.5, 0.5], [1, NaN], "values must be finite, got NaN at index 1"],
    [[0.5, 0.5], [Infinity, 1], "values must be finite, got Infinity at index 0"],
  ])("refuses π = %j, V = %j", (prior, values, message) => {
    expect(() => gibbsMeasure(prior, values)).toThrow(`gibbsMeasure: ${message}`);
    expect(() => logMeanExp(prior, values)).toThrow(`logMeanExp: ${message}`);
  });
});

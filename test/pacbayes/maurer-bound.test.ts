import { describe, expect, it } from "vitest";
import { maurerBound, printedMcAllesterBound } from "flat-minima/pacbayes";

const inputs = { empiricalRisk: 0.1, klToDataFreePrior: 2, sampleCount: 64, failureProbability: 0.05 };

describe("Maurer's bound", () => {
  it("is the printed one with log(2√n/δ) for log(1/δ)", () => {
    const printedAt = (failureProbability: number) => printedMcAllesterBound({ ...inputs, failureProbability });
    // 2√64 = 16; eight roundings of numbers below 1.
    expect(Math.abs(maurerBound(inputs) - printedAt(0.05 / 16))).toBeLessThanOrEqual(8 * Number.EPSILON);
    expect(maurerBound(inputs) - printedAt(0.05 / 8)).toBeGreaterThan(0.005);
  });

  it("rests on Σ_k C(n,k)(k/n)^k(1 − k/n)^{n−k} ≤ 2√n, which holds from n = 1 on", () => {
    for (let n = 1; n <= 300; n++) {
      let logChoices = 0;
      let sum = 0;
      for (let k = 0; k <= n; k++) {
        if (k > 0) logChoices += Math.log((n - k + 1) / k);
        const hits = k === 0 ? 0 : k * Math.log(k / n);
        const misses = k === n ? 0 : (n - k) * Math.log1p(-k / n);
        sum += Math.exp(logChoices + hits + misses);
      }
      // Logarithms of up to 208 nats with n roundings each: n·208 eps relative. At n = 1 it is an equality.
      expect(sum).toBeLessThanOrEqual(2 * Math.sqrt(n) * (1 + 208 * n * Number.EPSILON));
      // The constant of the printed bound, 1, would be far too small.
      expect(sum).toBeGreaterThan(1.9);
    }
  });

  it("is finite for the smallest δ", () => {
    expect(maurerBound({ ...inputs, failureProbability: Number.MIN_VALUE })).toBeLessThan(2.6);
  });

  it("refuses δ outside (0, 1)", () => {
    expect(() => maurerBound({ ...inputs, failureProbability: 1 })).toThrow(
      "maurerBound: the failure probability must be in (0, 1), got 1",
    );
  });
});

import { describe, expect, it } from "vitest";
import { maurerBound, seegerBound } from "flat-minima/pacbayes";
import { bisectedInverse } from "./bound-oracles";

describe("Seeger's bound", () => {
  it("is the kl inverse at (KL + log(2√n/δ))/n, by bisection of kl as it is written", () => {
    for (const empiricalRisk of [0, 0.01, 0.3, 0.9]) {
      for (const [klToDataFreePrior, sampleCount] of [
        [0, 10],
        [5, 100],
        [300, 1000],
      ]) {
        const inputs = { empiricalRisk, klToDataFreePrior, sampleCount, failureProbability: 0.05 };
        const c = (klToDataFreePrior + Math.log((2 * Math.sqrt(sampleCount)) / 0.05)) / sampleCount;
        // The naive kl has an error of some 4 eps, over its slope (p − q)/(p(1 − p)) ≥ 4(p − q) with p − q > 0.03 here.
        expect(Math.abs(seegerBound(inputs) - bisectedInverse(empiricalRisk, c))).toBeLessThanOrEqual(1e-13);
        expect(seegerBound(inputs)).toBeLessThanOrEqual(1);
        expect(seegerBound(inputs)).toBeLessThan(maurerBound(inputs));
      }
    }
  });

  it("refuses a negative KL", () => {
    const inputs = { empiricalRisk: 0, klToDataFreePrior: -1, sampleCount: 4, failureProbability: 0.05 };
    expect(() => seegerBound(inputs)).toThrow("seegerBound: the KL divergence must be at least 0 and finite, got -1");
  });
});

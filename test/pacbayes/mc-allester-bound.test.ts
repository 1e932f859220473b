import { describe, expect, it } from "vitest";
import { fixedLambdaBound, printedMcAllesterBound } from "flat-minima/pacbayes";

const inputs = { empiricalRisk: 0.1, klToDataFreePrior: 1, sampleCount: 100, failureProbability: Math.exp(-1) };

describe("the printed McAllester bound", () => {
  it("is L̂ + √((KL + log 1/δ)/2n), and has neither n for 2n nor a further logarithm", () => {
    // Four roundings of numbers below 1.
    expect(Math.abs(printedMcAllesterBound(inputs) - 0.2)).toBeLessThanOrEqual(4 * Number.EPSILON);
    expect(Math.abs(printedMcAllesterBound({ ...inputs, empiricalRisk: 0 }) - Math.sqrt(2 / 100))).toBeGreaterThan(
      0.04,
    );
  });

  it("is the least of the bounds for one λ, had λ been allowed to depend on KL", () => {
    const best = Math.sqrt(8 * 100 * 2);
    const printed = printedMcAllesterBound(inputs);
    // Eight roundings.
    expect(Math.abs(fixedLambdaBound({ ...inputs, dataFreeLambda: best }) - printed)).toBeLessThanOrEqual(
      8 * Number.EPSILON,
    );
    for (const factor of [0.5, 0.9, 1.1, 2]) {
      expect(fixedLambdaBound({ ...inputs, dataFreeLambda: factor * best })).toBeGreaterThan(printed + 1e-4);
    }
  });

  it("refuses what no bound can be computed from", () => {
    const bad = (change: object) => () => printedMcAllesterBound({ ...inputs, ...change });
    expect(bad({ failureProbability: 0 })).toThrow(
      "printedMcAllesterBound: the failure probability must be in (0, 1), got 0",
    );
    expect(bad({ failureProbability: 1 })).toThrow("the failure probability must be in (0, 1), got 1");
    expect(bad({ klToDataFreePrior: -1e-9 })).toThrow("the KL divergence must be at least 0 and finite, got -1e-9");
    expect(bad({ empiricalRisk: 1.01 })).toThrow("the empirical risk must be in [0, 1], got 1.01");
    expect(bad({ sampleCount: 0 })).toThrow("sampleCount must be a positive integer, got 0");
  });
});

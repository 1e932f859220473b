import { describe, expect, it } from "vitest";
import { fixedLambdaBound } from "flat-minima/pacbayes";

const inputs = {
  empiricalRisk: 0.25,
  klToDataFreePrior: 3,
  sampleCount: 8,
  failureProbability: Math.exp(-1),
  dataFreeLambda: 16,
};

describe("the bound for one λ", () => {
  it("is L̂ + (KL + log 1/δ)/λ + λ/8n, in nats and with 8n", () => {
    // ¼ + 4/16 + 16/64 = ¾; four roundings.
    expect(Math.abs(fixedLambdaBound(inputs) - 0.75)).toBeLessThanOrEqual(4 * Number.EPSILON);
    expect(Math.abs(fixedLambdaBound({ ...inputs, sampleCount: 2 }) - 1.5)).toBeLessThanOrEqual(8 * Number.EPSILON);
  });

  it("refuses a λ that is not positive", () => {
    for (const dataFreeLambda of [0, -1, NaN, Infinity]) {
      expect(() => fixedLambdaBound({ ...inputs, dataFreeLambda })).toThrow(
        `fixedLambdaBound: λ must be positive and finite, got ${dataFreeLambda}`,
      );
    }
  });
});

import { describe, expect, it } from "vitest";
import { fixedLambdaBound, lambdaGridBound } from "flat-minima/pacbayes";

const inputs = { empiricalRisk: 0.1, klToDataFreePrior: 2, sampleCount: 200, failureProbability: 0.05 };

describe("the bound over a grid of λ", () => {
  it("is the least of those for one λ at δ/m, not at δ", () => {
    const dataFreeLambdas = [10, 30, 90, 270];
    const least = (failureProbability: number): number =>
      Math.min(
        ...dataFreeLambdas.map((dataFreeLambda) => fixedLambdaBound({ ...inputs, failureProbability, dataFreeLambda })),
      );
    const bound = lambdaGridBound({ ...inputs, dataFreeLambdas });
    // Logarithms below 10, divided by at least 10: eight roundings of numbers below 1.
    expect(Math.abs(bound - least(0.05 / 4))).toBeLessThanOrEqual(8 * Number.EPSILON);
    expect(bound - least(0.05)).toBeGreaterThan(0.01);
  });

  it("refuses an empty grid and a bad λ in it", () => {
    const bad = (dataFreeLambdas: number[]) => () => lambdaGridBound({ ...inputs, dataFreeLambdas });
    expect(bad([])).toThrow("lambdaGridBound: there must be at least one λ, got none");
    expect(bad([1, 0])).toThrow("lambdaGridBound: λ must be positive and finite, got 0");
  });
});

import { describe, expect, it } from "vitest";
import {
  exactCoverage,
  printedMcAllesterBound,
  twoPointCounterexample,
  worstFixedLambdaPosterior,
  worstLambdaGridPosterior,
  worstMaurerPosterior,
  worstMcAllesterPosterior,
  worstSeegerPosterior,
} from "flat-minima/pacbayes";
import { meanUnder, naiveKl } from "./bound-oracles";

const problem = twoPointCounterexample();

/** sup over Q = (1 − x, x) of 2(E_Q Δ)₊² − KL(Q‖P), by a fine grid that knows of no λ. */
function gridded(empiricalRisks: ArrayLike<number>): number {
  let best = -Infinity;
  for (let k = 1; k < 100_000; k++) {
    const Q = [1 - k / 100_000, k / 100_000];
    const gap = meanUnder(Q, problem.risks) - meanUnder(Q, empiricalRisks);
    best = Math.max(best, 2 * Math.max(0, gap) ** 2 - naiveKl(Q, problem.dataFreePrior));
  }
  return best;
}

describe("the two-point counterexample", () => {
  it("has the risks that its outcomes have in the mean", () => {
    const { risks, outcomes } = problem;
    for (const h of [0, 1]) {
      expect(outcomes.reduce((sum, { probability, empiricalRisks }) => sum + probability * empiricalRisks[h], 0)).toBe(
        risks[h],
      );
    }
  });

  it("has a violating posterior on every sample above δ* = 0.982424…, and on a quarter of them next below", async () => {
    const values = problem.outcomes.map(
      ({ empiricalRisks }) => worstMcAllesterPosterior(problem, empiricalRisks).value,
    );
    problem.outcomes.forEach(({ empiricalRisks }, k) => {
      // Near its maximum the function of x has a second derivative below 40: 20·(5e-6)² between the points.
      expect(Math.abs(values[k] - gridded(empiricalRisks))).toBeLessThanOrEqual(1e-9);
    });
    const threshold = Math.max(...values.map((value) => Math.exp(-value)));
    // The audit says "for every δ above .98243".
    expect(threshold).toBeLessThan(0.98243);
    expect(threshold).toBeCloseTo(0.9824246, 7);
    const around = [threshold - 1e-6, threshold + 1e-6, 0.99];
    const { violationProbabilities } = await exactCoverage(problem, worstMcAllesterPosterior, around);
    expect(violationProbabilities[0]).toBe(0.25);
    expect(Array.from(violationProbabilities.slice(1))).toEqual([1, 1]);
  });

  it("violates the printed bound at δ = 0.99 by what the audit says", () => {
    const excess = (empiricalRisks: number[], x: number): number => {
      const Q = [1 - x, x];
      return (
        meanUnder(Q, problem.risks) -
        printedMcAllesterBound({
          empiricalRisk: meanUnder(Q, empiricalRisks),
          klToDataFreePrior: naiveKl(Q, problem.dataFreePrior),
          sampleCount: 1,
          failureProbability: 0.99,
        })
      );
    };
    expect(excess([0, 1], 0.299)).toBeCloseTo(0.0207, 4);
    expect(excess([1, 0], 0.969)).toBeCloseTo(0.0147, 4);
  });

  it("violates none of the repaired bounds at any δ too often", async () => {
    const levels = [0.05, 0.5, 0.9, 0.95, 0.98, 0.985, 0.99, 0.999, 0.99999];
    for (const worst of [
      worstMaurerPosterior,
      worstSeegerPosterior,
      ...[0.1, 1, 2, 4].map(
        (lambda): typeof worstMaurerPosterior =>
          (h, sample) =>
            worstFixedLambdaPosterior(h, sample, lambda),
      ),
      ((h, sample) => worstLambdaGridPosterior(h, sample, [0.5, 1, 2, 4])) as typeof worstMaurerPosterior,
    ]) {
      const { violationProbabilities } = await exactCoverage(problem, worst, levels);
      violationProbabilities.forEach((probability, k) => expect(probability).toBeLessThanOrEqual(levels[k]));
    }
    for (const worst of [worstMaurerPosterior, worstSeegerPosterior]) {
      const { worstValues } = await exactCoverage(problem, worst, levels);
      worstValues.forEach((value) => expect(value).toBeLessThan(0));
    }
  });
});

import { describe, expect, it } from "vitest";
import {
  exactCoverage,
  independentCoins,
  twoPointCounterexample,
  worstFixedLambdaPosterior,
  worstLambdaGridPosterior,
  worstMaurerPosterior,
  worstMcAllesterPosterior,
  worstSeegerPosterior,
} from "flat-minima/pacbayes";

type Worst = typeof worstMaurerPosterior;

describe("exact coverage", () => {
  it("of four fair coins tossed eight times is the audit's, for five bounds", async () => {
    const problem = independentCoins({ risks: [0.5, 0.5, 0.5, 0.5], sampleCount: 8 });
    expect(problem.outcomes.length).toBe(6561);
    const levels = [0.05, 0.1, 0.2, 0.5];
    const coverageOf = async (worst: Worst): Promise<number[]> =>
      Array.from((await exactCoverage(problem, worst, levels)).violationProbabilities);
    const atLambdas = Promise.all(
      levels.map(async (delta, k) => {
        // Best for KL = 0.
        const lambda = Math.sqrt(8 * 8 * Math.log(1 / delta));
        return (await coverageOf((h, sample) => worstFixedLambdaPosterior(h, sample, lambda)))[k];
      }),
    );
    // To the two or three digits that the audit gives.
    const expectNear = (found: number[], stated: number[]): void =>
      found.forEach((probability, k) =>
        expect(Math.abs(probability - stated[k])).toBeLessThanOrEqual(0.006 * stated[k]),
      );
    expectNear(await coverageOf(worstMcAllesterPosterior), [9.1e-5, 0.0155, 0.0168, 0.138]);
    expectNear(await atLambdas, [9.1e-5, 0.0155, 0.0168, 0.0784]);
    const maurer = await coverageOf(worstMaurerPosterior);
    expect(maurer.slice(0, 2)).toEqual([0, 0]);
    expect(maurer[2]).toBeCloseTo(6e-6, 6);
    expectNear([maurer[3]], [0.0155]);
    expectNear(await coverageOf(worstSeegerPosterior), [9.1e-5, 0.0155, 0.0155, 0.0155]);
    const grid = await coverageOf((h, sample) => worstLambdaGridPosterior(h, sample, [2, 4, 8, 12]));
    grid.forEach((probability, k) => expect(probability).toBeLessThanOrEqual(levels[k]));
  });

  it("adds up sequences of tosses, with posteriors on a grid that knows of no Gibbs measure", async () => {
    const problem = independentCoins({ risks: [0.5, 0.3], sampleCount: 3 });
    const levels = [0.5, 0.8, 0.95];
    const found = await exactCoverage(problem, worstMcAllesterPosterior, levels);
    const brute = levels.map(() => 0);
    for (let tosses = 0; tosses < 64; tosses++) {
      const errors = [0, 0];
      let probability = 1;
      for (let toss = 0; toss < 6; toss++) {
        const wrong = (tosses >> toss) & 1;
        const risk = toss % 2 ? 0.3 : 0.5;
        errors[toss % 2] += wrong;
        probability *= wrong ? risk : 1 - risk;
      }
      levels.forEach((delta, index) => {
        let violated = false;
        for (let k = 0; k <= 1000 && !violated; k++) {
          const x = k / 1000;
          const kl = (x > 0 ? x * Math.log(2 * x) : 0) + (x < 1 ? (1 - x) * Math.log(2 * (1 - x)) : 0);
          const gap = (1 - x) * (0.5 - errors[0] / 3) + x * (0.3 - errors[1] / 3);
          violated = gap > Math.sqrt((kl - Math.log(delta)) / 6);
        }
        if (violated) brute[index] += probability;
      });
    }
    // Sums of 16 and of 64 numbers below 1.
    brute.forEach((probability, k) =>
      expect(Math.abs(found.violationProbabilities[k] - probability)).toBeLessThanOrEqual(100 * Number.EPSILON),
    );
    expect(brute[0]).toBeGreaterThan(0);
    expect(brute[2]).toBeGreaterThan(brute[0]);
  });

  it("refuses probabilities that do not add up to 1, a bad δ and NaN from the function", async () => {
    const problem = twoPointCounterexample();
    const worst: Worst = worstMaurerPosterior;
    await expect(exactCoverage({ ...problem, outcomes: problem.outcomes.slice(1) }, worst, [0.5])).rejects.toThrow(
      "exactCoverage: the outcomes' probabilities must add up to 1, got 0.25",
    );
    await expect(exactCoverage(problem, worst, [0.5, 1])).rejects.toThrow(
      "exactCoverage: the failure probability must be in (0, 1), got 1",
    );
    await expect(exactCoverage(problem, () => ({ value: NaN }), [0.5])).rejects.toThrow(
      "exactCoverage: the worst value must not be NaN, got NaN",
    );
    const outcomes = [{ probability: 1, empiricalRisks: [0] }];
    await expect(exactCoverage({ ...problem, outcomes }, worst, [0.5])).rejects.toThrow(
      "exactCoverage: an outcome's empirical risks must be 2 numbers, got 1",
    );
  });
});

import { describe, expect, it } from "vitest";
import { expectationBound, type FiniteLearningProblem, independentCoins } from "flat-minima/pacbayes";
import { meanUnder, naiveKl } from "./bound-oracles";

const problem = independentCoins({ risks: [0.5, 0.5, 0.5, 0.5], sampleCount: 8 });

/** The mean gap, E KL and E √(KL/2n) over all samples, for a rule that maps L̂ to a posterior. */
function enumerated({ outcomes, risks, dataFreePrior, sampleCount }: FiniteLearningProblem, rule: Rule) {
  const means = { gap: 0, kl: 0, rooted: 0 };
  for (const { probability, empiricalRisks } of outcomes) {
    const Q = rule(Array.from(empiricalRisks));
    const kl = naiveKl(Q, dataFreePrior);
    means.gap += probability * (meanUnder(Q, risks) - meanUnder(Q, empiricalRisks));
    means.kl += probability * kl;
    means.rooted += probability * Math.sqrt(kl / (2 * sampleCount));
  }
  return means;
}
type Rule = (empiricalRisks: number[]) => number[];

const gibbs =
  (b: number): Rule =>
  (empiricalRisks) => {
    const weights = empiricalRisks.map((risk) => Math.exp(-b * 8 * risk));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  };

describe("the bound in expectation", () => {
  it("holds for Gibbs posteriors of all temperatures, with the margin √(1 − 1/K) as they tend to the prior", () => {
    for (const [b, ratio] of [
      [1, 0.7996],
      [4, 0.6876],
      [50, 0.6726],
    ]) {
      const { gap, kl } = enumerated(problem, gibbs(b));
      const bound = expectationBound({ expectedKlToDataFreePrior: kl, sampleCount: 8 });
      // The ratios of the audit, to its four digits.
      expect(Math.abs(gap / bound - ratio)).toBeLessThan(1e-4);
    }
    const { gap, kl } = enumerated(problem, gibbs(0.001));
    // gap = 8b Var(L̂)(1 − 1/K) + O(b²), relative O(8b): and KL, of 1e-7 nats, is known to some 1e-16 by the naive sum.
    expect(
      Math.abs(gap / expectationBound({ expectedKlToDataFreePrior: kl, sampleCount: 8 }) - Math.sqrt(0.75)),
    ).toBeLessThan(1e-3);
  });

  it("needs the mean before the root, and 2n", () => {
    const rare: Rule = (empiricalRisks) => {
      const right = empiricalRisks.indexOf(0);
      return empiricalRisks.map((_, h) => (right === -1 ? 0.25 : h === right ? 1 : 0));
    };
    const { gap, kl, rooted } = enumerated(problem, rare);
    expect(gap).toBeGreaterThan(1.2 * rooted);
    expect(gap).toBeLessThan(expectationBound({ expectedKlToDataFreePrior: kl, sampleCount: 8 }));
    const weak = enumerated(problem, gibbs(0.1));
    expect(weak.gap).toBeGreaterThan(Math.sqrt(weak.kl / (4 * 8)));
  });

  it("refuses a negative mean and n = 0", () => {
    expect(() => expectationBound({ expectedKlToDataFreePrior: -1, sampleCount: 8 })).toThrow(
      "expectationBound: the KL divergence must be at least 0 and finite, got -1",
    );
    expect(() => expectationBound({ expectedKlToDataFreePrior: 1, sampleCount: 0 })).toThrow(
      "expectationBound: sampleCount must be a positive integer, got 0",
    );
  });
});

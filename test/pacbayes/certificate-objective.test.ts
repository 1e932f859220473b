import { certificateObjective, type CertificateObjectiveKind, upperBinaryKlInverse } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const KINDS: CertificateObjectiveKind[] = ["fquad", "flamb", "fclassic", "bbb"];
const settings = [
  { empiricalRisk: 0.07, klDivergence: 250, sampleCount: 2000, failureProbability: 0.025, tradeOff: 0.7 },
  { empiricalRisk: 0, klDivergence: 3, sampleCount: 1, failureProbability: 0.9, tradeOff: 1.9 },
  { empiricalRisk: 1, klDivergence: 0, sampleCount: 60_000, failureProbability: 1e-9, tradeOff: 1 },
];

describe("certificateObjective", () => {
  it.each(settings)("is its formula at %o", (setting) => {
    const { empiricalRisk: L, klDivergence: kl, sampleCount: n, failureProbability, tradeOff: lambda } = setting;
    const K = kl + Math.log((2 * Math.sqrt(n)) / failureProbability);
    const formulas = {
      fquad: (Math.sqrt(L + K / (2 * n)) + Math.sqrt(K / (2 * n))) ** 2,
      flamb: L / (1 - lambda / 2) + K / (n * lambda * (1 - lambda / 2)),
      fclassic: L + Math.sqrt(K / (2 * n)),
      bbb: L + kl / n,
    };
    for (const objective of KINDS) {
      const { value } = certificateObjective({ ...setting, objective });
      // About twenty roundings, none magnified: all terms are positive, and 1 − λ/2 ≥ 0.05 is off by eps/0.05 at most.
      expect(Math.abs(value - formulas[objective])).toBeLessThanOrEqual(40 * EPS * formulas[objective]);
      // The Chernoff relaxations are never below the inversion.
      const inverse = upperBinaryKlInverse(L, K / n);
      if (objective !== "bbb") expect(value).toBeGreaterThanOrEqual(inverse * (1 - 40 * EPS));
    }
  });

  it.each(KINDS)("%s has the derivatives of central differences", (objective) => {
    const at = (risk: number, kl: number) =>
      certificateObjective({
        objective,
        empiricalRisk: 0.2 + risk,
        klDivergence: 30 + kl,
        sampleCount: 200,
        failureProbability: 0.1,
      });
    const { byEmpiricalRisk, byKlDivergence } = at(0, 0);
    const h = 1e-4;
    // Truncation h²/6 times a third derivative below 10 is 2e-8; rounding eps/h = 2e-12.
    expect(Math.abs((at(h, 0).value - at(-h, 0).value) / (2 * h) - byEmpiricalRisk)).toBeLessThan(2e-8);
    // By KL the third derivative is below 1e-4.
    expect(Math.abs((at(0, h).value - at(0, -h).value) / (2 * h) - byKlDivergence)).toBeLessThan(2e-11);
  });

  it("fquad is the least flamb, at the λ that is stated", () => {
    const [setting] = settings;
    const { empiricalRisk: L, klDivergence, sampleCount: n, failureProbability } = setting;
    const K = klDivergence + Math.log((2 * Math.sqrt(n)) / failureProbability);
    const best = 2 / (1 + Math.sqrt(1 + (2 * n * L) / K));
    const flamb = (tradeOff: number) => certificateObjective({ ...setting, objective: "flamb", tradeOff }).value;
    const { value } = certificateObjective({ ...setting, objective: "fquad" });
    expect(Math.abs(flamb(best) - value)).toBeLessThanOrEqual(40 * EPS);
    for (let lambda = 0.01; lambda < 2; lambda += 0.01) expect(flamb(lambda)).toBeGreaterThanOrEqual(value - 40 * EPS);
    expect(flamb(1.1 * best)).toBeGreaterThan(value + 1e-3);
  });

  it("refuses what no bound is for", () => {
    const valid = { objective: "fquad" as const, ...settings[0] };
    const bad: [object, string][] = [
      [{ empiricalRisk: 1.1 }, "the empirical risk must be in [0, 1], got 1.1"],
      [{ empiricalRisk: NaN }, "the empirical risk must be in [0, 1], got NaN"],
      [{ klDivergence: -1 }, "the KL divergence must be at least 0 and finite, got -1"],
      [{ sampleCount: 0 }, "sampleCount must be a positive integer, got 0"],
      [{ failureProbability: 0 }, "the failure probability must be in (0, 1), got 0"],
      [{ failureProbability: 1 }, "the failure probability must be in (0, 1), got 1"],
      [{ tradeOff: 2 }, "tradeOff must be in (0, 2), got 2"],
      [{ objective: "other" }, "objective must be fquad, flamb, fclassic or bbb, got other"],
    ];
    for (const [change, message] of bad) {
      expect(() => certificateObjective({ ...valid, ...change })).toThrow(`certificateObjective: ${message}`);
    }
  });
});

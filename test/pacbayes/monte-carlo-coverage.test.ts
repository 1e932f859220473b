import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { exactCoverage, independentCoins, monteCarloCoverage, worstMcAllesterPosterior } from "flat-minima/pacbayes";

/** P(X ≥ k) for X binomial(m, p), term by term. */
function upperTail(m: number, p: number, k: number): number {
  let sum = 0;
  let term = (1 - p) ** m;
  for (let j = 0; j <= m; j++) {
    if (j >= k) sum += term;
    term *= ((m - j) / (j + 1)) * (p / (1 - p));
  }
  return sum;
}

describe("Monte-Carlo coverage", () => {
  it("has the Clopper–Pearson interval, at whose ends the tails are α/2", async () => {
    let call = 0;
    const stream = randomStream(1, "coverage");
    const { violations, frequency, interval } = await monteCarloCoverage(() => call++ < 7, {
      trials: 50,
      stream,
      confidence: 0.9,
    });
    expect([violations, frequency, call]).toEqual([7, 0.14, 50]);
    // The quantile of the beta distribution is accurate to some 1e-12, and the tails' slopes are below 50.
    expect(upperTail(50, interval[0], 7)).toBeCloseTo(0.05, 9);
    expect(1 - upperTail(50, interval[1], 8)).toBeCloseTo(0.05, 9);
  });

  it("is [0, 1 − (α/2)^{1/m}] without a failure, and the mirror image with nothing else", async () => {
    const stream = randomStream(1, "coverage");
    const none = await monteCarloCoverage(() => false, { trials: 20, stream });
    expect(none.interval[0]).toBe(0);
    expect(none.interval[1]).toBeCloseTo(1 - 0.005 ** (1 / 20), 12);
    const all = await monteCarloCoverage(() => Promise.resolve(true), { trials: 20, stream });
    expect(all.interval[0]).toBeCloseTo(0.005 ** (1 / 20), 12);
    expect(all.interval[1]).toBe(1);
  });

  it("agrees with the enumeration, and rejects twice the probability", async () => {
    const hypotheses = independentCoins({ risks: [0.5, 0.5, 0.5], sampleCount: 8 });
    const { violationProbabilities } = await exactCoverage(hypotheses, worstMcAllesterPosterior, [0.5]);
    const toss = (stream: { integer(below: number): number }): number => {
      let errors = 0;
      for (let k = 0; k < 8; k++) errors += stream.integer(2);
      return errors / 8;
    };
    const { interval } = await monteCarloCoverage(
      (stream) => {
        const sample = [toss(stream), toss(stream), toss(stream)];
        return worstMcAllesterPosterior(hypotheses, sample).value > Math.LN2;
      },
      { trials: 2000, stream: randomStream(2, "coverage"), confidence: 0.999 },
    );
    expect(interval[0]).toBeLessThanOrEqual(violationProbabilities[0]);
    expect(interval[1]).toBeGreaterThanOrEqual(violationProbabilities[0]);
    expect(interval[1]).toBeLessThan(2 * violationProbabilities[0]);
  });

  it("refuses no trials, a confidence of 1 and what is no verdict", async () => {
    const stream = randomStream(1, "coverage");
    const never = () => false;
    await expect(monteCarloCoverage(never, { trials: 0, stream })).rejects.toThrow(
      "monteCarloCoverage: trials must be a positive integer, got 0",
    );
    await expect(monteCarloCoverage(never, { trials: 1, stream, confidence: 1 })).rejects.toThrow(
      "monteCarloCoverage: the confidence must be in (0, 1), got 1",
    );
    const number = (() => 0.5) as unknown as () => boolean;
    await expect(monteCarloCoverage(number, { trials: 1, stream })).rejects.toThrow(
      "monteCarloCoverage: `violated` must return true or false, got 0.5",
    );
  });
});

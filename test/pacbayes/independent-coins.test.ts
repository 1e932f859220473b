import { describe, expect, it } from "vitest";
import { independentCoins } from "flat-minima/pacbayes";

describe("independent coins", () => {
  it("count every sequence of tosses", () => {
    const risks = [0.2, 0.7];
    const n = 3;
    const counted = new Map<string, number>();
    for (let tosses = 0; tosses < 2 ** (2 * n); tosses++) {
      const errors = [0, 0];
      let probability = 1;
      for (let toss = 0; toss < 2 * n; toss++) {
        const wrong = (tosses >> toss) & 1;
        errors[toss % 2] += wrong;
        probability *= wrong ? risks[toss % 2] : 1 - risks[toss % 2];
      }
      counted.set(String(errors), (counted.get(String(errors)) ?? 0) + probability);
    }
    const { outcomes } = independentCoins({ risks, sampleCount: n });
    expect(outcomes.length).toBe(16);
    for (const { probability, empiricalRisks } of outcomes) {
      const errors = Array.from(empiricalRisks, (risk) => Math.round(n * risk));
      expect(Array.from(empiricalRisks)).toEqual(errors.map((count) => count / n));
      // A few logarithms below 6 and an exponential: 20 roundings of 6.
      expect(Math.abs(probability / counted.get(String(errors))! - 1)).toBeLessThanOrEqual(120 * Number.EPSILON);
    }
  });

  it("leave out what cannot happen", () => {
    const { outcomes } = independentCoins({ risks: [0, 1], sampleCount: 5 });
    expect(outcomes.map(({ empiricalRisks }) => empiricalRisks)).toEqual([[0, 1]]);
    expect(Math.abs(outcomes[0].probability - 1)).toBeLessThanOrEqual(120 * Number.EPSILON);
  });

  it("are refused where there are too many outcomes", () => {
    expect(() => independentCoins({ risks: Array(7).fill(0.5), sampleCount: 9 })).toThrow(
      "independentCoins: there must be at most 1000000 outcomes, got 10000000",
    );
    expect(() => independentCoins({ risks: [1.2], sampleCount: 9 })).toThrow("the risks must be in [0, 1], got 1.2");
    expect(() => independentCoins({ risks: [], sampleCount: 9 })).toThrow("the risks must not be empty, got none");
  });
});

import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { firstPassageLaw } from "flat-minima/stability";

const EPS = Number.EPSILON;

/** Every path of the walk, one by one; floating-point products in the order in which they come. */
function byPaths(
  multipliers: number[],
  probabilities: number[],
  { start, low, high, steps }: { start: number; low: number; high: number; steps: number },
): { survival: number[]; exitLow: number[]; exitHigh: number[] } {
  const zero = (): number[] => new Array<number>(steps + 1).fill(0);
  const law = { survival: zero(), exitLow: zero(), exitHigh: zero() };
  const visit = (x: number, t: number, probability: number): void => {
    if (x <= low) law.exitLow[t] += probability;
    else if (x >= high) law.exitHigh[t] += probability;
    else {
      law.survival[t] += probability;
      if (t < steps) multipliers.forEach((m, i) => visit(m * x, t + 1, probability * probabilities[i]));
    }
  };
  visit(start, 0, 1);
  return law;
}

function expectClose(actual: Float64Array, expected: number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, t) => expect(Math.abs(actual[t] - value)).toBeLessThanOrEqual(tolerance));
}

describe("firstPassageLaw", () => {
  it("is the law over all paths, for two and three multipliers of any sign", () => {
    for (let seed = 0; seed < 6; seed++) {
      const stream = randomStream(seed, "first passage");
      const count = seed % 2 === 0 ? 2 : 3;
      const steps = count === 2 ? 12 : 7;
      const multipliers = Array.from({ length: count }, () => 2 * stream.normal());
      const raw = multipliers.map(() => 0.1 + stream.uniform());
      const probabilities = raw.map((value) => value / raw.reduce((sum, other) => sum + other));
      const walk = { start: 0.1 * stream.normal(), low: -0.4 - stream.uniform(), high: 0.5 + stream.uniform(), steps };
      const law = firstPassageLaw({ multipliers, probabilities, ...walk });
      const expected = byPaths(multipliers, probabilities, walk);
      // Sums of at most 2^12 products of 12 rounded probabilities, all sums at most 1. (No state is at an end.)
      const tolerance = 2 ** 12 * 12 * EPS;
      expect(law.ties).toBe(0);
      expectClose(law.survival, expected.survival, tolerance);
      expectClose(law.exitLow, expected.exitLow, tolerance);
      expectClose(law.exitHigh, expected.exitHigh, tolerance);
      const median = expected.survival.findIndex((value) => value <= 0.5);
      expect(law.median).toBe(median < 0 ? undefined : median);
    }
  });

  it("is geometric when one multiplier leaves at once and the other stays, and brackets the mean", () => {
    const chance = 0.125;
    const law = (steps: number) =>
      firstPassageLaw({
        multipliers: [5, 1],
        probabilities: [chance, 1 - chance],
        start: -1,
        low: -2,
        high: 2,
        steps,
      });
    const short = law(10);
    for (let t = 1; t <= 10; t++) {
      expect(Math.abs(short.survival[t] - (1 - chance) ** t)).toBeLessThanOrEqual(10 * EPS);
      expect(Math.abs(short.exitLow[t] - chance * (1 - chance) ** (t - 1))).toBeLessThanOrEqual(10 * EPS);
      expect(short.exitHigh[t]).toBe(0);
    }
    expect(short.median).toBe(Math.ceil(Math.log(0.5) / Math.log(1 - chance)));
    // E T = 1/chance = 8; the truncated tail is 8 · 0.875^10 = 2.1.
    expect(short.mean).toBeLessThan(8);
    expect(short.mean + short.meanTailBound).toBeGreaterThan(8);
    const long = law(400);
    // 0.875^400 is below eps; 400 rounded terms of at most 1.
    expect(Math.abs(long.mean - 8)).toBeLessThanOrEqual(400 * EPS);
    expect(long.meanTailBound).toBeLessThan(1e-20);
  });

  it("bounds the tail of a walk that wanders before it leaves", () => {
    const walk = { multipliers: [0.5, -3], start: 1e-3, low: -1, high: 2 };
    const exact = firstPassageLaw({ ...walk, steps: 600 });
    expect(exact.meanTailBound).toBeLessThan(1e-6);
    for (const steps of [1, 20, 60]) {
      const { mean, meanTailBound } = firstPassageLaw({ ...walk, steps });
      expect(mean).toBeLessThanOrEqual(exact.mean);
      expect(mean + meanTailBound).toBeGreaterThanOrEqual(exact.mean);
    }
  });

  it("counts a state on an end of the interval as outside, however it is rounded", () => {
    // 1.1^7 in floating point depends on the order of the products; the end is one of its roundings or a neighbour.
    const end = 1.1 ** 7;
    for (const high of [end * (1 - EPS), end, end * (1 + EPS)]) {
      const law = firstPassageLaw({ multipliers: [1.1], start: 1, low: -1, high, steps: 8 });
      expect(law.exitHigh[7]).toBe(1);
      expect(law.ties).toBe(1);
    }
    const clear = firstPassageLaw({ multipliers: [1.1], start: 1, low: -1, high: end * (1 + 1e-12), steps: 8 });
    expect(clear.exitHigh[8]).toBe(1);
    expect(clear.ties).toBe(0);
  });

  it("does not overflow, and says when the mean may be infinite", () => {
    const far = firstPassageLaw({ multipliers: [1e-200, 1e200], start: 1e-300, low: -1, high: 1, steps: 40 });
    expect(far.survival.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(far.meanTailBound).toBe(Infinity); // no drift
    const stuck = firstPassageLaw({ multipliers: [0, 3], start: 0.5, low: -1, high: 1, steps: 5 });
    expect(Array.from(stuck.survival)).toEqual([1, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(stuck.meanTailBound).toBe(Infinity);
  });

  it("refuses starts outside, bad intervals and bad distributions", () => {
    const walk = { multipliers: [2, 0.5], start: 0.1, low: -1, high: 1, steps: 3 };
    const law = (change: object) => () => firstPassageLaw({ ...walk, ...change });
    expect(law({ start: 1 })).toThrow("firstPassageLaw: start must be inside (-1, 1), got 1");
    expect(law({ start: 0 })).toThrow("firstPassageLaw: start must not be 0, where the walk stays");
    expect(law({ low: 0.05 })).toThrow("firstPassageLaw: low < 0 < high must hold, got [0.05, 1]");
    expect(law({ steps: 0 })).toThrow("firstPassageLaw: steps must be a positive integer, got 0");
    expect(law({ probabilities: [0.5, 0.2] })).toThrow("firstPassageLaw: probabilities must be non-negative and sum");
  });
});

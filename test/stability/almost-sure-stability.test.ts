import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { enumerateBatches } from "flat-minima/optimizers";
import {
  almostSureExponent,
  almostSureIntervals,
  almostSureThreshold,
  lyapunovExponent,
  meanSquareThreshold,
} from "flat-minima/stability";
import { SAMPLINGS } from "./oracles";

const EPS = Number.EPSILON;
const SINGLE = { batchSize: 1, sampling: "with replacement" } as const;

/** Where |(1 - ηa)(1 - ηb)| < 1 for 0 < a < b: abη² - (a+b)η + 2 = 0 gives the edges of the middle gap, if any. */
function closedForm(a: number, b: number): { low: number; high: number }[] {
  const end = (a + b) / (a * b);
  const discriminant = (a + b) ** 2 - 8 * a * b;
  if (discriminant <= 0) return [{ low: 0, high: end }];
  const root = Math.sqrt(discriminant);
  return [
    { low: 0, high: (a + b - root) / (2 * a * b) },
    { low: (a + b + root) / (2 * a * b), high: end },
  ];
}

describe("almostSureIntervals", () => {
  it("is the closed form for two samples", () => {
    for (const [a, b] of [
      [0.2, 3.8],
      [1, 1.5],
      [0.01, 7],
      [1, 8],
    ]) {
      const actual = almostSureIntervals({ curvatures: [a, b], ...SINGLE });
      const expected = closedForm(a, b);
      expect(actual.length).toBe(expected.length);
      // The exponent is rounded to a few eps, and so is its crossing, over a slope (in units of 1/η) that is 1 or so here.
      expected.forEach(({ low, high }, k) => {
        expect(Math.abs(actual[k].low - low)).toBeLessThanOrEqual(100 * EPS * low);
        expect(Math.abs(actual[k].high - high)).toBeLessThanOrEqual(100 * EPS * high);
      });
    }
  });

  it("separates negative from positive exponents on a fine grid", () => {
    let windows = 0;
    for (let seed = 0; seed < 6; seed++) {
      const stream = randomStream(seed, "almost sure");
      // One curvature may be negative as long as the mean is positive.
      const curvatures = [0.1, 1, 3, 20].map((scale) => scale * (0.5 + stream.uniform()));
      if (seed % 2 === 1) curvatures[0] *= -1;
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2]) {
          const setting = { curvatures, batchSize, sampling };
          const intervals = almostSureIntervals(setting);
          windows += intervals.length - 1;
          const ends = intervals.flatMap(({ low, high }) => [low, high]);
          expect(ends[0]).toBe(0);
          expect(ends.every((value, k) => k === 0 || value > ends[k - 1])).toBe(true);
          const batches = enumerateBatches({ sampleCount: 4, batchSize, sampling });
          const end = intervals[intervals.length - 1].high;
          for (let k = 1; k <= 500; k++) {
            const learningRate = (1.5 * end * k) / 500;
            const logs = batches.map((batch) =>
              Math.log(Math.abs(1 - learningRate * (batch.reduce((sum, i) => sum + curvatures[i], 0) / batchSize))),
            );
            const exponent = logs.reduce((sum, value) => sum + value, 0) / batches.length;
            const isInside = intervals.some(({ low, high }) => learningRate > low && learningRate < high);
            if (Math.abs(exponent) > 1e-12) expect(isInside).toBe(exponent < 0);
            if (k % 25 === 0) {
              // Logarithms of numbers rounded to eps·η|a|, over |1 - ηa| which the grid keeps off zero.
              expect(Math.abs(almostSureExponent({ ...setting, learningRate }) - exponent)).toBeLessThanOrEqual(1e-10);
            }
          }
        }
      }
    }
    expect(windows).toBeGreaterThan(0); // the case of several intervals was met
  });

  it("starts with the threshold, which is never below the mean-square one", () => {
    for (let seed = 0; seed < 10; seed++) {
      const stream = randomStream(seed, "threshold");
      const curvatures = Array.from({ length: 5 }, () => 4 * stream.uniform());
      const setting = { curvatures, batchSize: 2, sampling: "without replacement" } as const;
      const threshold = almostSureThreshold(setting);
      expect(threshold).toBe(almostSureIntervals(setting)[0].high);
      // E log x² ≤ log E x² (Jensen).
      expect(threshold).toBeGreaterThan(meanSquareThreshold(setting));
    }
  });

  it("refuses a mean curvature that is not positive and too many batch means", () => {
    expect(() => almostSureThreshold({ curvatures: [1, -1], ...SINGLE })).toThrow(
      "almostSureIntervals: the mean of curvatures must be positive, got 0",
    );
    const stream = randomStream(1, "many batches");
    const curvatures = Array.from({ length: 40 }, () => stream.uniform());
    expect(() => almostSureThreshold({ curvatures, batchSize: 3, sampling: "without replacement" })).toThrow(
      "almostSureIntervals: the distinct batch means must be at most 5000, got 9880",
    );
  });
});

describe("lyapunovExponent", () => {
  it("is the mean logarithm", () => {
    expect(lyapunovExponent([2, 0.5])).toBe(0);
    expect(lyapunovExponent([-4, 1], [0.5, 0.5])).toBe(Math.log(2));
    expect(lyapunovExponent([2, 8], [0.75, 0.25])).toBeCloseTo(1.5 * Math.log(2), 15);
  });

  it("is -∞ when 0 has positive probability, and only then", () => {
    expect(lyapunovExponent([0, 2])).toBe(-Infinity);
    expect(lyapunovExponent([0, 2], [0, 1])).toBe(Math.log(2));
  });

  it("refuses what is no probability distribution", () => {
    expect(() => lyapunovExponent([])).toThrow("lyapunovExponent: multipliers must be finite, and at least one");
    expect(() => lyapunovExponent([1, NaN])).toThrow("lyapunovExponent: multipliers must be finite");
    expect(() => lyapunovExponent([1, 2], [1])).toThrow("lyapunovExponent: probabilities must have length 2, got 1");
    expect(() => lyapunovExponent([1, 2], [0.5, 0.6])).toThrow("probabilities must be non-negative and sum to 1");
    expect(() => lyapunovExponent([1, 2], [1.5, -0.5])).toThrow("probabilities must be non-negative and sum to 1");
  });
});

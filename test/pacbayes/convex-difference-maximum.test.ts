import { describe, expect, it } from "vitest";
import { maximizeConvexDifference } from "../../lib/pacbayes/convex-difference-maximum";

describe("branch and bound for a difference of convex functions", () => {
  it("finds the higher of two maxima in one dimension", () => {
    // 3 log(1 + e^{4(x−1)}) + 0.1x − x²: a maximum near 0.07, a higher one near 6.
    const f = (x: number): number => 3 * Math.log1p(Math.exp(4 * (x - 1))) + 0.1 * x - x ** 2;
    const found = maximizeConvexDifference(
      {
        low: [0],
        high: [10],
        convex: ([x]) => 3 * Math.log1p(Math.exp(4 * (x - 1))) + 0.1 * x,
        subtracted: ([x], gradient) => {
          gradient[0] = 2 * x;
          return x ** 2;
        },
      },
      1e-10,
    );
    const best = Math.max(...Array.from({ length: 100_001 }, (_, k) => f(k / 10_000)));
    expect(found.converged).toBe(true);
    expect(found.residual).toBeLessThanOrEqual(1e-10);
    // The grid misses at most |f''|/2 · (spacing/2)² = 1 · 2.5e-9.
    expect(Math.abs(found.value - best)).toBeLessThanOrEqual(2.5e-9 + 1e-10);
    expect(found.value).toBeGreaterThan(f(0.07) + 10);
    expect(f(found.argument[0])).toBe(found.value);
  });

  it("finds a maximum in two dimensions, in closed form", () => {
    // log((e^{x} + e^{y})) + x + y − x² − y²: symmetric, at x = y = ¾: log 2 + ¾·3 − 9/8.
    const found = maximizeConvexDifference(
      {
        low: [-3, -2],
        high: [5, 4],
        convex: ([x, y]) => Math.log(Math.exp(x) + Math.exp(y)) + x + y,
        subtracted: ([x, y], gradient) => {
          gradient.set([2 * x, 2 * y]);
          return x ** 2 + y ** 2;
        },
      },
      1e-10,
    );
    expect(Math.abs(found.value - (Math.LN2 + 9 / 8))).toBeLessThanOrEqual(1e-10 + 1e-14);
    // A value within 1e-10 of a maximum with curvature at least 1 is within 2e-5 of it.
    expect(Math.hypot(found.argument[0] - 0.75, found.argument[1] - 0.75)).toBeLessThan(2e-5);
  });

  it("takes a box that is a point", () => {
    const constant = { low: [0], high: [0], convex: () => 1, subtracted: () => 0 };
    const { value, residual, converged } = maximizeConvexDifference(constant, 1e-10);
    expect([value, residual, converged]).toEqual([1, 0, true]);
  });

  it("says when it gave up", () => {
    // A = c: every box has the bound |gap| > 0 for ever, at a tolerance of 0.
    const flat = {
      low: [0],
      high: [1],
      convex: ([x]: Float64Array) => x ** 2,
      subtracted: ([x]: Float64Array, gradient: Float64Array) => {
        gradient[0] = 2 * x;
        return x ** 2;
      },
    };
    const { converged, message, value, residual } = maximizeConvexDifference(flat, 1e-14);
    expect(converged).toBe(false);
    expect(message).toMatch(
      /^not converged: the maximum is at most .+ above the value, by \d+ boxes; it is very flat: try/,
    );
    expect(value).toBe(0);
    expect(residual).toBeGreaterThan(0);
  });
});

import { klDivergence } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

describe("klDivergence", () => {
  it("is Σ p log(p/π), and not the other way round", () => {
    const p = [0.5, 0.25, 0.25];
    const prior = [0.25, 0.25, 0.5];
    // ½ log 2 + 0 − ¼ log 2; a dozen roundings of at most 1.
    expect(Math.abs(klDivergence(p, prior) - Math.LN2 / 4)).toBeLessThanOrEqual(12 * EPS);
    expect(klDivergence([0.9, 0.1], [0.5, 0.5])).not.toBeCloseTo(klDivergence([0.5, 0.5], [0.9, 0.1]), 2);
  });

  it("takes 0 log 0 as 0, and is infinite where the prior excludes what may happen", () => {
    expect(klDivergence([0, 1], [0.5, 0.5])).toBeCloseTo(Math.LN2, 15);
    expect(klDivergence([0, 1], [0, 1])).toBe(0);
    expect(klDivergence([0.5, 0.5], [0, 1])).toBe(Infinity);
  });

  it("keeps the digits that the logarithms would cancel", () => {
    const prior = [0.3, 0.7];
    const h = 2 ** -32;
    const p = [0.3 + h, 0.7 - h];
    // h²/2 (1/0.3 + 1/0.7), but for a cubic term; the rounding of p changes h by eps at most.
    const expected = (h * h) / 2 / (0.3 * 0.7);
    expect(Math.abs(klDivergence(p, prior) / expected - 1)).toBeLessThanOrEqual(4 * h + (4 * EPS) / h);
    const naive = p.reduce((sum, mass, i) => sum + mass * Math.log(mass / prior[i]), 0);
    expect(Math.abs(naive / expected - 1)).toBeGreaterThan(1e-3);
  });

  it.each([
    [[], [], "p must not be empty, got []"],
    [[0.5, 0.5], [1], "p and prior must have the same length, got 2 and 1 entries"],
    [[-0.5, 1.5], [0.5, 0.5], "p must be in [0, 1], got -0.5 at index 0"],
    [[0.5, 0.5], [0.5, 1.5], "prior must be in [0, 1], got 1.5 at index 1"],
    [[NaN, 1], [0.5, 0.5], "p must be finite, got NaN at index 0"],
    [[0.5, 0.4], [0.5, 0.5], "p must add up to 1 within n·eps, got 0.9"],
    [[0.5, 0.5], [0.5, 0.5 + 6 * 2 ** -53], "prior must add up to 1 within n·eps, got 1.0000000000000007"],
  ])("refuses p = %j and π = %j", (p, prior, message) => {
    expect(() => klDivergence(p, prior)).toThrow(`klDivergence: ${message}`);
  });
});

import { randomStream } from "flat-minima/core";
import { extremePointSeparator, wendelProbability } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

/** Σ_{k<d} C(n − 1, k), in integers. */
function choices(n: number, d: number): bigint {
  let [term, sum] = [1n, 0n];
  for (let k = 0; k < d; k++) {
    sum += term;
    term = (term * BigInt(n - 1 - k)) / BigInt(k + 1);
  }
  return sum;
}

describe("wendelProbability", () => {
  it("is the binomial sum, exactly up to n = 54", () => {
    for (let n = 1; n <= 54; n++) {
      for (let d = 1; d <= n + 2; d++) expect(wendelProbability(n, d) * 2 ** (n - 1)).toBe(Number(choices(n, d)));
    }
  });

  it("is the binomial sum where its terms overflow and underflow", () => {
    for (const [n, d] of [
      [1500, 700],
      [3000, 1400],
      [4000, 2100],
      [2200, 900],
    ]) {
      // 2^60 keeps digits of the integer quotient. The recursion rounds three times a term.
      const expected = Number((choices(n, d) << 300n) >> BigInt(n - 1)) / 2 ** 300;
      expect(Math.abs(wendelProbability(n, d) / expected - 1)).toBeLessThanOrEqual(4 * d * Number.EPSILON);
    }
    expect(wendelProbability(100_000, 10)).toBe(0);
  });

  it("is ½ at n = 2d, 1 up to n = d, and falls with n", () => {
    for (const d of [1, 2, 30, 300]) {
      expect(wendelProbability(2 * d, d)).toBeCloseTo(0.5, 12);
      expect(wendelProbability(d, d)).toBe(1);
      // From d + 1 on; for d = 300 it is 1 to the last bits until 500.
      const from = d === 300 ? 500 : d;
      for (let n = from; n < 3 * d; n++) expect(wendelProbability(n + 1, d)).toBeLessThan(wendelProbability(n, d));
    }
  });

  it("counts the signs under which points in general position can be cut off by a neuron without bias", () => {
    const d = 3;
    for (let n = 1; n <= 7; n++) {
      const data = randomStream(n, "general position").normals(n * d);
      let separated = 0;
      for (let signs = 0; signs < 2 ** n; signs++) {
        const signed = data.map((entry, k) => ((signs >> Math.floor(k / d)) & 1 ? entry : -entry));
        const inputs = { rows: n, cols: d, data: signed };
        if (extremePointSeparator({ inputs, index: 0, structure: "no bias" }).separated) separated++;
      }
      expect(separated).toBe(2 ** n * wendelProbability(n, d));
    }
  });

  it("is only an upper bound on the cube, whose corners are not in general position", () => {
    const [n, d] = [5, 2];
    let separated = 0;
    for (let draw = 0; draw < 4 ** n; draw++) {
      const data = Float64Array.from({ length: n * d }, (_, k) => ((draw >> k) & 1 ? 1 : -1));
      if (extremePointSeparator({ inputs: { rows: n, cols: d, data }, index: 0, structure: "no bias" }).separated) {
        separated++;
      }
    }
    // x_1 and the −x_i lie in at most two corners, and not in opposite ones: 4·(2⁵ − 1) of 4⁵.
    expect(separated).toBe(4 * (2 ** n - 1));
    expect(separated / 4 ** n).toBeLessThan(wendelProbability(n, d));
  });

  it("refuses what is no count", () => {
    expect(() => wendelProbability(0, 3)).toThrow("wendelProbability: pointCount must be a positive integer, got 0");
    expect(() => wendelProbability(3, 1.5)).toThrow("wendelProbability: dimension must be a positive integer, got 1.5");
  });
});

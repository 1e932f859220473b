import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { symmetricFormNorm } from "../../lib/sam/symmetric-form-norm";

describe("symmetricFormNorm", () => {
  // Climbing ends within 1e-9 of a maximum, where f is flat: errors of 25·1e-18, below the rounding of f.
  const rounding = 1e-13;

  it("knows Re zᵐ and Im zᵐ in the plane, of norm 1 for every degree", () => {
    for (let m = 1; m <= 8; m++) {
      for (const part of ["cos", "sin"] as const) {
        const { norm, upperBound } = symmetricFormNorm((u) => Math[part](m * Math.atan2(u[1], u[0])), {
          variableCount: 2,
          degree: m,
        });
        expect(Math.abs(norm - 1)).toBeLessThanOrEqual(rounding);
        expect(upperBound).toBeGreaterThanOrEqual(1 - rounding);
        // cos(m h) with h = π/128 at the best grid point, which is within m h of the top.
        expect(upperBound).toBeLessThanOrEqual(1 / Math.cos((m * Math.PI) / 128) + rounding);
      }
    }
  });

  it("knows orthogonal sums Σ c_k (q_k·u)³, of norm max |c_k|, in space", () => {
    const stream = randomStream(4, "orthogonal tensors");
    for (let repetition = 0; repetition < 50; repetition++) {
      const [a, b, c] = [0, 1, 2].map(() => 2 * Math.PI * stream.uniform());
      const turn = (x: number[], i: number, j: number, t: number): number[] => {
        const y = [...x];
        [y[i], y[j]] = [Math.cos(t) * x[i] - Math.sin(t) * x[j], Math.sin(t) * x[i] + Math.cos(t) * x[j]];
        return y;
      };
      const c3 = [stream.normal(), stream.normal(), stream.normal()];
      const form = (u: Float64Array): number => {
        const rotated = turn(turn(turn([...u], 0, 1, a), 1, 2, b), 0, 2, c);
        return rotated.reduce((sum, value, k) => sum + c3[k] * value ** 3, 0);
      };
      const { norm, upperBound } = symmetricFormNorm(form, { variableCount: 3, degree: 3 });
      const exact = Math.max(...c3.map(Math.abs));
      expect(Math.abs(norm - exact)).toBeLessThanOrEqual(rounding * exact);
      expect(upperBound).toBeGreaterThanOrEqual(exact * (1 - rounding));
    }
  });

  it("bounds the norm from above however coarse the grid", () => {
    const stream = randomStream(5, "quartics");
    for (let repetition = 0; repetition < 50; repetition++) {
      const c = Array.from({ length: 15 }, () => stream.normal());
      const form = ([x, y, z]: Float64Array): number => {
        let [sum, k] = [0, 0];
        for (let i = 0; i <= 4; i++)
          for (let j = 0; i + j <= 4; j++) sum += c[k++] * x ** i * y ** j * z ** (4 - i - j);
        return sum;
      };
      const coarse = symmetricFormNorm(form, { variableCount: 3, degree: 4, rows: 5 });
      const fine = symmetricFormNorm(form, { variableCount: 3, degree: 4, rows: 40 });
      expect(coarse.upperBound).toBeGreaterThanOrEqual(fine.norm * (1 - rounding));
      expect(fine.upperBound).toBeLessThanOrEqual(fine.norm / Math.cos((4 * Math.PI) / (80 * Math.SQRT2)));
      expect(coarse.norm).toBeLessThanOrEqual(fine.upperBound);
    }
  });

  it("refuses other dimensions, grids too coarse for the degree, and what is not finite", () => {
    const zero = (): number => 0;
    expect(() => symmetricFormNorm(zero, { variableCount: 4 as 3, degree: 3 })).toThrow(
      "symmetricFormNorm: variableCount must be 2 or 3, got 4",
    );
    expect(() => symmetricFormNorm(zero, { variableCount: 2, degree: 3, rows: 3 })).toThrow(
      "symmetricFormNorm: rows must be an integer of at least 4, got 3",
    );
    expect(() => symmetricFormNorm(() => NaN, { variableCount: 2, degree: 3 })).toThrow(
      "symmetricFormNorm: the form must be finite on unit vectors, got NaN",
    );
  });
});

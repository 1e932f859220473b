import { describe, expect, it } from "vitest";
import { dormandPrinceStep, type VectorField } from "../../lib/optimizers/dormand-prince";

// dy/dt = -sin y has the solution tan(y/2) = tan(y₀/2) e^{-t}.
const field: VectorField = (y) => y.map((value) => -Math.sin(value));
const exact = (start: number, time: number): number => 2 * Math.atan(Math.tan(start / 2) * Math.exp(-time));

describe("dormandPrinceStep", () => {
  it("has order 5, and its difference order 4", () => {
    // A step of length h is off by C h⁶ (1 + O(h)), the difference by C' h⁵ (1 + O(h)): halving h = 0.1 divides them by
    // 64 and 32 up to some 10 %. An order is a whole number, so that half of one is room enough.
    const start = Float64Array.of(0.5);
    const at = (h: number): [number, number] => {
      const step = dormandPrinceStep(field, start, field(start), h);
      return [Math.abs(step.next[0] - exact(0.5, h)), Math.abs(step.difference[0])];
    };
    const [[error, difference], [halfError, halfDifference]] = [at(0.1), at(0.05)];
    expect(halfError).toBeGreaterThan(1e-12); // so that it is not rounding that is measured
    expect(Math.abs(Math.log2(error / halfError) - 6)).toBeLessThan(0.5);
    expect(Math.abs(Math.log2(difference / halfDifference) - 5)).toBeLessThan(0.5);
  });

  it("multiplies a solution of dy/dt = λy by its stability function", () => {
    // 1 + z + … + z⁵/120 + z⁶/600 at z = hλ (Hairer, Nørsett and Wanner II, section IV.2): its range of stability is
    // what the comment of gradientFlow calls about 3.3.
    for (const z of [-3.3, -1, -0.1, 0.5]) {
      const linear: VectorField = (y) => y.map((value) => z * value);
      const { next } = dormandPrinceStep(linear, Float64Array.of(1), Float64Array.of(z), 1);
      const expected = 1 + z + z ** 2 / 2 + z ** 3 / 6 + z ** 4 / 24 + z ** 5 / 120 + z ** 6 / 600;
      // Six nested sums, whose terms are at most 12 Σ_k |z|^k/k! < 12 e^{|z|}.
      expect(Math.abs(next[0] - expected)).toBeLessThanOrEqual(100 * Number.EPSILON * Math.exp(Math.abs(z)));
    }
  });

  it("is exact for polynomials of degree 5 in time, with the error estimate 0 up to degree 4", () => {
    // y = (t, t^m): dy/dt = (1, m y₁^{m-1}); a quadrature of order 5 or 4 for the second component.
    for (let degree = 1; degree <= 6; degree++) {
      const power: VectorField = ([time]) => Float64Array.of(1, degree * time ** (degree - 1));
      const start = Float64Array.of(0, 0);
      const { next, difference } = dormandPrinceStep(power, start, power(start), 1);
      // Weights and values of order 1 to 12, a dozen operations.
      const rounding = 100 * Number.EPSILON;
      expect(Math.abs(next[1] - 1) <= rounding).toBe(degree <= 5);
      expect(Math.abs(difference[1]) <= rounding).toBe(degree <= 4);
    }
  });

  it("hands on the slope at its end", () => {
    const start = Float64Array.of(1, 2);
    const { next, nextSlope } = dormandPrinceStep(field, start, field(start), 0.5);
    expect(nextSlope).toEqual(field(next));
    expect(start).toEqual(Float64Array.of(1, 2));
  });
});

import { describe, expect, it } from "vitest";
import { penalizedGradient, secondOrderModifiedGradient } from "flat-minima/stability";
import { polynomialLoss } from "./polynomial-loss";

const EPS = Number.EPSILON;

/** ½ Σ_k λ_k x_k². */
const bowl = (curvatures: readonly number[]) => ({
  at: (x: Float64Array) => ({
    gradient: () => x.map((value, k) => curvatures[k] * value),
    hessianVectorProduct: (v: Float64Array) => v.map((value, k) => curvatures[k] * value),
  }),
});

describe("secondOrderModifiedGradient", () => {
  it("is the beginning of the exact series -ln(1 - ηλ)/η on a quadratic", () => {
    const curvatures = [0.5, -1, 3];
    const start = Float64Array.of(2, -1, 0.25);
    const rest = (learningRate: number): number[] =>
      Array.from(secondOrderModifiedGradient(bowl(curvatures), learningRate)(start), (value, k) => {
        const exact = (-Math.log1p(-learningRate * curvatures[k]) / learningRate) * start[k];
        return Math.abs(value - exact);
      });
    for (const learningRate of [0.1, 0.05, 0.01]) {
      // What is left of the series, Σ_{j≥4} (ηλ)^j/(jη), is below its first term divided by 1 - |ηλ|; the third
      // derivative, which is 0, comes out as the rounding of products divided by the step 6e-6.
      rest(learningRate).forEach((error, k) => {
        const z = Math.abs(learningRate * curvatures[k]);
        const remainder = (z ** 4 / (4 * learningRate * (1 - z))) * Math.abs(start[k]);
        expect(error).toBeLessThanOrEqual(remainder + 1e6 * EPS * learningRate ** 2);
        expect(error).toBeGreaterThan(remainder / 3);
      });
    }
  });

  it("has the third derivatives of a polynomial, which the central difference finds exactly", () => {
    // L = x²y + y³ at (x, y): g = (2xy, x² + 3y²), H = [[2y, 2x], [2x, 6y]], D³L[g, g] = (4g₁g₂, 2g₁² + 6g₂²).
    const learningRate = 0.5;
    for (const [x, y] of [
      [1, 2],
      [-0.5, 0.75],
      [0, 0],
    ]) {
      // prettier-ignore
      const g = [2 * x * y, x * x + 3 * y * y];
      const H = ([u, v]: number[]): number[] => [2 * y * u + 2 * x * v, 2 * x * u + 6 * y * v];
      const third = [4 * g[0] * g[1], 2 * g[0] ** 2 + 6 * g[1] ** 2];
      const theta = Float64Array.of(x, y);
      const first = penalizedGradient([polynomialLoss], learningRate)(theta);
      const field = secondOrderModifiedGradient(polynomialLoss, learningRate)(theta);
      // Products of size ‖H‖‖g‖ ≤ 200 with a few eps, divided by the step 6e-6 and multiplied by ‖g‖ ≤ 14 and η²/12 = 1/48.
      const tolerance = (200 * 4 * EPS * 14) / (48 * 6e-6);
      field.forEach((value, k) => {
        const expected = first[k] + learningRate ** 2 * (H(H(g))[k] / 3 + third[k] / 12);
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance);
      });
    }
  });

  it("refuses what does not fit, before and in use", () => {
    for (const rate of [0, -1, NaN, Infinity]) {
      expect(() => secondOrderModifiedGradient(polynomialLoss, rate)).toThrow(
        `secondOrderModifiedGradient: learningRate must be positive and finite, got ${rate}`,
      );
    }
    expect(() => secondOrderModifiedGradient(polynomialLoss, 0.1)(Float64Array.of(Infinity, 0))).toThrow(
      "secondOrderModifiedGradient: parameters must be finite, got Infinity at index 0",
    );
  });
});

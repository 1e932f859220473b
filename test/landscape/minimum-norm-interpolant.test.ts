import { matrix, norm, randomStream } from "flat-minima/core";
import { minimumNormInterpolant } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

describe("the interpolant of least norm", () => {
  it("is the planted combination of the rows", () => {
    for (const [n, m] of [
      [1, 1],
      [3, 8],
      [20, 60],
    ]) {
      // prettier-ignore
      const stream = randomStream(n, "interpolant");
      const features = { rows: n, cols: m, data: stream.normals(n * m) };
      const z = stream.normals(n);
      const planted = Float64Array.from({ length: m }, (_, j) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += z[i] * features.data[i * m + j];
        return sum;
      });
      const targets = Float64Array.from({ length: n }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < m; j++) sum += features.data[i * m + j] * planted[j];
        return sum;
      });
      const found = minimumNormInterpolant(features, targets);
      const error = norm(found.map((value, j) => value - planted[j]));
      // For a normal n×m matrix, m ≥ 2.6n or n = 1, the condition number of ΦΦᵀ is below 25:
      // ((1 + √(n/m))/(1 − √(n/m)))² = 18 at n/m = 3/8. Sums of m and of n terms.
      expect(error).toBeLessThanOrEqual(25 * (n + m + 10) * EPS * norm(planted) * 4);
    }
  });

  it("is shorter than every other one", () => {
    // One sample with features (3, 4): a = (6, 8) + s(4, −3) interpolates 50 for every s.
    const [a, b] = minimumNormInterpolant(matrix([[3, 4]]), Float64Array.of(50));
    expect(Math.hypot(a - 6, b - 8)).toBeLessThanOrEqual(20 * EPS * 10);
    expect(Math.hypot(a + 0.4, b - 0.3)).toBeGreaterThan(Math.hypot(a, b));
  });

  it("refuses samples that no features tell apart", () => {
    const twice = matrix([[1, 2, 3], [2, 4, 6]]); // prettier-ignore
    expect(() => minimumNormInterpolant(twice, Float64Array.of(1, 2))).toThrow(
      "minimumNormInterpolant: the features' rows must be independent: λ_min(ΦΦᵀ) must be above rounding",
    );
    expect(() => minimumNormInterpolant(matrix([[1], [2]]), Float64Array.of(1, 2))).toThrow(
      "minimumNormInterpolant: there must be 1 ≤ n ≤ m samples, got n = 2, m = 1",
    );
    expect(() => minimumNormInterpolant(matrix([[0, 0]]), Float64Array.of(1))).toThrow("must be independent");
    expect(() => minimumNormInterpolant(twice, Float64Array.of(1))).toThrow(
      "minimumNormInterpolant: the targets must have length 2, got 1",
    );
  });
});

import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { type Monomial, polynomialLoss } from "../../lib/models/polynomial-loss";

const V = (...entries: number[]): Float64Array => Float64Array.of(...entries);

describe("polynomialLoss", () => {
  it("is the valley ½(1 + y²)x² with the derivatives written out by hand", () => {
    const valley = polynomialLoss([
      { coefficient: 0.5, powers: [2, 0] },
      { coefficient: 0.5, powers: [2, 2] },
    ]);
    const [x, y, a, b, c, d] = [1.5, -0.5, 2, 3, -1, 4]; // dyadic: every number below is exact
    expect(valley.parameterCount).toBe(2);
    expect(valley.value(V(x, y))).toBe(0.5 * (1 + y * y) * x * x);
    expect(valley.gradient(V(x, y))).toEqual(V((1 + y * y) * x, x * x * y));
    expect(valley.hessianVectorProduct(V(x, y), V(a, b))).toEqual(
      V((1 + y * y) * a + 2 * x * y * b, 2 * x * y * a + x * x * b),
    );
    // ℓ_xxx = 0, ℓ_xxy = 2y, ℓ_xyy = 2x, ℓ_yyy = 0.
    expect(valley.thirdDerivative(V(x, y), V(a, b), V(c, d))).toEqual(
      V(2 * y * (a * d + b * c) + 2 * x * b * d, 2 * y * a * c + 2 * x * (a * d + b * c)),
    );
  });

  it("has ℓ = (w·x)^m in three variables, whose derivatives are powers of w·x", () => {
    const stream = randomStream(1, "polynomials");
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
    for (const m of [0, 1, 2, 3, 4, 6]) {
      const w = V(stream.normal(), stream.normal(), stream.normal());
      const terms: Monomial[] = [];
      for (let i = 0; i <= m; i++) {
        for (let j = 0; i + j <= m; j++) {
          const powers = [i, j, m - i - j];
          const multinomial = factorial(m) / powers.map(factorial).reduce((a, b) => a * b);
          terms.push({ coefficient: powers.reduce((product, e, k) => product * w[k] ** e, multinomial), powers });
        }
      }
      const loss = polynomialLoss(terms);
      const [x, u, v] = [0, 1, 2].map(() => V(stream.normal(), stream.normal(), stream.normal()));
      const along = (z: Float64Array): number => w.reduce((sum, wk, k) => sum + wk * z[k], 0);
      const size = w.reduce((sum, wk, k) => sum + Math.abs(wk * x[k]), 0);
      // Each of at most 28 terms comes from about 20 roundings, and all of them together are at most the sum of the
      // moduli: that of the m-th power with every product made positive.
      const tolerance = (order: number): number => {
        const falling = factorial(m) / factorial(Math.max(0, m - order));
        const directions = [1, 1, ...[u, v].map((z) => z.reduce((s, zk, k) => s + Math.abs(zk * w[k]), 0))];
        const most = directions.reduce((product, value) => product * Math.max(1, value), 1);
        return 50 * 2 ** -52 * falling * Math.max(1, size) ** m * most * Math.max(1, ...w.map(Math.abs));
      };
      const expected = (order: number): number =>
        order > m ? 0 : (factorial(m) / factorial(m - order)) * along(x) ** (m - order);
      const near = (got: Float64Array, factor: number, order: number): void => {
        got.forEach((entry, k) => {
          expect(Math.abs(entry - factor * w[k])).toBeLessThanOrEqual(tolerance(order));
        });
      };
      expect(Math.abs(loss.value(x) - expected(0))).toBeLessThanOrEqual(tolerance(0));
      near(loss.gradient(x), expected(1), 1);
      near(loss.hessianVectorProduct(x, u), expected(2) * along(u), 2);
      near(loss.thirdDerivative(x, u, v), expected(3) * along(u) * along(v), 3);
    }
  });

  it("refuses what is no polynomial and no point of it", () => {
    expect(() => polynomialLoss([])).toThrow("polynomialLoss: there must be a term, got");
    expect(() => polynomialLoss([{ coefficient: NaN, powers: [1] }])).toThrow(
      "polynomialLoss: a coefficient must be finite, got NaN",
    );
    expect(() => polynomialLoss([{ coefficient: 1, powers: [-1] }])).toThrow(
      "polynomialLoss: a power must be an integer of at least 0, got -1",
    );
    expect(() =>
      polynomialLoss([
        { coefficient: 1, powers: [1, 2] },
        { coefficient: 1, powers: [1] },
      ]),
    ).toThrow("polynomialLoss: a term must have 2 powers, as the first, got 1");
    const line = polynomialLoss([{ coefficient: 1, powers: [1] }]);
    expect(() => line.value(V(1, 2))).toThrow("polynomialLoss: parameters must have length 1, got 2");
    expect(() => line.thirdDerivative(V(1), V(1), V(NaN))).toThrow(
      "polynomialLoss: the second direction must be finite, got NaN at index 0",
    );
  });
});

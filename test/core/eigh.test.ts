import { eigh, matrix, topEigenvalue } from "flat-minima/core";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

describe("eigh", () => {
  it("gives values ascending and vectors in columns", () => {
    const A = matrix([
      [2, 1],
      [1, 2],
    ]);
    const { values, vectors } = eigh(A);
    // By hand: 1 with (1, −1)/√2, 3 with (1, 1)/√2. Errors of p(n)·eps·‖A‖, p(n) = 10n (LAPACK Users' Guide, 4.7.1).
    const tolerance = 20 * EPS * Math.sqrt(10);
    const h = Math.SQRT1_2;
    [1, 3].forEach((value, k) => expect(Math.abs(values[k] - value)).toBeLessThan(tolerance));
    [h, h, -h, h].forEach((entry, k) => expect(Math.abs(vectors.data[k] - entry)).toBeLessThan(tolerance));
  });
});

describe("topEigenvalue", () => {
  it("is the largest by value, not by magnitude", () => {
    const A = matrix([
      [-5, 0],
      [0, 1],
    ]);
    expect(Math.abs(topEigenvalue(A) - 1)).toBeLessThan(20 * EPS * Math.sqrt(26));
    expect(topEigenvalue(matrix([[-3]]))).toBe(-3);
  });

  it("refuses a matrix that is not symmetric", () => {
    const A = matrix([
      [0, 1],
      [0, 0],
    ]);
    expect(() => topEigenvalue(A)).toThrow("eigh: the matrix must be symmetric");
  });
});

import { minimumNormRegression } from "flat-minima/benign";
import { matrix, norm, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { solved } from "./dense-oracles";

const EPS = Number.EPSILON;

describe("minimum-norm regression", () => {
  const [n, p] = [6, 20];
  const stream = randomStream(3, "regression");
  const rows = Array.from({ length: n }, () => Array.from(stream.normals(p)));
  const targets = stream.normals(n);
  /** X X' of the columns from `low` to `high`. */
  const gramOf = (low: number, high: number): number[][] =>
    rows.map((a) => rows.map((b) => a.slice(low, high).reduce((sum, value, j) => sum + value * b[low + j], 0)));
  const condition = 5; // of XXᵀ; the tolerances are it times some 4(n + p) roundings

  it("is a ridge regression on the leading directions, the tail's Gram matrix in the place of λI", () => {
    for (const k of [0, 1, 4, p]) {
      const { coefficients, leading, tail } = minimumNormRegression(matrix(rows), targets, { leadingCount: k });
      const [top, ridge] = [gramOf(0, k), gramOf(k, p)];
      const weights = solved(
        top.map((row, i) => row.map((value, j) => value + ridge[i][j])),
        Array.from(targets),
      );
      for (let j = 0; j < p; j++) {
        const expected = rows.reduce((sum, row, i) => sum + row[j] * weights[i], 0);
        const part = j < k ? leading : tail;
        expect(Math.abs(part[j] - expected)).toBeLessThanOrEqual(100 * condition * EPS * norm(coefficients));
        expect((j < k ? tail : leading)[j]).toBe(0);
        expect(leading[j] + tail[j]).toBe(coefficients[j]);
      }
    }
  });

  it("the spiky part takes at the samples what the leading part leaves", () => {
    const { leading, tail } = minimumNormRegression(matrix(rows), targets, { leadingCount: 4 });
    rows.forEach((row, i) => {
      const [first, second] = [leading, tail].map((part) => row.reduce((sum, value, j) => sum + value * part[j], 0));
      const bound = 100 * condition * EPS * norm(row) * norm(targets);
      expect(Math.abs(first + second - targets[i])).toBeLessThanOrEqual(bound);
      expect(Math.abs(first - targets[i])).toBeGreaterThan(1e-3);
    });
  });

  it("refuses a split that is none", () => {
    const call = (leadingCount: number) => () =>
      minimumNormRegression(matrix([[3, 4]]), Float64Array.of(1), { leadingCount });
    expect(call(3)).toThrow("minimumNormRegression: leadingCount must be at most p = 2, got 3");
    expect(call(-1)).toThrow("minimumNormRegression: leadingCount must be an integer of at least 0, got -1");
    expect(call(0.5)).toThrow("minimumNormRegression: leadingCount must be an integer of at least 0, got 0.5");
  });
});

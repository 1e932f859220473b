import { grid, indices, logGrid, matrix, mean, rowOf } from "flat-minima/core";
import { describe, expect, it } from "vitest";

describe("grids", () => {
  it("have both ends, and even steps or ratios", () => {
    expect(grid(1, -1, 5)).toEqual([1, 0.5, 0, -0.5, -1]);
    expect(indices(0)).toEqual([]);
    expect(indices(3)).toEqual([0, 1, 2]);
    const points = logGrid(0.01, 100, 9);
    expect([points[0], points[8]].map((value) => value.toPrecision(14))).toEqual([
      "0.010000000000000",
      "100.00000000000",
    ]);
    // Each point is exp of a number of modulus up to log 100 < 5, known to a few eps: so are the ratios.
    for (let k = 1; k < 9; k++)
      expect(Math.abs(points[k] / points[k - 1] / Math.sqrt(10) - 1)).toBeLessThan(40 * 2 ** -52);
  });

  it("refuse ends and counts that make none", () => {
    expect(() => grid(0, Infinity, 3)).toThrow(
      "grid: the ends must be finite, and so their distance, got [0, Infinity]",
    );
    expect(() => grid(-1e308, 1e308, 3)).toThrow("grid: the ends must be finite, and so their distance");
    expect(() => grid(0, 1, 1)).toThrow("grid: count must be an integer of at least 2, got 1");
    expect(() => logGrid(0, 1, 3)).toThrow("logGrid: the ends must be positive, got [0, 1]");
    expect(() => logGrid(1, NaN, 3)).toThrow("logGrid: the ends must be finite");
    expect(() => indices(-1)).toThrow("indices: count must be an integer of at least 0, got -1");
  });
});

describe("mean", () => {
  it("is the sum over the count, of arrays of any kind", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(mean(Float64Array.of(-1, 0, 0, 2))).toBe(0.25);
    expect(mean([1e308, 1e308])).toBe(Infinity);
  });

  it("refuses nothing, and NaN", () => {
    expect(() => mean([])).toThrow("mean: there must be a number, got []");
    expect(() => mean([1, NaN])).toThrow("mean: the sum must not be NaN, got NaN");
  });
});

describe("rowOf", () => {
  const A = matrix([
    [1, 2],
    [3, 4],
  ]);

  it("is a view", () => {
    const row = rowOf(A, 1);
    expect(row).toEqual(Float64Array.of(3, 4));
    expect(row.buffer).toBe(A.data.buffer);
  });

  it("refuses rows that are not there", () => {
    expect(() => rowOf(A, 2)).toThrow("rowOf: the row must be an integer from 0 to 1, got 2");
    expect(() => rowOf(A, -1)).toThrow("got -1");
    expect(() => rowOf(A, 0.5)).toThrow("got 0.5");
  });
});

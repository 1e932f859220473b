import { describe, expect, it } from "vitest";
import { hypercubeVertices } from "flat-minima/landscape";

describe("hypercubeVertices", () => {
  it("has 2^d different rows of signs", () => {
    for (let d = 1; d <= 8; d++) {
      const { rows, cols, data } = hypercubeVertices(d);
      expect([rows, cols, data.length]).toEqual([2 ** d, d, d * 2 ** d]);
      expect(data.every((entry) => Math.abs(entry) === 1)).toBe(true);
      const texts = Array.from({ length: rows }, (_, v) => String(data.subarray(v * d, (v + 1) * d)));
      expect(new Set(texts).size).toBe(2 ** d);
    }
  });

  it("refuses dimensions that are none, or too many", () => {
    for (const dimension of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => hypercubeVertices(dimension)).toThrow(
        "hypercubeVertices: dimension must be a positive integer, got",
      );
    }
    expect(() => hypercubeVertices(21)).toThrow("hypercubeVertices: dimension must be at most 20, got 21");
  });
});

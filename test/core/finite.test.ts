import { allFinite } from "../../lib/core/finite";
import { describe, expect, it } from "vitest";

describe("allFinite", () => {
  it("sees one infinity or NaN at any place", () => {
    for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 9]) {
      const values = Float64Array.from({ length }, (_, k) => (-1) ** k * 1e308);
      expect(allFinite(values)).toBe(true);
      for (let k = 0; k < length; k++) {
        for (const bad of [Infinity, -Infinity, NaN]) {
          expect(allFinite(values.map((value, j) => (j === k ? bad : value)))).toBe(false);
        }
      }
    }
    expect(allFinite(Float64Array.of(Infinity, -Infinity, Infinity, -Infinity))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { displaced } from "../../lib/optimizers/update-map";

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9];

describe("displaced", () => {
  it("has the bits of the plain formula, whatever the length", () => {
    for (const length of LENGTHS) {
      const from = Float64Array.from({ length }, (_, k) => Math.sqrt(k + 2));
      const direction = Float64Array.from({ length }, (_, k) => 1 / (3 - 2 * k));
      const next = displaced(from, -0.1, direction);
      expect(next).toEqual(from.map((value, k) => value - 0.1 * direction[k]));
    }
  });

  it("keeps the signs of zeros as a subtraction does", () => {
    const zeros = Float64Array.of(0, 0, -0, -0);
    const others = Float64Array.of(0, -0, 0, -0);
    // toEqual tells 0 from -0
    expect(displaced(zeros, -0.5, others)).toEqual(zeros.map((value, k) => value - 0.5 * others[k]));
  });
});

import { expect, it } from "vitest";
import { reproducibleLogarithm } from "../../lib/pacbayes/reproducible-logarithm";

it("is the logarithm from the least to the largest double, and its last digits where they count", () => {
  for (let exponent = -1074; exponent <= 1023; exponent += 0.37) {
    const x = 2 ** exponent;
    // 1/x or x − 1 are rounded once, by at most eps/2, and so is each of the few operations behind.
    const tolerance = 4 * Number.EPSILON * Math.max(1, Math.abs(Math.log(x)));
    expect(Math.abs(reproducibleLogarithm(x) - Math.log(x)), String(x)).toBeLessThanOrEqual(tolerance);
  }
  expect(reproducibleLogarithm(1)).toBe(0);
});

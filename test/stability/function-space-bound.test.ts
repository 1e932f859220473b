import { randomStream } from "flat-minima/core";
import { functionSpaceBound, functionSpaceWeight, weightedTotalVariation } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** g by counting: what relu neurons at x, one to each side, add to 1ᵀK1/n, by their sums over the sample. */
function weightByCounting(inputs: readonly number[], x: number): number {
  const sides = [1, -1].map((side) => {
    let [count, sum, height] = [0, 0, 0];
    for (const input of inputs) {
      if (side * (input - x) <= 0) continue;
      count++;
      sum += input;
      height += side * (input - x);
    }
    return (Math.sqrt(sum ** 2 + count ** 2) * height) / inputs.length ** 2;
  });
  return Math.min(...sides);
}

describe("functionSpaceWeight", () => {
  it("is what the sums over the sample say, also at inputs, outside the sample and with repeated inputs", () => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = randomStream(seed, "weights");
      const inputs = Array.from(stream.normals(1 + (seed % 9)), (x) => Math.round(4 * x) / 4);
      for (const x of [...stream.normals(5), ...inputs, -10, 10]) {
        // Sums of at most nine inputs of size 4, a product of two of them and a square root: 30 roundings.
        expect(Math.abs(functionSpaceWeight(inputs, x) - weightByCounting(inputs, x))).toBeLessThanOrEqual(
          30 * 16 * EPS,
        );
      }
    }
  });

  it("vanishes at the extreme inputs and beyond", () => {
    expect([-2, -1, 3, 4].map((x) => functionSpaceWeight([-1, 0, 3], x))).toEqual([0, 0, 0, 0]);
  });

  it("refuses what is no sample, and no point", () => {
    expect(() => functionSpaceWeight([], 0)).toThrow("functionSpaceWeight: there must be an input, got none");
    expect(() => functionSpaceWeight([0, NaN], 0)).toThrow("functionSpaceWeight: the inputs must be finite, got NaN");
    expect(() => functionSpaceWeight([0, 1], Infinity)).toThrow("functionSpaceWeight: x must be finite, got Infinity");
  });
});

describe("weightedTotalVariation and functionSpaceBound", () => {
  const inputs = [-1, 0.5, 2, 0];
  const f = { knots: [0.25, -0.5, 3], slopeChanges: [-2, 1, 7], slope: 5, offset: -1 };

  it("sum |c| g over the knots; slope, offset and knots outside do not count", () => {
    const expected = 2 * weightByCounting(inputs, 0.25) + weightByCounting(inputs, -0.5);
    expect(Math.abs(weightedTotalVariation(f, inputs) - expected)).toBeLessThanOrEqual(100 * EPS);
    expect(functionSpaceBound(f, inputs)).toBe(1 + 2 * weightedTotalVariation(f, inputs));
    expect(functionSpaceBound({ ...f, slope: -3, offset: 8 }, inputs)).toBe(functionSpaceBound(f, inputs));
  });

  it("refuse a knot on an input, up to the rounding of −b/w, but not next to it, nor where nothing changes", () => {
    const at = (knot: number) => ({ knots: [knot], slopeChanges: [1], slope: 0, offset: 0 });
    for (const knot of [0.5, 0.5 * (1 + 4 * EPS), -1, 0]) {
      expect(() => functionSpaceBound(at(knot), inputs)).toThrow(
        "functionSpaceBound: no knot may lie on an input, where the loss is not differentiable and the theorem says " +
          `nothing, got the knot ${knot}`,
      );
      expect(() => weightedTotalVariation(at(knot), inputs)).toThrow(
        "weightedTotalVariation: no knot may lie on an input",
      );
    }
    expect(functionSpaceBound(at(0.5 + 1e-12), inputs)).toBeGreaterThan(1);
    expect(functionSpaceBound({ ...at(0.5), slopeChanges: [0] }, inputs)).toBe(1);
  });

  it("refuse what is no piecewise linear function", () => {
    expect(() => functionSpaceBound({ ...f, knots: [0, 0, 1] }, inputs)).toThrow(
      "functionSpaceBound: the knots must be distinct, got [0, 0, 1]",
    );
    expect(() => functionSpaceBound({ ...f, slopeChanges: [1] }, inputs)).toThrow(
      "functionSpaceBound: there must be as many slope changes as knots, got 1 and 3",
    );
    expect(() => weightedTotalVariation({ ...f, slope: NaN }, inputs)).toThrow(
      "weightedTotalVariation: the slope must be finite, got NaN",
    );
  });
});

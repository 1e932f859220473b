import { randomStream } from "flat-minima/core";
import { piecewiseLinearOf } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

describe("piecewiseLinearOf", () => {
  it("gives the function that the network computes, anywhere on the line", () => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = randomStream(seed, "networks");
      const width = 1 + (seed % 5);
      const theta = stream.normals(3 * width + 1);
      if (seed % 3 === 0) theta[0] = 0;
      const f = piecewiseLinearOf(theta);
      for (const x of stream.normals(10)) {
        let network = theta[3 * width];
        let size = Math.abs(network);
        for (let j = 0; j < width; j++) {
          const term = theta[2 * width + j] * Math.max(0, theta[j] * x + theta[width + j]);
          network += term;
          size += Math.abs(theta[2 * width + j]) * (Math.abs(theta[j] * x) + Math.abs(theta[width + j]));
        }
        let value = f.offset + f.slope * x;
        for (let i = 0; i < f.knots.length; i++) value += f.slopeChanges[i] * Math.max(0, x - f.knots[i]);
        // Either is a sum of at most 2·width + 2 products, the terms of both bounded by `size`.
        expect(Math.abs(value - network)).toBeLessThanOrEqual(20 * (width + 1) * size * Number.EPSILON);
      }
    }
  });

  it("puts neurons at one place together, orders knots, and leaves out those where nothing changes", () => {
    // relu(x) + 3 relu(−2x) at 0; relu(x − 1) and −relu(1 − x) at 1, which make a straight line; a neuron at −4
    const theta = Float64Array.of(1, -2, 1, -1, 0.5, 0, 0, -1, 1, 2, 1, 3, 1, -1, 4, 0);
    expect(piecewiseLinearOf(theta)).toEqual({
      knots: Float64Array.of(-4, 0),
      slopeChanges: Float64Array.of(2, 7),
      slope: -6 + 1,
      offset: -1,
    });
  });

  it("refuses other lengths, and a knot or a slope that overflows", () => {
    expect(() => piecewiseLinearOf(new Float64Array(6))).toThrow(
      "piecewiseLinearOf: the parameters must be 3m + 1 numbers, m ≥ 1, got 6",
    );
    expect(() => piecewiseLinearOf(Float64Array.of(1))).toThrow("m ≥ 1, got 1");
    expect(() => piecewiseLinearOf(Float64Array.of(1, NaN, 1, 0))).toThrow(
      "piecewiseLinearOf: the parameters must be finite, got NaN at index 1",
    );
    expect(() => piecewiseLinearOf(Float64Array.of(1e-300, 1e300, 1, 0))).toThrow(
      "piecewiseLinearOf: the knot of neuron 0 must be finite",
    );
    expect(() => piecewiseLinearOf(Float64Array.of(1e200, 1, 1e200, 0))).toThrow(
      "piecewiseLinearOf: the slope, the offset and the slope changes must be finite",
    );
  });
});

import { DivergenceError, InvalidArgumentError } from "flat-minima/core";
import { lossSurface, type ParameterPlane } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const plane: ParameterPlane = {
  center: Float64Array.of(1, 2, 3),
  directions: [Float64Array.of(2, 0, 0), Float64Array.of(0, 1, -1)],
  range: [-1, 3],
  steps: 5,
};

describe("lossSurface", () => {
  it("has u along the columns and v along the rows", async () => {
    const { coordinates, losses } = await lossSurface(([a, b, c]) => a + 100 * b + 1e4 * c, plane);
    expect([...coordinates]).toEqual([-1, 0, 1, 2, 3]);
    expect([losses.rows, losses.cols]).toEqual([5, 5]);
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        const [x, y] = [coordinates[j], coordinates[i]];
        expect(losses.data[5 * i + j]).toBe(1 + 2 * x + 100 * (2 + y) + 1e4 * (3 - y));
      }
    }
  });

  it("passes through three solutions when the directions lead from one to the others", async () => {
    const solutions = [Float64Array.of(1, 2), Float64Array.of(-3, 5), Float64Array.of(4, 4)];
    const [u, v] = solutions.slice(1).map((one) => one.map((x, k) => x - solutions[0][k]));
    const distance = (theta: Float64Array): number =>
      Math.min(...solutions.map((one) => Math.hypot(...one.map((x, k) => x - theta[k]))));
    const range = [0, 1] as const;
    const { losses } = await lossSurface(distance, { center: solutions[0], directions: [u, v], range, steps: 2 });
    expect([...losses.data.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(losses.data[3]).toBeGreaterThan(0);
  });

  it("ends exactly at the ends of its range", async () => {
    const { coordinates } = await lossSurface(() => 0, { ...plane, range: [-0.1, 0.7], steps: 14 });
    expect([coordinates[0], coordinates[13]]).toEqual([-0.1, 0.7]);
  });

  it("names the place where the loss is not finite", async () => {
    const run = lossSurface(([a]) => 1 / (a - 3), plane);
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(run).rejects.toThrow("lossSurface: diverged at step 2, the loss is Infinity at (1, -1)");
  });

  it.each<[message: string, change: Partial<ParameterPlane>]>([
    [
      "directions[1] must have length 3, as center, got 2",
      { directions: [plane.directions[0], Float64Array.of(1, 2)] },
    ],
    [
      "directions[0] must be finite, got NaN at index 1",
      { directions: [Float64Array.of(1, NaN, 1), plane.directions[1]] },
    ],
    ["center must be finite, got Infinity at index 2", { center: Float64Array.of(0, 0, Infinity) }],
    ["the norms of the directions must be positive and finite", { directions: [new Float64Array(3), plane.center] }],
    [
      "the directions must not be parallel",
      { directions: [Float64Array.of(0.1, 0.2, 0.7), Float64Array.of(-0.3, -0.6, -2.1)] },
    ],
    ["the range must be finite and increasing, got [1, 1]", { range: [1, 1] }],
    ["the range must be finite and increasing, got [NaN, 1]", { range: [NaN, 1] }],
    ["steps must be an integer of at least 2, got 1", { steps: 1 }],
  ])("refuses: %s", async (message, change) => {
    const calls: unknown[] = [];
    const run = lossSurface((theta) => calls.push(theta), { ...plane, ...change });
    await expect(run).rejects.toThrow(InvalidArgumentError);
    await expect(run).rejects.toThrow(`lossSurface: ${message}`);
    expect(calls).toEqual([]);
  });

  it("takes directions that are nearly parallel, as two solutions of one run are", async () => {
    const directions = [Float64Array.of(1, 1, 1), Float64Array.of(1, 1, 1 + 1e-9)] as const;
    expect((await lossSurface(() => 1, { ...plane, directions })).losses.data.length).toBe(25);
  });
});

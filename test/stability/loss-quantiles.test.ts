import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { lossQuantiles } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const runs = (values: readonly number[]) => values.map((value) => Float64Array.of(value));

describe("lossQuantiles", () => {
  it("is the smallest value that at least a fraction q does not exceed", () => {
    const stream = randomStream(5, "quantiles");
    const trajectories = Array.from({ length: 37 }, () => stream.normals(4));
    const fractions = [0.01, 0.1, 1 / 37, 0.5, 0.9, 1];
    lossQuantiles(trajectories, fractions).forEach((quantile, k) =>
      quantile.forEach((value, t) => {
        const column = trajectories.map((one) => one[t]);
        const share = (bound: number) => column.filter((entry) => entry <= bound).length / 37;
        const naive = Math.min(...column.filter((entry) => share(entry) >= fractions[k]));
        expect(value).toBe(naive);
      }),
    );
  });

  it.each([0.07, 0.1, 0.29, 0.57, 0.58])("does not let the rounding of %d·100 move the rank", (q) => {
    const values = Array.from({ length: 100 }, (_, k) => k + 1);
    expect(lossQuantiles(runs(values), [q])[0][0]).toBe(Math.round(100 * q));
  });

  it("keeps ∞ above all other values", () => {
    const [low, high] = lossQuantiles(runs([Infinity, 1, 3, 2]), [0.75, 0.76]);
    expect([low[0], high[0]]).toEqual([3, Infinity]);
  });

  it.each<[readonly Float64Array[], readonly number[], string]>([
    [[], [0.5], "there must be a trajectory, got 0"],
    [[Float64Array.of(1), Float64Array.of(1, 2)], [0.5], "every trajectory must have length 1, got 2"],
    [runs([NaN]), [0.5], "the losses must be numbers above −∞, got NaN"],
    [runs([-Infinity]), [0.5], "the losses must be numbers above −∞, got -Infinity"],
    [runs([1]), [0], "a fraction must lie in (0, 1], got 0"],
    [runs([1]), [1.1], "a fraction must lie in (0, 1], got 1.1"],
    [runs([1]), [NaN], "a fraction must lie in (0, 1], got NaN"],
  ])("refuses %j with %j", (losses, fractions, message) => {
    const refused = () => lossQuantiles(losses, fractions);
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(`lossQuantiles: ${message}`);
  });
});

import { describe, expect, it } from "vitest";
import { DivergenceError, matrix, randomStream } from "flat-minima/core";
import { enumerateBatches } from "flat-minima/optimizers";
import {
  linearizedMoments,
  meanSquareThreshold,
  type SwitchingMode,
  switchingSystem,
  type SwitchingSystemOptions,
} from "flat-minima/stability";
import { mean, randomHessians, SAMPLINGS, toRows } from "./oracles";

const EPS = Number.EPSILON;

/** Three modes in the plane, the sectors of the angle, with three samples each. */
function sectors(seed: number): SwitchingMode[] {
  const stream = randomStream(seed, "sectors");
  const sector = ([x, y]: Float64Array): number => (y >= 0 ? 0 : x >= 0 ? 1 : 2);
  return [0, 1, 2].map((index) => ({
    contains: (offset) => sector(offset) === index,
    hessians: randomHessians(stream, 3, 2),
    gradients: [0, 1, 2].map(() => Float64Array.of(stream.normal(), stream.normal())),
  }));
}

/** E‖u_t‖ by walking every path by itself, deepest first, with the batch's gradient written out. */
function byRecursion(
  { modes, learningRate, ...rule }: SwitchingSystemOptions,
  start: readonly number[],
  steps: number,
): number[] {
  const sampleCount = modes[0].hessians.length;
  const batches = enumerateBatches({ sampleCount, ...rule });
  const sums = new Array<number>(steps + 1).fill(0);
  const walk = (u: readonly number[], t: number): void => {
    sums[t] += Math.sqrt(u.reduce((sum, value) => sum + value * value, 0)) / batches.length ** t;
    if (t === steps) return;
    const mode = modes.find(({ contains }) => contains(Float64Array.from(u)));
    if (!mode) throw new Error("no mode");
    for (const batch of batches) {
      const next = u.map((value, k) => {
        const slope = mean(batch, (i) => {
          const row = toRows(mode.hessians[i])[k];
          return (mode.gradients?.[i][k] ?? 0) + row.reduce((sum, h, l) => sum + h * u[l], 0);
        });
        return value - learningRate * slope;
      });
      walk(next, t + 1);
    }
  };
  walk(start, 0);
  return sums;
}

describe("switchingSystem", () => {
  it("follows every path through the modes", () => {
    for (let seed = 0; seed < 3; seed++) {
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2, 3]) {
          const options = { modes: sectors(seed), learningRate: 0.3, batchSize, sampling };
          const steps = batchSize === 3 ? 2 : 4;
          const actual = switchingSystem(options).meanDistances(Float64Array.of(0.7, 0.4), steps);
          const expected = byRecursion(options, [0.7, 0.4], steps);
          expect(actual.length).toBe(steps + 1);
          expected.forEach((distance, t) => {
            // The sum of at most 9⁴ numbers, and some 30 roundings a step.
            const tolerance = (9 ** t + 60 * (t + 1)) * EPS * Math.max(...expected);
            expect(Math.abs(actual[t] - distance)).toBeLessThanOrEqual(tolerance);
          });
        }
      }
    }
  });

  it("is linearised SGD when there is one mode", () => {
    const stream = randomStream(5, "one mode");
    const hessians = randomHessians(stream, 3, 1);
    const gradients = [1, 1, -2].map((g) => Float64Array.of(g));
    const run = { learningRate: 0.2, batchSize: 2, sampling: "without replacement" } as const;
    const everywhere = { contains: () => true, hessians, gradients };
    // In one dimension, far from 0, no path changes its sign: E|u| = |E u|.
    const distances = switchingSystem({ modes: [everywhere], ...run }).meanDistances(Float64Array.of(1e6), 3);
    const { means } = linearizedMoments({ hessians, gradients, start: Float64Array.of(1e6), steps: 3, ...run });
    means.forEach(([expected], t) => {
      // 27 paths of three steps.
      expect(Math.abs(distances[t] - expected)).toBeLessThanOrEqual(60 * EPS * 1e6);
    });
  });

  it("makes ReLU's kink stable or not, by the mode that the start is in", () => {
    // Curvatures 3 on the right, 1 on the left: |1 - 3η| = 1.7 and |1 - η| = 0.1 at η = 0.9.
    const modes = [
      { contains: ([u]: Float64Array) => u >= 0, hessians: [matrix([[3]])] },
      { contains: ([u]: Float64Array) => u < 0, hessians: [matrix([[1]])] },
    ];
    const descent = switchingSystem({ modes, learningRate: 0.9, batchSize: 1, sampling: "without replacement" });
    const distances = descent.meanDistances(Float64Array.of(1), 5);
    // 1 → -1.7 → -0.17 → -0.017 …: from the left it never returns to the right.
    [1, 1.7, 0.17, 0.017, 0.0017, 0.00017].forEach((expected, t) => {
      expect(Math.abs(distances[t] - expected)).toBeLessThanOrEqual(20 * EPS);
    });
    expect(descent.modeOf(Float64Array.of(0))).toBe(0);
    expect(descent.modeOf(Float64Array.of(-1e-300))).toBe(1);
    expect(descent.dimension).toBe(1);
    expect(descent.sampleCount).toBe(1);
  });

  it("takes the first of the modes that contain a point", () => {
    const [first, second] = [1, 2].map((h) => ({ contains: () => true, hessians: [matrix([[h]])] }));
    const stepOf = (modes: SwitchingMode[]): Float64Array =>
      switchingSystem({ modes, learningRate: 0.5, batchSize: 1, sampling: "with replacement" }).step(
        Float64Array.of(1),
        [0],
      );
    expect(stepOf([first, second])[0]).toBe(0.5);
    expect(stepOf([second, first])[0]).toBe(0);
  });

  it("can be stable in mean distance where the mean square grows", () => {
    // Curvatures 1, 2, 3 at η = 0.9: multipliers 0.1, -0.8, -1.7, whose moduli have the mean 0.8667, the squares 1.18.
    const curvatures = [1, 2, 3];
    const rule = { batchSize: 1, sampling: "with replacement" } as const;
    const { meanDistances } = switchingSystem({
      modes: [{ contains: () => true, hessians: curvatures.map((a) => matrix([[a]])) }],
      learningRate: 0.9,
      ...rule,
    });
    const distances = meanDistances(Float64Array.of(1), 10);
    // 3^10 terms in each sum.
    distances.forEach((distance, t) => {
      expect(Math.abs(distance - (2.6 / 3) ** t)).toBeLessThanOrEqual(3 ** 10 * EPS);
    });
    expect(meanSquareThreshold({ curvatures, ...rule })).toBeLessThan(0.9);
  });

  it("names the step at which it leaves the numbers", () => {
    const modes = [{ contains: () => true, hessians: [matrix([[3]])] }];
    const { meanDistances } = switchingSystem({
      modes,
      learningRate: 1e150,
      batchSize: 1,
      sampling: "with replacement",
    });
    // 3e150, then 9e300, whose square is infinite.
    expect(() => meanDistances(Float64Array.of(1), 5)).toThrow("switchingSystem: diverged at step 2");
    expect(() => meanDistances(Float64Array.of(1), 5)).toThrow(DivergenceError);
  });

  it("refuses what does not fit", () => {
    const modes = sectors(0);
    const rule = { batchSize: 1, sampling: "without replacement" } as const;
    const changed = (change: object) => () => switchingSystem({ modes, learningRate: 0.1, ...rule, ...change });
    expect(changed({ modes: [] })).toThrow("switchingSystem: there must be at least one mode, got 0");
    expect(changed({ learningRate: 0 })).toThrow("switchingSystem: learningRate must be positive and finite, got 0");
    expect(changed({ batchSize: 4 })).toThrow("batchSize must be at most sampleCount = 3 without replacement, got 4");
    expect(changed({ batchSize: 0 })).toThrow("batchSize must be a positive integer, got 0");
    expect(changed({ modes: [modes[0], { ...modes[1], hessians: modes[1].hessians.slice(1), gradients: undefined }] }))
      .toThrow("every mode must have 3 Hessians of size 2×2, got 2 of size 2×2"); // prettier-ignore
    expect(changed({ modes: [{ ...modes[0], gradients: [] }] })).toThrow("a mode must have 3 gradients, got 0");
    expect(changed({ modes: [{ ...modes[0], gradients: modes[0].hessians.map(() => Float64Array.of(NaN, 0)) }] }))
      .toThrow("every gradient must be finite"); // prettier-ignore

    const right = [{ contains: ([x]: Float64Array) => x > 0, hessians: modes[0].hessians }];
    const system = switchingSystem({ modes: right, learningRate: 0.1, ...rule });
    expect(() => system.modeOf(Float64Array.of(-1, 2))).toThrow(
      "switchingSystem: some mode must contain the offset, got [-1, 2]",
    );
    expect(() => system.step(Float64Array.of(1, 0), [3])).toThrow("a sample index must be an integer from 0 to 2");
    expect(() => system.meanDistances(Float64Array.of(1), 2)).toThrow("the offset must have length 2, got 1");
    expect(() => system.meanDistances(Float64Array.of(1, 0), -1)).toThrow("steps must be an integer of at least 0");
    expect(() => system.meanDistances(Float64Array.of(1, 0), 13)).toThrow(
      "the number of paths must be at most 1000000, got 1594323 (3 batches, 13 steps)",
    );
  });
});

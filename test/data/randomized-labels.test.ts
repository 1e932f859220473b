import { randomStream } from "flat-minima/core";
import { randomizedLabels } from "flat-minima/data";
import { describe, expect, it } from "vitest";

const n = 20_000;
const classCount = 10;
const labels = Uint8Array.from({ length: n }, (_, i) => i % classCount);

describe("randomizedLabels", () => {
  it("replaces none at q = 0, in a copy", () => {
    const same = randomizedLabels(labels, { classCount, fraction: 0, stream: randomStream(1) });
    expect(same).toEqual(labels);
    expect(same).not.toBe(labels);
  });

  it.each([0.2, 1])("moves q/c of the labels to each class, from each class, at q = %d", (fraction) => {
    const noisy = randomizedLabels(labels, { classCount, fraction, stream: randomStream(2, "labels") });
    const counts = Array.from({ length: classCount }, () => new Float64Array(classCount));
    labels.forEach((label, i) => counts[label][noisy[i]]++);
    counts.forEach((row, label) =>
      row.forEach((count, to) => {
        // A binomial count of n/c labels; 5 standard deviations, two-sided 6e-7 for each of the 100 cells.
        const chance = fraction / classCount + (label === to ? 1 - fraction : 0);
        const deviation = Math.sqrt((n / classCount) * chance * (1 - chance));
        expect(Math.abs(count - (n / classCount) * chance)).toBeLessThanOrEqual(5 * deviation);
      }),
    );
  });

  it("does not depend on which labels there are: the same places get the same classes", () => {
    const options = { classCount, fraction: 0.5 };
    const one = randomizedLabels(new Uint8Array(n).fill(3), { ...options, stream: randomStream(3) });
    const other = randomizedLabels(new Uint8Array(n).fill(4), { ...options, stream: randomStream(3) });
    const wrong = one.filter((label, i) => label !== other[i] && !(label === 3 && other[i] === 4));
    expect(wrong).toHaveLength(0);
  });

  it.each<[ArrayLike<number>, number, number, string]>([
    [[], 2, 0.5, "randomizedLabels: there must be a label, got none"],
    [[0, 2], 2, 0.5, "randomizedLabels: label 1 must be an integer from 0 to 1, got 2"],
    [[0.5], 2, 0.5, "randomizedLabels: label 0 must be an integer from 0 to 1, got 0.5"],
    [[0], 257, 0.5, "randomizedLabels: classCount must be at most 256, got 257"],
    [[0], 2, NaN, "randomizedLabels: fraction must be from 0 to 1, got NaN"],
    [[0], 2, 1.01, "randomizedLabels: fraction must be from 0 to 1, got 1.01"],
  ])("refuses %j, %d classes, q = %d", (bad, count, fraction, message) => {
    expect(() => randomizedLabels(bad, { classCount: count, fraction, stream: randomStream(1) })).toThrow(message);
  });
});

import { effectiveRanks, splitIndex } from "flat-minima/benign";
import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

const spectrumOf = (seed: number, p: number): Float64Array =>
  randomStream(seed, "spectrum")
    .normals(p)
    .map((value) => value ** 2 + 1e-3)
    .sort()
    .reverse();

/** The definitions, sum by sum from the large end. */
function asDefined(spectrum: ArrayLike<number>, k: number): { r: number; R: number } {
  const tail = Array.from(spectrum).slice(k);
  const sum = tail.reduce((total, value) => total + value, 0);
  return { r: sum / tail[0], R: sum ** 2 / tail.reduce((total, value) => total + value ** 2, 0) };
}

describe("the effective ranks", () => {
  it("are what the definitions say", () => {
    for (const p of [1, 2, 7, 200]) {
      const spectrum = spectrumOf(p, p);
      const { r, R } = effectiveRanks(spectrum);
      for (let k = 0; k < p; k++) {
        const naive = asDefined(spectrum, k);
        // All terms are positive: p roundings a sum, three in each ratio of the recursion, twice in the square.
        expect(Math.abs(r[k] - naive.r)).toBeLessThanOrEqual(5 * p * EPS * naive.r);
        expect(Math.abs(R[k] - naive.R)).toBeLessThanOrEqual(20 * p * EPS * naive.R);
      }
    }
  });

  it("count the eigenvalues of a flat tail, and order as 1 ≤ r ≤ R ≤ min(p − k, r²)", () => {
    const flat = effectiveRanks([9, 9, 4, 0.5, 0.5, 0.5]);
    expect(Array.from(flat.r.subarray(3))).toEqual([3, 2, 1]);
    expect(Array.from(flat.R.subarray(3))).toEqual([3, 2, 1]);
    const { r, R } = effectiveRanks(spectrumOf(5, 50));
    for (let k = 0; k < 50; k++) {
      const slack = 1 + 1000 * EPS;
      expect(r[k]).toBeGreaterThanOrEqual(1);
      expect(r[k]).toBeLessThanOrEqual(R[k] * slack);
      expect(R[k]).toBeLessThanOrEqual(Math.min(50 - k, r[k] ** 2) * slack);
    }
  });

  it("do not depend on the unit, where squares would under- or overflow, either", () => {
    const expected = effectiveRanks([8, 4, 1, 1]);
    for (const unit of [2 ** -600, 2 ** 600]) {
      expect(effectiveRanks([8 * unit, 4 * unit, unit, unit])).toEqual(expected);
    }
  });
});

describe("the index at which a spectrum splits", () => {
  it("is the first with r_k ≥ b n", () => {
    for (const constant of [0.5, 1, 2]) {
      for (const sampleCount of [1, 3, 10, 30]) {
        const spectrum = spectrumOf(sampleCount, 60);
        const naive = Array.from(spectrum, (_, k) => asDefined(spectrum, k).r).findIndex(
          (r) => r >= constant * sampleCount,
        );
        expect(splitIndex(spectrum, sampleCount, { constant })).toBe(naive === -1 ? undefined : naive);
      }
    }
  });

  it("counts the spikes before a flat tail of at least n, r_k = n included", () => {
    const spiked = (tail: number): number[] => [50, 50, 50, ...new Array<number>(tail).fill(1)];
    expect(splitIndex(spiked(20), 20)).toBe(3);
    expect(splitIndex(spiked(19), 20)).toBeUndefined();
    expect(splitIndex(spiked(40), 20, { constant: 2 })).toBe(3);
    expect(splitIndex(spiked(39), 20, { constant: 2 })).toBeUndefined();
    expect(splitIndex(new Float64Array(20).fill(1), 20)).toBe(0);
  });
});

it("what is no spectrum is refused", () => {
  const words = (name: string): string => `${name}: the eigenvalues must be positive and finite, and descend, got `;
  expect(() => effectiveRanks([])).toThrow("effectiveRanks: there must be an eigenvalue, got []");
  expect(() => effectiveRanks([1, 2])).toThrow(`${words("effectiveRanks")}2 at index 1`);
  expect(() => effectiveRanks([1, 0])).toThrow(`${words("effectiveRanks")}0 at index 1`);
  expect(() => splitIndex([NaN], 1)).toThrow(`${words("splitIndex")}NaN at index 0`);
  expect(() => splitIndex([1], 0)).toThrow("splitIndex: sampleCount must be a positive integer, got 0");
  expect(() => splitIndex([1], 1, { constant: 0 })).toThrow(
    "splitIndex: the constant must be positive and finite, got 0",
  );
});

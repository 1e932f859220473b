import { InvalidArgumentError, type RandomStream, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";

function draws(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

describe("randomStream: the same numbers on every machine", () => {
  // CPython's random.Random is a Mersenne twister seeded by the same algorithm with the same 53-bit fractions. With
  // w = [1, 5, 0, 0x10000, ord("a")] it is random.Random(sum(x << 32*i for i, x in enumerate(w))).random().
  it("gives CPython's uniforms", () => {
    const stream = randomStream(1, "a");
    expect(draws(3, () => stream.uniform())).toEqual([0.9491052396412647, 0.7135416574484645, 0.5892799745185336]);
  });

  it("gives CPython's uniforms for a large seed and two words, one not ASCII", () => {
    const stream = randomStream(2 ** 32 - 1, "noise", "λ");
    expect(draws(3, () => stream.uniform())).toEqual([0.9855342116220601, 0.009706626628526283, 0.7923705096045996]);
  });

  // What follows was printed by this code once (Node 20, x86-64) and is pinned: a change of one bit, by another machine
  // or another version of a dependency, would change stored results.
  it("keeps its normals, integers and numbers in purposes", () => {
    const normals = randomStream(1, "a");
    expect(draws(4, () => normals.normal())).toEqual([
      -1.1092492411618966, 1.501473038802714, 1.1268053315206816, 1.9945368843949607,
    ]);
    const integers = randomStream(1, "a");
    expect(draws(8, () => integers.integer(10))).toEqual([9, 8, 7, 0, 5, 3, 1, 5]);
    expect(randomStream(1, "a", 0.5).uniform()).toBe(0.9500473021968793);
  });
});

describe("randomStream: one stream a purpose", () => {
  it("gives different streams to different seeds and purposes", () => {
    const streams = [
      randomStream(0),
      randomStream(1),
      randomStream(1, ""),
      randomStream(1, "", ""),
      randomStream(1, "a"),
      randomStream(1, "b"),
      randomStream(1, "ab"),
      randomStream(1, "a", "b"),
      randomStream(1, "b", "a"),
      randomStream(1, 1),
      randomStream(1, "1"),
      randomStream(1, 1, 1),
      randomStream(1, 2),
      randomStream(1, -1),
      randomStream(1, 0.5),
      randomStream(1, "aa"),
      randomStream(1, "aaa"),
      randomStream(1, Infinity),
    ];
    for (const draw of [(s: RandomStream) => s.uniform(), (s: RandomStream) => s.normal()]) {
      expect(new Set(streams.map(draw)).size).toBe(streams.length);
    }
  });

  it("takes 0 and -0 for the same number", () => {
    expect(randomStream(1, -0).uniform()).toBe(randomStream(1, 0).uniform());
  });

  it("splits by purpose, whatever was drawn before, and draws nothing by it", () => {
    const parent = randomStream(1, "a");
    const undisturbed = randomStream(1, "a");
    parent.uniform();
    undisturbed.uniform();
    const expected = draws(
      3,
      (
        (s) => () =>
          s.normal()
      )(randomStream(1, "a", "b", 2)),
    );
    const child = parent.split("b", 2);
    expect(draws(3, () => child.normal())).toEqual(expected);
    expect(parent.uniform()).toBe(undisturbed.uniform());
  });

  it("keeps normals and uniforms apart: the one does not move the other", () => {
    const mixed = randomStream(1);
    const pure = randomStream(1);
    const uniforms = draws(5, () => (mixed.normal(), mixed.uniform()));
    expect(uniforms).toEqual(draws(5, () => pure.uniform()));
  });

  it("gives uncorrelated normals to neighbouring seeds and purposes", () => {
    // The correlation of n independent pairs has standard error 1/√n; 5 of them are exceeded once in 1.7 million.
    const n = 10_000;
    const others = [randomStream(2, "a"), randomStream(1, "b"), randomStream(1, "a", 0), randomStream(1)];
    for (const other of others) {
      const stream = randomStream(1, "a");
      let sum = 0;
      for (let i = 0; i < n; i++) sum += stream.normal() * other.normal();
      expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    }
  });
});

describe("distributions", () => {
  it("integer(7) is uniform by the chi-square test", () => {
    const n = 70_000;
    const counts = new Float64Array(7);
    const stream = randomStream(1, "chi-square");
    for (let i = 0; i < n; i++) counts[stream.integer(7)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - n / 7) ** 2 / (n / 7), 0);
    expect(counts.reduce((a, b) => a + b)).toBe(n);
    // Quantiles of χ² with 6 degrees of freedom: above 27.86 once in 10,000, below 0.21 once in 5,000 (too even).
    expect(chiSquare).toBeLessThan(27.86);
    expect(chiSquare).toBeGreaterThan(0.21);
  });

  it("integer does not favour small values when the bound does not divide 2³²", () => {
    // By a remainder modulo 3·2³⁰, the values below 2³⁰ would come half of the time, not a third of it.
    const n = 10_000;
    const stream = randomStream(1, "bias");
    const small = draws(n, () => stream.integer(3 * 2 ** 30)).filter((value) => value < 2 ** 30).length;
    const standardError = Math.sqrt((1 / 3) * (2 / 3) * n);
    expect(Math.abs(small - n / 3)).toBeLessThan(5 * standardError);
    expect(5 * standardError).toBeLessThan(n / 2 - n / 3);
  });

  it("integer reaches both ends, and nothing else", () => {
    const stream = randomStream(1, "ends");
    expect(new Set(draws(200, () => stream.integer(3)))).toEqual(new Set([0, 1, 2]));
    expect(draws(10, () => stream.integer(1))).toEqual(new Array(10).fill(0));
    const top = Math.max(...draws(100, () => stream.integer(2 ** 32)));
    expect(top).toBeGreaterThan(0.9 * 2 ** 32); // 0.9¹⁰⁰ = 3e-5 for this to fail by chance
    expect(top).toBeLessThan(2 ** 32);
  });

  it("uniform has the moments of [0, 1)", () => {
    const n = 100_000;
    const stream = randomStream(1, "uniform");
    const u = draws(n, () => stream.uniform());
    expect(Math.min(...u.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
    // E u = 1/2 with variance 1/12; E (u − 1/2)² = 1/12 with variance 1/80 − 1/144 = 1/180.
    const mean = u.reduce((sum, x) => sum + x, 0) / n;
    const spread = u.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / n;
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(spread - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
  });

  it("normal has the moments and the tails of N(0, 1)", () => {
    const n = 200_000;
    const stream = randomStream(1, "normal");
    const x = draws(n, () => stream.normal());
    const moment = (p: number): number => x.reduce((sum, value) => sum + value ** p, 0) / n;
    // E xᵖ = 0, 1, 0, 3 for p = 1, 2, 3, 4, with variances E x²ᵖ − (E xᵖ)² = 1, 2, 15, 96.
    const expected = [0, 1, 0, 3];
    const variances = [1, 2, 15, 96];
    expected.forEach((value, k) => {
      expect(Math.abs(moment(k + 1) - value), `moment ${k + 1}`).toBeLessThan(5 * Math.sqrt(variances[k] / n));
    });
    // P(|x| > 1) = erfc(1/√2); the ziggurat draws what lies beyond 3.4426… by other means, so the tail counts too.
    for (const [bound, probability] of [
      [1, 0.31731050786291415],
      [3.442619855899, 0.0005761085123916405],
    ]) {
      const frequency = x.filter((value) => Math.abs(value) > bound).length / n;
      const standardError = Math.sqrt((probability * (1 - probability)) / n);
      expect(Math.abs(frequency - probability), `beyond ${bound}`).toBeLessThan(5 * standardError);
    }
  });
});

describe("bad input", () => {
  it.each([-1, 0.5, 2 ** 32, NaN, Infinity])("refuses the seed %d", (seed) => {
    const call = (): RandomStream => randomStream(seed);
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(`randomStream: the seed must be an integer from 0 to 4294967295, got ${seed}`);
  });

  it("refuses NaN in a purpose, also of a split", () => {
    const message = "randomStream: a number in a purpose must not be NaN, got NaN";
    expect(() => randomStream(1, NaN)).toThrow(message);
    expect(() => randomStream(1).split(NaN)).toThrow(message);
  });

  it.each([0, -1, 1.5, NaN, 2 ** 32 + 1])("refuses the bound %d", (below) => {
    expect(() => randomStream(1).integer(below)).toThrow(
      `RandomStream.integer: the bound must be an integer from 1 to 4294967296, got ${below}`,
    );
  });
});

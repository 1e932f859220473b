import { createRequire } from "node:module";
import { InvalidArgumentError, type RandomStream, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { partialShuffle } from "../../lib/core/random";

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

describe("vectors, signs and choices", () => {
  // Printed by this code once, as the numbers above.
  it("keeps its numbers", () => {
    const stream = randomStream(1, "a");
    expect(draws(8, () => stream.rademacher())).toEqual([1, 1, 1, -1, 1, -1, -1, 1]);
    expect(stream.choice(100, 4)).toEqual([16, 93, 78, 21]);
    expect(stream.permutation(6)).toEqual([0, 5, 4, 2, 3, 1]);
    expect(stream.sphere(2)).toEqual(Float64Array.of(-0.5942056456323926, 0.8043131546223719));
  });

  it("draws from the sequences that are there: normals as normal does, all others as integer does", () => {
    const [stream, twin] = [randomStream(2), randomStream(2)];
    expect(stream.normals(5)).toEqual(Float64Array.from({ length: 5 }, () => twin.normal()));
    const x = draws(7, () => twin.normal());
    const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    expect(stream.sphere(7)).toEqual(Float64Array.from(x, (value) => value / length));
    expect(draws(20, () => stream.rademacher())).toEqual(draws(20, () => [-1, 1][twin.integer(2)]));
    // Fisher and Yates' shuffle with the whole deck on the table.
    for (const [n, k] of [
      [50, 7],
      [9, 9],
      [1, 1],
      [5, 0],
    ] as const) {
      // prettier-ignore
      const deck = Array.from({ length: n }, (_, i) => i);
      for (let position = 0; position < k; position++) {
        const other = position + twin.integer(n - position);
        [deck[position], deck[other]] = [deck[other], deck[position]];
      }
      expect(stream.choice(n, k)).toEqual(deck.slice(0, k));
    }
    expect(stream.permutation(9)).toEqual(twin.choice(9, 9));
    expect(stream.uniform()).toBe(twin.uniform());
    expect(stream.normal()).toBe(twin.normal());
  });

  it("makes every ordered choice from exactly one sequence of integers", () => {
    // As many sequences below n, n − 1, … as ordered choices, so a one-to-one map from one to the other is uniformity.
    const seen = new Set<string>();
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 4; b++) {
        for (let c = 0; c < 3; c++) {
          const bounds: number[] = [];
          const choice = partialShuffle((below) => (bounds.push(below), [a, b, c][bounds.length - 1]), 5, 3);
          expect(bounds).toEqual([5, 4, 3]);
          expect(new Set(choice).size).toBe(3);
          expect(choice.every((i) => i >= 0 && i < 5)).toBe(true);
          seen.add(String(choice));
        }
      }
    }
    expect(seen.size).toBe(60);
  });

  it("rademacher is fair and sphere is uniform: mean 0 and covariance I/d, on the sphere", () => {
    const n = 20_000;
    const d = 3;
    const stream = randomStream(1, "fair");
    const signs = draws(n, () => stream.rademacher());
    expect(signs.every((sign) => sign === 1 || sign === -1)).toBe(true);
    expect(Math.abs(signs.reduce((a, b) => a + b))).toBeLessThan(5 * Math.sqrt(n));
    const points = Array.from({ length: n }, () => stream.sphere(d));
    for (const point of points.slice(0, 100)) {
      const square = point.reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs(square - 1)).toBeLessThanOrEqual(4 * d * Number.EPSILON);
    }
    for (let i = 0; i < d; i++) {
      // E xᵢ² = 1/d, E xᵢ⁴ = 3/(d(d + 2)), E xᵢ²xⱼ² = 1/(d(d + 2)).
      const moment = (f: (x: Float64Array) => number): number => points.reduce((sum, x) => sum + f(x), 0) / n;
      expect(Math.abs(moment((x) => x[i]))).toBeLessThan(5 * Math.sqrt(1 / d / n));
      expect(Math.abs(moment((x) => x[i] ** 2) - 1 / d)).toBeLessThan(
        5 * Math.sqrt((3 / (d * (d + 2)) - 1 / d ** 2) / n),
      );
      for (let j = 0; j < i; j++) {
        expect(Math.abs(moment((x) => x[i] * x[j]))).toBeLessThan(5 * Math.sqrt(1 / (d * (d + 2)) / n));
      }
    }
    expect(new Set(draws(100, () => stream.sphere(1)[0]))).toEqual(new Set([1, -1]));
  });
});

describe("the same bits whatever the host's Math", () => {
  it("no draw asks it for a transcendental function, not even for the tables of the ziggurat", () => {
    const require = createRequire(import.meta.url);
    const forget = () => {
      for (const file of Object.keys(require.cache)) if (file.includes("@stdlib")) delete require.cache[file];
    };
    const names = [
      "exp",
      "expm1",
      "log",
      "log1p",
      "log2",
      "log10",
      "pow",
      "sin",
      "cos",
      "tan",
      "tanh",
      "hypot",
      "cbrt",
    ];
    const math = Math as unknown as Record<string, unknown>;
    const kept = Object.fromEntries(names.map((name) => [name, math[name]]));
    forget(); // so that its modules are run again, without those functions
    try {
      for (const name of names) {
        math[name] = () => {
          throw new Error(`Math.${name} was called`);
        };
      }
      const load = (name: string) => require(name) as { factory(options: { seed: number }): () => number };
      const normal = load("@stdlib/random-base-improved-ziggurat").factory({ seed: 1 });
      const word = load("@stdlib/random-base-mt19937").factory({ seed: 1 });
      let furthest = 0;
      for (let k = 0; k < 100_000; k++) furthest = Math.max(furthest, Math.abs(normal()), word() - Infinity);
      expect(furthest).toBeGreaterThan(3.6); // so the tail, beyond 3.44, was drawn from too
      const stream = randomStream(1);
      stream.sphere(3);
      stream.permutation(9);
      stream.rademacher();
      expect(() => Math.exp(1)).toThrow("Math.exp was called");
    } finally {
      Object.assign(Math, kept);
      forget();
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

  it("refuses sizes that are none", () => {
    const stream = randomStream(1);
    for (const size of [0, 1.5, NaN]) {
      const requirement = `must be an integer from 1 to 4294967296, got ${size}`;
      expect(() => stream.normals(size)).toThrow(`RandomStream.normals: length ${requirement}`);
      expect(() => stream.sphere(size)).toThrow(`RandomStream.sphere: dimension ${requirement}`);
      expect(() => stream.permutation(size)).toThrow(`RandomStream.permutation: n ${requirement}`);
      expect(() => stream.choice(size, 1)).toThrow(`RandomStream.choice: n ${requirement}`);
    }
    for (const k of [-1, 4, 0.5, NaN]) {
      expect(() => stream.choice(3, k)).toThrow(`RandomStream.choice: k must be an integer from 0 to n = 3, got ${k}`);
    }
  });
});

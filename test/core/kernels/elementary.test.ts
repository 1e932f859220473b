import { randomStream } from "flat-minima/core";
import { all, type BigNumber, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { exp, logOnePlus, sigmoid, smoothLeakyRelu, softplus, tanh } from "../../../lib/core/kernels/elementary";

const math = create(all, { precision: 50 });
const two = math.bignumber(2);

/** x to its last bit, which `math.bignumber(x)` alone is not: that reads x's shortest decimals. */
function exact(x: number): BigNumber {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0];
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const digits = (bits & 0xfffffffffffffn) | (exponent > 0 ? 1n << 52n : 0n);
  const absolute = math.bignumber(digits.toString()).times(two.pow(Math.max(exponent, 1) - 1075));
  return x < 0 ? absolute.neg() : absolute;
}

/** The distance from |x| to the next double above. */
function ulp(x: number): number {
  const bits = new BigUint64Array(new Float64Array([Math.abs(x)]).buffer);
  bits[0]++;
  return new Float64Array(bits.buffer)[0] - Math.abs(x);
}

const log = (x: BigNumber): BigNumber => x.ln();
const truths: Record<string, (x: BigNumber) => BigNumber> = {
  exp: (x) => x.exp(),
  tanh: (x) => x.times(2).exp().minus(1).div(x.times(2).exp().plus(1)),
  logOnePlus: (x) => log(x.plus(1)),
  softplus: (x) => log(x.exp().plus(1)),
  sigmoid: (x) => x.exp().div(x.exp().plus(1)),
  smoothLeakyRelu: (x) => x.plus(log(x.exp().plus(1).div(2))).div(2),
};

// What the doc comments promise, in ulp. The largest errors seen among 20,000 points of each range: exp 1.25, tanh 2.4
// (0.6 for |x| < 0.17), logOnePlus 0.75, softplus 1.6, sigmoid 2.3, smoothLeakyRelu 1.1.
const cases: [(x: number) => number, number, [number, number][]][] = [
  [
    exp,
    2,
    [
      [-1, 1],
      [-700, 709],
      [-745, -700],
      [-1e-9, 1e-9],
    ],
  ],
  [
    tanh,
    3,
    [
      [0.17, 1],
      [-3, 3],
      [-22, 22],
    ],
  ],
  [
    tanh,
    1,
    [
      [-0.17, 0.17],
      [-1e-9, 1e-9],
    ],
  ],
  [
    logOnePlus,
    1,
    [
      [0, 1],
      [0, 50],
      [0, 0.01],
      [0, 1e-9],
      [0, 1e9],
      [1e300, 1e308],
    ],
  ],
  [
    softplus,
    2,
    [
      [-5, 5],
      [-40, 40],
      [-70, -40],
    ],
  ],
  [
    sigmoid,
    3,
    [
      [-5, 5],
      [-40, 40],
      [-740, -40],
    ],
  ],
  [
    smoothLeakyRelu,
    2,
    [
      [-4, 4],
      [-0.01, 0.01],
      [-1e-9, 1e-9],
      [-50, 50],
    ],
  ],
];

describe("accuracy against 50 digits", () => {
  for (const [approximation, bound, ranges] of cases) {
    it.each(ranges)(`${approximation.name} is within ${bound} ulp from %d to %d`, (from, to) => {
      const stream = randomStream(1, approximation.name, from, to);
      let worst = 0;
      for (let i = 0; i < 100; i++) {
        const x = from + (to - from) * stream.uniform();
        const truth = truths[approximation.name](exact(x));
        const error = exact(approximation(x)).minus(truth).abs().toNumber() / ulp(truth.toNumber());
        expect(error).not.toBeNaN();
        worst = Math.max(worst, error);
      }
      expect(worst).toBeLessThanOrEqual(bound);
    });
  }

  it("can tell a function that is off by a few parts in 10¹⁵", () => {
    const truth = truths.exp(exact(0.3));
    expect(
      exact(exp(0.3) * (1 + 3e-15))
        .minus(truth)
        .abs()
        .toNumber() / ulp(truth.toNumber()),
    ).toBeGreaterThan(2);
  });
});

describe("limits", () => {
  it("of exp", () => {
    expect([exp(0), exp(-0), exp(-Infinity), exp(-746), exp(-1e308)]).toEqual([1, 1, 0, 0, 0]);
    // On both sides of the logarithms of the largest double and of half the smallest.
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect([exp(709.7827128933842), exp(1e308), exp(Infinity)]).toEqual([Infinity, Infinity, Infinity]);
    expect([exp(-745.13), exp(-745.14)]).toEqual([Number.MIN_VALUE, 0]);
  });

  it("of tanh", () => {
    expect([tanh(22), tanh(1e308), tanh(Infinity), tanh(-22), tanh(-Infinity)]).toEqual([1, 1, 1, -1, -1]);
    expect(tanh(18)).toBeLessThan(1);
    for (const tiny of [0, -0, 5e-324, -5e-324, 1e-310, 1e-20, -1e-9]) expect(tanh(tiny)).toBe(tiny);
  });

  it("of logOnePlus", () => {
    for (const tiny of [0, 5e-324, 1e-310, 1e-20]) expect(logOnePlus(tiny)).toBe(tiny);
    expect(logOnePlus(Infinity)).toBe(Infinity);
    expect(logOnePlus(-1e-300)).toBeNaN();
  });

  it("of softplus, sigmoid and smoothLeakyRelu", () => {
    expect([softplus(-Infinity), softplus(-750), softplus(0), softplus(1e300), softplus(Infinity)]).toEqual([
      0,
      0,
      Math.LN2,
      1e300,
      Infinity,
    ]);
    // log(1 + t) is t for subnormal t.
    expect(softplus(-740)).toBe(exp(-740));
    expect([sigmoid(-Infinity), sigmoid(-750), sigmoid(0), sigmoid(40), sigmoid(Infinity)]).toEqual([0, 0, 0.5, 1, 1]);
    expect(sigmoid(-740)).toBe(exp(-740));
    expect([smoothLeakyRelu(-Infinity), smoothLeakyRelu(0), smoothLeakyRelu(Infinity)]).toEqual([
      -Infinity,
      0,
      Infinity,
    ]);
    // Beyond, log((1 + e^x)/2) is −log 2 or x − log 2.
    expect([smoothLeakyRelu(-800), smoothLeakyRelu(800)]).toEqual([0.5 * (-800 - Math.LN2), 0.5 * (1600 - Math.LN2)]);
  });

  it.each([exp, tanh, logOnePlus, softplus, sigmoid, smoothLeakyRelu])("$name of NaN is NaN", (approximation) => {
    expect(approximation(NaN)).toBeNaN();
  });
});

it("tanh is odd and never beyond ±1", () => {
  for (let x = 0; x < 25; x += 0.037) {
    expect(tanh(-x)).toBe(-tanh(x));
    expect(tanh(x)).toBeLessThanOrEqual(1);
  }
});

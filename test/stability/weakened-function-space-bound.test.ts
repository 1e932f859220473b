import { randomStream } from "flat-minima/core";
import {
  directionalSharpness,
  functionSpaceWeight,
  weakenedFunctionSpaceBound,
  weakenedWeight,
} from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import { balancedPair, randomNet } from "./relu-oracles";

const EPS = Number.EPSILON;

/** (1/n²) min over a fine grid of u of |V + u(x, 1)|, times S; the smaller side. */
function naiveWeight(inputs: readonly number[], x: number): number {
  const repeats = inputs.filter((input) => input === x).length;
  const sides = [inputs.filter((input) => input < x), inputs.filter((input) => input > x)].map((side) => {
    let least = Infinity;
    for (let k = 0; k <= 1000; k++) {
      const u = (repeats * k) / 1000;
      const first = side.reduce((sum, input) => sum + input, u * x);
      least = Math.min(least, Math.hypot(first, side.length + u));
    }
    return least * side.reduce((sum, input) => sum + Math.abs(input - x), 0);
  });
  return Math.min(...sides) / inputs.length ** 2;
}

describe("weakenedWeight", () => {
  const samples = Array.from({ length: 40 }, (_, seed) => {
    const stream = randomStream(seed, "weights");
    const range = seed % 2 === 0 ? 1 : 4;
    const inputs = Array.from({ length: 2 + stream.integer(6) }, () => (stream.integer(16) - 8) * (range / 8));
    return { inputs, range };
  });

  it("is the minimum over mixtures", () => {
    for (const { inputs } of samples) {
      for (const x of [...inputs, inputs[0] + 1 / 32]) {
        const expected = naiveWeight(inputs, x);
        const weight = weakenedWeight(inputs, x);
        // The grid's minimum is above the true one by at most a step of u, r/1000, times |(x, 1)| S/n².
        const slack = (inputs.length / 1000) * 5 * 8;
        expect(weight).toBeLessThanOrEqual(expected * (1 + 100 * EPS));
        expect(weight).toBeGreaterThanOrEqual(expected - slack / inputs.length);
      }
    }
  });

  it("is g off the inputs, and everywhere for inputs in [-1, 1]; elsewhere it can be smaller", () => {
    let smaller = 0;
    for (const { inputs, range } of samples) {
      for (const x of [...inputs, inputs[0] + 1 / 32]) {
        const [weakened, weight] = [weakenedWeight(inputs, x), functionSpaceWeight(inputs, x)];
        const same = Math.abs(weakened - weight) <= 100 * EPS * weight;
        if (range === 1 || !inputs.includes(x)) expect(same).toBe(true);
        else if (weakened < 0.99 * weight) smaller++;
        expect(weakened).toBeLessThanOrEqual(weight * (1 + 100 * EPS));
      }
    }
    expect(smaller).toBeGreaterThan(3);
  });

  it("refuses what is no sample", () => {
    expect(() => weakenedWeight([], 0)).toThrow("weakenedWeight: there must be an input, got none");
    expect(() => weakenedWeight([0, NaN], 0)).toThrow("weakenedWeight: the inputs must be finite");
    expect(() => weakenedWeight([0], Infinity)).toThrow("weakenedWeight: x must be finite, got Infinity");
  });
});

describe("weakenedFunctionSpaceBound", () => {
  it("bounds λ* from below, and needs the weakening and the strict sides", () => {
    let [broken, brokenWithEqual] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const stream = randomStream(seed, "bound");
      const range = seed % 2 === 0 ? 1 : 3;
      const net =
        seed < 150
          ? randomNet(stream, 1 + (seed % 3), 3 + (seed % 3), range, 2 ** -(3 + (seed % 4)))
          : balancedPair(stream, range);
      const { parameters, inputs } = net;
      const { value } = directionalSharpness(parameters, inputs);
      const rounding = 1e3 * EPS * value;
      expect(weakenedFunctionSpaceBound(parameters, inputs)).toBeLessThanOrEqual(value + rounding);
      // With all knots apart, ∫|f''|g is the sum over neurons; with some together no more than that.
      const m = (parameters.length - 1) / 3;
      const changes = new Map<number, number>();
      for (let j = 0; j < m; j++) {
        const knot = -parameters[m + j] / parameters[j];
        changes.set(knot, (changes.get(knot) ?? 0) + Math.abs(parameters[j]) * parameters[2 * m + j]);
      }
      const bound = (g: (x: number) => number): number =>
        1 + 2 * Array.from(changes).reduce((sum, [knot, change]) => sum + Math.abs(change) * g(knot), 0);
      expect(Math.abs(bound((x) => weakenedWeight(inputs, x)) - weakenedFunctionSpaceBound(parameters, inputs)))
        .toBeLessThan(rounding); // prettier-ignore
      if (bound((x) => functionSpaceWeight(inputs, x)) > value + rounding) broken++;
      const withEqual = (x: number): number => {
        const [left, right] = [inputs.filter((input) => input <= x), inputs.filter((input) => input >= x)];
        const sum = (side: number[], f: (x: number) => number): number => side.reduce((s, input) => s + f(input), 0);
        return Math.min(
          ...[left, right].map(
            (side) => (Math.hypot(sum(side, (u) => u), side.length) * sum(side, (u) => Math.abs(u - x))) / inputs.length ** 2,
          ),
        ); // prettier-ignore
      };
      if (bound(withEqual) > value + rounding) brokenWithEqual++;
    }
    expect(broken).toBeGreaterThan(0);
    expect(brokenWithEqual).toBeGreaterThan(0);
  });
});

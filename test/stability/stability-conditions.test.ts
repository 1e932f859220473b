import { describe, expect, it } from "vitest";
import { matrix, randomStream } from "flat-minima/core";
import {
  directionalFactor,
  nonUniformityOfHessians,
  secondMomentFactor,
  secondMomentOperator,
  sharpnessOfHessians,
  spectralRadius,
  sufficientFactor,
  traceFactor,
} from "flat-minima/stability";
import {
  EXAMPLE_A,
  familyB,
  mean,
  product,
  radiusByEnumeration,
  randomHessians,
  rankOne,
  SAMPLINGS,
  stepMatrices,
  topOfTwoByTwo,
} from "./oracles";

const EPS = Number.EPSILON;
const SINGLE = { batchSize: 1, sampling: "without replacement" } as const;

describe("the factors", () => {
  it("are means over all batches: λ_max E[A²], E (vᵀAv)², E tr A²/d", () => {
    for (let seed = 0; seed < 5; seed++) {
      const stream = randomStream(seed, "factors");
      const hessians = randomHessians(stream, 4, 2);
      const learningRate = 2 * stream.uniform();
      const direction = [stream.normal(), stream.normal()];
      const squared = direction[0] ** 2 + direction[1] ** 2;
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2, 4]) {
          const setting = { hessians, learningRate, batchSize, sampling };
          const steps = stepMatrices(hessians, learningRate, setting);
          const squares = steps.map((A) => product(A, A));
          const [a, b, c] = [
            mean(squares, (S) => S[0][0]),
            mean(squares, (S) => S[0][1]),
            mean(squares, (S) => S[1][1]),
          ];
          // Sums of N terms, none above the largest, and a few more roundings in the library's other order.
          const tolerance = (steps.length + 100) * EPS * Math.max(1, ...squares.flat(2).map(Math.abs));
          expect(Math.abs(sufficientFactor(setting) - topOfTwoByTwo(a, b, c))).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(traceFactor(setting) - (a + c) / 2)).toBeLessThanOrEqual(tolerance);
          const along = mean(steps, ([[p, q], [, s]]) => {
            const [x, y] = direction;
            return ((p * x * x + 2 * q * x * y + s * y * y) / squared) ** 2;
          });
          expect(Math.abs(directionalFactor(setting, direction) - along)).toBeLessThanOrEqual(tolerance);
        }
      }
    }
  });

  it("agree with one dimension when there is one", () => {
    const curvatures = [0.5, 1, 4.5];
    const setting = { hessians: curvatures.map((a) => matrix([[a]])), learningRate: 0.5, ...SINGLE };
    const expected = secondMomentFactor({ curvatures, ...setting });
    const factors = [sufficientFactor(setting), traceFactor(setting), directionalFactor(setting, [-3])];
    for (const factor of factors) expect(Math.abs(factor - expected)).toBeLessThanOrEqual(20 * EPS);
    expect(sharpnessOfHessians(setting.hessians)).toBe(2);
    expect(Math.abs(nonUniformityOfHessians(setting.hessians) - Math.sqrt(9.5 / 3))).toBeLessThanOrEqual(4 * EPS);
  });

  it("take the trace over the range of H only, when H is singular", () => {
    // Two samples in three dimensions: H_i = x_i x_iᵀ with x_1 = (3, 0, 0), x_2 = (1, 1, 0), range = the first two.
    const flat = [rankOne([3, 0, 0]), rankOne([1, 1, 0])];
    const inPlane = [rankOne([3, 0]), rankOne([1, 1])];
    const setting = { learningRate: 0.3, ...SINGLE };
    const planar = mean(stepMatrices(inPlane, 0.3, SINGLE), (A) => {
      const S = product(A, A);
      return (S[0][0] + S[1][1]) / 2;
    });
    expect(Math.abs(traceFactor({ hessians: flat, ...setting }) - planar)).toBeLessThanOrEqual(50 * 81 * EPS);
  });

  it("fail to decide counterexamples A and B: the sufficient condition is violated, the iteration is stable", () => {
    const A = { hessians: EXAMPLE_A, learningRate: 1, ...SINGLE };
    // E A² = diag(.9² + .5², .5²), as in the closed form of ρ(T).
    expect(Math.abs(sufficientFactor(A) - 1.06)).toBeLessThanOrEqual(20 * EPS);
    expect(spectralRadius(secondMomentOperator(A)).value).toBeLessThan(0.9);
    const [a, b] = [1.9, 0.2];
    const B = { hessians: familyB(a, b), learningRate: 1, ...SINGLE };
    // E A² = diag(½((1-a)² + ab) + ½, …); Σ_H = diag(½(a² + ab) - a²/4, …) and its second entry is smaller.
    expect(Math.abs(sufficientFactor(B) - ((1 - a) ** 2 + a * b + 1) / 2)).toBeLessThanOrEqual(40 * EPS);
    const s = nonUniformityOfHessians(B.hessians);
    expect(Math.abs(s - Math.sqrt((a * a + a * b) / 2 - (a * a) / 4))).toBeLessThanOrEqual(40 * EPS);
    expect(s).toBeGreaterThan(Math.sqrt(B.batchSize) / B.learningRate);
    expect(spectralRadius(secondMomentOperator(B)).value).toBeLessThan(1);
  });

  it("enclose the exact condition: sufficient ⇒ stable ⇒ every direction and the trace", () => {
    let [sufficient, stableOnly, unstable] = [0, 0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const stream = randomStream(seed, "enclosure");
      const hessians =
        seed % 2 === 0 ? randomHessians(stream, 3, 2) : familyB(4 * stream.uniform(), 4 * stream.uniform());
      const rule = { batchSize: 1 + stream.integer(2), sampling: SAMPLINGS[stream.integer(2)] };
      const setting = { hessians, learningRate: 0.2 + 1.5 * stream.uniform(), ...rule };
      const radius = radiusByEnumeration(hessians, setting.learningRate, rule);
      const rounding = 1e-11 * radius; // mathjs stops at 1e-12
      const factor = sufficientFactor(setting);
      expect(radius).toBeLessThanOrEqual(factor + rounding);
      expect(traceFactor(setting)).toBeLessThanOrEqual(radius + rounding);
      for (let k = 0; k < 8; k++) {
        const direction = [Math.cos(k), Math.sin(k)];
        expect(directionalFactor(setting, direction)).toBeLessThanOrEqual(radius + rounding);
      }
      if (factor <= 1) sufficient++;
      else if (radius <= 1) stableOnly++;
      else unstable++;
    }
    // All three regions were visited.
    expect(Math.min(sufficient, stableOnly, unstable)).toBeGreaterThan(0);
  });

  it("refuse Hessians and directions for which they mean nothing", () => {
    const setting = { hessians: EXAMPLE_A, learningRate: 1, ...SINGLE };
    expect(() => directionalFactor(setting, [1])).toThrow("directionalFactor: direction must have length 2, got 1");
    expect(() => directionalFactor(setting, [0, 0])).toThrow("directionalFactor: direction must be finite and not 0");
    const saddle = [matrix([[1, 0], [0, -1]])]; // prettier-ignore
    expect(() => traceFactor({ ...setting, hessians: saddle })).toThrow(
      "traceFactor: the mean Hessian must be positive semi-definite, got -1",
    );
    const cancelling = [matrix([[1, 0], [0, 1]]), matrix([[1, 0], [0, -1]])]; // prettier-ignore
    expect(() => traceFactor({ ...setting, hessians: cancelling })).toThrow(
      "traceFactor: every Hessian must be positive semi-definite when their mean is singular, got -1",
    );
    expect(() => traceFactor({ ...setting, hessians: [matrix([[0]])], batchSize: 1 })).toThrow(
      "traceFactor: the mean Hessian must not vanish, got 0",
    );
    expect(() => sharpnessOfHessians([])).toThrow("sharpnessOfHessians: at least one Hessian is needed");
    expect(() => nonUniformityOfHessians([matrix([[1, 2]])])).toThrow(
      "nonUniformityOfHessians: every Hessian must be 1×1, got a 1×2 matrix",
    );
  });
});

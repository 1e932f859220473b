import { norm, randomStream } from "flat-minima/core";
import { sam } from "flat-minima/optimizers";
import {
  bouncingVisitBounds,
  type BouncingVisitOptions,
  countBouncingVisits,
  quadraticSamThresholds,
} from "flat-minima/sam";
import { describe, expect, it } from "vitest";
import { plainObjective, randomSetting } from "./bouncing-spectra";

const EPS = Number.EPSILON;
const AUDIT: BouncingVisitOptions = {
  eigenvalues: Float64Array.of(0.01, 1e-4),
  learningRate: 10,
  perturbationRadius: 1,
  margin: 0.5,
};

/** Steps of the generic SAM at which the gradient is large, from the first inside the ball on. */
function plainCount({ eigenvalues, ...options }: BouncingVisitOptions, start: Float64Array, steps: number): number {
  const { growth, invariantRadius } = quadraticSamThresholds({ eigenvalues, ...options });
  const gradient = (w: Float64Array): Float64Array => w.map((entry, i) => eigenvalues[i] * entry);
  const step = sam({ gradient, ...options });
  let [w, inside, count] = [start, false, 0];
  for (let t = 0; t <= steps; t++, w = step(w)) {
    const length = norm(gradient(w));
    inside ||= length <= invariantRadius;
    if (inside && length >= (1 + options.margin) * growth[0]) count++;
  }
  return count;
}

describe("the bounds on the visits", () => {
  it("are made of the maxima of J over the two balls, found by search", () => {
    for (let seed = 0; seed < 40; seed++) {
      const stream = randomStream(seed, "maxima");
      const setting = randomSetting(stream, 1 + (seed % 4), 1);
      const options = { ...setting, eigenvalues: setting.eigenvalues.filter((lambda) => lambda > 0), margin: 0.5 };
      const { eigenvalues } = options;
      const d = eigenvalues.length;
      const { invariantRadius: b, growth } = quadraticSamThresholds(options);
      const bounds = bouncingVisitBounds(options);
      const best = { gradientBall: 0, parameterBall: 0 };
      for (let k = 0; k < 3000; k++) {
        // Every third on an axis, and every second on the boundary.
        const axis = Math.floor(k / 6) % d;
        const direction = k % 3 ? stream.sphere(d) : new Float64Array(d).fill(1, axis, axis + 1);
        const radius = b * (k % 2 ? 1 : stream.uniform());
        const w = direction.map((entry) => entry * radius);
        const u = direction.map((entry, i) => (entry * radius) / eigenvalues[i]);
        best.gradientBall = Math.max(best.gradientBall, plainObjective(options, u));
        best.parameterBall = Math.max(best.parameterBall, plainObjective(options, w));
      }
      const scale = b + b ** 2 / growth[d - 1];
      const tolerance = 50 * EPS * scale;
      expect(Math.abs(best.gradientBall - bounds.gradientBallMaximum)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(best.parameterBall - bounds.parameterBallMaximum)).toBeLessThanOrEqual(
        50 * EPS * (b * eigenvalues[0] + (b ** 2 * eigenvalues[0] ** 2) / growth[0] + b ** 2 * 2 * eigenvalues[0]) +
          50 * EPS * ((b ** 2 * 2) / (options.learningRate * options.perturbationRadius)),
      );
    }
  });

  it("are the printed expressions", () => {
    const bounds = bouncingVisitBounds(AUDIT);
    const { growth } = quadraticSamThresholds(AUDIT);
    const factor = 2 / (10 * 0.25 * 0.01 * growth[0]);
    const close = (value: number, expected: number) =>
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(50 * EPS * expected);
    close(bounds.gradientBall, factor * (bounds.gradientBallMaximum + growth[0] / 2));
    close(bounds.parameterBall, factor * (bounds.parameterBallMaximum + growth[0] / 2));
    close(bounds.end, (3 * growth[0]) / (10 * 0.25 * 0.01 * growth[1]));
    close(bounds.sharp, (1.9 * growth[0]) / (10 * 0.25 * 0.01 * growth[1]));
    expect(bounds.minimum).toBe(-growth[0] / 2);
  });

  it("can be in the wrong order: the middle one exceeds the end when ηλ₁ < 2 - √3 and β₁/β_d is large", () => {
    const exceeds = (step: number, last: number): boolean => {
      const eigenvalues = Float64Array.of(1, last);
      const bounds = bouncingVisitBounds({ eigenvalues, learningRate: step, perturbationRadius: 1, margin: 0.5 });
      expect(bounds.gradientBall).toBeLessThanOrEqual((4 / 3) * bounds.end); // 4 for 3
      expect(bounds.sharp).toBeLessThan(bounds.end);
      return bounds.gradientBall > bounds.end;
    };
    expect(exceeds(0.01, 0.05)).toBe(true);
    expect(exceeds(0.01, 0.9)).toBe(false);
    expect(exceeds(2 - Math.sqrt(3) - 0.001, 1e-4)).toBe(true);
    expect(exceeds(2 - Math.sqrt(3) + 0.001, 1e-4)).toBe(false);
  });

  it("do not see null directions", () => {
    const flat = { ...AUDIT, eigenvalues: Float64Array.of(0.01, 1e-4, 0, 0) };
    expect(bouncingVisitBounds(flat)).toEqual(bouncingVisitBounds(AUDIT));
  });
});

describe("the count of visits", () => {
  it("is that of the generic SAM, however long it would go on", async () => {
    let visited = 0;
    for (let seed = 0; seed < 60; seed++) {
      const stream = randomStream(seed, "counts");
      const options = { ...randomSetting(stream, 1 + (seed % 4), 1.5), margin: 0.1 + stream.uniform() / 2 };
      const { invariantRadius: b } = quadraticSamThresholds(options);
      const { eigenvalues } = options;
      // On and outside the sphere ‖v‖ = b.
      const v = stream.sphere(eigenvalues.length);
      const last = eigenvalues.filter((lambda) => lambda > 0).length - 1;
      if (seed % 3 > 0) v[last] += 20; // the slow axis, along which the most visits come
      const length = norm(v);
      const start = v.map((entry, i) => (entry * b * (1 + (seed % 2))) / (eigenvalues[i] || 1) / length);
      const { count, settled, steps } = await countBouncingVisits({ ...options, start, steps: 100_000 });
      expect(settled).toBe(true);
      expect(count).toBe(plainCount(options, start, steps + 1000));
      const { gradientBall, sharp } = bouncingVisitBounds(options);
      expect(count).toBeLessThanOrEqual(Math.min(gradientBall, sharp));
      visited += count;
    }
    expect(visited).toBeGreaterThan(100);
  });

  it("refutes the bound with the maximum over ‖w‖ ≤ b", async () => {
    const start = Float64Array.of(0, 1e-3 / 1e-4); // ‖v‖ = b on the last axis
    const { count, entered } = await countBouncingVisits({ ...AUDIT, start, steps: 20_000 });
    const { parameterBall, gradientBall, sharp } = bouncingVisitBounds(AUDIT);
    expect(entered).toBe(0);
    expect(count).toBe(plainCount(AUDIT, start, 20_000));
    expect(count).toBeGreaterThan(5 * parameterBall);
    expect(count).toBeLessThanOrEqual(Math.min(gradientBall, sharp));
  });

  it("begins inside the ball, ends where SAM stays, and says when it is not known", async () => {
    const options = { ...AUDIT, eigenvalues: Float64Array.of(0.01, 0) };
    const still = await countBouncingVisits({ ...options, start: Float64Array.of(0, 1), steps: 10 });
    expect(still).toEqual({ count: 0, entered: 0, steps: 0, settled: true });
    const far = await countBouncingVisits({ ...options, start: Float64Array.of(1e6, 0), steps: 3 });
    expect(far).toEqual({ count: 0, entered: undefined, steps: 3, settled: false });
  });

  it("refuses what it cannot work with", async () => {
    const run = { ...AUDIT, start: Float64Array.of(1, 1), steps: 10 };
    await expect(countBouncingVisits({ ...run, margin: 0 })).rejects.toThrow(
      "countBouncingVisits: margin must be positive and finite, got 0",
    );
    await expect(countBouncingVisits({ ...run, start: Float64Array.of(1) })).rejects.toThrow(
      "countBouncingVisits: the start must have length 2, got 1",
    );
    await expect(countBouncingVisits({ ...run, steps: -1 })).rejects.toThrow(
      "countBouncingVisits: steps must be an integer of at least 0, got -1",
    );
    expect(() => bouncingVisitBounds({ ...AUDIT, learningRate: 100 })).toThrow(
      "quadraticSamThresholds: the theory wants learningRate × largest eigenvalue below 1, got 1",
    );
  });
});

import { randomStream } from "flat-minima/core";
import { gradientDescent, sam } from "flat-minima/optimizers";
import { bouncingObjective, type QuadraticSamOptions, quadraticSamThresholds } from "flat-minima/sam";
import { describe, expect, it } from "vitest";
import { magnitude, plainObjective, randomPoint, randomSetting } from "./bouncing-spectra";

const EPS = Number.EPSILON;
const PLANE: QuadraticSamOptions = {
  eigenvalues: Float64Array.of(2, 1),
  learningRate: 0.25,
  perturbationRadius: 1,
};

describe("J", () => {
  it("is ½uᵀCu - ‖Λu‖ with C = diag(λ_i²/β_i)", () => {
    for (let seed = 0; seed < 50; seed++) {
      const stream = randomStream(seed, "J");
      const options = randomSetting(stream, 1 + (seed % 7), 3);
      const u = randomPoint(stream, options);
      const { growth } = quadraticSamThresholds(options);
      const tolerance = (u.length + 20) * EPS * magnitude(options, u);
      expect(Math.abs(bouncingObjective(options).value(u) - plainObjective(options, u))).toBeLessThanOrEqual(tolerance);
      // λ²/β is 0/0 in a null direction, where C is its limit 2/(ηρ).
      const { learningRate, perturbationRadius } = options;
      const null_ = 2 / (learningRate * perturbationRadius);
      const lengths = options.eigenvalues.map((lambda, i) => lambda * u[i]);
      const byThresholds = u.reduce(
        (sum, entry, i) => {
          const lambda = options.eigenvalues[i];
          return sum + ((lambda > 0 ? lambda ** 2 / growth[i] : null_) * entry ** 2) / 2;
        },
        -Math.hypot(...lengths),
      );
      expect(Math.abs(bouncingObjective(options).value(u) - byThresholds)).toBeLessThanOrEqual(tolerance);
    }
  });

  it("has the gradient and the Hessian of its differences", () => {
    for (let seed = 0; seed < 30; seed++) {
      const stream = randomStream(seed, "differences");
      const options = randomSetting(stream, 1 + (seed % 5), 2);
      const u = randomPoint(stream, options);
      const J = bouncingObjective(options);
      const v = options.eigenvalues.map((lambda, i) => lambda * u[i]);
      const length = Math.hypot(...v);
      const top = options.eigenvalues[0];
      const scale = (2 / (options.learningRate * options.perturbationRadius)) * Math.hypot(...u) + top;
      for (let i = 0; i < u.length; i++) {
        // J is smooth on the scale r = ‖Λu‖/λ₁. Along an axis its third derivative is at most 3λ₁³/‖Λu‖²= 3λ₁/r², so that
        // a central difference over 2h errs by h²λ₁/(2r²) at most (doubled for ‖Λu‖ changing), and by rounding.
        const r = length / top;
        const h = 1e-5 * r;
        const moved = (by: number): Float64Array => u.map((entry, k) => entry + (k === i ? by : 0));
        const [ahead, behind] = [moved(h), moved(-h)];
        const slope = (J.value(ahead) - J.value(behind)) / (ahead[i] - behind[i]);
        const rounding = ((u.length + 20) * EPS * magnitude(options, ahead)) / h;
        expect(Math.abs(J.gradient(u)[i] - slope)).toBeLessThanOrEqual(1e-10 * top + rounding);
        const [g, f] = [J.gradient(ahead), J.gradient(behind)];
        const { data } = J.hessian(u);
        for (let j = 0; j < u.length; j++) {
          const curvature = (g[j] - f[j]) / (ahead[i] - behind[i]);
          // The fourth derivatives are at most 15λ₁/r³, an entry of the gradient rounds on `scale`.
          const allowed = (10 * 1e-10 * top) / r + ((u.length + 20) * EPS * scale) / h;
          expect(Math.abs(data[i * u.length + j] - curvature)).toBeLessThanOrEqual(allowed);
          expect(data[i * u.length + j]).toBe(data[j * u.length + i]);
        }
      }
    }
  });

  it("is what SAM descends, its sign flipped at every other step", () => {
    for (let seed = 0; seed < 200; seed++) {
      const stream = randomStream(seed, "descent");
      const options = randomSetting(stream, 1 + (seed % 40), 8);
      const { eigenvalues, learningRate, perturbationRadius } = options;
      const walk = sam({
        gradient: (w) => w.map((entry, i) => eigenvalues[i] * entry),
        learningRate,
        perturbationRadius,
      });
      const descend = gradientDescent({
        gradient: bouncingObjective(options).gradient,
        learningRate: learningRate * perturbationRadius,
      });
      let w: Float64Array = randomPoint(stream, options);
      for (let t = 0; t < 20; t++) {
        const sign = t % 2 === 0 ? 1 : -1;
        const length = Math.hypot(...w.map((entry, i) => entry * eigenvalues[i]));
        const next = walk(w);
        const u = descend(w.map((entry) => sign * entry));
        for (const [i, entry] of u.entries()) {
          // Each side adds w_i, ηλ_iw_i (at most twice) and ηρλ_i²w_i/‖Λw‖, the norm with an error of (d/2 + 2) eps.
          const pull = (learningRate * perturbationRadius * eigenvalues[i] ** 2) / length;
          const tolerance = (w.length + 20) * EPS * (3 + pull) * Math.abs(w[i]);
          expect(Math.abs(entry + sign * next[i])).toBeLessThanOrEqual(tolerance);
        }
        w = next;
      }
    }
  });

  it("flips a null direction, in which SAM stays", () => {
    const options = { ...PLANE, eigenvalues: Float64Array.of(2, 0) };
    const descend = gradientDescent({ gradient: bouncingObjective(options).gradient, learningRate: 0.25 });
    expect(descend(Float64Array.of(1, 3))[1]).toBe(-3);
  });

  it("says where it has no derivatives, and what it cannot work with", () => {
    const flat = bouncingObjective({ ...PLANE, eigenvalues: Float64Array.of(2, 0) });
    const kink = Float64Array.of(0, 1);
    const message = "bouncingObjective: J has derivatives only where Λu is finite and not 0, got ‖Λu‖ = 0";
    expect(flat.value(kink)).toBe(4); // ½·2/(ηρ)
    expect(() => flat.gradient(kink)).toThrow(message);
    expect(() => flat.hessian(kink)).toThrow(message);
    expect(() => flat.value(Float64Array.of(1))).toThrow("bouncingObjective: the point must have length 2, got 1");
    expect(() => bouncingObjective({ ...PLANE, perturbationRadius: 0 })).toThrow(
      "bouncingObjective: perturbationRadius must be positive, got 0",
    );
    expect(() => bouncingObjective({ ...PLANE, perturbationRadius: -1 })).toThrow(
      "bouncingObjective: perturbationRadius must be finite and at least 0, got -1",
    );
  });

  it("is not bounded below beyond ηλ₁ = 2, and descends all the same", () => {
    const options = { ...PLANE, learningRate: 1.25 };
    const J = bouncingObjective(options);
    expect(J.value(Float64Array.of(1e3, 0))).toBeLessThan(-1e5); // ½(2 - 2.5)/1.25 · 1e6 - 2e3
    const w = Float64Array.of(1, 0.5);
    const next = sam({ gradient: (x) => Float64Array.of(2 * x[0], x[1]), ...options })(w);
    expect(J.value(next)).toBeLessThan(J.value(w));
  });
});

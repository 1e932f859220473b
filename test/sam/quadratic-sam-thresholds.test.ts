import { describe, expect, it } from "vitest";
import { norm, randomStream } from "flat-minima/core";
import { quadratic } from "flat-minima/models";
import { sam } from "flat-minima/optimizers";
import { quadraticSamThresholds } from "flat-minima/sam";
import { SPECTRA } from "./spectra";

const EPS = Number.EPSILON;

/** v after a step of the generic `sam` on ½wᵀΛw from w with Λw = v: its gradient is diagonal, and v nowhere 0. */
function stepOfSam(eigenvalues: Float64Array, step: { learningRate: number; perturbationRadius: number }) {
  const gradient = (w: Float64Array): Float64Array => w.map((value, i) => value * eigenvalues[i]);
  const update = sam({ gradient, ...step });
  return (v: Float64Array): Float64Array => gradient(update(v.map((value, i) => value / eigenvalues[i])));
}

/** Random instances with positive eigenvalues. */
function* instances() {
  for (const [kind, spectrum] of Object.entries(SPECTRA)) {
    for (const d of [1, 2, 3, 10, 100]) {
      for (let seed = 0; seed < 5; seed++) {
        const stream = randomStream(seed, `thresholds, ${kind}`, d);
        const eigenvalues = spectrum(d, stream).filter((value) => value > 0);
        const learningRate = (0.02 + 0.96 * stream.uniform()) / eigenvalues[0];
        const options = { eigenvalues, learningRate, perturbationRadius: 0.1 + stream.uniform() };
        yield { stream, options, step: stepOfSam(eigenvalues, options) };
      }
    }
  }
}

describe("quadraticSamThresholds", () => {
  it("are where `sam` changes its behaviour", () => {
    const side = 1e-6;
    for (const { stream, options, step } of instances()) {
      const { eigenvalues } = options;
      const { growth, lead, sign } = quadraticSamThresholds(options);
      // Coordinates of like size, so that the rounding of the largest does not touch the smallest.
      const direction = eigenvalues.map(() => (stream.uniform() < 0.5 ? -1 : 1) * (0.5 + stream.uniform()));
      const at = (length: number): { before: Float64Array; after: Float64Array } => {
        const before = direction.map((value) => (value * length) / norm(direction));
        return { before, after: step(before) };
      };
      const picked = [0, eigenvalues.length - 1, stream.integer(eigenvalues.length)];
      for (const i of picked) {
        for (const beyond of [false, true]) {
          const scale = beyond ? 1 + side : 1 - side;
          const grown = at(growth[i] * scale);
          expect(grown.after[i] ** 2 < grown.before[i] ** 2, `β_${i}`).toBe(beyond);
          const turned = at(sign[i] * scale);
          expect(turned.after[i] * turned.before[i] > 0, `γ_${i}`).toBe(beyond);
          // |v₁| and |v_i| are multiplied by numbers whose squares differ by (f_i - f₁)(f_i + f₁), both small near a tie.
          const gap = (eigenvalues[0] - eigenvalues[i]) / eigenvalues[0];
          if (gap * side < 1e4 * EPS) continue;
          const led = at(lead[i] * scale);
          const share = (v: Float64Array): number => Math.abs(v[0] / v[i]);
          expect(share(led.after) < share(led.before), `α_${i}`).toBe(beyond);
        }
      }
    }
  });

  it("has the order β_d ≤ … ≤ β₁ < α_d ≤ … ≤ α₁ = γ₁", () => {
    for (const { options } of instances()) {
      const { growth, lead, sign } = quadraticSamThresholds(options);
      const d = growth.length;
      expect(lead[0]).toBe(sign[0]);
      for (let i = 1; i < d; i++) {
        // Each is rounded by some 5 eps; equal eigenvalues have equal thresholds.
        expect(growth[i]).toBeLessThanOrEqual(growth[i - 1] * (1 + 5 * EPS));
        expect(lead[i]).toBeLessThanOrEqual(lead[i - 1] * (1 + 5 * EPS));
      }
      // α_d - β₁ is ηρλ_d times something positive, which 1e-8 λ₁ leaves above the rounding.
      expect(growth[0]).toBeLessThan(lead[d - 1]);
    }
  });

  it("is β₁ = α_d when an eigenvalue is 0", () => {
    const options = { eigenvalues: Float64Array.of(2, 1, 0), learningRate: 0.25, perturbationRadius: 3 };
    const { growth, lead, sign, invariantRadius, cycleRadius } = quadraticSamThresholds(options);
    expect(growth).toEqual(Float64Array.of(2, 0.75 / 1.75, 0));
    expect(lead).toEqual(Float64Array.of(6, 3.75 / 1.25, 2));
    expect(sign).toEqual(Float64Array.of(6, 1, 0));
    expect(invariantRadius).toBe(3);
    expect(cycleRadius).toBe(1);
  });

  it("has the ball of `sam`, which ends on its border from the smallest gradients", () => {
    for (const { options, step } of instances()) {
      const { invariantRadius } = quadraticSamThresholds(options);
      const d = options.eigenvalues.length;
      const inside = new Float64Array(d).fill((invariantRadius * 0.999) / Math.sqrt(d));
      expect(norm(step(inside))).toBeLessThanOrEqual(invariantRadius * (1 + 10 * d * EPS));
      // Along e₁ the step goes from v to -(b - (1 - ηλ₁)v): to the border where v → 0.
      const tiny = new Float64Array(d);
      tiny[0] = 1e-9 * invariantRadius;
      const gradient = (w: Float64Array): Float64Array => w.map((value, i) => value * options.eigenvalues[i]);
      const w = sam({ gradient, ...options })(tiny.map((value, i) => value / options.eigenvalues[i]));
      const reached = norm(gradient(w));
      expect(reached).toBeGreaterThan(invariantRadius * (1 - 2e-9));
      expect(reached).toBeLessThanOrEqual(invariantRadius);
    }
  });

  it("has half the bounce of `sam` as its radius in w", () => {
    for (const { options } of instances()) {
      const { eigenvalues } = options;
      const { cycleRadius, growth } = quadraticSamThresholds(options);
      expect(Math.abs(cycleRadius * eigenvalues[0] - growth[0])).toBeLessThanOrEqual(8 * EPS * growth[0]);
      if (eigenvalues.length > 10) continue;
      const d = eigenvalues.length;
      const data = new Float64Array(d * d);
      eigenvalues.forEach((value, i) => (data[i * d + i] = value));
      const w = new Float64Array(d);
      w[0] = cycleRadius;
      const [after] = sam({ ...quadratic([{ rows: d, cols: d, data }]), ...options })(w);
      // w - η(λw + ρλ): the terms are of the size of w and ηρλ = (2 - ηλ)w, a few roundings of 4w.
      expect(Math.abs(after + cycleRadius)).toBeLessThanOrEqual(10 * EPS * 4 * cycleRadius);
    }
  });

  const good = { eigenvalues: Float64Array.of(2, 1), learningRate: 0.1, perturbationRadius: 1 };
  it.each([
    [{ perturbationRadius: 0 }, "the theory wants a positive perturbationRadius, got 0"],
    [{ perturbationRadius: -1 }, "perturbationRadius must be finite and at least 0, got -1"],
    [{ eigenvalues: Float64Array.of(1, -0.5) }, "the theory wants eigenvalues of at least 0, got -0.5"],
    [{ eigenvalues: Float64Array.of(0, 0) }, "the theory wants a positive largest eigenvalue, got 0"],
    [{ learningRate: 0.5 }, "the theory wants learningRate × largest eigenvalue below 1, got 1"],
    [{ eigenvalues: Float64Array.of(1, 2) }, "eigenvalues must descend, got [1, 2]"],
    [{ learningRate: NaN }, "learningRate must be positive and finite, got NaN"],
  ])("names the premise that fails: %o", (bad, message) => {
    expect(() => quadraticSamThresholds({ ...good, ...bad })).toThrow(`quadraticSamThresholds: ${message}`);
  });
});

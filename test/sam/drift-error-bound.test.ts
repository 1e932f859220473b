import { norm, randomStream } from "flat-minima/core";
import { type Monomial, polynomialLoss } from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { samDrift } from "../../lib/sam/drift";
import { coarseSamDriftErrorBound, samDriftErrorBound } from "../../lib/sam/drift-error-bound";
import { symmetricFormNorm } from "../../lib/sam/symmetric-form-norm";

const constants = {
  sharpness: 2,
  learningRate: 0.1,
  perturbationRadius: 0.1,
  thirdDerivativeNorm: 0.5,
  lipschitzConstant: 0.3,
};

describe("the bounds on the drift's error", () => {
  it("are the formulas", () => {
    // a = ηρλ₁/1.8 = 1/90, A = 1/9, and σ = (0.01/1.8)(0.25 + 0.3/540); c(σ) = 2 sin(½ arcsin σ).
    const sigma = (0.01 / 1.8) * (0.25 + 0.3 / 540);
    const c = 2 * Math.sin(Math.asin(sigma) / 2);
    const sharp = 0.1 * ((0.3 * (1 / 9) ** 3) / 6 + 0.1 * c * (2 + 0.5 / 9 + 0.15 / 81));
    expect(Math.abs(samDriftErrorBound(constants) / sharp - 1)).toBeLessThanOrEqual(1e-13); // c(σ) here loses digits
    // K = max(0.5, 0.03) = 0.5.
    const coarse = 0.001 * ((1.2 ** 3 * 0.03) / 6 + 2 * (4 + 0.05) * 0.1 * 0.5);
    expect(Math.abs(coarseSamDriftErrorBound(constants) / coarse - 1)).toBeLessThanOrEqual(20 * 2 ** -52);
  });

  it("stand in the order that the proof gives, all over the premise", () => {
    const stream = randomStream(6, "order of the bounds");
    let closest = 0;
    for (let trial = 0; trial < 100_000; trial++) {
      const [sharpness, perturbationRadius] = [10 ** stream.normal(), 10 ** (2 * stream.normal())];
      const learningRate = (trial % 2 === 0 ? stream.uniform() : 1 - 10 ** (-4 * stream.uniform())) / sharpness;
      if (learningRate * sharpness >= 1 || learningRate <= 0) continue;
      const K = (trial % 3 === 0 ? 1 : stream.uniform()) / (learningRate * perturbationRadius) / (1 + 1e-12);
      const [m, b] = trial % 5 === 0 ? [1, 1] : [stream.uniform(), stream.uniform()];
      const all = {
        sharpness,
        learningRate,
        perturbationRadius,
        thirdDerivativeNorm: m * K,
        lipschitzConstant: (b * K) / perturbationRadius,
      };
      closest = Math.max(closest, samDriftErrorBound(all) / coarseSamDriftErrorBound(all));
    }
    expect(closest).toBeLessThanOrEqual(1);
    expect(closest).toBeGreaterThan(0.5); // the search saw the tight corner
  });

  it("hold for random quartics in two variables, and the sharper one is nearly reached", () => {
    const stream = randomStream(7, "quartics");
    let closest = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const sharpness = 0.2 + stream.uniform();
      const ratio = 0.999 * stream.uniform();
      const c3 = Array.from({ length: 4 }, () => stream.normal());
      const c4 = Array.from({ length: 5 }, () => stream.normal());
      if (trial % 2 === 0) c3.splice(0, 4, 1e-9, 1, 1e-9, -1 / 3); // Im z³/3, whose norm is that of the coordinate κ
      const scale = 10 ** (stream.uniform() * 4 - 3);
      const power = (c: number[], factor: number): Monomial[] =>
        c.map((coefficient, k) => ({ coefficient: factor * coefficient, powers: [c.length - 1 - k, k] }));
      const cubic = power(c3, scale);
      const quartic = power(c4, trial % 2 === 0 ? 1e-3 * scale : scale);
      const hessian = [
        { coefficient: sharpness / 2, powers: [2, 0] },
        { coefficient: (ratio * sharpness) / 2, powers: [0, 2] },
      ];
      const [third, fourth] = [polynomialLoss(cubic), polynomialLoss(quartic)];
      const learningRate = (0.01 + 0.98 * stream.uniform()) / sharpness;
      const perturbationRadius = 10 ** (-2 * stream.uniform());
      const { error } = samDrift(polynomialLoss([...hessian, ...cubic, ...quartic]), new Float64Array(2), {
        learningRate,
        perturbationRadius,
      });
      const bound = samDriftErrorBound({
        sharpness,
        learningRate,
        perturbationRadius,
        thirdDerivativeNorm: 6 * symmetricFormNorm((u) => third.value(u), { variableCount: 2, degree: 3 }).norm,
        lipschitzConstant: 24 * symmetricFormNorm((u) => fourth.value(u), { variableCount: 2, degree: 4 }).norm,
      });
      // Rounding: 100 eps of the step, which is of the size ρ.
      closest = Math.max(closest, (norm(error) - 100 * 2 ** -52 * perturbationRadius) / bound);
    }
    expect(closest).toBeLessThanOrEqual(1);
    expect(closest).toBeGreaterThan(0.9);
  });

  it("name the premises", () => {
    expect(() => samDriftErrorBound({ ...constants, learningRate: 0.5 })).toThrow(
      "samDriftErrorBound: the theorem wants learningRate × sharpness below 1, got 1",
    );
    expect(() => coarseSamDriftErrorBound({ ...constants, lipschitzConstant: 1e4 })).toThrow(
      "coarseSamDriftErrorBound: the premise max(M, Bρ)·ηρ ≤ 1 must hold, got 10",
    );
    expect(() => coarseSamDriftErrorBound({ ...constants, thirdDerivativeNorm: -1 })).toThrow(
      "coarseSamDriftErrorBound: thirdDerivativeNorm must be finite and at least 0, got -1",
    );
  });
});

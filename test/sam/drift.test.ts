import { norm } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { multilayerPerceptron, polynomialLoss, smoothPerceptronRisk } from "flat-minima/models";
import { samDrift } from "../../lib/sam/drift";

const V = (...entries: number[]): Float64Array => Float64Array.of(...entries);
const EPS = 2 ** -52;

/** ½λ₁x² + ½λ₂y² + cx²y + ex³, with the minimum at (x₀, y₀) = 0. */
const cubic = (l1: number, l2: number, c: number, e: number): ReturnType<typeof polynomialLoss> =>
  polynomialLoss([
    { coefficient: l1 / 2, powers: [2, 0] },
    { coefficient: l2 / 2, powers: [0, 2] },
    { coefficient: c, powers: [2, 1] },
    { coefficient: e, powers: [3, 0] },
  ]);

describe("samDrift", () => {
  it("takes the step apart as by hand, on both sides, for a cubic", () => {
    const [l1, l2, c, e, eta, rho] = [2, 1, 0.25, 0.1, 0.1, 0.1];
    for (const side of [1, -1] as const) {
      const step = samDrift(cubic(l1, l2, c, e), V(0, 0), { learningRate: eta, perturbationRadius: rho, side });
      const a = (eta * rho * l1) / (2 - eta * l1);
      const near = (got: Float64Array, expected: number[]): void => {
        // Some 20 roundings of numbers below 1.
        expected.forEach((value, k) => expect(Math.abs(got[k] - value)).toBeLessThanOrEqual(20 * EPS));
      };
      expect(step.eigenvalues).toEqual(V(l1, l2));
      expect(step.topEigenvector).toEqual(V(1, 0));
      near(step.sharpnessGradient, [6 * e, 2 * c]); // ℓ_xxx, ℓ_xxy
      near(step.bouncePoint, [side * a, 0]);
      near(step.bounce, [-2 * side * a, 0]);
      const factor = -((eta * rho * rho) / 2) * (2 / (2 - eta * l1)) ** 2;
      near(step.drift, [factor * 6 * e, factor * 2 * c]);
      // The step itself, from the gradients (λ₁x + 2cxy + 3ex², λ₂y + cx²).
      const gradient = (x: number, y: number): [number, number] => [
        l1 * x + 2 * c * x * y + 3 * e * x * x,
        l2 * y + c * x * x,
      ];
      const [gx, gy] = gradient(side * a, 0);
      const length = Math.hypot(gx, gy);
      const [hx, hy] = gradient(side * a + (rho * gx) / length, (rho * gy) / length);
      near(step.displacement, [-eta * hx, -eta * hy]);
      near(step.error, [-eta * hx + 2 * side * a - factor * 6 * e, -eta * hy - factor * 2 * c]);
    }
  });

  it("leaves no error on a quadratic, with zero eigenvalues among the others", () => {
    const flat = polynomialLoss([
      { coefficient: 1.5, powers: [2, 0, 0] },
      { coefficient: 0.5, powers: [0, 2, 0] },
    ]);
    const step = samDrift(flat, V(0, 0, 7), { learningRate: 0.2, perturbationRadius: 0.3 });
    expect(norm(step.drift)).toBe(0);
    expect(norm(step.error)).toBeLessThanOrEqual(20 * EPS);
    expect(step.eigenvalues).toEqual(V(3, 1, 0));
  });

  it("has the leading error -η²ρ²/(2(2 - ηλ₁)) H k, k = 2ce₂, of a pure cubic", () => {
    const [l1, l2, c, eta] = [2, 1, 0.25, 0.1];
    const leading = (rho: number): number => (eta ** 2 * rho ** 2 * l2 * 2 * c) / (2 * (2 - eta * l1));
    for (const rho of [1e-2, 1e-3]) {
      const { error } = samDrift(cubic(l1, l2, c, 0), V(0, 0), { learningRate: eta, perturbationRadius: rho });
      // The next terms are smaller by ρ; the error is known up to 10 eps of numbers of the size ρ.
      expect(Math.abs(error[1] + leading(rho))).toBeLessThanOrEqual(rho * leading(rho) + 10 * EPS * rho);
      expect(Math.abs(error[0])).toBeLessThanOrEqual(rho * leading(rho) + 10 * EPS * rho);
    }
  });

  it("is second-order exact at a minimum of a network that is off the axes: drift and error by dense differences", () => {
    // f = b tanh(ax), one sample fitted by (a, b): the minima are a curve and H = ∇f∇fᵀ has rank 1.
    const network = multilayerPerceptron({ widths: [1, 1, 1], activation: "tanh", bias: false });
    const [a, b] = [0.6, 1.1];
    const y = b * Math.tanh(a);
    const loss = smoothPerceptronRisk({ network, inputs: { rows: 1, cols: 1, data: V(1) }, targets: V(y) });
    const step = samDrift(loss, V(a, b), { learningRate: 0.3, perturbationRadius: 1e-3 });
    const t = Math.tanh(a);
    const d = 1 - t * t;
    expect(step.eigenvalues[0]).toBeCloseTo(b * b * d * d + t * t, 13);
    expect(step.eigenvalues[1]).toBeCloseTo(0, 13);
    // ∇‖∇f‖² for ∇f = (bd, t) is not ∇λmax unless the residual's part f''·f'... vanishes: at r = 0 the Hessian moves by
    // sym(∇f ⊗ d∇f) and r∇²f, so that λmax' = 2 e₁·∇f e₁·d∇f + dr e₁·∇²f e₁.
    const gradient = [b * d, t];
    const hessian = [
      [-2 * b * t * d, d],
      [d, 0],
    ];
    const length = Math.hypot(...gradient);
    const e = gradient.map((g) => g / length);
    const He = hessian.map((row) => row[0] * e[0] + row[1] * e[1]);
    const eHe = e[0] * He[0] + e[1] * He[1];
    step.sharpnessGradient.forEach((value, k) => {
      expect(value).toBeCloseTo(2 * length * He[k] + gradient[k] * eHe, 13);
    });
  });

  it("names every premise that fails", () => {
    const options = { learningRate: 0.1, perturbationRadius: 0.1 };
    const loss = cubic(2, 1, 0.25, 0);
    const origin = V(0, 0);
    expect(() => samDrift(loss, V(0.1, 0), options)).toThrow(
      /^samDrift: the point must be a minimum, with a gradient of at most .*, got 0\.2/,
    );
    expect(() => samDrift(cubic(2, -1, 0, 0), origin, options)).toThrow(
      "samDrift: the point must be a minimum, with no negative eigenvalue of the Hessian, got -1",
    );
    expect(() => samDrift(cubic(1, 1, 0, 0), origin, options)).toThrow(
      "samDrift: the largest eigenvalue of the Hessian must be simple, λ₁ > λ₂, got",
    );
    expect(() => samDrift(cubic(0, 0, 1, 0), origin, options)).toThrow(
      "samDrift: the largest eigenvalue of the Hessian must be positive, got 0",
    );
    expect(() => samDrift(loss, origin, { ...options, learningRate: 0.5 })).toThrow(
      "samDrift: the theorem wants learningRate × largest eigenvalue below 1, got 1",
    );
    expect(() => samDrift(loss, origin, { ...options, perturbationRadius: -1 })).toThrow(
      "samDrift: perturbationRadius must be positive and finite, got -1",
    );
    expect(() => samDrift(loss, origin, { ...options, side: 0 as 1 })).toThrow("samDrift: side must be 1 or -1, got 0");
    expect(() => samDrift(loss, V(0), options)).toThrow("samDrift: the minimum must have length 2, got 1");
  });
});

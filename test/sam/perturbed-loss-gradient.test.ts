import { describe, expect, it } from "vitest";
import { matrix, multiplyVector, norm, randomStream } from "flat-minima/core";
import { empiricalRisk, halfSquareLoss, quadratic, twoLayer } from "flat-minima/models";
import { sam } from "flat-minima/optimizers";
import { perturbedLossGradient } from "flat-minima/sam";

const network = twoLayer({ inputCount: 2, width: 3, structure: "bias", activation: "tanh" });
const stream = randomStream(1, "perturbed loss gradient");
const risk = empiricalRisk({
  network,
  loss: halfSquareLoss,
  inputs: { rows: 6, cols: 2, data: stream.normals(12) },
  targets: stream.normals(6),
});
const loss = {
  gradient: risk.gradient,
  hessianVectorProduct: (theta: Float64Array, v: Float64Array) => risk.at(theta).hessianVectorProduct(v),
};
const theta = stream.normals(network.parameterCount);

/** L(θ + ε(θ)), by its definition. */
function perturbedLoss(point: Float64Array, radius: number, normalized: boolean): number {
  const g = risk.gradient(point);
  const factor = radius / (normalized ? norm(g) : 1);
  return risk.loss(point.map((value, k) => value + factor * g[k]));
}

describe("the gradient of SAM's objective", () => {
  it.each([
    [true, 0.05],
    [true, 0.5],
    [false, 0.05],
    [false, 0.5],
  ])("is that of the perturbed loss by central differences (normalized %s, ρ = %d)", (normalized, radius) => {
    const parts = perturbedLossGradient(loss, theta, { perturbationRadius: radius, normalized });
    const h = 1e-5;
    const moved = (k: number, step: number): Float64Array => theta.map((v, j) => (j === k ? v + step : v));
    const differences = theta.map(
      (_, k) =>
        (perturbedLoss(moved(k, h), radius, normalized) - perturbedLoss(moved(k, -h), radius, normalized)) / (2 * h),
    );
    const error = norm(parts.gradient.map((value, k) => value - differences[k]));
    // h²/6 times third derivatives of some hundreds, and roundings of a loss of order 1 over h: 5e-9 in all.
    expect(error).toBeLessThanOrEqual(5e-9);
    // Not so for what SAM uses, nor for the term with the wrong sign.
    expect(norm(parts.samGradient.map((value, k) => value - differences[k]))).toBeGreaterThan(1e-5);
    expect(norm(parts.droppedTerm)).toBeGreaterThan(1e-5);
  });

  it("is a dense Jacobian's on a quadratic that is not aligned with the axes", () => {
    const rows = [[2, 0.5, 0], [0.5, 1, -0.3], [0, -0.3, 0.7]]; // prettier-ignore
    const H = matrix(rows);
    const bowl = {
      ...quadratic([H]),
      hessianVectorProduct: (_: Float64Array, v: Float64Array) => multiplyVector(H, v),
    };
    const point = Float64Array.of(1, -2, 3);
    const radius = 0.7;
    const parts = perturbedLossGradient(bowl, point, { perturbationRadius: radius });
    const g = rows.map((row) => row.reduce((sum, value, k) => sum + value * point[k], 0));
    const size = Math.hypot(...g);
    // ∂ε_i/∂θ_j = ρ(H_ij/‖g‖ − g_i Σ_k g_k H_kj/‖g‖³), differentiated entry by entry.
    const jacobian = rows.map((row, i) =>
      row.map(
        (value, j) => radius * (value / size - (g[i] * g.reduce((sum, gk, k) => sum + gk * rows[k][j], 0)) / size ** 3),
      ),
    );
    const perturbed = point.map((value, k) => value + (radius * g[k]) / size);
    const used = rows.map((row) => row.reduce((sum, value, k) => sum + value * perturbed[k], 0));
    const dropped = point.map((_, j) => used.reduce((sum, value, i) => sum + jacobian[i][j] * value, 0));
    // A few dozen roundings of numbers up to ‖used‖ ≈ 10.
    const tolerance = 50 * Number.EPSILON * 10;
    expect(norm(parts.samGradient.map((value, k) => value - used[k]))).toBeLessThanOrEqual(tolerance);
    expect(norm(parts.droppedTerm.map((value, k) => value - dropped[k]))).toBeLessThanOrEqual(tolerance);
    expect(parts.gradient).toEqual(parts.samGradient.map((value, k) => value + parts.droppedTerm[k]));
  });

  it.each([true, false])("uses the gradient of `sam` (normalized %s)", (normalized) => {
    const options = { perturbationRadius: 0.1, normalized };
    const { samGradient } = perturbedLossGradient(loss, theta, options);
    const next = sam({ gradient: risk.gradient, learningRate: 1, ...options })(theta);
    // The subtraction θ − ∇L rounds once each, the perturbation is divided in another order.
    const error = norm(next.map((value, k) => theta[k] - samGradient[k] - value));
    expect(error).toBeLessThanOrEqual(100 * Number.EPSILON * norm(theta));
  });

  it("with ρ = 0 is the gradient, and drops nothing", () => {
    const { gradient, droppedTerm } = perturbedLossGradient(loss, theta, { perturbationRadius: 0 });
    expect(gradient).toEqual(risk.gradient(theta));
    expect(norm(droppedTerm)).toBe(0);
  });

  it("keeps the perturbation of USAM at a critical point, where it is 0", () => {
    const H = matrix([[3, 0], [0, 1]]); // prettier-ignore
    const bowl = {
      ...quadratic([H]),
      hessianVectorProduct: (_: Float64Array, v: Float64Array) => multiplyVector(H, v),
    };
    const origin = new Float64Array(2);
    const { gradient } = perturbedLossGradient(bowl, origin, { perturbationRadius: 1, normalized: false });
    expect(gradient).toEqual(origin);
    expect(() => perturbedLossGradient(bowl, origin, { perturbationRadius: 1 })).toThrow(
      "perturbedLossGradient: the gradient must not be 0, nor its square, nor infinite: " +
        "the perturbation has no derivative there, got 0",
    );
  });

  it("refuses bad input before any work", () => {
    const silent = (): Float64Array => {
      throw new Error("the loss was called");
    };
    const none = { gradient: silent, hessianVectorProduct: silent };
    for (const perturbationRadius of [-1, NaN, Infinity]) {
      expect(() => perturbedLossGradient(none, theta, { perturbationRadius })).toThrow(
        "perturbedLossGradient: perturbationRadius must be finite and at least 0, got",
      );
    }
    const options = { perturbationRadius: 1 };
    expect(() => perturbedLossGradient(none, new Float64Array(0), options)).toThrow(
      "perturbedLossGradient: parameters must not be empty",
    );
    expect(() => perturbedLossGradient(none, Float64Array.of(NaN), options)).toThrow(
      "perturbedLossGradient: parameters must be finite",
    );
    const point = Float64Array.of(1);
    const short = { gradient: () => Float64Array.of(1, 2), hessianVectorProduct: silent };
    expect(() => perturbedLossGradient(short, point, options)).toThrow("the gradient must have length 1, got 2");
    const wild = { gradient: () => point, hessianVectorProduct: () => Float64Array.of(NaN) };
    expect(() => perturbedLossGradient(wild, point, options)).toThrow(
      "perturbedLossGradient: the Hessian-vector product must be finite",
    );
  });
});

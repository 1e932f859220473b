import { InvalidArgumentError, norm, randomStream } from "flat-minima/core";
import { worstQuadraticPerturbation } from "flat-minima/sam";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

const solve = (eigenvalues: number[], radius: number, point: number[]) =>
  worstQuadraticPerturbation({ eigenvalues: Float64Array.from(eigenvalues), radius }, Float64Array.from(point));

const loss = (eigenvalues: ArrayLike<number>, w: ArrayLike<number>) =>
  Array.from(w, (value, j) => (eigenvalues[j] * value * value) / 2).reduce((sum, term) => sum + term, 0);

/** The maximum over the circle of radius ρ in the plane, by a fine grid of angles: below the truth by λ₁ρ²·step²/2-ish. */
function maximumByAngles([a, b]: number[], radius: number, [x, y]: number[]) {
  const count = 200_000;
  let best = 0;
  for (let k = 0; k < count; k++) {
    const angle = (2 * Math.PI * k) / count;
    best = Math.max(best, loss([a, b], [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]));
  }
  // At a maximum along the circle the slope is 0; the second derivative is at most ρ(‖Λw‖ + 2ρλ₁).
  const slack = (radius * (Math.hypot(a * x, b * y) + 2 * radius * a) * (Math.PI / count) ** 2) / 2;
  return { best, slack };
}

describe("worstQuadraticPerturbation", () => {
  it.each([
    [[2, 1], 0.5, [1, 1]],
    [[2, 1], 0.5, [0, 0.3]], // the hard case
    [[2, 1], 0.5, [0, 0.5]], // on its border: λ₂w₂/(λ₁ − λ₂) = ρ
    [[2, 1], 0.5, [0, 3]], // no leading part, and not hard
    [[2, 1], 0.5, [1e-9, 0.3]], // next to hard
    [[2, 2], 0.5, [0.3, -0.4]],
    [[2, 0], 0.5, [-0.2, 5]],
    [[2, 0], 0.5, [0, 5]],
    [[0, 0], 0.5, [1, 2]],
    [[1, 1e-8], 2, [-1e-3, 1e3]],
  ])("is the maximum over the circle: λ = %o, ρ = %d, w = %o", (eigenvalues, radius, point) => {
    const found = solve(eigenvalues, radius, point);
    const { best, slack } = maximumByAngles(eigenvalues, radius, point);
    const rounding = 64 * EPS * found.value;
    expect(found.converged).toBe(true);
    expect(found.value).toBeGreaterThanOrEqual(best - rounding);
    expect(found.value).toBeLessThanOrEqual(best + slack + rounding);
    const w = found.perturbation.map((value, j) => point[j] + value);
    expect(Math.abs(loss(eigenvalues, w) - found.value)).toBeLessThanOrEqual(rounding);
  });

  it("is certified by the multiplier μ ≥ λ₁ for random spectra, up to d = 1000 and a condition number of 1e8", () => {
    for (const size of [1, 3, 10, 100, 1000]) {
      for (let seed = 0; seed < 5; seed++) {
        const stream = randomStream(seed, "worst", size);
        const eigenvalues = Float64Array.from({ length: size }, () => 10 ** (-8 * stream.uniform()))
          .sort()
          .reverse();
        const point = stream.normals(size);
        const radius = 2 * stream.uniform() + 0.01;
        const { perturbation, value, converged, residual } = worstQuadraticPerturbation({ eigenvalues, radius }, point);
        expect(converged).toBe(true);
        expect(residual).toBeLessThanOrEqual(64 * EPS);
        expect(Math.abs(norm(perturbation) / radius - 1)).toBeLessThanOrEqual(64 * EPS + size * EPS);
        // Λ(w + ε) = με with μ ≥ λ₁ is sufficient (Gay 1981): μ by the leading coordinate, its residual by the rest.
        const slope = perturbation.map((e, j) => eigenvalues[j] * (point[j] + e));
        const mu = slope.reduce((sum, g, j) => sum + g * perturbation[j], 0) / radius ** 2;
        expect(mu).toBeGreaterThanOrEqual(eigenvalues[0] * (1 - 1e-12));
        const error = norm(slope.map((g, j) => g - mu * perturbation[j]));
        // Each coordinate solves its own equation to a few eps of its terms.
        expect(error).toBeLessThanOrEqual(1e-13 * (norm(slope) + mu * radius));
        expect(value).toBeGreaterThanOrEqual(loss(eigenvalues, point));
      }
    }
  });

  it("is ½λ₁ρ² at 0, ½λ₁(|x| + ρ)² along e₁, and ½λ₁ρ² + ½λ₁λ_j x²/(λ₁ − λ_j) near 0 along e_j", () => {
    expect(solve([3, 1], 0.5, [0, 0]).value).toBe(0.375);
    expect(solve([3, 1], 0.5, [0, 0]).perturbation).toEqual(Float64Array.of(0.5, 0));
    expect(solve([3, 1], 0.5, [-0.25, 0]).value).toBeCloseTo(1.5 * 0.75 ** 2, 14);
    expect(solve([3, 1], 0.5, [0, 0.25]).value).toBeCloseTo(0.375 + (3 * 0.25 ** 2) / 4, 14);
  });

  it("does not stumble over numbers whose squares underflow", () => {
    expect(solve([1, 0.5], 0.5, [1e-200, 0]).value).toBe(0.125);
    expect(solve([1, 0.5], 0.5, [1e-200, 1e-200]).converged).toBe(true);
  });

  it.each<[number[], number, number[], string]>([
    [[], 1, [], "eigenvalues must have at least one entry"],
    [[NaN], 1, [1], "eigenvalues must be finite, got NaN at index 0"],
    [[1, 2], 1, [1, 1], "eigenvalues must descend"],
    [[1, -2], 1, [1, 1], "the eigenvalues must be at least 0, got -2"],
    [[1], 0, [1], "radius must be positive and finite, got 0"],
    [[1], NaN, [1], "radius must be positive and finite, got NaN"],
    [[1], 1, [1, 2], "the point must have length 1, got 2"],
    [[1], 1, [Infinity], "the point must be finite, got Infinity at index 0"],
    [[1e300], 1, [1e300], "Λw/ρ must have a finite length, got Infinity"],
  ])("refuses λ = %o, ρ = %d, w = %o", (eigenvalues, radius, point, message) => {
    const refused = () => solve(eigenvalues, radius, point);
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(`worstQuadraticPerturbation: ${message}`);
  });
});

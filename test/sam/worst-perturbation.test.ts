import { describe, expect, it } from "vitest";
import { diagonal, matrix, norm, randomStream } from "flat-minima/core";
import { worstCaseSharpness } from "flat-minima/landscape";
import { empiricalRisk, halfSquareLoss, quadratic, twoLayer } from "flat-minima/models";
import { worstPerturbation } from "flat-minima/sam";

/**
 * The maximum over ‖ε‖ ≤ ρ of gᵀε + ½εᵀΛε for Λ = diag(λ) ≥ 0 by its optimality conditions: (μ − Λ)ε = g with
 * ‖ε‖ = ρ and μ ≥ λ₁, where ‖(μ − Λ)⁻¹g‖ falls with μ from ∞: bisection.
 */
function trustRegionOracle(lambda: Float64Array, g: Float64Array, radius: number): Float64Array {
  const at = (mu: number): Float64Array => g.map((value, k) => value / (mu - lambda[k]));
  let low = Math.max(...lambda);
  let high = low + norm(g) / radius; // there the norm is at most ρ
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (norm(at(middle)) > radius) low = middle;
    else high = middle;
  }
  return at(high);
}

describe("the worst perturbation", () => {
  it("of a convex quadratic solves the trust-region problem's secular equation", async () => {
    const stream = randomStream(1, "trust region");
    for (let trial = 0; trial < 40; trial++) {
      const d = 1 + stream.integer(6);
      const lambda = Float64Array.from({ length: d }, () => stream.uniform() * 3);
      const theta = stream.normals(d);
      const g = theta.map((value, k) => lambda[k] * value);
      // ρλ₁/‖g‖ from a thousandth to 10: on a convex quadratic the iteration climbs, whatever the radius.
      const radius = (10 ** (4 * stream.uniform() - 3) * norm(g)) / Math.max(...lambda);
      const bowl = quadratic([diagonal(lambda)]);
      const worst = await worstPerturbation(bowl.gradient, theta, { perturbationRadius: radius, maxIterations: 1e5 });
      expect(worst.converged).toBe(true);
      const exact = trustRegionOracle(lambda, g, radius);
      // With H of gap μ − λ₁ below the multiplier μ = ‖g + Hε‖/ρ, the map contracts by at most λ₁/μ: the distance to the
      // fixed point is the residual over 1 − λ₁/μ. The oracle's own: a rounding of μ over the same gap.
      const multiplier = norm(worst.gradient) / radius;
      const gap = 1 - Math.max(...lambda) / multiplier;
      const distance = norm(worst.perturbation.map((value, k) => value - exact[k]));
      expect(distance / radius).toBeLessThanOrEqual((2e-12 + 20 * Number.EPSILON) / gap);
      expect(worst.gradient).toEqual(bowl.gradient(theta.map((value, k) => value + worst.perturbation[k])));
    }
  });

  it("starts from SAM's own perturbation", async () => {
    const bowl = quadratic([diagonal(Float64Array.of(3, 1))]);
    const once = await worstPerturbation(bowl.gradient, Float64Array.of(1, 4), {
      perturbationRadius: 0.5,
      maxIterations: 1,
    });
    expect(norm([once.perturbation[0] - 0.3, once.perturbation[1] - 0.4])).toBeLessThanOrEqual(4 * Number.EPSILON);
    expect(once.converged).toBe(false);
    expect(once.message).toMatch(/^not converged: .* ρ‖∇²L‖ should be below ½‖∇L‖$/);
  });

  it("is the maximum that a search from many starts finds on a network, and its gradient Danskin's", async () => {
    const network = twoLayer({ inputCount: 2, width: 3, structure: "bias", activation: "tanh" });
    const stream = randomStream(2, "network");
    const inputs = { rows: 6, cols: 2, data: stream.normals(12) };
    const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets: stream.normals(6) });
    const theta = stream.normals(network.parameterCount);
    const before = theta.slice();
    const radius = 0.02;
    const worst = await worstPerturbation(risk.gradient, theta, { perturbationRadius: radius });
    expect(worst.converged).toBe(true);
    expect(theta).toEqual(before);
    expect(Math.abs(norm(worst.perturbation) / radius - 1)).toBeLessThanOrEqual(8 * Number.EPSILON);

    const shifted = (step: number, k: number): Float64Array => {
      const moved = theta.slice();
      moved[k] += step;
      return moved;
    };
    const highest = async (point: Float64Array): Promise<number> => {
      const { value } = await worstCaseSharpness(risk, point, { radius, stream: randomStream(3), tolerance: 1e-9 });
      return risk.loss(point) + (value * radius ** 2) / 2;
    };
    const top = risk.loss(theta.map((value, k) => value + worst.perturbation[k]));
    // The search stops where the loss no longer rises visibly; its own value is a difference of losses.
    expect(Math.abs(top - (await highest(theta)))).toBeLessThanOrEqual(8 * Number.EPSILON * top);

    // Central differences of the search's maximum: h²/6 times a third derivative of order 1, and 16 eps of loss over h.
    const h = 1e-4;
    for (let k = 0; k < theta.length; k++) {
      const slope = ((await highest(shifted(h, k))) - (await highest(shifted(-h, k)))) / (2 * h);
      expect(Math.abs(slope - worst.gradient[k])).toBeLessThanOrEqual(20 * h ** 2 + (16 * Number.EPSILON * top) / h);
    }
  });

  it("refuses bad input before any work", async () => {
    const silent = (): Float64Array => {
      throw new Error("the gradient was called");
    };
    const theta = Float64Array.of(1, 2);
    const refused = (options: object, point = theta): Promise<unknown> =>
      worstPerturbation(silent, point, { perturbationRadius: 1, ...options });
    for (const perturbationRadius of [0, -1, NaN, Infinity]) {
      await expect(refused({ perturbationRadius })).rejects.toThrow(
        "worstPerturbation: perturbationRadius must be positive and finite, got",
      );
    }
    await expect(refused({}, new Float64Array(0))).rejects.toThrow("worstPerturbation: parameters must not be empty");
    await expect(refused({}, Float64Array.of(NaN))).rejects.toThrow("worstPerturbation: parameters must be finite");
    await expect(refused({ tolerance: 0 })).rejects.toThrow("worstPerturbation: tolerance must be at least");
    await expect(refused({ maxIterations: 0 })).rejects.toThrow("worstPerturbation: maxIterations must be");
  });

  it("names a critical point and a gradient that cannot be one", async () => {
    const options = { perturbationRadius: 1 };
    const bowl = quadratic([matrix([[1]])]);
    await expect(worstPerturbation(bowl.gradient, Float64Array.of(0), options)).rejects.toThrow(
      "worstPerturbation: no gradient on the way may be 0 (nor its square), got 0",
    );
    const hill = quadratic([matrix([[-1]])]); // from −1 uphill to the top, exactly
    await expect(worstPerturbation(hill.gradient, Float64Array.of(-1), options)).rejects.toThrow("may be 0");
    await expect(worstPerturbation(() => Float64Array.of(1, 2), Float64Array.of(1), options)).rejects.toThrow(
      "worstPerturbation: the gradient must have length 1, got 2",
    );
    await expect(worstPerturbation(() => Float64Array.of(NaN), Float64Array.of(1), options)).rejects.toThrow(
      "worstPerturbation: the gradient must be finite",
    );
  });
});

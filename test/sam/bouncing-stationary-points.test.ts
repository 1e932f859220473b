import { eigh, randomStream } from "flat-minima/core";
import { gradientDescent } from "flat-minima/optimizers";
import { bouncingObjective, bouncingStationarySpheres, quadraticSamThresholds } from "flat-minima/sam";
import { describe, expect, it } from "vitest";
import { magnitude, plainObjective, randomSetting } from "./bouncing-spectra";

const EPS = Number.EPSILON;

describe("the stationary spheres of J", () => {
  it("have the gradient 0, their value, and the Hessian of J there", () => {
    let [spheres, ties, zeros] = [0, 0, 0];
    for (let seed = 0; seed < 100; seed++) {
      const stream = randomStream(seed, "spheres");
      const d = 1 + (seed % 8);
      const options = randomSetting(stream, d, 2);
      const J = bouncingObjective(options);
      for (const { index, multiplicity, radius, value, hessianEigenvalues, inertia } of bouncingStationarySpheres(
        options,
      )) {
        const u = new Float64Array(d);
        u.set(
          stream.sphere(multiplicity).map((entry) => radius * entry),
          index,
        );
        // The two parts of the gradient, λ_i each at most, cancel.
        const steepest = Math.max(...J.gradient(u).map(Math.abs));
        expect(steepest).toBeLessThanOrEqual((d + 20) * EPS * options.eigenvalues[index]);
        expect(Math.abs(plainObjective(options, u) - value)).toBeLessThanOrEqual(
          (d + 20) * EPS * magnitude(options, u),
        );
        const H = J.hessian(u);
        const { values } = eigh(H);
        // Entries are differences of c_i and λ_iλ_j/‖Λu‖ ≤ λ₁²/β; eigh errs by d·eps·‖H‖.
        const size = options.eigenvalues[0] ** 2 / quadraticSamThresholds(options).growth[index];
        const curvature = 2 / (options.learningRate * options.perturbationRadius);
        const tolerance = d * (d + 20) * EPS * (size + curvature);
        for (const [k, entry] of values.entries()) {
          expect(Math.abs(entry - hessianEigenvalues[k])).toBeLessThanOrEqual(tolerance);
        }
        expect(inertia).toEqual({
          positive: values.filter((entry) => entry > tolerance).length,
          negative: values.filter((entry) => entry < -tolerance).length,
          zero: values.filter((entry) => Math.abs(entry) <= tolerance).length,
        });
        spheres++;
        ties += inertia.zero;
        zeros += options.eigenvalues.includes(0) ? 1 : 0;
      }
    }
    expect(spheres).toBeGreaterThan(200);
    expect(ties).toBeGreaterThan(30);
    expect(zeros).toBeGreaterThan(30);
  });

  it("end every search for a minimum at the first", () => {
    for (let seed = 0; seed < 60; seed++) {
      const stream = randomStream(seed, "searches");
      const d = 2 + (seed % 4);
      const eigenvalues = Float64Array.from({ length: d }, (_, i) => (i < 2 && seed % 3 === 0 ? 1 : 1 - 0.15 * i));
      const options = { eigenvalues, learningRate: 0.5, perturbationRadius: 1 };
      const [top] = bouncingStationarySpheres(options);
      // A third of SAM's step: the search is not SAM.
      const descend = gradientDescent({ gradient: bouncingObjective(options).gradient, learningRate: 0.5 / 3 });
      let u: Float64Array = stream.normals(d);
      for (let t = 0; t < 2000; t++) u = descend(u);
      const part = Math.hypot(...u.subarray(0, top.multiplicity));
      // The slowest factor is 1 - ηρh/3 = 1 - .15·(2·1.85 - .425)/3 < .84, far below rounding after 2000 steps.
      expect(Math.abs(part - top.radius)).toBeLessThanOrEqual(100 * EPS);
      expect(Math.hypot(...u.subarray(top.multiplicity))).toBeLessThanOrEqual(100 * EPS);
    }
  });

  it("lie nowhere else: the gradient is not 0 off the spheres, nor is 0 a minimum", () => {
    for (let seed = 0; seed < 200; seed++) {
      const stream = randomStream(seed, "elsewhere");
      const options = randomSetting(stream, 3, 1);
      const { eigenvalues } = options;
      const J = bouncingObjective(options);
      // Between the first eigenspace and the last: the two parts of u_i's slope cancel in one of them at most.
      const u = bouncingStationarySpheres(options)[0].radius * 0.6;
      if (eigenvalues[0] > eigenvalues[2])
        expect(Math.hypot(...J.gradient(Float64Array.of(u, 0, u)))).toBeGreaterThan(1e-6 * eigenvalues[0]);
      const direction = stream.sphere(3);
      const slope = Math.hypot(...direction.map((entry, i) => entry * eigenvalues[i]));
      const curvature = 2 / (options.learningRate * options.perturbationRadius);
      const near = direction.map((entry) => (entry * slope) / curvature);
      expect(J.value(near)).toBeLessThan(0); // ½c·t² - slope·t at t = slope/c is at most -slope²/(2c)
    }
  });

  it("are one for each positive eigenvalue, and need the theory's premises", () => {
    const eigenvalues = Float64Array.of(3, 3, 1, 0);
    const options = { eigenvalues, learningRate: 0.25, perturbationRadius: 1 };
    expect(bouncingStationarySpheres(options).map(({ index, multiplicity }) => [index, multiplicity])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(() => bouncingStationarySpheres({ ...options, learningRate: 0.5 })).toThrow(
      "quadraticSamThresholds: the theory wants learningRate × largest eigenvalue below 1, got 1.5",
    );
    expect(() => bouncingStationarySpheres({ ...options, eigenvalues: Float64Array.of(1, -1) })).toThrow(
      "quadraticSamThresholds: the theory wants eigenvalues of at least 0, got -1",
    );
  });
});

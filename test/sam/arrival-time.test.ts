import { DivergenceError, InvalidArgumentError, randomStream } from "flat-minima/core";
import { sam } from "flat-minima/optimizers";
import { arrivalTime, asymptoticArrivalTime, type QuadraticSamOptions, quadraticSamTwoCycle } from "flat-minima/sam";
import { describe, expect, it } from "vitest";

const setting = (eigenvalues: number[], learningRate: number, perturbationRadius = 0.3): QuadraticSamOptions => ({
  eigenvalues: Float64Array.from(eigenvalues),
  learningRate,
  perturbationRadius,
});

/** T by the generic SAM, an array for every step, and the distance to both points. */
function naiveArrival(options: QuadraticSamOptions, start: Float64Array, tolerance: number, maxSteps: number) {
  const { eigenvalues, learningRate, perturbationRadius } = options;
  const radius = (learningRate * perturbationRadius * eigenvalues[0]) / (2 - learningRate * eigenvalues[0]);
  const step = sam({ gradient: (w) => w.map((v, i) => eigenvalues[i] * v), learningRate, perturbationRadius });
  let w: Float64Array = start;
  for (let t = 0; t <= maxSteps; t++) {
    const [plus, minus] = [1, -1].map((sign) => Math.hypot(...w.map((v, i) => (i === 0 ? v - sign * radius : v))));
    if (Math.min(plus, minus) <= tolerance * radius) return t;
    w = step(w);
  }
  return undefined;
}

describe("arrivalTime", () => {
  it("counts the steps of the generic SAM, for random spectra and starts", async () => {
    let different = 0;
    for (let seed = 0; seed < 40; seed++) {
      const stream = randomStream(seed, "arrival");
      const size = 1 + stream.integer(6);
      const eigenvalues = Array.from({ length: size }, () => 0.1 + stream.uniform())
        .sort()
        .reverse();
      const options = setting(eigenvalues, (1.9 * stream.uniform()) / eigenvalues[0] || 0.1, 0.1 + stream.uniform());
      const start = stream.normals(size);
      const expected = naiveArrival(options, start, 1e-3, 3000);
      const found = await arrivalTime(options, start, { tolerance: 1e-3, maxSteps: 3000 });
      expect(found.converged).toBe(expected !== undefined);
      // The distance at T may lie within rounding of ε r: a step more or less, but not twice in 40.
      if (found.iterations !== (expected ?? 3000)) different++;
    }
    expect(different).toBeLessThanOrEqual(1);
  });

  it("is 0 on the cycle, at either point, and leaves the start alone", async () => {
    const options = setting([2, 1], 0.3);
    const { radius } = quadraticSamTwoCycle(options);
    const start = Float64Array.of(-radius, 0);
    const found = await arrivalTime(options, start);
    expect(found).toMatchObject({ iterations: 0, residual: 0, converged: true });
    found.parameters[0] = 7;
    expect(start).toEqual(Float64Array.of(-radius, 0));
  });

  it("needs log(1/ε)/(−log|m|) steps more for an ε smaller by that factor", async () => {
    const options = setting([1, 0.7, 0.3, 0.05], 0.4);
    const start = Float64Array.of(0.5, -0.3, 0.2, 0.9);
    const [early, late] = [
      await arrivalTime(options, start, { tolerance: 1e-4 }),
      await arrivalTime(options, start, { tolerance: 1e-9 }),
    ];
    // Whole steps: less than one at either end; beyond ε = 1e-4 the second-order terms are 1e-4 of a factor's logarithm.
    const between = late.iterations - early.iterations;
    expect(Math.abs(between - asymptoticArrivalTime(options, 1e-5))).toBeLessThan(1 + 0.05);
    // The theorem's 1/(ηλ_d) is another number.
    expect(Math.abs(between - Math.log(1e5) / (0.4 * 0.05))).toBeGreaterThan(20);
  });

  it("takes the distance from the sphere where the largest eigenvalue has company", async () => {
    const options = setting([1, 1, 0.3], 0.4);
    const found = await arrivalTime(options, Float64Array.of(0.3, -0.4, 0.9), { tolerance: 1e-8 });
    expect(found.converged).toBe(true);
    const { radius } = quadraticSamTwoCycle(options);
    expect(Math.abs(Math.hypot(found.parameters[0], found.parameters[1]) / radius - 1)).toBeLessThanOrEqual(1e-8);
    expect(found.parameters[1] / found.parameters[0]).toBeCloseTo(-4 / 3, 10);
    expect(asymptoticArrivalTime(options, 0.5)).toBeCloseTo(Math.log(2) / -Math.log(1 - 0.12 - 1.6 * 0.09), 12);
  });

  it("does not arrive without a leading coordinate, nor along an eigenvalue 0, nor from 0, and says so", async () => {
    const options = setting([1, 0.7, 0.3], 0.4);
    const second = await arrivalTime(options, Float64Array.of(0, 1, 1), { maxSteps: 2000 });
    expect(second).toMatchObject({ converged: false, iterations: 2000 });
    expect(second.message).toMatch(/not converged: relative residual .*without a leading coordinate/);
    expect(Math.abs(second.parameters[1])).toBeCloseTo(quadraticSamTwoCycle(options, 1).radius, 12);
    const kept = await arrivalTime(setting([1, 0], 0.4), Float64Array.of(1, 1), { maxSteps: 2000 });
    expect(kept.converged).toBe(false);
    expect(kept.parameters[1]).toBe(1);
    const still = await arrivalTime(options, new Float64Array(3), { maxSteps: 10 });
    expect(still.residual).toBe(1);
    expect(still.converged).toBe(false);
  });

  it("names the step at which numbers end", async () => {
    const wild = arrivalTime(setting([1e200, 1], 1e-200, 1), Float64Array.of(1e300, 1e300));
    await expect(wild).rejects.toThrow(DivergenceError);
  });

  it.each<[QuadraticSamOptions, Float64Array, object, string]>([
    [setting([1, -1], 0.1), Float64Array.of(1, 1), {}, "the eigenvalues must be at least 0, got -1"],
    [setting([0, 0], 0.1), Float64Array.of(1, 1), {}, "a two-cycle needs a positive eigenvalue, got 0"],
    [setting([1, 1], 2), Float64Array.of(1, 1), {}, "a two-cycle needs learningRate × eigenvalue below 2, got 2"],
    [setting([1, 1], 1, 0), Float64Array.of(1, 1), {}, "a two-cycle needs a positive perturbationRadius, got 0"],
    [setting([1, 1], 1), Float64Array.of(1), {}, "the start must have length 2, got 1"],
    [setting([1, 1], 1), Float64Array.of(1, NaN), {}, "the start must be finite, got NaN at index 1"],
    [setting([1, 1], 1), Float64Array.of(1, 1), { tolerance: 0 }, "the tolerance must be above 0 and below 1, got 0"],
    [
      setting([1, 1], 1),
      Float64Array.of(1, 1),
      { maxSteps: 0.5 },
      "maxSteps must be an integer of at least 0, got 0.5",
    ],
  ])("refuses %o from %o, %o", async (options, start, arrival, message) => {
    await expect(arrivalTime(options, start, arrival)).rejects.toThrow(InvalidArgumentError);
    await expect(arrivalTime(options, start, arrival)).rejects.toThrow(`arrivalTime: ${message}`);
  });
});

describe("asymptoticArrivalTime", () => {
  it("is the slowest multiplier's, wherever it is", () => {
    // Along λ_d, along λ₂ next to λ₁, and along e₁ itself.
    const slow = 1 - 0.4 * 0.01 - 1.6 * 0.01 ** 2;
    expect(asymptoticArrivalTime(setting([1, 0.5, 0.01], 0.4), 1e-3)).toBeCloseTo(Math.log(1e3) / -Math.log(slow), 8);
    const close = -(1 - 0.4 * 0.99 - 1.6 * 0.99 ** 2);
    expect(asymptoticArrivalTime(setting([1, 0.99, 0.5], 0.4), 1e-3)).toBeCloseTo(Math.log(1e3) / -Math.log(close), 8);
    // Where the multiplier rounds to 1, the time is 1/(ηλ_d) to a relative 1e-17.
    expect(asymptoticArrivalTime(setting([1, 1e-17], 0.4), 0.5)).toBeCloseTo(Math.log(2) / 0.4e-17, -5);
    expect(asymptoticArrivalTime(setting([1], 0.4), 1e-3)).toBeCloseTo(Math.log(1e3) / -Math.log(0.6), 8);
  });

  it.each<[QuadraticSamOptions, number, string]>([
    [setting([1, 0], 0.1), 0.1, "the smallest eigenvalue must be positive, got 0"],
    [setting([1, 1], 0.1), 1, "the tolerance must be above 0 and below 1, got 1"],
    [setting([1, 1], 2), 0.1, "a two-cycle needs learningRate × eigenvalue below 2, got 2"],
  ])("refuses %o, %d", (options, tolerance, message) => {
    const refused = () => asymptoticArrivalTime(options, tolerance);
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(`asymptoticArrivalTime: ${message}`);
  });
});

import { eigh, InvalidArgumentError, type Matrix, multiplyVector, randomStream } from "flat-minima/core";
import { sam } from "flat-minima/optimizers";
import { type QuadraticSamOptions, quadraticSamThresholds, quadraticSamTwoCycle } from "flat-minima/sam";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

const setting = (eigenvalues: number[], learningRate: number, perturbationRadius = 0.3): QuadraticSamOptions => ({
  eigenvalues: Float64Array.from(eigenvalues),
  learningRate,
  perturbationRadius,
});

/** The generic SAM on ½wᵀΛw, which knows nothing of eigenvectors. */
const genericStep = ({ eigenvalues, learningRate, perturbationRadius }: QuadraticSamOptions) =>
  sam({ gradient: (w) => w.map((value, i) => eigenvalues[i] * value), learningRate, perturbationRadius });

const along = (size: number, index: number, length: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => (i === index ? length : 0));

/** Spectra with a cycle along each index listed: separate, with ties, with zeros, of one eigenvalue, of ηλ₁ in (1, 2). */
const cases: [QuadraticSamOptions, number[]][] = [
  [setting([2, 1.3, 1, 0.5, 0.1], 0.2), [0, 1, 2, 3, 4]],
  [setting([2, 2, 1, 1, 0.5], 0.3), [0, 1, 2, 4]],
  [setting([3, 1, 0, 0], 0.1), [0, 1]],
  [setting([1.5], 0.4), [0]],
  [setting([1, 0.9, 0.2], 1.7), [0, 1, 2]],
  [setting([1, 1e-3, 1e-8], 0.4), [0, 1]],
];
const each = cases.flatMap(([options, list]) => list.map((index) => [options, index] as const));

describe("quadraticSamTwoCycle", () => {
  it.each(each)("is a two-cycle of the generic SAM: %o, along %i", (options, index) => {
    const { radius } = quadraticSamTwoCycle(options, index);
    const step = genericStep(options);
    const point = along(options.eigenvalues.length, index, radius);
    const next = step(point);
    // w − η λ (w + ρ) with three products and two sums of numbers of at most w + ηλ(w + ρ).
    const size = radius + options.learningRate * options.eigenvalues[index] * (radius + options.perturbationRadius);
    next.forEach((value, i) => expect(Math.abs(value + point[i])).toBeLessThanOrEqual(8 * EPS * size));
    expect(radius).toBeGreaterThan(0);
  });

  it("has the radius of the thresholds, where the theory's premises hold", () => {
    const options = setting([2, 1, 0.5], 0.3);
    expect(quadraticSamTwoCycle(options).radius).toBeCloseTo(quadraticSamThresholds(options).cycleRadius, 15);
  });

  it.each(each)(
    "has the multipliers that central differences of the generic SAM give: %o, along %i",
    (options, index) => {
      const { radius, multipliers } = quadraticSamTwoCycle(options, index);
      const step = genericStep(options);
      const size = options.eigenvalues.length;
      const h = 1e-5 * radius;
      const shortest = options.eigenvalues[index] * radius;
      for (let j = 0; j < size; j++) {
        const at = (sign: number) => step(along(size, index, radius).map((v, i) => (i === j ? v + sign * h : v)));
        const [ahead, behind] = [at(1), at(-1)];
        for (let i = 0; i < size; i++) {
          const difference = (ahead[i] - behind[i]) / (2 * h);
          // Rounding: eps·r/h times a few. The second-order term, (λ_j h/‖Λw‖)² times ηρλ_j²/‖Λw‖; ratios to 1 here only.
          const ratio = options.eigenvalues[j] / shortest;
          const second = (options.learningRate * options.perturbationRadius * options.eigenvalues[j] ** 2) / shortest;
          const tolerance = (8 * EPS * (1 + second) * radius) / h + (ratio * h) ** 2 * second;
          expect(Math.abs(difference - (i === j ? multipliers[j] : 0))).toBeLessThanOrEqual(tolerance);
        }
      }
    },
  );

  it("has the eigenvalues of the exact dense Jacobian on a rotated quadratic, and no neighbouring formula has", () => {
    const options = setting([2, 1.3, 1, 0.4, 0.4, 0.05], 0.3);
    const { eigenvalues, learningRate, perturbationRadius } = options;
    const size = eigenvalues.length;
    const stream = randomStream(1, "rotation");
    const random = Array.from({ length: size * size }, () => stream.normal());
    const rotation = eigh({
      rows: size,
      cols: size,
      data: Float64Array.from(random, (_, k) => random[k] + random[(k % size) * size + Math.floor(k / size)]),
    }).vectors;
    const q = (i: number) => Float64Array.from({ length: size }, (_, k) => rotation.data[k * size + i]);
    const fill = (entry: (a: number, b: number) => number): Matrix => ({
      rows: size,
      cols: size,
      data: Float64Array.from({ length: size * size }, (_, k) => entry(Math.floor(k / size), k % size)),
    });
    const axes = Array.from({ length: size }, (_, i) => q(i));
    const H = fill((a, b) => axes.reduce((sum, axis, i) => sum + eigenvalues[i] * axis[a] * axis[b], 0));
    for (const index of [0, 1, 5]) {
      const cycle = quadraticSamTwoCycle(options, index);
      const slope = multiplyVector(
        H,
        axes[index].map((value) => cycle.radius * value),
      );
      const length = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0));
      const pushed = multiplyVector(H, slope); // H n ‖Hw‖
      // I − ηH − ηρ H(I − nnᵀ)H/‖Hw‖.
      const jacobian = fill((a, b) => {
        let square = 0;
        for (let k = 0; k < size; k++) square += H.data[a * size + k] * H.data[k * size + b];
        const bend = (square - (pushed[a] * pushed[b]) / length ** 2) / length;
        return Number(a === b) - learningRate * H.data[a * size + b] - learningRate * perturbationRadius * bend;
      });
      const expected = eigh(jacobian).values.slice().sort().reverse();
      const largest = Math.max(...expected.map(Math.abs));
      const distance = (multipliers: Float64Array) =>
        Math.max(
          ...multipliers
            .slice()
            .sort()
            .reverse()
            .map((m, i) => Math.abs(m - expected[i])),
        );
      // Two products of d terms and an eigenvalue problem, each of d·eps times the largest entry, with the factor ρη/‖Hw‖
      // already in it.
      const tolerance = 32 * size * EPS * largest;
      expect(distance(cycle.multipliers)).toBeLessThanOrEqual(tolerance);
      const own = eigenvalues[index];
      const without = eigenvalues.map((l, j) =>
        j === index ? 1 - learningRate * l : 1 - learningRate * l - (l / own) ** 2,
      );
      const linear = cycle.multipliers.map((m, j) =>
        j === index ? m : 1 - learningRate * eigenvalues[j] - (2 - learningRate * own) * (eigenvalues[j] / own),
      );
      expect(distance(without)).toBeGreaterThan(1e3 * tolerance);
      expect(distance(linear)).toBeGreaterThan(1e3 * tolerance);
    }
  });

  it("is stable exactly where SAM from near by comes back", () => {
    for (const [options, index] of each) {
      const { radius, stable, slowest, multipliers } = quadraticSamTwoCycle(options, index);
      const size = options.eigenvalues.length;
      expect(slowest).toBe(Math.max(...multipliers.map(Math.abs)));
      if (stable) expect(slowest).toBeLessThan(1);
      else expect(slowest).toBeGreaterThanOrEqual(1 - 4 * EPS);
      if (Math.abs(slowest - 1) < 1e-6) continue; // no change to be seen
      const step = genericStep(options);
      const stream = randomStream(2, "near", index);
      let w: Float64Array = along(size, index, radius).map((v) => v + 1e-4 * radius * stream.normal());
      for (let t = 0; t < 2 * Math.ceil(Math.log(1e3) / Math.abs(Math.log(slowest))); t++) w = step(w);
      const distance = Math.hypot(...w.map((v, i) => (i === index ? Math.abs(v) - radius : v))) / radius;
      if (stable) expect(distance).toBeLessThan(1e-6);
      else expect(distance).toBeGreaterThan(1e-2);
    }
  });

  it("calls ties and zeros unstable, and a tiny λ_d stable though its multiplier rounds to 1", () => {
    const tie = quadraticSamTwoCycle(setting([2, 2, 1], 0.3));
    expect(tie.stable).toBe(false);
    expect(tie.multipliers[1]).toBeCloseTo(-1, 15);
    const zero = quadraticSamTwoCycle(setting([2, 0], 0.3));
    expect(zero.stable).toBe(false);
    expect(zero.multipliers[1]).toBe(1);
    expect(quadraticSamTwoCycle(setting([2, 1e-20], 0.3)).stable).toBe(true);
  });

  it.each<[QuadraticSamOptions, number, string]>([
    [setting([], 0.1), 0, "eigenvalues must have at least one entry"],
    [setting([1, NaN], 0.1), 0, "eigenvalues must be finite, got NaN at index 1"],
    [setting([1, 2], 0.1), 0, "eigenvalues must descend"],
    [setting([1, -1], 0.1), 0, "the eigenvalues must be at least 0, got -1"],
    [setting([1, 0], 0.1), 1, "a two-cycle needs a positive eigenvalue, got 0"],
    [setting([2, 1], 1), 0, "a two-cycle needs learningRate × eigenvalue below 2, got 2"],
    [setting([2, 1], 0), 0, "learningRate must be positive and finite, got 0"],
    [setting([2, 1], 0.1, 0), 0, "a two-cycle needs a positive perturbationRadius, got 0"],
    [setting([2, 1], 0.1, -1), 0, "perturbationRadius must be finite and at least 0, got -1"],
    [setting([2, 1], 0.1), 2, "the index must be an integer from 0 to 1, got 2"],
    [setting([2, 1], 0.1), 0.5, "the index must be an integer from 0 to 1, got 0.5"],
  ])("refuses %o along %d", (options, index, message) => {
    const refused = () => quadraticSamTwoCycle(options, index);
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(`quadraticSamTwoCycle: ${message}`);
  });
});

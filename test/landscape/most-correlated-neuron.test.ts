import { matrix, randomStream, type Matrix } from "flat-minima/core";
import { mostCorrelatedPlanarNeuron, searchMostCorrelatedNeuron } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** Σ_i c_i max{w·x_i, 0}, written out. */
function correlation(rows: readonly (readonly number[])[], c: readonly number[], w: ArrayLike<number>): number {
  return rows.reduce(
    (sum, x, i) =>
      sum +
      c[i] *
        Math.max(
          0,
          x.reduce((t, entry, k) => t + entry * w[k], 0),
        ),
    0,
  );
}

/** Σ_i |c_i| ‖x_i‖: what the correlation changes by at most when w moves by 1, and a bound on all sums. */
function lipschitz(rows: readonly (readonly number[])[], c: readonly number[]): number {
  return rows.reduce((sum, x, i) => sum + Math.abs(c[i]) * Math.hypot(...x), 0);
}

function drawn(seed: number, n: number, d: number): { rows: number[][]; c: number[]; X: Matrix } {
  const stream = randomStream(seed, "neuron", n, d);
  const rows = Array.from({ length: n }, () => Array.from(stream.normals(d)));
  return { rows, c: Array.from(stream.normals(n)), X: matrix(rows) };
}

describe("mostCorrelatedPlanarNeuron", () => {
  it("is the maximum over a grid of directions, up to the grid's spacing", () => {
    const steps = 4000;
    for (let seed = 0; seed < 60; seed++) {
      const { rows, c, X } = drawn(seed, 1 + (seed % 9), 2);
      let brute = 0;
      for (let k = 0; k < steps; k++) {
        const angle = (2 * Math.PI * k) / steps;
        brute = Math.max(brute, Math.abs(correlation(rows, c, [Math.cos(angle), Math.sin(angle)])));
      }
      const { value, direction } = mostCorrelatedPlanarNeuron(X, c);
      const rounding = 10 * rows.length * EPS * lipschitz(rows, c);
      expect(value).toBeGreaterThanOrEqual(brute - rounding);
      // The best direction is at most half a spacing from one of the grid.
      expect(value).toBeLessThanOrEqual(brute + (lipschitz(rows, c) * Math.PI) / steps + rounding);
      expect(Math.abs(Math.hypot(...direction) - 1)).toBeLessThanOrEqual(4 * EPS);
      expect(Math.abs(Math.abs(correlation(rows, c, direction)) - value)).toBeLessThanOrEqual(rounding);
    }
  });

  it("finds maxima inside an arc, on a kink and of a negative sum", () => {
    const right = matrix([
      [3, 0],
      [0, 4],
    ]);
    expect(mostCorrelatedPlanarNeuron(right, [1, 1]).value).toBe(5); // inside: (3, 4)/5
    expect(mostCorrelatedPlanarNeuron(right, [1, -1]).value).toBe(4); // −4 at w = (0, 1): the other input is on its kink
    // c = (1, −1) on x₁ = (1, 0), x₂ = (1, 1): active alone, x₁ gives cos φ for φ ≤ −45°, whose best is on the kink of x₂;
    // −x₂ gives −√2 cos(φ − 45°) for φ ≥ 90°, whose best, −1, is on the kink of x₁; both together give −sin φ.
    const acute = matrix([
      [1, 0],
      [1, 1],
    ]);
    const onKink = mostCorrelatedPlanarNeuron(acute, [1, -1]);
    expect(Math.abs(onKink.value - 1)).toBeLessThanOrEqual(4 * EPS);
    expect(Math.abs(onKink.direction[1] - 1)).toBeLessThanOrEqual(4 * EPS);
    const other = mostCorrelatedPlanarNeuron(acute, [3, -1]);
    // 3cos φ below −45°, 2cos φ − sin φ up to 90°: largest where (cos, sin) = (2, −1)/√5, at −26.6°.
    expect(Math.abs(other.value - Math.sqrt(5))).toBeLessThanOrEqual(8 * EPS);
  });

  it("bears parallel, opposite and vanishing inputs, and any size", () => {
    const line = matrix([
      [2, 2],
      [-1, -1],
      [0, 0],
      [3, 3],
    ]);
    expect(Math.abs(mostCorrelatedPlanarNeuron(line, [1, 4, 9, 1]).value - 5 * Math.SQRT2)).toBeLessThanOrEqual(
      40 * EPS,
    );
    expect(Math.abs(mostCorrelatedPlanarNeuron(line, [1, 6, 9, 1]).value - 6 * Math.SQRT2)).toBeLessThanOrEqual(
      40 * EPS,
    );
    expect(mostCorrelatedPlanarNeuron(matrix([[0, 0]]), [1]).value).toBe(0);
    expect(mostCorrelatedPlanarNeuron(matrix([[3, 4]]), [0]).value).toBe(0);
    const huge = mostCorrelatedPlanarNeuron(matrix([[3e300, 4e300]]), [2]);
    expect(Math.abs(huge.value / 1e301 - 1)).toBeLessThanOrEqual(8 * EPS);
    const tiny = mostCorrelatedPlanarNeuron(matrix([[3e-300, 4e-300]]), [-2]);
    expect(Math.abs(tiny.value / 1e-299 - 1)).toBeLessThanOrEqual(8 * EPS);
  });

  it("names what it cannot work with", () => {
    const X = matrix([[1, 2]]);
    const name = "mostCorrelatedPlanarNeuron";
    expect(() => mostCorrelatedPlanarNeuron(matrix([[1, 2, 3]]), [1])).toThrow(
      `${name}: inputs must have 2 columns, got 3`,
    );
    expect(() => mostCorrelatedPlanarNeuron(X, [1, 1])).toThrow(`${name}: coefficients must have length 1, got 2`);
    expect(() => mostCorrelatedPlanarNeuron(X, [NaN])).toThrow(`${name}: coefficients must be finite, got NaN`);
    const broken = { ...X, data: Float64Array.of(1, NaN) };
    expect(() => mostCorrelatedPlanarNeuron(broken, [1])).toThrow(`${name}: inputs must be finite, got NaN at (0, 1)`);
    expect(() => mostCorrelatedPlanarNeuron(matrix([[1e200, 0]]), [1e200])).toThrow(
      `${name}: the correlation must be finite, got Infinity`,
    );
  });
});

describe("searchMostCorrelatedNeuron", () => {
  it("is the root of the larger of Σ_{c>0} c², Σ_{c<0} c² on orthonormal inputs, for all signs", async () => {
    // On e₁, …, e₅ the positive part of w enters alone: max over w of Σ c_i w_i⁺ is the norm of c's positive part.
    const d = 5;
    const X = matrix(Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0))));
    for (let code = 0; code < 2 ** d; code++) {
      const c = Array.from({ length: d }, (_, i) => ((code >> i) & 1 ? -1 - i : 1 + i));
      const half = (sign: number) => Math.sqrt(c.reduce((sum, x) => sum + (sign * x > 0 ? x * x : 0), 0));
      const { value, direction, agreeing } = await searchMostCorrelatedNeuron(X, c, {
        starts: 12,
        stream: randomStream(code, "orthonormal"),
      });
      const exact = Math.max(half(1), half(-1));
      expect(value).toBeLessThanOrEqual(exact * (1 + 100 * EPS));
      expect(value).toBeGreaterThanOrEqual(exact * (1 - 1e-9)); // ascents end at gains below 1e-10
      expect(agreeing).toBeGreaterThanOrEqual(1);
      expect(agreeing).toBeLessThanOrEqual(12);
      expect(Math.abs(Math.hypot(...direction) - 1)).toBeLessThanOrEqual(10 * EPS);
    }
  });

  it("finds the planar maximum in the plane, from any start: a circle is all there is", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { rows, c, X } = drawn(seed, 1 + (seed % 8), 2);
      const exact = mostCorrelatedPlanarNeuron(X, c).value;
      const { value } = await searchMostCorrelatedNeuron(X, c, { starts: 1, stream: randomStream(seed, "start") });
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(20 * rows.length * EPS * lipschitz(rows, c));
    }
  });

  it("lies between the maximum over a grid on the sphere and what the spacing adds", async () => {
    const steps = 200;
    for (let seed = 0; seed < 12; seed++) {
      const { rows, c, X } = drawn(seed, 4 + seed, 3);
      let brute = 0;
      for (let i = 0; i <= steps; i++) {
        const polar = (Math.PI * i) / steps;
        for (let j = 0; j < 2 * steps; j++) {
          const azimuth = (Math.PI * j) / steps;
          const radius = Math.sin(polar);
          const w = [radius * Math.cos(azimuth), radius * Math.sin(azimuth), Math.cos(polar)];
          brute = Math.max(brute, Math.abs(correlation(rows, c, w)));
        }
      }
      const { value, direction } = await searchMostCorrelatedNeuron(X, c, { starts: 20, stream: randomStream(seed) });
      expect(value).toBeGreaterThanOrEqual(brute * (1 - 1e-9));
      // No direction is farther than half a spacing in either angle from one of the grid.
      const spacing = (Math.PI / steps) * Math.SQRT1_2;
      expect(value).toBeLessThanOrEqual(brute + lipschitz(rows, c) * spacing);
      const rounding = 20 * rows.length * EPS * lipschitz(rows, c);
      expect(Math.abs(Math.abs(correlation(rows, c, direction)) - value)).toBeLessThanOrEqual(rounding);
    }
  });

  it("ends where the slope vanishes along the kinks on which it lies", async () => {
    const [n, d] = [40, 6];
    let onKinks = 0;
    for (let seed = 0; seed < 10; seed++) {
      const { rows, c, X } = drawn(seed, n, d);
      const { value, direction } = await searchMostCorrelatedNeuron(X, c, { starts: 1, stream: randomStream(seed) });
      const product = (x: readonly number[], y: ArrayLike<number>) =>
        x.reduce((sum, entry, k) => sum + entry * y[k], 0);
      const kinks = rows.filter((x) => Math.abs(product(x, direction)) <= 1e-8 * Math.hypot(...x));
      onKinks += kinks.length;
      let slope: number[] = Array(d).fill(0);
      rows.forEach((x, i) => {
        if (product(x, direction) > 0 && !kinks.includes(x)) slope = slope.map((s, k) => s + c[i] * x[k]);
      });
      // What is left of the slope at right angles to w and the kinks' inputs, by Gram and Schmidt, twice.
      const basis: number[][] = [];
      for (const x of [Array.from(direction), ...kinks, slope]) {
        let rest = [...x];
        for (const b of [...basis, ...basis]) {
          const overlap = product(rest, b);
          rest = rest.map((entry, k) => entry - overlap * b[k]);
        }
        const length = Math.hypot(...rest);
        // A slope g gains g²/2h along its circle to second order; an ascent ends at a gain below 1e-10 h.
        if (x === slope) expect(length).toBeLessThanOrEqual(2 * Math.sqrt(2e-10) * value);
        basis.push(rest.map((entry) => entry / length));
      }
    }
    expect(onKinks).toBeGreaterThan(10); // so that it says something
  });

  it("counts the starts that found the best: all where there is one maximum, few among many", async () => {
    const alone = await searchMostCorrelatedNeuron(matrix([[1, 2, 3]]), [1], { starts: 7, stream: randomStream(1) });
    expect(alone.agreeing).toBe(7);
    const { c, X } = drawn(1, 120, 8);
    const many = await searchMostCorrelatedNeuron(X, c, { starts: 7, stream: randomStream(1) });
    expect(many.agreeing).toBeGreaterThanOrEqual(1);
    expect(many.agreeing).toBeLessThan(7);
  });

  it("leaves a start at which every neuron is dead", async () => {
    // Half of all starts see none of these inputs.
    const X = matrix([[1, 0, 0]]);
    for (let seed = 0; seed < 6; seed++) {
      const { value } = await searchMostCorrelatedNeuron(X, [-2], { starts: 1, stream: randomStream(seed) });
      expect(Math.abs(value - 2)).toBeLessThanOrEqual(10 * EPS);
    }
    expect((await searchMostCorrelatedNeuron(X, [0], { stream: randomStream(1) })).value).toBe(0);
  });

  it("names what it cannot work with", async () => {
    const name = "searchMostCorrelatedNeuron";
    const stream = randomStream(1);
    await expect(searchMostCorrelatedNeuron(matrix([[1]]), [1], { stream })).rejects.toThrow(
      `${name}: inputs must have at least 2 columns, got 1`,
    );
    await expect(searchMostCorrelatedNeuron(matrix([[1, 0]]), [1], { stream, starts: 0 })).rejects.toThrow(
      `${name}: starts must be a positive integer, got 0`,
    );
  });
});

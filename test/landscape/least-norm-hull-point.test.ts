import { type Matrix, matrix, norm, randomStream, rowOf } from "flat-minima/core";
import { leastNormHullPoint } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const along = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, entry, c) => sum + entry * y[c], 0);

/** The distance of the origin from the hull of points of the plane: over all segments, 0 inside a triangle. */
function planarDistance(points: readonly (readonly number[])[]): number {
  const turn = (a: readonly number[], b: readonly number[]): number => a[0] * b[1] - a[1] * b[0];
  let least = Infinity;
  for (const a of points) {
    for (const b of points) {
      const edge = [b[0] - a[0], b[1] - a[1]];
      const square = along(edge, edge);
      const t = square === 0 ? 0 : Math.min(1, Math.max(0, -along(a, edge) / square));
      least = Math.min(least, Math.hypot(a[0] + t * edge[0], a[1] + t * edge[1]));
      for (const c of points) {
        if (turn(a, b) > 0 && turn(b, c) > 0 && turn(c, a) > 0) least = 0;
      }
    }
  }
  return least;
}

/** What proves that z is the nearest point, and that the weights are its weights. */
function proof(points: Matrix, { point, weights }: { point: Float64Array; weights: Float64Array }): number[] {
  const { rows: n, cols: d } = points;
  const rows = Array.from({ length: n }, (_, i) => rowOf(points, i));
  const R = Math.max(...rows.map((row) => norm(row)));
  const z = Array.from({ length: d }, (_, c) => rows.reduce((sum, row, i) => sum + weights[i] * row[c], 0));
  const missing = Math.max(...rows.map((row) => along(point, point) - along(point, row)));
  return [
    Math.max(0, -Math.min(...weights)),
    Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1),
    norm(z.map((entry, c) => entry - point[c])) / R,
    missing / (norm(point) * R),
  ];
}

describe("leastNormHullPoint", () => {
  it("is as far as the nearest segment, or 0 in a triangle, in the plane", () => {
    const stream = randomStream(1, "hulls of the plane");
    let inside = 0;
    for (let draw = 0; draw < 200; draw++) {
      const shift = 2 * stream.normal();
      const points = Array.from({ length: 1 + (draw % 12) }, () => [stream.normal() + shift, stream.normal()]);
      const { point, converged } = leastNormHullPoint(matrix(points));
      const distance = planarDistance(points);
      if (distance === 0) inside++;
      expect(converged).toBe(true);
      // Points are of size 10 at most; ‖z − z*‖² ≤ gap ≤ 1e-12·‖z‖R, or ‖z‖ ≤ 1e-12·R.
      expect(Math.abs(norm(point) ** 2 - distance ** 2)).toBeLessThanOrEqual(1e-12 * 10 * (distance + 10));
    }
    expect(inside).toBeGreaterThan(20);
    expect(inside).toBeLessThan(180);
  });

  it("comes with its proof in thirty dimensions: weights of a mean, and a hyperplane through z", () => {
    for (const [n, d, shift] of [
      [100, 30, 1],
      [40, 30, 0],
      [20, 30, 3],
      [200, 5, 4],
    ]) {
      const stream = randomStream(n, "hulls");
      const points = { rows: n, cols: d, data: stream.normals(n * d).map((v, k) => v + (k % d === 0 ? shift : 0)) };
      const found = leastNormHullPoint(points);
      expect(found.converged).toBe(true);
      expect(found.weights.filter((weight) => weight > 0).length).toBeLessThanOrEqual(d + 1);
      const [negative, sum, mean, gap] = proof(points, found);
      expect(negative).toBe(0);
      expect(Math.max(sum, mean)).toBeLessThanOrEqual(n * d * EPS);
      // The hull has the origin in it, or the hyperplane holds to the tolerance.
      const [row] = [Array.from({ length: n }, (_, i) => norm(rowOf(points, i)))];
      expect(Math.min(gap, norm(found.point) / Math.max(...row))).toBeLessThanOrEqual(2e-12);
    }
  });

  it("finds the origin in a hull, in its face, edge and vertex", () => {
    const octahedron = [0, 1, 2].flatMap((c) => [1, -1].map((s) => [0, 1, 2].map((k) => (k === c ? s : 0))));
    const edge = [[1, 2], [-1, -2], [5, 0]]; // prettier-ignore
    const triangle = [[1, 0, 0], [-1, 1, 0], [-1, -1, 0], [3, 3, 3]]; // prettier-ignore
    for (const points of [
      octahedron,
      edge,
      triangle,
      [
        [0, 0],
        [1, 1],
      ],
    ]) {
      const found = leastNormHullPoint(matrix(points));
      expect(found.converged).toBe(true);
      expect(norm(found.point)).toBeLessThanOrEqual(10 * EPS);
      expect(proof(matrix(points), found)[2]).toBeLessThanOrEqual(10 * EPS);
    }
  });

  it("is not misled by repeated points, points on a line, or units", () => {
    const points = [[1, 1], [1, 1], [2, 2], [3, 3], [1, 1]]; // prettier-ignore
    expect(Array.from(leastNormHullPoint(matrix(points)).point)).toEqual([1, 1]);
    for (const unit of [1e-200, 1e200]) {
      const found = leastNormHullPoint(matrix([[2 * unit, -2 * unit], [2 * unit, 2 * unit], [5 * unit, 0]])); // prettier-ignore
      expect(Math.abs(found.point[0] / unit - 2)).toBeLessThanOrEqual(4 * EPS);
      expect(Array.from(found.weights)).toEqual([0.5, 0.5, 0]);
    }
    expect(Array.from(leastNormHullPoint(matrix([[0, 0]])).weights)).toEqual([1]);
  });

  it("says that it gave up", () => {
    const stream = randomStream(2, "hulls");
    const found = leastNormHullPoint({ rows: 60, cols: 20, data: stream.normals(1200) }, { maxIterations: 3 });
    expect(found.converged).toBe(false);
    expect(found.iterations).toBe(3);
    expect(found.message).toMatch(/after 3 iterations.*raise maxIterations/);
  });

  it("refuses what it cannot work with", () => {
    expect(() => leastNormHullPoint(matrix([[1, NaN]]))).toThrow("matrix: the entries must be finite");
    expect(() => leastNormHullPoint({ rows: 1, cols: 1, data: Float64Array.of(Infinity) })).toThrow(
      "leastNormHullPoint: the points must be finite, got Infinity at (0, 0)",
    );
    expect(() => leastNormHullPoint({ rows: 0, cols: 1, data: new Float64Array(0) })).toThrow(
      "leastNormHullPoint: there must be a point and a coordinate",
    );
    expect(() => leastNormHullPoint(matrix([[1]]), { tolerance: 0 })).toThrow("tolerance must be at least");
  });
});

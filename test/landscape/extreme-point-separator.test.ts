import { type Matrix, matrix, norm, randomStream, rowOf } from "flat-minima/core";
import { extremePointSeparator, hypercubeVertices } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
type Point = readonly number[];
const along = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, entry, c) => sum + entry * y[c], 0);

/** Whether 0 is a mean of integer vectors of the plane, exactly: at one, between two, or inside three of them. */
function planarMeanIsZero(vectors: readonly Point[]): boolean {
  const turn = (a: Point, b: Point): number => a[0] * b[1] - a[1] * b[0];
  return vectors.some(
    (a) =>
      along(a, a) === 0 ||
      vectors.some(
        (b) =>
          (turn(a, b) === 0 && along(a, b) < 0) ||
          vectors.some((c) => turn(a, b) > 0 && turn(b, c) > 0 && turn(c, a) > 0),
      ),
  );
}

/** u·x_i + b for all i. */
const heights = (inputs: Matrix, normal: Float64Array, bias: number): number[] =>
  Array.from({ length: inputs.rows }, (_, i) => along(normal, rowOf(inputs, i)) + bias);

/** ‖λ_j x_j − Σ_{i≠j} λ_i x_i‖, with x_j in the place of λ_j x_j where there are biases. */
function failure(inputs: Matrix, index: number, weights: Float64Array, biased: boolean): number {
  const sum = Array.from({ length: inputs.cols }, (_, c) =>
    Array.from(weights).reduce((total, weight, i) => total - (i === index ? 0 : weight * rowOf(inputs, i)[c]), 0),
  );
  const own = biased ? 1 : weights[index];
  return norm(sum.map((entry, c) => entry + own * rowOf(inputs, index)[c]));
}

describe("extremePointSeparator", () => {
  it("agrees with exact geometry on small grids of the plane, where points lie on edges and on one another", () => {
    const stream = randomStream(1, "grids");
    const seen = { bias: [0, 0], "no bias": [0, 0] };
    for (let draw = 0; draw < 150; draw++) {
      const points = Array.from({ length: 1 + (draw % 7) }, () => [stream.integer(5) - 2, stream.integer(5) - 2]);
      const inputs = matrix(points);
      for (const structure of ["bias", "no bias"] as const) {
        for (let index = 0; index < points.length; index++) {
          const others = points.filter((_, i) => i !== index);
          const [x, y] = points[index];
          const biased = structure === "bias";
          const vectors = biased
            ? others.map(([u, v]) => [u - x, v - y])
            : [[x, y], ...others.map(([u, v]) => [-u, -v])];
          const found = extremePointSeparator({ inputs, index, structure });
          expect(found.separated).toBe(!planarMeanIsZero(vectors));
          seen[structure][Number(found.separated)]++;
          if (found.separated) {
            const [own, ...rest] = [index, ...others.map((_, k) => (k < index ? k : k + 1))].map(
              (i) => heights(inputs, found.normal, found.bias)[i],
            );
            // ‖u‖ ≤ 100 on these grids, coordinates ≤ 2.
            expect(Math.abs(own - 1)).toBeLessThanOrEqual(1e-12);
            if (rest.length > 0) expect(Math.max(...rest)).toBeLessThanOrEqual(biased ? -1 + 1e-12 : -1e-3);
            if (!biased) expect(found.bias).toBe(0);
          } else {
            expect(Math.min(...found.weights)).toBeGreaterThanOrEqual(0);
            expect(found.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 14);
            if (biased) expect(found.weights[index]).toBe(0);
            expect(found.residual).toBeLessThanOrEqual(20 * EPS);
            expect(failure(inputs, index, found.weights, biased)).toBeLessThanOrEqual(100 * EPS);
          }
        }
      }
    }
    // Both answers, for both structures.
    for (const counts of Object.values(seen)) expect(Math.min(...counts)).toBeGreaterThan(50);
  });

  it("keeps the widest margin: 2/‖u‖ is the distance from the hull of the others", () => {
    // From the corner (0, 0) the line x + y = 2 is √2 away; from (0, 3) the point (0, 2) is nearest.
    const square = matrix([[0, 0], [2, 0], [0, 2]]); // prettier-ignore
    const corner = extremePointSeparator({ inputs: square, index: 0, structure: "bias" });
    expect(corner.separated && 2 / norm(corner.normal)).toBeCloseTo(Math.SQRT2, 14);
    const spike = matrix([[0, 3], [0, 2], [1, 0], [-1, 0]]); // prettier-ignore
    const tip = extremePointSeparator({ inputs: spike, index: 0, structure: "bias" });
    expect(tip.separated && tip.normal.map(Math.abs)).toEqual(Float64Array.of(0, 2));
    expect(tip.separated && tip.bias).toBe(-5);
  });

  it("separates every corner of the cube, and none once the middle of its neighbours takes its place", () => {
    const cube = hypercubeVertices(6);
    for (const index of [0, 13, 63]) {
      expect(extremePointSeparator({ inputs: cube, index, structure: "bias" }).separated).toBe(true);
      const moved = { ...cube, data: cube.data.slice() };
      // The mean of the six neighbours: one coordinate of six is flipped in each, so 1 − 2/6 of the corner.
      rowOf(moved, index).set(rowOf(cube, index).map((entry) => (entry * 4) / 6));
      const found = extremePointSeparator({ inputs: moved, index, structure: "bias" });
      expect(found.separated).toBe(false);
      expect(!found.separated && failure(moved, index, found.weights, true)).toBeLessThanOrEqual(100 * EPS);
    }
    // Without bias a half-space holds one of x and −x for all 32 pairs of corners.
    expect(extremePointSeparator({ inputs: cube, index: 5, structure: "no bias" }).separated).toBe(false);
    expect(
      extremePointSeparator({
        inputs: matrix([[1, 1], [1, -1], [-1, 1], [3, 1]]), // prettier-ignore
        index: 0,
        structure: "no bias",
      }).separated,
    ).toBe(false);
  });

  it("does not depend on where the inputs lie, nor on their unit", () => {
    const stream = randomStream(3, "moved");
    const data = stream.normals(60);
    for (const [unit, shift] of [
      [1, 0],
      [1e-5, 0],
      [1e5, 0],
      [1, 1e4],
    ]) {
      const inputs = { rows: 20, cols: 3, data: data.map((entry) => unit * entry + shift) };
      const answers = Array.from(
        { length: 20 },
        (_, index) => extremePointSeparator({ inputs, index, structure: "bias" }).separated,
      );
      expect(answers).toEqual(
        Array.from(
          { length: 20 },
          (_, index) =>
            extremePointSeparator({ inputs: { rows: 20, cols: 3, data }, index, structure: "bias" }).separated,
        ),
      );
    }
  });

  it("refuses what it cannot work with", () => {
    const inputs = matrix([[1], [2]]);
    const refused: [options: Parameters<typeof extremePointSeparator>[0], message: string][] = [
      [{ inputs, index: 2, structure: "bias" }, "index must be an integer from 0 to 1, got 2"],
      [{ inputs, index: 0.5, structure: "bias" }, "index must be an integer from 0 to 1, got 0.5"],
      [{ inputs, index: 0, structure: "both" as "bias" }, 'structure must be "bias" or "no bias"'],
      [{ inputs: { ...inputs, data: Float64Array.of(1, NaN) }, index: 0, structure: "bias" }, "inputs must be finite"],
      [
        { inputs: matrix([[1e16], [1e16 + 2], [1e16 - 2]]), index: 1, structure: "bias" },
        "inputs must lie nearer to the origin",
      ],
    ];
    for (const [options, message] of refused) {
      expect(() => extremePointSeparator(options)).toThrow(`extremePointSeparator: ${message}`);
    }
  });
});

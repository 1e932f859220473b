import { type Matrix, matrix, randomStream, zeros } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { denseOperator, gramOperator } from "../../lib/core/dense-operator";
import { checkAdjoint, linearOperator, type LinearOperator } from "../../lib/core/linear-operator";
import { scaledOperator, sumOperator } from "../../lib/core/operator-sums";
import { deflatedOperator, restrictedOperator } from "../../lib/core/subspace-operators";
import {
  absolute,
  columnOf,
  mix,
  orthogonalMatrix,
  planted,
  product,
  randomMatrix,
  times,
  transposed,
} from "../core/operator-oracles";

const stream = randomStream(1, "operators");
const X = randomMatrix(stream, 7, 5);
const R = randomMatrix(stream, 4, 6);
const N = randomMatrix(stream, 5, 5);
const Q = orthogonalMatrix(stream, 5);
const S = planted(Q, [-3, -1, 0.5, 2, 7]);
/** Symmetric but for its last bits. */
const almostS: Matrix = { ...S, data: S.data.map((entry, k) => entry * (1 + (k % 2) * Number.EPSILON)) };
const gramX = product(transposed(X), X);
const absoluteGramX = product(transposed(absolute(X)), absolute(X));

const twoColumns = [0, 3].map((k) => columnOf(Q, k));
const V: Matrix = { rows: 5, cols: 2, data: Float64Array.from({ length: 10 }, (_, k) => twoColumns[k % 2][k >> 1]) };
const I5 = matrix([0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 1 : 0))));
const P = mix(1, I5, -1, product(V, transposed(V)));
const absoluteP = mix(1, I5, 1, product(absolute(V), transposed(absolute(V))));
const around = (A: Matrix, B: Matrix): Matrix => product(product(transposed(B), A), B);

const matrixFree = (A: Matrix, symmetric: boolean): LinearOperator =>
  linearOperator({
    rows: A.rows,
    cols: A.cols,
    symmetric,
    apply: (x) => times(A, x),
    ...(symmetric ? {} : { applyTransposed: (y) => times(transposed(A), y) }),
  });

/** Name, operator, its matrix by definition, and the same with absolute values everywhere: what rounding scales with. */
const cases: [string, LinearOperator, Matrix, Matrix][] = [
  ["dense, rectangular", denseOperator(R), R, absolute(R)],
  ["dense, square", denseOperator(N), N, absolute(N)],
  ["dense, symmetric", denseOperator(S), S, absolute(S)],
  ["dense, symmetric within rounding", denseOperator(almostS), S, absolute(S)],
  ["Gram", gramOperator(X), gramX, absoluteGramX],
  ["Gram, scaled", gramOperator(X, { scale: -0.2 }), mix(-0.2, gramX, 0, gramX), mix(0.2, absoluteGramX, 0, gramX)],
  ["matrix-free, rectangular", matrixFree(R, false), R, absolute(R)],
  ["matrix-free, symmetric", matrixFree(S, true), S, absolute(S)],
  [
    "sum of symmetric ones",
    sumOperator([denseOperator(S), gramOperator(X), denseOperator(S)]),
    mix(2, S, 1, gramX),
    mix(2, absolute(S), 1, absoluteGramX),
  ],
  [
    "sum of mixed ones",
    sumOperator([denseOperator(S), denseOperator(N)]),
    mix(1, S, 1, N),
    mix(1, absolute(S), 1, absolute(N)),
  ],
  ["sum of rectangular ones", sumOperator([denseOperator(R)]), R, absolute(R)],
  ["scaled, symmetric", scaledOperator(denseOperator(S), -2.5), mix(-2.5, S, 0, S), mix(2.5, absolute(S), 0, S)],
  ["scaled, rectangular", scaledOperator(denseOperator(R), 3), mix(3, R, 0, R), mix(3, absolute(R), 0, R)],
  ["deflated, symmetric", deflatedOperator(denseOperator(S), twoColumns), around(S, P), around(absolute(S), absoluteP)],
  ["deflated, square", deflatedOperator(denseOperator(N), twoColumns), around(N, P), around(absolute(N), absoluteP)],
  [
    "restricted, symmetric",
    restrictedOperator(denseOperator(S), twoColumns),
    around(S, V),
    around(absolute(S), absolute(V)),
  ],
  [
    "restricted, square",
    restrictedOperator(denseOperator(N), twoColumns),
    around(N, V),
    around(absolute(N), absolute(V)),
  ],
];

// Every product here is a chain of at most five sums of at most 7 + 5 terms; each sum of k terms is within γ_k of the
// sum of absolute values (Higham 2002, section 3.1), so the chain and its oracle together are within 2·5·12 eps of it;
// S rounded in its last bit adds 1.
const ROUNDING = 121 * Number.EPSILON;

function expectClose(actual: Float64Array, expected: Float64Array, bound: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((entry, k) => expect(Math.abs(entry - expected[k])).toBeLessThanOrEqual(ROUNDING * bound[k]));
}

describe.each(cases)("the %s operator", (_, operator, dense, bound) => {
  const draws = randomStream(2, "vectors");
  const x = draws.normals(operator.cols);
  const y = draws.normals(operator.rows);

  it("has the shape of its matrix, and says whether that is symmetric", () => {
    expect([operator.rows, operator.cols]).toEqual([dense.rows, dense.cols]);
    const gap = dense.rows === dense.cols ? mix(1, dense, -1, transposed(dense)).data : [Infinity];
    expect(operator.symmetric).toBe(Math.max(...gap) <= ROUNDING * Math.max(...bound.data));
    expect(operator.cost).toBeGreaterThan(0);
    expect(operator.cost).toBeLessThan(Infinity);
  });

  it("multiplies as its matrix does, forwards and transposed", () => {
    expectClose(operator.apply(x), times(dense, x), times(bound, x.map(Math.abs)));
    expectClose(operator.applyTransposed(y), times(transposed(dense), y), times(transposed(bound), y.map(Math.abs)));
    checkAdjoint(operator, randomStream(3));
    if (operator.symmetric) expect(operator.applyTransposed).toBe(operator.apply);
  });

  it("is linear", () => {
    const z = draws.normals(operator.cols);
    const mixed = x.map((entry, k) => 3 * entry - z[k] / 2);
    const [Ax, Az] = [operator.apply(x), operator.apply(z)];
    const sizes = x.map((entry, k) => 3 * Math.abs(entry) + Math.abs(z[k]) / 2);
    expectClose(operator.apply(mixed), Ax.map((entry, k) => 3 * entry - Az[k] / 2), times(bound, sizes)); // prettier-ignore
  });

  it("gives the same bits again, in a fresh array, and leaves its argument alone", () => {
    for (const [apply, vector] of [
      [operator.apply, x],
      [operator.applyTransposed, y],
    ] as const) {
      const before = vector.slice();
      const image = apply(vector);
      const kept = image.slice();
      const again = apply(vector);
      expect(again).toEqual(kept);
      again.fill(NaN);
      expect(image).toEqual(kept);
      expect(apply(vector)).toEqual(kept);
      expect(vector).toEqual(before);
    }
  });

  it("refuses a vector of another length", () => {
    expect(() => operator.apply(zeros(1, operator.cols + 1).data)).toThrow(
      new RegExp(`must have ${operator.cols} entries, got ${operator.cols + 1}$`),
    );
    expect(() => operator.applyTransposed(zeros(1, operator.rows + 2).data)).toThrow(
      new RegExp(`must have ${operator.rows} entries, got ${operator.rows + 2}$`),
    );
  });
});

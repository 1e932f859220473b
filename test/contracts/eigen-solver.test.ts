import { eigh, type Matrix, randomStream, type RandomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { denseOperator, gramOperator } from "../../lib/core/dense-operator";
import { bottomEigenpairs, topEigenpairs } from "../../lib/core/eigenpairs";
import type { Eigenpairs } from "../../lib/core/iterative-result";
import { linearOperator, type LinearOperator } from "../../lib/core/linear-operator";
import { lobpcg } from "../../lib/core/lobpcg";
import { scaledOperator, sumOperator } from "../../lib/core/operator-sums";
import { deflatedOperator, restrictedOperator } from "../../lib/core/subspace-operators";
import { columnOf, inner, length, orthogonalMatrix, planted, times } from "../core/operator-oracles";

const EPS = Number.EPSILON;
const SIZE = 24;
const COUNT = 3;
const TOLERANCE = 1e-10;

const ramp = (n: number, f: (k: number) => number): number[] => Array.from({ length: n }, (_, k) => f(k));

/** Spectra in no order; eigenvector k is column k of the same orthogonal matrix. */
const spectra: [string, number[]][] = [
  ["evenly spread", ramp(SIZE, (k) => (7 * k) % SIZE)],
  ["a cluster at the top", ramp(SIZE, (k) => (k < 5 ? 10 + 1e-3 * k : 1 / k))],
  ["a repeated top eigenvalue", ramp(SIZE, (k) => (k % 11 === 0 ? 5 : 1 + k / SIZE))],
  ["a second eigenvalue that is repeated", ramp(SIZE, (k) => (k === 0 ? 9 : k < 4 ? 4 : -k / SIZE))],
  ["the most negative one largest in modulus", ramp(SIZE, (k) => (k < 3 ? -100 + k : 1 + k / SIZE))],
  ["nothing but negative ones", ramp(SIZE, (k) => -1 - k)],
  ["rank two", ramp(SIZE, (k) => (k === 4 ? 3 : k === 9 ? -2 : 0))],
  ["rank two and positive", ramp(SIZE, (k) => (k === 4 ? 3 : k === 9 ? 2 : 0))],
  ["all the same", ramp(SIZE, () => 2)],
  ["nothing but zero", ramp(SIZE, () => 0)],
  ["a decay over ten decades", ramp(SIZE, (k) => 10 ** (-k / 2.3))],
];

const Q = orthogonalMatrix(randomStream(1, "eigenvectors"), SIZE);
const larger = orthogonalMatrix(randomStream(2, "eigenvectors"), SIZE + 2);
const largerColumns = ramp(SIZE, (k) => k + 2).map((k) => columnOf(larger, k));

/** Then an operator around a larger matrix is nothing but that matrix's rounding, and has eigenvalues of its own. */
const isZero = (spectrum: readonly number[]): boolean => spectrum.every((value) => value === 0);

/** The operators with a planted spectrum, and where each can hold it. */
const operators: [string, (spectrum: number[]) => { operator: LinearOperator; dense: Matrix } | undefined][] = [
  [
    "dense",
    (spectrum) => {
      const dense = planted(Q, spectrum);
      return { operator: denseOperator(dense), dense };
    },
  ],
  [
    "matrix-free",
    (spectrum) => {
      const dense = planted(Q, spectrum);
      const apply = (x: Float64Array): Float64Array => times(dense, x);
      return { operator: linearOperator({ rows: SIZE, cols: SIZE, symmetric: true, apply }), dense };
    },
  ],
  [
    "sum of scaled",
    (spectrum) => {
      const dense = planted(Q, spectrum);
      const [A, B] = [spectrum.map((value) => 2 * value + 1), spectrum.map(() => -1)].map((s) => planted(Q, s));
      return { operator: scaledOperator(sumOperator([A, B].map(denseOperator)), 0.5), dense };
    },
  ],
  [
    "Gram",
    (spectrum) => {
      if (Math.min(...spectrum) < 0) return undefined;
      const X = { ...Q, data: Q.data.map((_, k) => Q.data[(k % SIZE) * SIZE + Math.floor(k / SIZE)]) };
      const root = { ...X, data: X.data.map((entry, k) => entry * Math.sqrt(spectrum[Math.floor(k / SIZE)])) };
      return { operator: gramOperator(root), dense: planted(Q, spectrum) };
    },
  ],
  [
    "deflated",
    (spectrum) => {
      // Eigenvalue 0 of the deflated operator, planted as 50: it must not be seen again.
      const zero = spectrum.indexOf(0);
      if (zero < 0 || isZero(spectrum)) return undefined;
      const all = planted(Q, spectrum.map((value, k) => (k === zero ? 50 : value))); // prettier-ignore
      return { operator: deflatedOperator(denseOperator(all), [columnOf(Q, zero)]), dense: planted(Q, spectrum) };
    },
  ],
  [
    "restricted",
    (spectrum) => {
      if (isZero(spectrum)) return undefined;
      const all = planted(larger, [80, -90, ...spectrum]);
      const diagonal = planted(
        {
          rows: SIZE,
          cols: SIZE,
          data: Float64Array.from({ length: SIZE * SIZE }, (_, k) => Number(k % (SIZE + 1) === 0)),
        },
        spectrum,
      );
      return { operator: restrictedOperator(denseOperator(all), largerColumns), dense: diagonal };
    },
  ],
];

const randomBlock = (stream: RandomStream): Float64Array[] => ramp(COUNT, () => 0).map(() => stream.normals(SIZE));

/** Every solver, whether it looks for the largest eigenvalues or the smallest, and how many copies of one it finds. */
const solvers: [
  string,
  1 | -1,
  (operator: LinearOperator, stream: RandomStream) => Promise<Eigenpairs>,
  copies?: number,
][] = [
  ["topEigenpairs", 1, (operator, stream) => topEigenpairs(operator, { count: COUNT, stream, tolerance: TOLERANCE })],
  [
    "topEigenpairs from given vectors",
    1,
    (operator, stream) => topEigenpairs(operator, { start: randomBlock(stream), tolerance: TOLERANCE }),
  ],
  ...[1, 2].map((blockSize): (typeof solvers)[number] => [
    `topEigenpairs by blocks of ${blockSize}`,
    1,
    (operator, stream) => topEigenpairs(operator, { count: COUNT, blockSize, stream, tolerance: TOLERANCE }),
    blockSize,
  ]),
  ["bottomEigenpairs", -1, (operator, stream) => bottomEigenpairs(operator, { count: COUNT, stream })],
  ["lobpcg", 1, (operator, stream) => lobpcg(operator, randomBlock(stream), { tolerance: TOLERANCE })],
];

/** How often the most frequent of the sought eigenvalues is there, of those that are sought. */
function copiesAmong(sought: readonly number[]): number {
  return Math.max(...sought.map((value) => sought.filter((other) => other === value).length));
}

describe.each(solvers)("%s", (_, direction, solve, copies = COUNT) => {
  const sorted = (spectrum: readonly number[]) => [...spectrum].sort((a, b) => direction * (b - a));

  describe.each(operators)("of the %s operator", (_, make) => {
    const possible = spectra.filter(
      ([, spectrum]) => make(spectrum) && copiesAmong(sorted(spectrum).slice(0, COUNT)) <= copies,
    );

    it.each(possible)("finds %s", async (_, spectrum) => {
      const { operator, dense } = make(spectrum)!;
      const sought = sorted(spectrum);
      // What planting rounds: sums of n products, in A and in each product with A, of sizes up to 90 where a larger
      // matrix is restricted.
      const size = Math.max(...spectrum.map(Math.abs));
      const rounding = 20 * SIZE * EPS * Math.max(size, 90);

      const { values, vectors, residuals, residual, iterations, converged, message } = await solve(
        operator,
        randomStream(3, "start"),
      );
      expect([values.length, vectors.length, residuals.length]).toEqual([COUNT, COUNT, COUNT]);
      expect(message).toMatch(/^converged: relative residual \d\.\de[+-]\d+ after \d+ iterations$/);
      expect([converged, residual]).toEqual([true, Math.max(...residuals)]);
      expect(residual).toBeLessThanOrEqual(TOLERANCE);
      expect(iterations).toBeGreaterThan(COUNT);

      values.forEach((value, k) => {
        // Some eigenvalue is within the residual; that it is the right one is what is tested.
        expect(Math.abs(value - sought[k]), `eigenvalue ${k}`).toBeLessThanOrEqual(TOLERANCE * size + rounding);
        const defect = times(dense, vectors[k]).map((entry, i) => entry - value * vectors[k][i]);
        expect(length(defect), `residual ${k}`).toBeLessThanOrEqual(residuals[k] * size + rounding);
        vectors.forEach((vector, j) => {
          const expected = j === k ? 1 : 0;
          // Combinations of at most n orthonormal vectors with orthonormal coefficients, of eigh and Gram–Schmidt.
          expect(Math.abs(inner(vector, vectors[k]) - expected)).toBeLessThanOrEqual(20 * SIZE * EPS);
        });
      });
      const oracle = eigh(dense).values;
      const ends = direction > 0 ? oracle.slice(-COUNT).reverse() : oracle.slice(0, COUNT);
      ends.forEach((value, k) => expect(Math.abs(values[k] - value)).toBeLessThanOrEqual(TOLERANCE * size + rounding));
    });
  });

  const spread = operators[0][1](spectra[0][1])!;

  it("is the same for the same start", async () => {
    const run = () => solve(spread.operator, randomStream(5));
    expect(await run()).toEqual(await run());
  });

  it("refuses an operator that is not symmetric, and one that gives NaN", async () => {
    const asymmetric = { ...spread.operator, symmetric: false };
    await expect(solve(asymmetric, randomStream(1))).rejects.toThrow(
      /^\w+: the operator must be symmetric, got one that is not$/,
    );
    const broken = { ...spread.operator, apply: (x: Float64Array) => x.map(() => NaN) };
    await expect(solve(broken, randomStream(1))).rejects.toThrow(
      /^\w+: the product must be finite, got NaN in entry 0$/,
    );
  });
});

describe("an operator that is not symmetric, whatever it says", () => {
  // Its eigenvalues are real; a solver for symmetric ones would return others without a word.
  const shear = denseOperator(
    planted(
      Q,
      ramp(SIZE, (k) => 1 + k),
    ),
  );
  const pull = columnOf(Q, 0);
  const push = columnOf(Q, SIZE - 1);
  const apply = (x: Float64Array): Float64Array =>
    shear.apply(x).map((entry, i) => entry + 0.1 * inner(push, x) * pull[i]);
  const liar = linearOperator({ rows: SIZE, cols: SIZE, symmetric: true, apply });
  const stream = randomStream(4, "not symmetric");
  const message = "the operator must be symmetric, as it says, got xᵀAy = ";

  it.each([1, COUNT])("is found out by Lanczos' method with blocks of %d", async (blockSize) => {
    const options = { count: COUNT, blockSize, stream };
    await expect(topEigenpairs(liar, options)).rejects.toThrow(`topEigenpairs: ${message}`);
    await expect(bottomEigenpairs(liar, options)).rejects.toThrow(`bottomEigenpairs: ${message}`);
  });

  it("is found out by LOBPCG", async () => {
    const start = [stream.normals(SIZE), stream.normals(SIZE)];
    await expect(lobpcg(liar, start)).rejects.toThrow(`lobpcg: ${message}`);
  });
});

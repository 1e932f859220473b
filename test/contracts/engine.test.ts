import {
  add,
  blasEngine,
  diagonal,
  type Engine,
  frobeniusNorm,
  type GemmIntoOptions,
  type GemmOptions,
  identity,
  InvalidArgumentError,
  matrix,
  type Matrix,
  plainEngine,
  randomStream,
  subtract,
  transpose,
  zeros,
} from "flat-minima/core";
import { describe, expect, it } from "vitest";

const { blas, refused } = blasEngine();
if (!blas)
  console.log(`engine contract: no BLAS library here, only plain TypeScript is tested (${refused.join("; ")})`);
const engines: [string, Engine | undefined][] = [
  ["TypeScript", plainEngine("this is a test")],
  ["BLAS", blas],
];

const EPS = Number.EPSILON;

function random(rows: number, cols: number, purpose: string): Matrix {
  const A = zeros(rows, cols);
  const stream = randomStream(1, purpose, rows, cols);
  for (let k = 0; k < A.data.length; k++) A.data[k] = stream.normal();
  return A;
}

function randomSymmetric(n: number): Matrix {
  const A = random(n, n, "symmetric");
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) A.data[i * n + j] = A.data[j * n + i];
  return A;
}

function at(A: Matrix, transposed: boolean | undefined, i: number, j: number): number {
  return transposed ? A.data[j * A.cols + i] : A.data[i * A.cols + j];
}

/** The product by its definition and |A||B|, the same with absolute values. */
function definition(A: Matrix, B: Matrix, { transposeA, transposeB }: GemmOptions = {}): [Matrix, Matrix] {
  const inner = transposeA ? A.rows : A.cols;
  const product = zeros(transposeA ? A.cols : A.rows, transposeB ? B.rows : B.cols);
  const absolute = zeros(product.rows, product.cols);
  for (let i = 0; i < product.rows; i++) {
    for (let j = 0; j < product.cols; j++) {
      for (let k = 0; k < inner; k++) {
        const term = at(A, transposeA, i, k) * at(B, transposeB, k, j);
        product.data[i * product.cols + j] += term;
        absolute.data[i * product.cols + j] += Math.abs(term);
      }
    }
  }
  return [product, absolute];
}

function multiplyByDefinition(A: Matrix, B: Matrix, options: GemmOptions = {}): Matrix {
  return definition(A, B, options)[0];
}

describe.each(engines)("the %s engine", (_, maybeEngine) => {
  describe.skipIf(!maybeEngine)("gemm", () => {
    const engine = maybeEngine as Engine;
    const shapes: [number, number, number][] = [
      [1, 1, 1],
      [1, 7, 1],
      [5, 1, 4],
      [3, 4, 5],
      [33, 70, 17],
      [64, 64, 64],
    ];
    const transposes: GemmOptions[] = [
      {},
      { transposeA: true },
      { transposeB: true },
      { transposeA: true, transposeB: true },
    ];
    for (const [m, k, n] of shapes) {
      for (const options of transposes) {
        it(`gives the ${m}×${k} · ${k}×${n} product of the definition, ${JSON.stringify(options)}`, () => {
          const A = options.transposeA ? random(k, m, "A") : random(m, k, "A");
          const B = options.transposeB ? random(n, k, "B") : random(k, n, "B");
          const before = [Float64Array.from(A.data), Float64Array.from(B.data)];
          const C = engine.gemm(A, B, options);
          const [expected, absolute] = definition(A, B, options);
          expect([C.rows, C.cols]).toEqual([m, n]);
          // A sum of k products, in any order, with or without fused operations, is within γ_k |A||B| of the exact one,
          // γ_k = ku/(1 − ku), u = eps/2 (Higham 2002, section 3.5); so two of them are within 2γ_k |A||B|.
          const gamma = (k * EPS) / 2 / (1 - (k * EPS) / 2);
          C.data.forEach((value, e) => {
            expect(Math.abs(value - expected.data[e])).toBeLessThanOrEqual(2 * gamma * absolute.data[e]);
          });
          expect([A.data, B.data]).toEqual(before);
        });
      }
    }

    it("refuses inner sizes that differ", () => {
      const A = zeros(2, 3);
      expect(() => engine.gemm(A, A)).toThrow(InvalidArgumentError);
      expect(() => engine.gemm(A, A)).toThrow("multiply: the inner sizes must be equal, got 2×3 and 2×3");
      expect(() => engine.gemm(A, zeros(3, 2), { transposeA: true })).toThrow("got 2×3 transposed and 3×2");
      expect(() => engine.gemm(A, zeros(3, 2), { transposeB: true })).toThrow(
        "multiply: the inner sizes must be equal, got 2×3 and 3×2 transposed",
      );
    });

    it("refuses entries that are not finite, in either factor", () => {
      const bad = zeros(2, 3);
      bad.data[4] = NaN;
      expect(() => engine.gemm(bad, zeros(3, 1))).toThrow("multiply: the entries must be finite, got NaN at (1, 1)");
      bad.data[4] = -Infinity;
      expect(() => engine.gemm(zeros(1, 2), bad)).toThrow(
        "multiply: the entries must be finite, got -Infinity at (1, 1)",
      );
    });
  });

  describe.skipIf(!maybeEngine)("gemmInto", () => {
    const engine = maybeEngine as Engine;

    it.each<[options: GemmIntoOptions]>([
      [{}],
      [{ alpha: 0.5 }],
      [{ transposeA: true, alpha: -2, beta: 1 }],
      [{ transposeB: true, alpha: 1, beta: -0.25 }],
      [{ transposeA: true, transposeB: true, alpha: 3, beta: 0 }],
    ])("writes α op(A) op(B) + β C, %j", (options) => {
      const [m, k, n] = [7, 9, 5];
      const A = options.transposeA ? random(k, m, "A") : random(m, k, "A");
      const B = options.transposeB ? random(n, k, "B") : random(k, n, "B");
      const C = random(m, n, "C");
      const before = C.data.slice();
      engine.gemmInto(C, A, B, options);
      const { alpha = 1, beta = 0 } = options;
      const [product, absolute] = definition(A, B, options);
      // k products, a scaling of the sum or of one factor, βC, and their sum: k + 3 roundings at most on the way of any
      // term, so either of the two ways is within γ_{k+3}(|α||A||B| + |β||C|) of the exact value.
      const gamma = ((k + 3) * EPS) / 2 / (1 - ((k + 3) * EPS) / 2);
      C.data.forEach((value, e) => {
        const size = Math.abs(alpha) * absolute.data[e] + Math.abs(beta * before[e]);
        expect(Math.abs(value - (alpha * product.data[e] + beta * before[e]))).toBeLessThanOrEqual(2 * gamma * size);
      });
    });

    it("overwrites what is not a number when β is 0", () => {
      const C = zeros(1, 1);
      C.data[0] = NaN;
      engine.gemmInto(C, matrix([[2]]), matrix([[3]]));
      expect(C.data[0]).toBe(6);
    });

    it("refuses shapes that do not fit", () => {
      expect(() => engine.gemmInto(zeros(2, 2), zeros(2, 3), zeros(2, 3))).toThrow(
        "multiply: the inner sizes must be equal, got 2×3 and 2×3",
      );
      expect(() => engine.gemmInto(zeros(3, 2), zeros(2, 3), zeros(3, 2))).toThrow(
        "multiply: the result must be 2×2, got a 3×2 matrix",
      );
    });
  });

  describe.skipIf(!maybeEngine)("gram", () => {
    const engine = maybeEngine as Engine;

    it.each([
      [1, 1],
      [5, 1],
      [1, 6],
      [70, 33],
    ])("gives the products of the rows of a %i×%i matrix, exactly symmetric", (n, k) => {
      const A = random(n, k, "A");
      const K = engine.gram(A);
      const [expected, absolute] = definition(A, A, { transposeB: true });
      const gamma = (k * EPS) / 2 / (1 - (k * EPS) / 2); // as for gemm
      K.data.forEach((value, e) => {
        expect(Math.abs(value - expected.data[e])).toBeLessThanOrEqual(2 * gamma * absolute.data[e]);
      });
      expect(transpose(K)).toEqual(K);
    });

    it("into memory that is there, gives the same on and above the diagonal", () => {
      const A = random(9, 4, "A");
      const K = engine.gram(A);
      const into = random(9, 9, "old");
      engine.gramInto(into, A);
      for (let i = 0; i < 9; i++) {
        for (let j = i; j < 9; j++) expect(into.data[i * 9 + j]).toBe(K.data[i * 9 + j]);
      }
      expect(() => engine.gramInto(zeros(4, 4), A)).toThrow("gram: the result must be 9×9, got a 4×4 matrix");
      const short = { rows: 9, cols: 9, data: new Float64Array(80) };
      expect(() => engine.gramInto(short, A)).toThrow("gram: a 9×9 matrix must have 81 entries, got 80");
    });

    it("refuses entries that are not finite and names overflow", () => {
      expect(() => engine.gram({ rows: 1, cols: 1, data: Float64Array.of(NaN) })).toThrow(
        "gram: the entries must be finite, got NaN at (0, 0)",
      );
      expect(() => engine.gram(matrix([[1e200]]))).toThrow(
        "gram: the product must not overflow, got Infinity at (0, 0)",
      );
    });
  });

  describe.skipIf(!maybeEngine)("overflow", () => {
    const engine = maybeEngine as Engine;

    it("is named, not returned", () => {
      const huge = matrix([[1e200]]);
      expect(() => engine.gemm(huge, huge)).toThrow("multiply: the product must not overflow, got Infinity at (0, 0)");
      expect(() => engine.eigh(huge)).toThrow("eigh: the norm must not overflow, got ‖A‖_F = Infinity");
    });

    it("does not come early: entries of 1e150 are within reach", () => {
      const A = matrix([
        [2e150, 1e150],
        [1e150, 2e150],
      ]);
      // Eigenvalues 1e150 and 3e150, within p(n)·eps·‖A‖_F with p = 10n.
      [1e150, 3e150].forEach((value, k) => {
        expect(Math.abs(engine.eigh(A).values[k] - value)).toBeLessThanOrEqual(20 * EPS * frobeniusNorm(A));
      });
    });
  });

  describe.skipIf(!maybeEngine)("eigh", () => {
    const engine = maybeEngine as Engine;

    it.each([1, 2, 3, 10, 65])("decomposes a random symmetric matrix of size %i", (n) => {
      const A = randomSymmetric(n);
      const before = Float64Array.from(A.data);
      const { values, vectors: V } = engine.eigh(A);
      expect(A.data).toEqual(before);
      expect([values.length, V.rows, V.cols]).toEqual([n, n, n]);
      values.forEach((value, k) => expect(value).toBeGreaterThanOrEqual(k > 0 ? values[k - 1] : -Infinity));
      // Both solvers are backward stable: ‖AV − VΛ‖ ≤ p(n)·eps·‖A‖ and ‖VᵀV − I‖ ≤ p(n)·eps with a modest p, for which
      // the LAPACK Users' Guide (section 4.7.1) gives 10n. The oracle's own products add at most 3n·eps·√n ‖A‖_F.
      const tolerance = (10 * n + 3 * n * Math.sqrt(n)) * EPS;
      const residual = subtract(multiplyByDefinition(A, V), multiplyByDefinition(V, diagonal(values)));
      const gap = subtract(multiplyByDefinition(V, V, { transposeA: true }), identity(n));
      expect(frobeniusNorm(residual)).toBeLessThanOrEqual(tolerance * frobeniusNorm(A));
      expect(frobeniusNorm(gap)).toBeLessThanOrEqual(tolerance * Math.sqrt(n));
      // The values alone may come from another algorithm: each is within 10n·eps·‖A‖ of the truth.
      engine.eigenvalues(A).forEach((value, k) => {
        expect(Math.abs(value - values[k])).toBeLessThanOrEqual(20 * n * EPS * frobeniusNorm(A));
      });
    });

    it("finds a planted spectrum with zero, negative and repeated values", () => {
      // H = I − 2vvᵀ/vᵀv with v = (1, …, 1), n = 16, is a symmetric orthogonal matrix with entries 7/8 and −1/8, so that
      // A = H D H has exactly these eigenvalues, and is formed without rounding.
      const spectrum = [-7, -7, -1, 0, 0, 0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 34];
      const n = spectrum.length;
      const H = identity(n);
      for (let k = 0; k < H.data.length; k++) H.data[k] -= 2 / n;
      const A = multiplyByDefinition(multiplyByDefinition(H, diagonal(spectrum)), H);
      const tolerance = 10 * n * EPS * frobeniusNorm(A);
      const { values, vectors } = engine.eigh(A);
      for (const found of [values, engine.eigenvalues(A)]) {
        found.forEach((value, k) => expect(Math.abs(value - spectrum[k])).toBeLessThanOrEqual(tolerance));
      }
      // The eigenvector of the simple value 21 is column 13 of H; it turns by at most the backward error over the gap to
      // the next value, 21 − 13 = 8 (Davis and Kahan 1970, with a factor 2).
      for (let i = 0; i < n; i++) {
        const column = Math.abs(vectors.data[i * n + 13]);
        expect(Math.abs(column - Math.abs(H.data[i * n + 13]))).toBeLessThanOrEqual((2 * tolerance) / 8);
      }
    });

    it("finds the spectrum of the second difference, 2 − 2cos(kπ/(n + 1))", () => {
      const n = 50;
      const A = zeros(n, n);
      for (let i = 0; i < n; i++) {
        A.data[i * n + i] = 2;
        if (i > 0) A.data[i * n + i - 1] = A.data[(i - 1) * n + i] = -1;
      }
      engine.eigh(A).values.forEach((value, k) => {
        const expected = 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1));
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(10 * n * EPS * frobeniusNorm(A));
      });
    });

    it("fixes the signs of the eigenvectors", () => {
      const V = engine.eigh(randomSymmetric(10)).vectors;
      for (let k = 0; k < 10; k++) {
        const column = Array.from({ length: 10 }, (_, i) => V.data[i * 10 + k]);
        const largest = Math.max(...column.map(Math.abs));
        expect(column.find((entry) => Math.abs(entry) >= largest / 2)).toBeGreaterThan(0);
      }
    });

    it("decomposes the zero matrix", () => {
      const { values, vectors } = engine.eigh(zeros(3, 3));
      expect(Array.from(values, Math.abs)).toEqual([0, 0, 0]);
      expect(multiplyByDefinition(vectors, vectors, { transposeA: true })).toEqual(identity(3));
    });

    it("takes a matrix that is symmetric but for rounding", () => {
      const A = add(randomSymmetric(4), zeros(4, 4));
      A.data[1] += EPS * frobeniusNorm(A);
      expect(() => engine.eigh(A)).not.toThrow();
    });

    for (const method of ["eigh", "eigenvalues"] as const) {
      it(`${method} refuses what is not square, finite and symmetric`, () => {
        expect(() => engine[method](zeros(2, 3))).toThrow("eigh: the matrix must be square, got a 2×3 matrix");
        const bad = zeros(2, 2);
        bad.data[2] = Infinity;
        expect(() => engine[method](bad)).toThrow("eigh: the entries must be finite, got Infinity at (1, 0)");
        const skew = matrix([
          [0, 1],
          [0.5, 0],
        ]);
        expect(() => engine[method](skew)).toThrow(InvalidArgumentError);
        expect(() => engine[method](skew)).toThrow(
          /^eigh: the matrix must be symmetric within n·eps·‖A‖_F = \S+, got entries \(1, 0\) and \(0, 1\) that differ by 0\.5$/,
        );
      });
    }
  });
});

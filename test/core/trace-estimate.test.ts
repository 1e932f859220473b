import {
  estimateDiagonal,
  estimateSquaredFrobeniusNorm,
  hutchinsonTrace,
  hutchPlusPlusTrace,
  matrix,
  type Matrix,
  randomStream,
  type RandomStream,
  xTrace,
} from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { denseOperator, gramOperator } from "../../lib/core/dense-operator";
import { linearOperator } from "../../lib/core/linear-operator";
import {
  columnOf,
  counted,
  inner,
  mix,
  orthogonalMatrix,
  planted,
  product,
  randomMatrix,
  times,
  transposed,
} from "./operator-oracles";

const EPS = Number.EPSILON;

/** A stream whose signs are the given ones, then every vector of n signs once: an average over it is an expectation. */
function allSigns(n: number, first: readonly number[] = []): RandomStream {
  let drawn = 0;
  const rademacher = (): number => {
    const index = drawn++;
    if (index < first.length) return first[index];
    const [vector, entry] = [Math.floor((index - first.length) / n), (index - first.length) % n];
    return ((vector >> entry) & 1) * 2 - 1;
  };
  return { ...randomStream(1), rademacher };
}

const entry = (A: Matrix, i: number, j: number): number => A.data[i * A.cols + j];
const traceOf = (A: Matrix): number => Array.from({ length: A.rows }, (_, i) => entry(A, i, i)).reduce((a, b) => a + b);
const squareOf = (A: Matrix): number => A.data.reduce((sum, value) => sum + value * value, 0);

/** 2 Σ_{i≠j} Aᵢⱼ². */
function varianceOf(A: Matrix): number {
  let sum = 0;
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.rows; j++) if (i !== j) sum += 2 * entry(A, i, j) ** 2;
  return sum;
}

const stream = randomStream(1, "trace");
const N = 6;
const ALL = 2 ** N;
const general = randomMatrix(stream, N, N);
const symmetric = mix(0.5, general, 0.5, transposed(general));
const tall = randomMatrix(stream, 9, N);

describe("over all sign vectors", () => {
  // A sample is a sum of n² products, of size at most Σ|Aᵢⱼ| ≤ n‖A‖_F; the mean over 2ⁿ of them is off by at most
  // (2ⁿ + n²) eps of that.
  const tolerance = (A: Matrix): number => (ALL + N * N) * EPS * N * Math.sqrt(squareOf(A));

  it("Hutchinson's samples have the trace as their mean and 2 Σ_{i≠j} Aᵢⱼ² as their variance", async () => {
    const { value, standardError, samples } = await hutchinsonTrace(denseOperator(symmetric), {
      samples: ALL,
      stream: allSigns(N),
    });
    expect(samples).toBe(ALL);
    expect(Math.abs(value - traceOf(symmetric))).toBeLessThanOrEqual(tolerance(symmetric));
    // s² = (2ⁿ/(2ⁿ − 1)) Var; squaring doubles the relative error.
    const variance = standardError ** 2 * (ALL - 1);
    expect(Math.abs(variance - varianceOf(symmetric))).toBeLessThanOrEqual(4 * tolerance(symmetric) * N * 3);
    const nonSymmetric = await hutchinsonTrace(denseOperator(general), { samples: ALL, stream: allSigns(N) });
    expect(Math.abs(nonSymmetric.value - traceOf(general))).toBeLessThanOrEqual(tolerance(general));
  });

  it("the samples of the squared Frobenius norm are Hutchinson's of AᵀA", async () => {
    const B = product(transposed(tall), tall);
    const { value, standardError } = await estimateSquaredFrobeniusNorm(denseOperator(tall), {
      samples: ALL,
      stream: allSigns(N),
    });
    expect(Math.abs(value - squareOf(tall))).toBeLessThanOrEqual(2 * tolerance(B));
    const variance = standardError ** 2 * (ALL - 1);
    expect(Math.abs(variance / varianceOf(B) - 1)).toBeLessThanOrEqual(1e-12);
  });

  it("the samples of the diagonal have it as their mean and Σ_{j≠i} Aᵢⱼ² as their variances", async () => {
    const operator = denseOperator(general);
    const { values, standardErrors, samples } = await estimateDiagonal(operator, { samples: ALL, stream: allSigns(N) });
    expect(samples).toBe(ALL);
    for (let i = 0; i < N; i++) {
      expect(Math.abs(values[i] - entry(general, i, i))).toBeLessThanOrEqual(tolerance(general));
      const others = Array.from({ length: N }, (_, j) => (j === i ? 0 : entry(general, i, j) ** 2));
      const variance = others.reduce((sum, square) => sum + square);
      // s² = (2ⁿ/(2ⁿ − 1)) Var; a few roundings for each of the 2ⁿ squares.
      expect(Math.abs((standardErrors[i] ** 2 * (ALL - 1)) / variance - 1)).toBeLessThanOrEqual(10 * ALL * EPS);
    }
    // Its sum is Hutchinson's trace of the same vectors.
    const { value } = await hutchinsonTrace(operator, { samples: ALL, stream: allSigns(N) });
    expect(Math.abs(values.reduce((a, b) => a + b) - value)).toBeLessThanOrEqual(2 * tolerance(general));
  });

  it("Hutch++ is unbiased given its subspace, whatever that is", async () => {
    // Of 94 products 31 are sketches, 31 are for the trace on the subspace, and 2⁵ are left. All sketches start from the
    // same signs here, so the subspace has dimension one and most of the trace is left to the estimate.
    const samples = 94;
    const sketched = Math.floor(samples / 3);
    expect(samples - 2 * sketched).toBe(32);
    const n = 5;
    const A = { rows: n, cols: n, data: randomMatrix(stream, n, n).data };
    const first = Array.from({ length: sketched * n }, (_, k) => (k % n === 2 ? -1 : 1));
    const { value } = await hutchPlusPlusTrace(denseOperator(A), { samples, stream: allSigns(n, first) });
    expect(Math.abs(value - traceOf(A))).toBeLessThanOrEqual(100 * EPS * n * Math.sqrt(squareOf(A)));
  });
});

describe("XTrace", () => {
  /** The orthogonal projection I − QQᵀ of a vector, Q an orthonormal basis of the span of others, by Gram–Schmidt. */
  const without = (vector: Float64Array, others: readonly Float64Array[]): Float64Array => {
    const basis: Float64Array[] = [];
    const reduced = (v: Float64Array): Float64Array => {
      let result = v;
      for (let pass = 0; pass < 2; pass++) {
        for (const q of basis) {
          const overlap = inner(q, result);
          result = result.map((value, k) => value - overlap * q[k]);
        }
      }
      return result;
    };
    for (const other of others) {
      const direction = reduced(other);
      const size = Math.sqrt(inner(direction, direction));
      basis.push(direction.map((value) => value / size));
    }
    return reduced(vector);
  };
  /** The k numbers tᵢ by their definition, with n products of A for each. */
  const byDefinition = (A: Matrix, count: number, seed: number): number[] => {
    const draws = randomStream(seed);
    const vectors = Array.from({ length: count }, () => draws.normals(A.rows));
    return vectors.map((omega, i) => {
      const others = vectors.filter((_, j) => j !== i).map((v) => times(A, v));
      // Tr QᵀAQ = Tr A − Tr PAP, over the columns of the projection P.
      let onQ = traceOf(A);
      for (let e = 0; e < A.rows; e++) {
        const column = without(columnOf({ ...A, data: unit(A.rows) }, e), others);
        onQ -= inner(column, times(A, column));
      }
      const rest = without(omega, others);
      return onQ + ((A.rows - count + 1) * inner(rest, times(A, rest))) / inner(rest, rest);
    });
  };
  const unit = (n: number): Float64Array => Float64Array.from({ length: n * n }, (_, k) => Number(k % (n + 1) === 0));

  it("is the mean of the leave-one-out estimates, √2 times their standard error", async () => {
    for (const [A, count] of [
      [symmetric, 2],
      [symmetric, 4],
      [general, 3],
    ] as const) {
      // prettier-ignore
      const numbers = byDefinition(A, count, 3);
      const mean = numbers.reduce((a, b) => a + b) / count;
      const squares = numbers.reduce((sum, t) => sum + (t - mean) ** 2, 0);
      const estimate = await xTrace(denseOperator(A), { samples: 2 * count, stream: randomStream(3) });
      // At most n² roundings of size ‖A‖_F, enlarged by the condition of the images, below 1000 for these.
      const tolerance = 1000 * N * N * EPS * Math.sqrt(squareOf(A));
      expect(estimate.samples).toBe(count);
      expect(Math.abs(estimate.value - mean)).toBeLessThanOrEqual(tolerance);
      const standardError = Math.sqrt((2 * squares) / (count - 1) / count);
      expect(Math.abs(estimate.standardError - standardError)).toBeLessThanOrEqual(tolerance);
    }
  });

  it("is exact when the images span the range, or all but one dimension", async () => {
    const low = product(randomMatrix(stream, 12, 3), randomMatrix(stream, 3, 12));
    for (const [A, samples] of [
      [low, 8],
      [low, 30],
      [general, 2 * N],
      [general, 40],
      [matrix([[7]]), 4],
    ] as const) {
      // prettier-ignore
      const { value, standardError } = await xTrace(denseOperator(A), { samples, stream: randomStream(4) });
      const tolerance = 1000 * A.rows ** 2 * EPS * Math.sqrt(squareOf(A));
      expect(Math.abs(value - traceOf(A))).toBeLessThanOrEqual(tolerance);
      expect(standardError).toBeLessThanOrEqual(tolerance);
    }
    const zero = denseOperator({ rows: 3, cols: 3, data: new Float64Array(9) });
    expect(await xTrace(zero, { samples: 6, stream })).toEqual({ value: 0, standardError: 0, samples: 3 });
  });

  it("takes two products a vector", async () => {
    const operator = counted(denseOperator(symmetric));
    await xTrace(operator, { samples: 9, stream });
    expect(operator.count()).toBe(8);
  });
});

describe("by random signs", () => {
  const Q = orthogonalMatrix(stream, 30);
  const decaying = planted(Q, Array.from({ length: 30 }, (_, k) => 2 ** -k)); // prettier-ignore
  const flat = planted(Q, Array.from({ length: 30 }, (_, k) => 1 + (k % 3))); // prettier-ignore

  it("estimates are within five standard errors (once in 1.7 million they are not)", async () => {
    const options = { samples: 1000, stream: randomStream(2) };
    for (const A of [decaying, flat]) {
      const operator = denseOperator(A);
      for (const [{ value, standardError }, truth] of [
        [await hutchinsonTrace(operator, options), traceOf(A)],
        [await estimateSquaredFrobeniusNorm(operator, options), squareOf(A)],
        [await hutchPlusPlusTrace(operator, { ...options, samples: 12 }), traceOf(A)],
      ] as const) {
        expect(standardError).toBeGreaterThan(0);
        expect(Math.abs(value - truth)).toBeLessThanOrEqual(5 * standardError);
      }
      const { standardError } = await hutchinsonTrace(operator, options);
      // The standard deviation of s²/σ² over m samples is about √((κ − 1)/m) with a kurtosis κ below 9 here.
      const ratio = standardError ** 2 / (varianceOf(A) / 1000);
      expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(5 * Math.sqrt(8 / 1000));
    }
  });

  it("the standard error is honest: over 400 repetitions the errors have its size", async () => {
    for (const estimate of [hutchinsonTrace, hutchPlusPlusTrace]) {
      let sum = 0;
      for (let seed = 0; seed < 400; seed++) {
        const result = await estimate(denseOperator(flat), { samples: 30, stream: randomStream(seed, "honest") });
        sum += ((result.value - traceOf(flat)) / result.standardError) ** 2;
      }
      // Student's t with m − 1 ≥ 9 degrees of freedom: t² has mean (m − 1)/(m − 3) ≤ 9/7 and standard deviation below
      // 2.7, so the mean of 400 is within 5·2.7/20 of a number from 1 to 1.29.
      expect(sum / 400).toBeGreaterThan(1 - 0.68);
      expect(sum / 400).toBeLessThan(1.29 + 0.68);
    }
  });

  it("Hutch++ is far better where the spectrum decays", async () => {
    // Ten sketches leave a remainder of Frobenius norm about √3·2⁻⁶·1.15 (Halko, Martinsson and Tropp 2011, theorem 10.5,
    // with rank 6 and oversampling 4) instead of 1.15, and a third of the samples: a factor of about 20 in all.
    const options = (seed: number) => ({ samples: 30, stream: randomStream(seed, "compare") });
    for (let seed = 0; seed < 5; seed++) {
      const plain = await hutchinsonTrace(denseOperator(decaying), options(seed));
      const better = await hutchPlusPlusTrace(denseOperator(decaying), options(seed));
      expect(better.standardError).toBeLessThan(plain.standardError / 10);
    }
  });

  it("is the same for the same stream", async () => {
    const run = () => hutchPlusPlusTrace(denseOperator(flat), { samples: 20, stream: randomStream(7) });
    expect(await run()).toEqual(await run());
  });
});

describe("small cases and refusals", () => {
  it("needs no luck for diagonal matrices, matrices of low rank and of size 1", async () => {
    const D = denseOperator(matrix([[1, 0], [0, 5]])); // prettier-ignore
    expect(await hutchinsonTrace(D, { samples: 2, stream })).toEqual({ value: 6, standardError: 0, samples: 2 });
    const low = gramOperator(randomMatrix(stream, 2, 40));
    const { value, standardError } = await hutchPlusPlusTrace(low, { samples: 12, stream });
    expect(standardError).toBeLessThanOrEqual(1e-13 * value);
    const zero = denseOperator(matrix([[0]]));
    expect(await hutchPlusPlusTrace(zero, { samples: 4, stream })).toEqual({ value: 0, standardError: 0, samples: 2 });
  });

  it("names what it cannot work with", async () => {
    const wide = denseOperator(matrix([[1, 2]]));
    const square = denseOperator(matrix([[1]]));
    await expect(hutchinsonTrace(wide, { samples: 9, stream })).rejects.toThrow(
      "hutchinsonTrace: the operator must be square, got 1×2",
    );
    await expect(hutchinsonTrace(square, { samples: 1, stream })).rejects.toThrow(
      "hutchinsonTrace: samples must be an integer of at least 2, got 1",
    );
    await expect(hutchPlusPlusTrace(wide, { samples: 9, stream })).rejects.toThrow("hutchPlusPlusTrace: the operator");
    await expect(hutchPlusPlusTrace(square, { samples: 3, stream })).rejects.toThrow("of at least 4, got 3");
    await expect(xTrace(wide, { samples: 9, stream })).rejects.toThrow("xTrace: the operator must be square, got 1×2");
    await expect(xTrace(square, { samples: 3, stream })).rejects.toThrow(
      "xTrace: samples must be an integer of at least 4, got 3",
    );
    await expect(estimateDiagonal(wide, { samples: 9, stream })).rejects.toThrow("estimateDiagonal: the operator");
    await expect(estimateDiagonal(square, { samples: 1, stream })).rejects.toThrow("of at least 2, got 1");
    await expect(estimateSquaredFrobeniusNorm(wide, { samples: 2.5, stream })).rejects.toThrow("at least 2, got 2.5");
    const nan = { ...linearOperator({ rows: 1, cols: 1, apply: (x) => x }), apply: () => Float64Array.of(NaN) };
    await expect(estimateSquaredFrobeniusNorm(nan, { samples: 2, stream })).rejects.toThrow(
      "estimateSquaredFrobeniusNorm: the product must be finite, got NaN in entry 0",
    );
  });

  it("names an overflow, and loses nothing where only a square underflows", async () => {
    const times = (factor: number) =>
      linearOperator({ rows: 3, cols: 3, apply: (x) => x.map((entry) => factor * entry) });
    await expect(estimateSquaredFrobeniusNorm(times(1e300), { samples: 2, stream })).rejects.toThrow(
      "estimateSquaredFrobeniusNorm: every sample must be finite, got Infinity",
    );
    await expect(hutchinsonTrace(times(1e308), { samples: 2, stream })).rejects.toThrow(
      "hutchinsonTrace: every sample must be finite, got Infinity",
    );
    for (const factor of [1e-200, 1e200]) {
      expect((await xTrace(times(factor), { samples: 8, stream })).value / factor).toBeCloseTo(3, 12);
      expect((await hutchPlusPlusTrace(times(factor), { samples: 60, stream })).value / factor).toBeCloseTo(3, 12);
    }
  });
});

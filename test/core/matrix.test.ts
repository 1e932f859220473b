import {
  add,
  diagonal,
  dot,
  frobeniusNorm,
  gram,
  identity,
  InvalidArgumentError,
  matrix,
  multiply,
  multiplyVector,
  norm,
  outer,
  randomStream,
  scale,
  subtract,
  symmetricPart,
  trace,
  transpose,
  zeros,
} from "flat-minima/core";
import { describe, expect, it } from "vitest";

const A = matrix([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("making matrices", () => {
  it("stores rows one after the other", () => {
    expect(A).toEqual({ rows: 2, cols: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) });
    expect(zeros(1, 2)).toEqual({ rows: 1, cols: 2, data: Float64Array.of(0, 0) });
    expect(identity(2).data).toEqual(Float64Array.of(1, 0, 0, 1));
    expect(diagonal([2, 3]).data).toEqual(Float64Array.of(2, 0, 0, 3));
    expect(outer([1, 2], [3, 4, 5])).toEqual(
      matrix([
        [3, 4, 5],
        [6, 8, 10],
      ]),
    );
  });

  it.each([
    [() => matrix([]), "matrix: at least one row and one column are needed, got []"],
    [() => matrix([[]]), "matrix: at least one row and one column are needed, got [[]]"],
    [() => matrix([[1, 2], [3]]), "matrix: all rows must have the same length, got 2 entries in row 0 and 1 in row 1"],
    [() => matrix([[1], [NaN]]), "matrix: the entries must be finite, got NaN at (1, 0)"],
    [() => zeros(0, 1), "zeros: the number of rows must be a positive integer, got 0"],
    [() => zeros(1, 1.5), "zeros: the number of columns must be a positive integer, got 1.5"],
    [() => identity(-1), "identity: the size must be a positive integer, got -1"],
    [() => diagonal([]), "diagonal: at least one value is needed, got []"],
    [() => outer([], [1]), "outer: the vectors must not be empty, got 0 and 1 entries"],
  ])("refuses bad input %#", (call, message) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});

describe("entrywise operations", () => {
  it("add, subtract, scale and transpose follow their formulas and leave their arguments alone", () => {
    const before = Float64Array.from(A.data);
    expect(add(A, A).data).toEqual(Float64Array.of(2, 4, 6, 8, 10, 12));
    expect(subtract(A, scale(A, 3)).data).toEqual(Float64Array.of(-2, -4, -6, -8, -10, -12));
    expect(transpose(A)).toEqual(
      matrix([
        [1, 4],
        [2, 5],
        [3, 6],
      ]),
    );
    expect(A.data).toEqual(before);
  });

  it("symmetricPart halves the sum with the transpose", () => {
    const B = matrix([
      [1, 2],
      [4, 7],
    ]);
    expect(symmetricPart(B).data).toEqual(Float64Array.of(1, 3, 3, 7));
  });

  it.each([
    [() => add(A, transpose(A)), "add: the shapes must be equal, got 2×3 and 3×2"],
    [() => subtract(A, zeros(2, 2)), "subtract: the shapes must be equal, got 2×3 and 2×2"],
    [() => trace(A), "trace: the matrix must be square, got a 2×3 matrix"],
    [() => symmetricPart(A), "symmetricPart: the matrix must be square, got a 2×3 matrix"],
  ])("refuses bad shapes %#", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("numbers of matrices and vectors", () => {
  it("trace, norms and inner products", () => {
    const B = matrix([
      [1, -2],
      [4, 2],
    ]);
    expect(trace(B)).toBe(3);
    expect(frobeniusNorm(B)).toBe(5);
    expect(norm([3, 4])).toBe(5);
    expect(norm([])).toBe(0);
    expect(dot([1, 2, 3], Float64Array.of(4, 5, 6))).toBe(32);
  });

  it("dot refuses vectors of different lengths", () => {
    expect(() => dot([1], [1, 2])).toThrow("dot: the vectors must have the same length, got 1 and 2 entries");
  });
});

describe("products", () => {
  it("multiply and multiplyVector follow the formula", () => {
    expect(multiply(A, matrix([[1], [0], [-1]]))).toEqual(matrix([[-2], [-2]]));
    expect(multiplyVector(A, [1, 0, -1])).toEqual(Float64Array.of(-2, -2));
  });

  it("multiplyVector refuses a vector of another length", () => {
    expect(() => multiplyVector(A, [1, 2])).toThrow("multiplyVector: the vector must have 3 entries, got 2");
  });

  it("gram is X Xᵀ, not Xᵀ X, with no division, and exactly symmetric", () => {
    expect(gram(A)).toEqual(
      matrix([
        [14, 32],
        [32, 77],
      ]),
    );
    const stream = randomStream(1, "gram");
    const X = zeros(37, 211); // sizes at which a BLAS has edges to treat apart
    for (let k = 0; k < X.data.length; k++) X.data[k] = stream.normal();
    const K = gram(X);
    expect(transpose(K)).toEqual(K);
  });
});

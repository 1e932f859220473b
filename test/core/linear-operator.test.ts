import { InvalidArgumentError, matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { denseOperator, gramOperator } from "../../lib/core/dense-operator";
import { checkAdjoint, linearOperator } from "../../lib/core/linear-operator";
import { scaledOperator, sumOperator } from "../../lib/core/operator-sums";
import { deflatedOperator, restrictedOperator } from "../../lib/core/subspace-operators";

const square = { rows: 2, cols: 2 };

describe("linearOperator", () => {
  it("names its user's mistakes when they are made", () => {
    const make = (map: object) => () => linearOperator({ ...square, apply: (x) => x, ...map });
    expect(make({ rows: 0 })).toThrow("linearOperator: rows must be a positive integer, got 0");
    expect(make({ cols: 1.5 })).toThrow("linearOperator: cols must be a positive integer, got 1.5");
    expect(make({ rows: 3, symmetric: true })).toThrow("linearOperator: a symmetric operator must be square, got 3×2");
    expect(make({ cost: NaN })).toThrow("linearOperator: cost must be at least 0, got NaN");
    expect(make({ rows: 0 })).toThrow(InvalidArgumentError);
  });

  it("names them in its products", () => {
    const x = Float64Array.of(1, 2);
    const short = linearOperator({ ...square, apply: () => Float64Array.of(1) });
    expect(() => short.apply(x)).toThrow("linearOperator: the product must have 2 entries, got 1");
    const broken = linearOperator({ ...square, symmetric: true, apply: () => Float64Array.of(1, NaN) });
    expect(() => broken.apply(x)).toThrow("linearOperator: the product must be finite, got NaN in entry 1");
    expect(() => broken.applyTransposed(x)).toThrow("linearOperator: the product must be finite, got NaN in entry 1");
    expect(() => short.applyTransposed(x)).toThrow(
      "linearOperator: a transposed product needs applyTransposed, got none",
    );
    expect(() => short.apply(Float64Array.of(1, 2, 3))).toThrow(
      "linearOperator: the vector must have 2 entries, got 3",
    );
  });

  it("copies what the function returns: its own buffer, or its argument", () => {
    const buffer = new Float64Array(2);
    const reusing = linearOperator({
      ...square,
      apply: (x) => {
        x.forEach((entry, k) => (buffer[k] = 2 * entry));
        return buffer;
      },
    });
    const first = reusing.apply(Float64Array.of(1, 2));
    reusing.apply(Float64Array.of(3, 4));
    expect(first).toEqual(Float64Array.of(2, 4));
    const x = Float64Array.of(1, 2);
    linearOperator({ ...square, apply: (y) => y }).apply(x)[0] = 7;
    expect(x).toEqual(Float64Array.of(1, 2));
  });

  it("costs what is said, by default what a dense matrix does", () => {
    expect(linearOperator({ rows: 3, cols: 5, apply: (x) => x }).cost).toBe(30);
    const cheap = linearOperator({ ...square, cost: 4, apply: (x) => x });
    expect(cheap.cost).toBe(4);
    expect(sumOperator([cheap, cheap]).cost).toBe(8);
    expect(scaledOperator(cheap, 2).cost).toBe(6);
    expect(deflatedOperator(cheap, [Float64Array.of(1, 0)]).cost).toBe(4 + 16);
    expect(restrictedOperator(cheap, [Float64Array.of(1, 0)]).cost).toBe(4 + 8);
  });
});

describe("checkAdjoint", () => {
  const rotated = (angle: number, applyTransposed?: (y: Float64Array) => Float64Array) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const apply = ([a, b]: Float64Array): Float64Array => Float64Array.of(c * a - s * b, s * a + c * b);
    return linearOperator({ ...square, symmetric: applyTransposed === undefined, apply, applyTransposed });
  };

  it("finds a claim of symmetry that is off by 1e-6, and lets rounding pass", () => {
    expect(() => checkAdjoint(rotated(1e-6), randomStream(1))).toThrow(
      /^checkAdjoint: the operator must be symmetric as it says: yᵀ\(Ax\) and \(Aᵀy\)ᵀx equal within √eps of their size, got a relative gap of \d\.\de-7$/,
    );
    for (let seed = 0; seed < 20; seed++) checkAdjoint(rotated(1e-15), randomStream(seed));
  });

  it("finds a transposed product that is none", () => {
    const wrong = rotated(1, (y) => y);
    expect(() => checkAdjoint(wrong, randomStream(1))).toThrow("must have its transpose as applyTransposed");
    checkAdjoint(rotated(1, rotated(-1, (y) => y).apply), randomStream(1));
  });
});

describe("refusals of the other operators", () => {
  const A = denseOperator(matrix([[1, 2, 3]]));
  const S = denseOperator(matrix([[2, 0], [0, 1]])); // prettier-ignore

  it("dense and Gram", () => {
    const infinite = { rows: 1, cols: 1, data: Float64Array.of(Infinity) };
    expect(() => denseOperator(infinite)).toThrow("denseOperator: the matrix must be finite, got ‖A‖_F = Infinity");
    expect(() => gramOperator(infinite)).toThrow("gramOperator: the matrix must be finite, got ‖X‖_F = Infinity");
    expect(() => gramOperator(matrix([[1]]), { scale: NaN })).toThrow("gramOperator: scale must be finite, got NaN");
  });

  it("a matrix is symmetric up to rounding and no further", () => {
    const nearly = (gap: number) => denseOperator(matrix([[2, 1], [1 + gap, 2]])).symmetric; // prettier-ignore
    // n·eps·‖A‖_F = 2·eps·√10
    expect([nearly(0), nearly(6 * Number.EPSILON), nearly(7 * Number.EPSILON)]).toEqual([true, true, false]);
  });

  it("sums and multiples", () => {
    expect(() => sumOperator([])).toThrow("sumOperator: at least one operator is needed, got 0");
    expect(() => sumOperator([A, S])).toThrow("sumOperator: the shapes must be equal, got 1×3 and 2×2");
    expect(() => scaledOperator(A, Infinity)).toThrow("scaledOperator: the factor must be finite, got Infinity");
  });

  it("subspaces", () => {
    const e = Float64Array.of(1, 0);
    expect(() => deflatedOperator(A, [])).toThrow("deflatedOperator: the operator must be square, got 1×3");
    expect(() => restrictedOperator(S, [])).toThrow("restrictedOperator: at least one vector is needed, got 0");
    expect(() => deflatedOperator(S, [e, Float64Array.of(1)])).toThrow("vector 1 must have 2 entries, got 1");
    expect(() => deflatedOperator(S, [Float64Array.of(1, 1)])).toThrow(
      /^deflatedOperator: the vectors must be orthonormal within 4\.4\d+e-15, got vectors 0 and 0, off by 1$/,
    );
    expect(() => restrictedOperator(S, [e, e])).toThrow("got vectors 0 and 1, off by 1");
    expect(() => restrictedOperator(S, [Float64Array.of(NaN, 0)])).toThrow("off by NaN");
  });
});

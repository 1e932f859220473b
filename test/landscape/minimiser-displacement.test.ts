import { diagonal, type Matrix, matrix, randomStream, zeros } from "flat-minima/core";
import { gaussianInputs } from "flat-minima/data";
import { displacementCovariance, minimiserDisplacement } from "flat-minima/landscape";
import { leastSquares } from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { columnOf, inner, length, orthogonalMatrix, planted, randomMatrix, times } from "../core/operator-oracles";

const EPS = Number.EPSILON;
const stream = randomStream(33, "displacement");
const Q = orthogonalMatrix(stream, 6);
const SPECTRUM = [4, 2, 1, 0.5, 0.1, 0.02];
const H = planted(Q, SPECTRUM);
/** A spectrum with two directions without curvature. */
const flat = planted(Q, [3, 2, 1, 0.5, 0, 0]);

/** The condition of H times the rounding of a product of p entries, with room for the eigen-solver's own p·eps. */
const roundingOf = (condition: number, size: number): number => 20 * 6 ** 2 * EPS * condition * size;

const minus = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, k) => value - y[k]);

const spoiltAt = (place: number, values: Float64Array): Float64Array =>
  values.map((value, k) => (k === place ? NaN : value));

describe("minimiserDisplacement", () => {
  it("is the way to the minimiser of a quadratic, from anywhere", () => {
    const minimiser = stream.normals(6);
    for (const theta of [stream.normals(6), new Float64Array(6), minimiser]) {
      const way = minus(minimiser, theta);
      const displacement = minimiserDisplacement({ hessian: H, gradient: times(H, way).map((value) => -value) });
      expect(length(minus(displacement, way))).toBeLessThanOrEqual(roundingOf(4 / 0.02, length(way)));
    }
  });

  it("does not move along directions without curvature, and reaches the nearest minimiser", () => {
    const way = stream.normals(6);
    const displacement = minimiserDisplacement({ hessian: flat, gradient: times(flat, way).map((value) => -value) });
    const tolerance = roundingOf(3 / 0.5, length(way));
    for (let k = 0; k < 6; k++) {
      const u = columnOf(Q, k);
      expect(Math.abs(inner(u, displacement) - (k < 4 ? inner(u, way) : 0))).toBeLessThanOrEqual(tolerance);
    }
    expect([...minimiserDisplacement({ hessian: zeros(2, 2), gradient: new Float64Array(2) })].map(Math.abs)).toEqual([
      0, 0,
    ]);
  });

  it("gives the difference of two least squares solutions", () => {
    // y = Xθ without noise has the minimiser θ whatever X: training and test differ by their planted θ.
    const [ofTraining, ofTest] = [stream.normals(3), stream.normals(3)];
    const X = randomMatrix(stream, 30, 3);
    const test = leastSquares(X, times(X, ofTest));
    const displacement = minimiserDisplacement({ hessian: test.hessian(), gradient: test.gradient(ofTraining) });
    // The condition of XᵀX/n for 30 normal rows of length 3 is below 10.
    expect(length(minus(displacement, minus(ofTest, ofTraining)))).toBeLessThanOrEqual(
      roundingOf(10, length(ofTest) + length(ofTraining)),
    );
  });

  it("names what has no minimiser, and what does not fit", () => {
    const gradient = new Float64Array(6).fill(1);
    expect(() => minimiserDisplacement({ hessian: flat, gradient })).toThrow(
      "minimiserDisplacement: the gradient must vanish along directions without curvature, or there is no minimiser, got a slope",
    );
    const indefinite = planted(Q, [3, 2, 1, 0.5, 0.1, -0.1]);
    expect(() => minimiserDisplacement({ hessian: indefinite, gradient })).toThrow(
      "minimiserDisplacement: the Hessian must be positive semi-definite, got an eigenvalue -0.1",
    );
    expect(() => minimiserDisplacement({ hessian: H, gradient: gradient.slice(1) })).toThrow(
      "minimiserDisplacement: the gradient must have 6 entries, got 5",
    );
    expect(() => minimiserDisplacement({ hessian: H, gradient: spoiltAt(2, gradient) })).toThrow(
      "minimiserDisplacement: the gradient must be finite, got NaN at index 2",
    );
    expect(() => minimiserDisplacement({ hessian: matrix([[1, 2]]), gradient })).toThrow(
      "minimiserDisplacement: the Hessian must be square",
    );
    expect(() =>
      minimiserDisplacement({
        hessian: matrix([
          [1, 2],
          [0, 1],
        ]),
        gradient,
      }),
    ).toThrow(
      // prettier-ignore
      "minimiserDisplacement: the Hessian must be symmetric, got entries that differ by 2",
    );
  });
});

describe("displacementCovariance", () => {
  const along = (C: Matrix, k: number): number => inner(columnOf(Q, k), times(C, columnOf(Q, k)));

  it("is σ²/(nλ) along eigenvectors for well-specified noise, s²/(nλ²) for isotropic noise", () => {
    const sigma = 0.3;
    const gradientCovariance = { ...H, data: H.data.map((value) => sigma ** 2 * value) };
    const specified = displacementCovariance({ hessian: H, gradientCovariance, sampleCount: 50 });
    const isotropic = displacementCovariance({ hessian: H, gradientCovariance: diagonal(new Float64Array(6).fill(4)), sampleCount: 50 }); // prettier-ignore
    SPECTRUM.forEach((value, k) => {
      // Errors relative to the largest entries, those of the flattest direction, through the condition 200 of H.
      expect(Math.abs(along(specified, k) - sigma ** 2 / (50 * value))).toBeLessThanOrEqual(
        roundingOf(200, sigma ** 2 / (50 * 0.02)),
      );
      expect(Math.abs(along(isotropic, k) - 4 / (50 * value ** 2))).toBeLessThanOrEqual(
        roundingOf(200, 4 / (50 * 0.02 ** 2)),
      );
    });
  });

  it("vanishes along directions without curvature, where well-specified noise does not act", () => {
    const C = displacementCovariance({ hessian: flat, gradientCovariance: flat, sampleCount: 2 });
    [3, 2, 1, 0.5].forEach((value, k) => {
      expect(Math.abs(along(C, k) - 1 / (2 * value))).toBeLessThanOrEqual(roundingOf(6, 1));
    });
    for (const k of [4, 5]) expect(Math.abs(along(C, k))).toBeLessThanOrEqual(roundingOf(6, 1));
    expect(() => displacementCovariance({ hessian: flat, gradientCovariance: H, sampleCount: 2 })).toThrow(
      "displacementCovariance: gradients must not vary along directions without curvature, or there is no minimiser, got a variance",
    );
  });

  it("is the covariance of the minimisers of noisy least squares, inputs fixed", () => {
    // Noise that is louder for larger inputs, so that Σ is not a multiple of H.
    const n = 12;
    const inputs = gaussianInputs({ sampleCount: n, dimension: 2, variances: [1, 0.1], stream });
    const sigma = Float64Array.from({ length: n }, (_, i) => 0.1 + 2 * Math.abs(inputs.data[2 * i]));
    const gradientCovariance = zeros(2, 2);
    for (let i = 0; i < n; i++) {
      for (let e = 0; e < 4; e++) {
        const [a, b] = [inputs.data[2 * i + (e >> 1)], inputs.data[2 * i + (e & 1)]];
        gradientCovariance.data[e] += (sigma[i] ** 2 * a * b) / n;
      }
    }
    const { hessian } = leastSquares(inputs, new Float64Array(n));
    const C = displacementCovariance({ hessian: hessian(), gradientCovariance, sampleCount: n });
    const draws = 4000;
    const moments = [0, 0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const noisy = leastSquares(
        inputs,
        sigma.map((deviation) => deviation * stream.normal()),
      );
      const gradient = noisy.gradient(new Float64Array(2));
      const [a, b] = minimiserDisplacement({ hessian: hessian(), gradient });
      [a * a, a * b, b * b].forEach((product, e) => (moments[e] += product / draws));
    }
    // Normal displacements: the mean of δ_aδ_b over the draws has the variance (C_aa C_bb + C_ab²)/draws.
    const [aa, ab, , bb] = C.data;
    const deviations = [2 * aa * aa, aa * bb + ab * ab, 2 * bb * bb].map((variance) => Math.sqrt(variance / draws));
    [aa, ab, bb].forEach((expected, e) => {
      expect(Math.abs(moments[e] - expected)).toBeLessThanOrEqual(4 * deviations[e]);
    });
    // As if the noise were the same everywhere: refuted.
    const mean = sigma.reduce((sum, deviation) => sum + deviation ** 2, 0) / n;
    const uniform = displacementCovariance({
      hessian: hessian(),
      gradientCovariance: { ...hessian(), data: hessian().data.map((value) => mean * value) },
      sampleCount: n,
    });
    expect(Math.abs(moments[0] - uniform.data[0])).toBeGreaterThan(4 * deviations[0]);
  });

  it("names what does not fit", () => {
    const given = (hessian: Matrix, gradientCovariance: Matrix, sampleCount: number) => () =>
      displacementCovariance({ hessian, gradientCovariance, sampleCount });
    const negative = { ...H, data: H.data.map((value) => -value) };
    expect(given(H, H, 0)).toThrow("displacementCovariance: sampleCount must be a positive integer, got 0");
    expect(given(negative, H, 3)).toThrow("displacementCovariance: the Hessian must be positive semi-definite");
    expect(given(H, negative, 3)).toThrow(
      "displacementCovariance: the gradients' covariance must be positive semi-definite",
    );
    expect(given(H, matrix([[1]]), 3)).toThrow("displacementCovariance: the gradients' covariance must be 6×6");
    expect(given(H, { ...H, data: spoiltAt(0, H.data) }, 3)).toThrow(
      "displacementCovariance: the gradients' covariance must be finite, got NaN at (0, 0)",
    );
  });
});

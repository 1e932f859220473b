import { identity, type Matrix, matrix, randomStream, scale, zeros } from "flat-minima/core";
import { diagonalGaussianKl, type Gaussian, gaussianKl } from "flat-minima/pacbayes";
import { det, inv, multiply } from "mathjs";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const stream = randomStream(6, "divergences of Gaussians");

/** Mean normal, covariance BBᵀ/k + ¼ I. */
function randomGaussian(k: number): Gaussian {
  const B = Array.from({ length: k }, () => stream.normals(k));
  const covariance = zeros(k, k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++)
      covariance.data[i * k + j] = B[i].reduce((sum, b, l) => sum + b * B[j][l], 0) / k + (i === j ? 0.25 : 0);
  return { mean: stream.normals(k), covariance };
}

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
const traceOf = (rows: number[][]): number => rows.reduce((sum, row, i) => sum + row[i], 0);

/** The formula as it is printed, by mathjs, and a condition number. */
function printed(posterior: Gaussian, prior: Gaussian): { value: number; condition: number } {
  const [from, to] = [rowsOf(posterior.covariance), rowsOf(prior.covariance)];
  const precision = inv(to);
  const d = Array.from(prior.mean, (value, i) => value - posterior.mean[i]);
  const distance = precision.reduce((sum, row, i) => sum + d[i] * row.reduce((s, entry, j) => s + entry * d[j], 0), 0);
  const spread = traceOf(multiply(precision, from)) - d.length + Math.log(det(to) / det(from));
  const condition = traceOf(to) * traceOf(precision) + traceOf(from) * traceOf(inv(from));
  return { value: (spread + distance) / 2, condition };
}

describe("gaussianKl", () => {
  it.each([1, 2, 3, 5, 8])("is the printed formula in %d dimensions, by det and inv", (k) => {
    for (let trial = 0; trial < 10; trial++) {
      const [posterior, prior] = [randomGaussian(k), randomGaussian(k)];
      const { value, condition } = printed(posterior, prior);
      const found = gaussianKl(posterior, prior);
      // Products of k×k matrices, eps·k each, and inverses, times the condition number; both ways.
      expect(Math.abs(found - value)).toBeLessThanOrEqual(4 * k * EPS * condition * (1 + value));
      // Wrong variants: exchanged arguments; the mean's term, or the −k, forgotten.
      expect(Math.abs(found - printed(prior, posterior).value)).toBeGreaterThan(1e-4);
      expect(Math.abs(found - printed({ ...posterior, mean: prior.mean }, prior).value)).toBeGreaterThan(1e-6);
    }
  });

  it("is the sum over coordinates for diagonal covariances, whatever their sizes", () => {
    const posterior = { mean: [1, 2, 3], variance: [1e-3, 1, 10] };
    const prior = { mean: [0, 2, -1], variance: [1e-2, 3, 1] };
    const full = ({ mean, variance }: typeof prior): Gaussian => ({
      mean,
      covariance: matrix(variance.map((value, i) => variance.map((_, j) => (i === j ? value : 0)))),
    });
    const value = diagonalGaussianKl(posterior, prior);
    // Condition numbers 300 and 10⁴, three dimensions.
    expect(Math.abs(gaussianKl(full(posterior), full(prior)) - value)).toBeLessThanOrEqual(3e4 * EPS * value);
  });

  it("is 0 of a Gaussian to itself and keeps the digits of a small divergence", () => {
    const prior = randomGaussian(4);
    expect(Math.abs(gaussianKl(prior, prior))).toBeLessThanOrEqual((4 * 1e3 * EPS) ** 2);
    // Σ = (1 + h) Σ_P: ½k (h − log(1 + h)) = k h²/4 (1 − 2h/3 + …); the logarithms alone would give 0 ± eps/h².
    const h = 2 ** -20;
    const near = { mean: prior.mean, covariance: scale(prior.covariance, 1 + h) };
    // The eigenvalues 1 + h are known to eps times the condition number (< 10³), that is, h to 1e3·eps/h.
    expect(Math.abs(gaussianKl(near, prior) / (h * h) - 1)).toBeLessThanOrEqual(h + (2e3 * EPS) / h);
  });

  it("takes what one rounding made unsymmetric", () => {
    const covariance = matrix([
      [1, 0.3],
      [0.3 * (1 + EPS), 1],
    ]);
    expect(gaussianKl({ mean: [0, 0], covariance }, { mean: [0, 0], covariance: identity(2) })).toBeGreaterThan(0);
  });

  const I = identity(2);
  const good = { mean: [0, 0], covariance: I };
  const singular = matrix([
    [1, 1],
    [1, 1],
  ]);
  const indefinite = matrix([
    [1, 2],
    [2, 1],
  ]);
  const skew = matrix([
    [1, 0.5],
    [0, 1],
  ]);
  it.each<[string, Gaussian, string]>([
    ["no dimension", { mean: [], covariance: I }, " must have at least one dimension, got []"],
    ["a bad mean", { mean: [0, NaN], covariance: I }, "'s mean must be finite, got NaN at index 1"],
    ["a bad size", { mean: [0, 0], covariance: identity(3) }, "'s covariance must be 2×2, got a 3×3 matrix"],
    [
      "a bad entry",
      { mean: [0], covariance: { rows: 1, cols: 1, data: Float64Array.of(Infinity) } },
      "'s covariance must be finite, got Infinity at (0, 0)",
    ],
    ["no symmetry", { mean: [0, 0], covariance: skew }, "'s covariance must be symmetric, got a gap of 0.5"],
    ["a singular covariance", { mean: [0, 0], covariance: singular }, "'s covariance must be positive definite, got "],
    [
      "an indefinite covariance",
      { mean: [0, 0], covariance: indefinite },
      "'s covariance must be positive definite, got ",
    ],
  ])("refuses %s, on either side", (_, bad, message) => {
    expect(() => gaussianKl(bad, good)).toThrow(`gaussianKl: the posterior${message}`);
    expect(() => gaussianKl(good, bad)).toThrow(`gaussianKl: the prior${message}`);
  });

  it("refuses different dimensions and divergences that overflow", () => {
    const one = { mean: [0], covariance: identity(1) };
    expect(() => gaussianKl(one, good)).toThrow("gaussianKl: the dimensions must be equal, got 1 and 2");
    const far = { mean: [1e200, 0], covariance: I };
    expect(() => gaussianKl(far, good)).toThrow("gaussianKl: the divergence must be finite, got Infinity");
  });
});

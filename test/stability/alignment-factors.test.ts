import { describe, expect, it } from "vitest";
import { gram, identity, type Matrix, matrix, randomStream, scale, symmetricPart, zeros } from "flat-minima/core";
import { alignmentFactors } from "flat-minima/stability";
import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { waves } from "../../bench/problem.mjs";
import { randomMatrix, rankOne } from "./oracles";

const EPS = Number.EPSILON;
const SHAPES = [
  [2, 1],
  [3, 8],
  [9, 4],
  [12, 12],
  [40, 7],
];

/** Per-sample gradients as rows (n×p), and residuals. */
function problem(seed: number, n: number, p: number) {
  const stream = randomStream(seed, "alignment", n, p);
  const gradients = randomMatrix(stream, n, p);
  const residuals: Float64Array = Float64Array.from({ length: n }, () => stream.normal());
  return { gradients, residuals };
}

const row = ({ data, cols }: Matrix, i: number): number[] => Array.from(data.subarray(i * cols, (i + 1) * cols));
const inner = (A: Matrix, B: Matrix): number => A.data.reduce((sum, value, k) => sum + value * B.data[k], 0);

/** The factors from the p×p matrices written out: Tr(AB) and ‖A‖_F² are sums over entries, since all are symmetric. */
function denseFactors(gradients: Matrix, residuals: Float64Array) {
  const [n, p] = [gradients.rows, gradients.cols];
  const G = zeros(p, p);
  const second = zeros(p, p);
  const mean = new Array<number>(p).fill(0);
  residuals.forEach((e, i) => {
    const g = row(gradients, i);
    rankOne(g).data.forEach((value, k) => {
      G.data[k] += value / n;
      second.data[k] += (e * e * value) / n;
    });
    g.forEach((value, k) => (mean[k] += (e * value) / n));
  });
  const meanSquare = rankOne(mean);
  const covariance = matrix(
    Array.from({ length: p }, (_, a) =>
      Array.from({ length: p }, (_, b) => second.data[a * p + b] - meanSquare.data[a * p + b]),
    ),
  );
  const twiceLoss = residuals.reduce((sum, e) => sum + e * e, 0) / n;
  const [size, noise] = [Math.sqrt(inner(G, G)), Math.sqrt(inner(covariance, covariance))];
  const chi = Array.from({ length: n }, (_, i) => inner(rankOne(row(gradients, i)), G));
  return {
    factors: {
      alpha: inner(covariance, G) / (noise * size),
      beta: noise / (twiceLoss * size),
      mu: inner(covariance, G) / (twiceLoss * size ** 2),
      mu1: inner(second, G) / (twiceLoss * size ** 2),
      mu2: inner(meanSquare, G) / (twiceLoss * size ** 2),
      gamma: (Math.min(...chi) * n) / chi.reduce((sum, value) => sum + value, 0),
      tau: (topEigenvalue(G) / size) ** 2,
      frobeniusNorm: size,
      trace: Array.from({ length: p }, (_, k) => G.data[k * p + k]).reduce((sum, value) => sum + value, 0),
    },
    /** ‖Σ₁‖_F/‖Σ‖_F: by how much the subtraction Σ₁ − ∇L∇Lᵀ enlarges relative errors. */
    cancellation: Math.sqrt(inner(second, second)) / noise,
  };
}

/** λ_max by squaring: after k squarings the trace's 2^k-th root is off by log(p)/2^k relatively, here 2^-50. */
function topEigenvalue(G: Matrix): number {
  let power = G;
  let logarithm = 0;
  for (let k = 0; k < 50; k++) {
    const size = Math.sqrt(inner(power, power));
    logarithm += Math.log(size) / 2 ** k;
    power = gram(scale(power, 1 / size)); // A Aᵀ = A² for symmetric A
  }
  return Math.exp(logarithm);
}

describe("alignmentFactors", () => {
  it("agrees with the p×p matrices Σ and G, for n below, at and above p", () => {
    for (const [n, p] of SHAPES) {
      for (let seed = 0; seed < 10; seed++) {
        const { gradients, residuals } = problem(seed, n, p);
        const { factors, cancellation } = denseFactors(gradients, residuals);
        const actual = alignmentFactors({ gramMatrix: gram(gradients), residuals });
        // Sums of up to n + p terms, a dozen roundings beside them, errors of Σ enlarged by the cancellation; χ_i, the
        // smallest too, are sums of squares. The logarithms of λ_max round 50 times.
        const tolerance = 100 * (n + p) * EPS * cancellation;
        for (const name of Object.keys(factors) as (keyof typeof factors)[]) {
          const scale = name === "alpha" || name === "mu" ? Math.max(factors[name], 1) : factors[name];
          expect(Math.abs(actual[name] - factors[name]), `${name}, n=${n}, p=${p}`).toBeLessThanOrEqual(
            tolerance * scale,
          );
        }
      }
    }
  });

  it("has the closed form of K = cI: μ₁ = γ = 1, μ₂ = τ = 1/n, μ = 1 − 1/n", () => {
    const [n, c] = [16, 3];
    const { residuals } = problem(1, n, 1);
    const actual = alignmentFactors({ gramMatrix: scale(identity(n), c), residuals });
    const expected = { mu1: 1, gamma: 1, mu2: 1 / n, tau: 1 / n, mu: 1 - 1 / n, trace: c, frobeniusNorm: c / 4 };
    // Sums of n = 16 terms and a dozen roundings beside them.
    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs(actual[name as keyof typeof expected] - value), name).toBeLessThanOrEqual(40 * EPS * value);
    }
  });

  it("finds τ where Lanczos' method stops early and all eigenvalues are needed", () => {
    // 300 eigenvalues with gaps of 1e-6 at the top, in a rotated basis I − 2uuᵀ.
    const n = 300;
    const values = Array.from({ length: n }, (_, k) => 2 - 1e-6 * k * k);
    const u = randomStream(5, "reflection").sphere(n);
    const K = zeros(n, n);
    // (I − 2uuᵀ) Λ (I − 2uuᵀ) = Λ − 2u(Λu)ᵀ − 2(Λu)uᵀ + 4(uᵀΛu)uuᵀ.
    const image = values.map((value, k) => value * u[k]);
    const form = image.reduce((sum, value, k) => sum + value * u[k], 0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const diagonal = i === j ? values[i] : 0;
        K.data[i * n + j] = diagonal - 2 * (u[i] * image[j] + image[i] * u[j]) + 4 * form * u[i] * u[j];
      }
    }
    const squares = values.reduce((sum, value) => sum + value ** 2, 0);
    const residuals = randomStream(6, "residuals").normals(n);
    const { tau } = alignmentFactors({ gramMatrix: symmetricPart(K), residuals });
    // K is the intended matrix to about 10 eps, and λ_max = 2 moves by no more than ‖·‖_F of that: 10·n·eps.
    expect(Math.abs(tau - 4 / squares)).toBeLessThanOrEqual((10 * n * EPS * 4) / squares);
  });

  it("keeps μ = αβ = μ₁ − μ₂, μ₁ ≥ γ, μ₂ ≤ τ and α ≤ 1, with equality for a residual at the least aligned sample", () => {
    for (const [n, p] of SHAPES) {
      for (let seed = 0; seed < 20; seed++) {
        const { gradients, residuals } = problem(100 + seed, n, p);
        const gramMatrix = gram(gradients);
        const { alpha, beta, mu, mu1, mu2, gamma, tau } = alignmentFactors({ gramMatrix, residuals });
        const tolerance = 100 * n * EPS;
        expect(Math.abs(mu - alpha * beta)).toBeLessThanOrEqual(tolerance * mu);
        expect(Math.abs(mu - (mu1 - mu2))).toBeLessThanOrEqual(tolerance * mu1);
        expect(mu1).toBeGreaterThanOrEqual(gamma * (1 - tolerance));
        expect(mu2).toBeLessThanOrEqual(tau * (1 + tolerance));
        expect(alpha).toBeLessThanOrEqual(1 + tolerance);

        const chi = Array.from({ length: n }, (_, i) => row(gramMatrix, i).reduce((sum, value) => sum + value ** 2, 0));
        const least = new Float64Array(n);
        least[chi.indexOf(Math.min(...chi))] = 2;
        const attained = alignmentFactors({ gramMatrix, residuals: least });
        expect(Math.abs(attained.mu1 - gamma)).toBeLessThanOrEqual(tolerance * gamma);
      }
    }
  });

  it("has the reference values for a ReLU net 400-400-200-1, n = 1000, p = 240 801", () => {
    const widths = [400, 400, 200, 1];
    const { parameters, inputs, targets } = waves(widths, 1000);
    const network = multilayerPerceptron({ widths, activation: "relu" });
    expect(network.parameterCount).toBe(240_801);
    const at = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets }).at(parameters);
    const actual = alignmentFactors({ gramMatrix: at.gramMatrix(), residuals: at.residuals.data });
    // By per-sample gradients in PyTorch and in JAX, to ten digits.
    const expected = { mu1: 1.34495303, mu2: 0.001247662201, frobeniusNorm: 19.70417023, trace: 259.8119507 };
    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs(actual[name as keyof typeof expected] / value - 1), name).toBeLessThanOrEqual(1e-9);
    }
    expect(Math.abs((Math.sqrt(actual.tau) * actual.frobeniusNorm) / 15.77416004 - 1)).toBeLessThanOrEqual(1e-9);
  });

  it("does not depend on the scales of residuals and gradients", () => {
    const { gradients, residuals } = problem(7, 10, 6);
    const before = alignmentFactors({ gramMatrix: gram(gradients), residuals });
    const after = alignmentFactors({
      gramMatrix: scale(gram(gradients), 2 ** 20),
      residuals: residuals.map((e) => e * 2 ** -30),
    });
    // Powers of two scale without rounding; the iteration for τ stops relative to the scale.
    for (const name of ["alpha", "beta", "mu", "mu1", "mu2", "gamma"] as const) expect(after[name]).toBe(before[name]);
    expect(after.trace).toBe(2 ** 20 * before.trace);
    expect(Math.abs(after.tau - before.tau)).toBeLessThanOrEqual(100 * EPS);
  });

  it("stays accurate where Σ almost vanishes", () => {
    // Gradients and residuals that differ by 1e-6 only: Σ is 1e-6 of Σ₁ in each direction, ‖Σ‖_F about 1e-12 of ‖Σ₁‖_F.
    const stream = randomStream(3, "nearly equal");
    const [n, p, delta] = [6, 3, 1e-6];
    const gradients = randomMatrix(stream, n, p);
    gradients.data.forEach((value, k) => (gradients.data[k] = 1 + delta * value));
    const residuals: Float64Array = new Float64Array(n).fill(1);
    // The covariance from centred gradients, which loses only eps/delta.
    const centre = Array.from({ length: p }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += gradients.data[i * p + k];
      return sum / n;
    });
    const centred = matrix(Array.from({ length: n }, (_, i) => row(gradients, i).map((value, k) => value - centre[k])));
    const K = gram(centred);
    const size = Math.sqrt(inner(K, K)) / n;
    const { beta, frobeniusNorm } = alignmentFactors({ gramMatrix: gram(gradients), residuals });
    // c_i·c_j is a difference of numbers of size p, known to about 10·p·eps, so ‖Σ‖_F to that: 1e-2 of it at worst.
    expect(Math.abs(beta * frobeniusNorm - size)).toBeLessThanOrEqual(10 * p * EPS);
    expect(size).toBeGreaterThan(100 * 10 * p * EPS);
  });

  it("refuses what has no factors", () => {
    const K = matrix([
      [2, 1],
      [1, 2],
    ]);
    const e = Float64Array.of(1, -1);
    const refuses = (gramMatrix: Matrix, residuals: Float64Array, message: string) =>
      expect(() => alignmentFactors({ gramMatrix, residuals })).toThrow(message);
    refuses(matrix([[1, 2]]), Float64Array.of(1), "alignmentFactors: the Gram matrix must be square, got 1×2");
    const asymmetric = matrix([
      [1, 0.5],
      [0.4, 1],
    ]);
    refuses(
      asymmetric,
      e,
      "alignmentFactors: a Gram matrix must be symmetric with |K_ij| ≤ √(K_ii K_jj) = 1, " +
        "got entries 0.4 and 0.5 at (1, 0) and (0, 1)",
    );
    const tooLarge = matrix([
      [4, -7],
      [-7, 9],
    ]);
    refuses(tooLarge, e, "= 6, got entries -7 and -7 at (1, 0) and (0, 1)");
    refuses(scale(K, -1), e, "alignmentFactors: ‖g_i‖² must be finite and not negative, got -2");
    refuses({ ...K, data: Float64Array.of(1, NaN, NaN, 1) }, e, "got entries NaN and NaN");
    refuses(zeros(2, 2), e, "alignmentFactors: the gradients must not vanish, the sum of the ‖g_i‖² is, got 0");
    refuses(K, Float64Array.of(1), "alignmentFactors: the residuals must have length 2, got 1");
    refuses(K, Float64Array.of(1, NaN), "alignmentFactors: the residuals must be finite, got");
    refuses(
      K,
      Float64Array.of(0, 0),
      "alignmentFactors: the residuals must not vanish: at interpolation the factors are limits (0/0), along the direction " +
        "in which the residuals vanish; give that direction, as slowestResiduals(gramMatrix) does for gradient flow. Their " +
        "sum of squares must be positive, got 0",
    );
    refuses(matrix([[3]]), Float64Array.of(0.1), "alignmentFactors: the noise must not vanish");
    refuses(
      matrix([
        [1, 1],
        [1, 1],
      ]),
      Float64Array.of(0.1, 0.1),
      "alignmentFactors: the noise must not vanish: ‖Σ‖_F must be above rounding",
    );
    refuses(
      scale(K, 1e100),
      Float64Array.of(1e150, 1),
      "alignmentFactors: the factors must not overflow, got alpha = NaN",
    );
  });
});

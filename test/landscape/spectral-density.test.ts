import {
  denseOperator,
  diagonal,
  eigh,
  type LinearOperator,
  matrix,
  type Matrix,
  randomStream,
  symmetricPart,
} from "flat-minima/core";
import { spectralDensity, type SpectralDensityOptions } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";
import { inner, length, orthogonalMatrix, planted, product, times } from "../core/operator-oracles";
import { networkHessians } from "./network-hessians";

const EPS = Number.EPSILON;
const STEPS = 3;
const PROBES = 6;
const REPETITIONS = 600;

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
const squareOf = (A: Matrix): number => sum(A.data.map((entry) => entry * entry));
const traceOf = ({ rows, data }: Matrix): number => sum(Array.from({ length: rows }, (_, i) => data[i * rows + i]));

/** A^k by its definition, k ≥ 1. */
const powerOf = (A: Matrix, k: number): Matrix => (k === 1 ? A : product(powerOf(A, k - 1), A));

/** The mean of numbers in its own standard errors, s/√R. */
function meanInStandardErrors(numbers: readonly number[]): number {
  const mean = sum(numbers) / numbers.length;
  const variance = sum(numbers.map((number) => (number - mean) ** 2)) / (numbers.length - 1);
  return mean / Math.sqrt(variance / numbers.length);
}

/** The unit vectors that `spectralDensity` draws. */
function unitVectors(p: number, { probes, stream }: Pick<SpectralDensityOptions, "probes" | "stream">): Float64Array[] {
  return Array.from({ length: probes }, () => {
    const gaussian = stream.normals(p);
    return gaussian.map((entry) => entry / length(gaussian));
  });
}

describe.each(networkHessians())("the Hessian of $name", ({ operator, dense }) => {
  const A = symmetricPart(dense);
  const p = A.rows;
  const powers = [1, 2, 3, 4, 5].map((k) => ({ k, power: powerOf(A, k) }));
  // The products of the matrix are cheaper than the network's.
  const repeated = (async () => {
    const estimates = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const stream = randomStream(1, "spectral density", repetition);
      const { moment } = await spectralDensity(denseOperator(A), { probes: PROBES, steps: STEPS, stream });
      estimates.push(powers.map(({ k }) => moment(k)));
    }
    return estimates;
  })();

  it("each probe's moments up to 2m − 1 are vᵀA^k v, and the next is not", async () => {
    const options = (): SpectralDensityOptions => ({ probes: 3, steps: STEPS, stream: randomStream(2) });
    const { quadratures } = await spectralDensity(operator, options());
    const norm = Math.max(...eigh(A).values.map(Math.abs));
    unitVectors(p, options()).forEach((v, probe) => {
      const { nodes, weights } = quadratures[probe];
      expect([nodes.length, weights.length]).toEqual([STEPS, STEPS]);
      let image = v;
      for (let k = 0; k <= 2 * STEPS; k++) {
        const quadrature = sum(nodes.map((node, j) => weights[j] * node ** k));
        const gap = Math.abs(quadrature - inner(v, image)) / norm ** k;
        // Either side multiplies k times, with an error of at most p·eps·‖A‖_F ≤ p^1.5·eps·‖A‖ a time; a network's product
        // rounds some ten times a term.
        if (k < 2 * STEPS) expect(gap).toBeLessThanOrEqual(10 * (k + 1) * p ** 1.5 * EPS);
        // It misses β₁²β₂²…β_m², the square of what is left over.
        else expect(gap).toBeGreaterThan(1e-8);
        image = times(A, image);
      }
    });
  });

  it("the moments are Tr A^k/p within 3 standard errors, over many seeds", async () => {
    const all = await repeated;
    powers.forEach(({ power }, j) => {
      const errors = all.map((estimates) => estimates[j].value - traceOf(power) / p);
      const squares = all.map((estimates) => estimates[j].standardError ** 2);
      // The mean of R independent estimates has the variance Σe²/R².
      expect(Math.abs(sum(errors)) / Math.sqrt(sum(squares))).toBeLessThanOrEqual(3);
      // That can fail: it sees a bias of a quarter of one estimate's standard error, 0.25·√R = 6 of the mean's.
      const biased = sum(errors.map((error, r) => error + 0.25 * Math.sqrt(squares[r])));
      expect(biased / Math.sqrt(sum(squares))).toBeGreaterThan(3);
    });
  });

  it("their standard errors are the spread of their values", async () => {
    const all = await repeated;
    powers.forEach(({ power }, j) => {
      const errors = all.map((estimates) => estimates[j].value - traceOf(power) / p);
      const squares = all.map((estimates) => estimates[j].standardError ** 2);
      // E (x − t)² = E e². The standard error of the mean difference is taken from the R differences themselves, so that
      // their kurtosis is in it; for normal errors it is the variance times √(2/R) = 0.058, and a little for e².
      const spread = (factor: number) =>
        meanInStandardErrors(errors.map((error, r) => error ** 2 - factor * squares[r]));
      expect(Math.abs(spread(1))).toBeLessThanOrEqual(3);
      expect(spread(1 / 2)).toBeGreaterThan(3); // s²/(2m) for s²/m
      expect(spread(2)).toBeLessThan(-3);
      // For a probe that is uniform on the sphere the variance is known; it would be 2(‖B‖_F² − Σ Bᵢᵢ²)/p² for signs.
      const known = (2 * (p * squareOf(power) - traceOf(power) ** 2)) / (p ** 2 * (p + 2)) / PROBES;
      expect(Math.abs(meanInStandardErrors(squares.map((square) => square - known)))).toBeLessThanOrEqual(3);
    });
  });

  it("the cumulative distribution of a probe encloses what the probe sees of the exact spectrum", async () => {
    const options = (): SpectralDensityOptions => ({ probes: 4, steps: 8, stream: randomStream(4) });
    const { quadratures, cumulative } = await spectralDensity(denseOperator(A), options());
    const { values, vectors } = eigh(A);
    const seen = unitVectors(p, options()).map((v) =>
      Array.from(
        values,
        (_, i) =>
          inner(
            Array.from(v, (_, r) => vectors.data[r * p + i]),
            v,
          ) ** 2,
      ),
    );
    quadratures.forEach(({ nodes, weights }, probe) => {
      let below = 0;
      nodes.forEach((node, j) => {
        const share = (include: (value: number) => boolean): number =>
          sum(seen[probe].filter((_, i) => include(values[i])));
        // Chebyshev, Markov and Stieltjes; nodes and eigenvalues are known to p·eps·‖A‖ or so, weights likewise.
        const margin = 1e-10;
        expect(share((value) => value < node - margin)).toBeGreaterThanOrEqual(below - margin);
        expect(share((value) => value <= node - margin)).toBeLessThanOrEqual(below + weights[j] + margin);
        below += weights[j];
      });
      expect(Math.abs(below - 1)).toBeLessThanOrEqual(100 * EPS);
    });
    const points = [values[0] - 1, values[Math.floor(p / 2)], values[p - 1] + 1];
    const expected = points.map(
      (t) => sum(quadratures.flatMap(({ nodes, weights }) => [...weights].filter((_, k) => nodes[k] <= t))) / 4,
    );
    cumulative(points).forEach((value, k) => expect(Math.abs(value - expected[k])).toBeLessThanOrEqual(100 * EPS));
  });
});

describe("spectralDensity", () => {
  const p = 30;
  const spectrum = Array.from({ length: p }, (_, k) => (k < 3 ? 8 - k : k < 20 ? k / 10 - 1.5 : -2 - k / 30));
  const A = planted(orthogonalMatrix(randomStream(5), p), spectrum);
  const sorted = [...spectrum].sort((a, b) => a - b);

  it("with p steps has the eigenvalues as nodes, and the share of them below t within 3 standard errors", async () => {
    const probes = 200;
    const { quadratures, cumulative } = await spectralDensity(denseOperator(A), {
      probes,
      steps: p,
      stream: randomStream(6),
    });
    for (const { nodes } of quadratures) {
      // Products, orthogonalisation and the small eigenproblem: a few times p·eps·‖A‖ each, ‖A‖ = 8.
      expect(nodes.length).toBe(p);
      nodes.forEach((node, k) => expect(Math.abs(node - sorted[k])).toBeLessThanOrEqual(20 * p * EPS * 8));
    }
    for (const rank of [1, 7, 15, 27, 29]) {
      const t = (sorted[rank - 1] + sorted[rank]) / 2;
      // The share that v sees is vᵀPv for the projector P on `rank` eigenvectors: Tr P = Tr P² = rank.
      const standardError = Math.sqrt((2 * (p * rank - rank ** 2)) / (p ** 2 * (p + 2)) / probes);
      expect(Math.abs(cumulative([t])[0] - rank / p)).toBeLessThanOrEqual(3 * standardError);
    }
    expect(cumulative([-4, 9])).toEqual(Float64Array.of(0, cumulative([8.5])[0]));
  });

  it("smears the nodes to a density that integrates to one", async () => {
    const { quadratures, density } = await spectralDensity(denseOperator(A), {
      probes: 4,
      steps: 10,
      stream: randomStream(7),
    });
    const nodes = quadratures.flatMap((quadrature) => [...quadrature.nodes]);
    const range = Math.max(...nodes) - Math.min(...nodes);
    for (const width of [undefined, 0.3]) {
      const smearing = width ?? range / 10;
      // The trapezoidal rule with four points a width is off by 2·exp(−2π²·16), and 9 widths outside by e^−40.
      const spacing = smearing / 4;
      const grid = Array.from(
        { length: Math.ceil(range / spacing) + 72 },
        (_, i) => Math.min(...nodes) - 9 * smearing + i * spacing,
      );
      const values = density(grid, width);
      expect(Math.abs(spacing * sum(values) - 1)).toBeLessThanOrEqual(grid.length * EPS + 1e-15);
      const t = grid[40];
      const terms = quadratures.flatMap(({ nodes, weights }) =>
        [...nodes].map(
          (node, k) =>
            ((weights[k] / 4) * Math.exp(-((t - node) ** 2) / (2 * smearing ** 2))) /
            Math.sqrt(2 * Math.PI * smearing ** 2),
        ),
      );
      expect(Math.abs(values[40] / sum(terms) - 1)).toBeLessThanOrEqual(1e-12); // an exponent of up to 10² rounds so
    }
  });

  it("is exact where the Krylov space ends early", async () => {
    const options = { probes: 3, steps: 4, stream: randomStream(8) };
    const same = await spectralDensity(denseOperator(diagonal([2, 2, 2, 2])), options);
    for (const { nodes, weights } of same.quadratures) {
      expect([nodes.length, weights.length]).toEqual([1, 1]);
      expect(Math.abs(nodes[0] - 2)).toBeLessThanOrEqual(8 * EPS);
    }
    expect(Math.abs(same.moment(7).value - 2 ** 7)).toBeLessThanOrEqual(2 ** 7 * 100 * EPS);
    expect(() => same.density([2])).toThrow("SpectralDensity.density: width must be positive and finite, got ");

    const low = await spectralDensity(denseOperator(diagonal([3, 0, 0, -1])), options);
    for (const { nodes } of low.quadratures) {
      expect(nodes.length).toBe(3);
      [-1, 0, 3].forEach((value, k) => expect(Math.abs(nodes[k] - value)).toBeLessThanOrEqual(100 * EPS));
    }
    const zero = await spectralDensity(denseOperator(matrix([[0]])), { ...options, steps: 1 });
    expect(zero.quadratures[0]).toEqual({ nodes: Float64Array.of(0), weights: Float64Array.of(1) });
    expect(zero.moment(1)).toEqual({ value: 0, standardError: 0, samples: 3 });
  });

  it("counts its products, and is the same for the same stream", async () => {
    let products = 0;
    const dense = denseOperator(A);
    const counting: LinearOperator = {
      ...dense,
      apply: (vector) => {
        products++;
        return dense.apply(vector);
      },
    };
    const run = () => spectralDensity(counting, { probes: 3, steps: 7, stream: randomStream(9) });
    const { quadratures } = await run();
    expect(products).toBe(21);
    expect((await run()).quadratures).toEqual(quadratures);
  });

  it("names what it cannot work with, before any work", async () => {
    const stream = randomStream(10);
    const untouched = { ...denseOperator(A), apply: () => expect.unreachable() };
    const call = (options: object, operator: LinearOperator = untouched) =>
      spectralDensity(operator, { probes: 2, steps: 2, stream, ...options });
    for (const probes of [1, 0, 2.5, NaN]) {
      await expect(call({ probes })).rejects.toThrow(
        `spectralDensity: probes must be an integer of at least 2, got ${probes}`,
      );
    }
    for (const steps of [0, p + 1, 1.5, NaN]) {
      await expect(call({ steps })).rejects.toThrow(
        `spectralDensity: steps must be an integer from 1 to ${p}, got ${steps}`,
      );
    }
    await expect(call({}, { ...untouched, symmetric: false })).rejects.toThrow(
      "spectralDensity: the operator must be symmetric, got one that is not",
    );
    const broken = { ...denseOperator(A), apply: (x: Float64Array) => x.map(() => NaN) };
    await expect(call({}, broken)).rejects.toThrow("spectralDensity: the product must be finite, got NaN in entry 0");
    const { moment, density, cumulative } = await call({}, denseOperator(A));
    for (const power of [-1, 4, 0.5, NaN]) {
      expect(() => moment(power)).toThrow(
        `SpectralDensity.moment: the power must be an integer from 0 to 3, got ${power}`,
      );
    }
    for (const width of [0, -1, NaN, Infinity]) {
      expect(() => density([0], width)).toThrow(`width must be positive and finite, got ${width}`);
    }
    expect(() => density([0, NaN], 1)).toThrow("SpectralDensity.density: the grid must be finite, got NaN at index 1");
    expect(() => cumulative([Infinity])).toThrow("SpectralDensity.cumulative: the grid must be finite, got Infinity");
    const huge = await call({ steps: 3 }, denseOperator(diagonal([1e100, 2e100, 3e100])));
    expect(() => huge.moment(5)).toThrow("SpectralDensity.moment: every sample must be finite, got");
  });
});

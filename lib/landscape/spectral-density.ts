import { type Estimate, eigh, type LinearOperator, norm, type RandomStream, requireThat } from "../core";
import { finishBreathing } from "../core/lanczos";
import { KrylovSpace } from "../core/krylov-space";
import { estimateOf } from "../core/estimate";
import { symmetricProduct } from "../core/linear-operator";
import { requireFinite, requireSize } from "../core/requirements";

/** How much the spectral density may cost, and where its randomness comes from. */
export interface SpectralDensityOptions {
  /** The number of random vectors, at least 2: a standard error needs two. */
  readonly probes: number;
  /** The number m of products with the operator a probe, from 1 to p. */
  readonly steps: number;
  readonly stream: RandomStream;
}

/** The Gauss quadrature of the spectrum as one probe v sees it: Σ_k τ_k² f(θ_k) for vᵀf(A)v. */
export interface SpectralQuadrature {
  /** θ_k, ascending: m of them, fewer where the Krylov space of v is exhausted. */
  readonly nodes: Float64Array;
  /** τ_k², which sum to one. */
  readonly weights: Float64Array;
}

/** The spectrum of a symmetric operator (p×p) by stochastic Lanczos quadrature; made by {@link spectralDensity}. */
export interface SpectralDensity {
  readonly quadratures: readonly SpectralQuadrature[];
  /**
   * (1/p) Tr A^k for an integer k from 0 to 2m − 1, unbiased; p times it estimates the trace.
   *
   * @throws InvalidArgumentError for another k, or when θ^k overflows
   */
  readonly moment: (power: number) => Estimate;
  /**
   * The density of the eigenvalues at the points t of a grid, each node smeared to a Gaussian of standard deviation
   * `width`: the mean over the probes of Σ_k τ_k² N(t; θ_k, width²). It integrates to one. Default width: the range of
   * all nodes over m (tuned: about the distance of two nodes, below which the curve shows nodes and no density).
   *
   * @throws InvalidArgumentError when a point is not finite, or the width is not positive and finite (the default is not
   *   when all nodes are the same)
   */
  readonly density: (grid: ArrayLike<number>, width?: number) => Float64Array;
  /**
   * The share of eigenvalues ≤ t at the points t of a grid: the mean over the probes of Σ_{θ_k ≤ t} τ_k². A probe's is
   * off the share that v sees by at most the weight of the nodes next to t (Chebyshev, Markov and Stieltjes; Szegő 1939,
   * theorem 3.41.1).
   *
   * @throws InvalidArgumentError when a point is not finite
   */
  readonly cumulative: (grid: ArrayLike<number>) => Float64Array;
}

/**
 * The spectral density (1/p) Σᵢ δ(λ − λᵢ) of a symmetric operator A (p×p) by stochastic Lanczos quadrature (Lin, Saad and
 * Yang 2016; Ubaru, Chen and Saad 2017; for Hessians: Ghorbani, Krishnan and Xiao 2019), never formed: m steps of
 * Lanczos' method with full reorthogonalisation from each of several random unit vectors v. The eigenvalues θ_k of the
 * tridiagonal matrix and the squared first entries τ_k² of its unit eigenvectors are the nodes and weights of a Gauss
 * quadrature: Σ_k τ_k² q(θ_k) = vᵀq(A)v for every polynomial q of degree up to 2m − 1.
 *
 * The probes are Gaussian vectors divided by their length, uniform on the sphere. Unbiased: E vvᵀ is unchanged by every
 * rotation and has trace 1, so it is I/p, and E vᵀA^k v = Tr(A^k E vvᵀ) = Tr A^k/p. (Random signs over √p do that too;
 * then the noise depends on A's basis, and a sign vector may miss an eigenvector altogether.) The variance of vᵀBv is
 * 2(p Tr B² − Tr² B)/(p²(p + 2)). Only the moments are exact: between the nodes the density is a smoothed guess.
 *
 * Cost: m products a probe, and 8m²p operations; memory: m vectors. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not symmetric, `probes` is no integer of at least 2, `steps` is none
 *   from 1 to p, or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[3, 0], [0, 1]]));
 * const { moment, quadratures } = await spectralDensity(A, { probes: 50, steps: 2, stream: randomStream(1) });
 * quadratures[0].nodes; // Float64Array [1, 3]
 * Math.abs(moment(2).value - 5) < 3 * moment(2).standardError; // true: (9 + 1)/2
 */
export async function spectralDensity(
  operator: LinearOperator,
  { probes, steps, stream }: SpectralDensityOptions,
): Promise<SpectralDensity> {
  const apply = symmetricProduct("spectralDensity", operator);
  requireSize("spectralDensity", "probes", probes, 2);
  const validSteps = Number.isInteger(steps) && steps >= 1 && steps <= operator.cols;
  requireThat(validSteps, "spectralDensity", `steps must be an integer from 1 to ${operator.cols}`, steps);

  const quadratures: SpectralQuadrature[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const gaussian = stream.normals(operator.cols);
    const length = norm(gaussian);
    const space = new KrylovSpace("spectralDensity", apply, [gaussian.map((entry) => entry / length)]);
    while (space.size < steps && space.nextSize > 0) await finishBreathing(space.grow());
    quadratures.push(gaussQuadrature(space));
  }
  return {
    quadratures,
    moment: (power) => moment(quadratures, 2 * steps - 1, power),
    density: (grid, width = rangeOf(quadratures) / steps) => density(quadratures, grid, width),
    cumulative: (grid) => meanAt("SpectralDensity.cumulative", quadratures, grid, (t, node) => Number(node <= t)),
  };
}

/** Golub and Welsch 1969. */
function gaussQuadrature(space: KrylovSpace): SpectralQuadrature {
  const { values, vectors } = eigh(space.projection());
  return { nodes: values, weights: vectors.data.subarray(0, values.length).map((entry) => entry ** 2) };
}

function moment(quadratures: readonly SpectralQuadrature[], highest: number, power: number): Estimate {
  const valid = Number.isInteger(power) && power >= 0 && power <= highest;
  requireThat(valid, "SpectralDensity.moment", `the power must be an integer from 0 to ${highest}`, power);
  const samples = quadratures.map(({ nodes, weights }) =>
    nodes.reduce((sum, node, k) => sum + weights[k] * node ** power, 0),
  );
  return estimateOf("SpectralDensity.moment", samples);
}

function density(quadratures: readonly SpectralQuadrature[], grid: ArrayLike<number>, width: number): Float64Array {
  requireThat(width > 0 && width < Infinity, "SpectralDensity.density", "width must be positive and finite", width);
  return meanAt(
    "SpectralDensity.density",
    quadratures,
    grid,
    (t, node) => Math.exp(-(((t - node) / width) ** 2) / 2) / (width * Math.sqrt(2 * Math.PI)),
  );
}

/** The mean over the probes of Σ_k τ_k² g(t, θ_k) at each t. */
function meanAt(
  functionName: string,
  quadratures: readonly SpectralQuadrature[],
  grid: ArrayLike<number>,
  g: (t: number, node: number) => number,
): Float64Array {
  const points = Float64Array.from(grid);
  requireFinite(functionName, "the grid", points);
  return points.map((t) => {
    let sum = 0;
    for (const { nodes, weights } of quadratures) {
      for (let k = 0; k < nodes.length; k++) sum += weights[k] * g(t, nodes[k]);
    }
    return sum / quadratures.length;
  });
}

function rangeOf(quadratures: readonly SpectralQuadrature[]): number {
  const lowest = Math.min(...quadratures.map(({ nodes }) => nodes[0]));
  const highest = Math.max(...quadratures.map(({ nodes }) => nodes[nodes.length - 1]));
  return highest - lowest;
}

import { type Matrix, scale, trace, zeros } from "../core";
import { uncheckedMultiplyVector } from "../core/products";
import { uncheckedDot } from "../core/vector";
import { choleskyFactor, solveCholesky } from "./cholesky";
import type { Knot } from "./least-sharpness-neurons";

/** An implementation, and what proves how good it is. */
export interface BarrierSolution {
  /** u at each knot: the slope change of its left neuron. */
  readonly leftChanges: Float64Array;
  /** s = w² of the neurons of each knot, in the order of its sides. */
  readonly squaredWeights: readonly (readonly number[])[];
  /** Z (n×n): positive definite, Tr Z = 1. */
  readonly dual: Matrix;
  /** The number of Newton steps. */
  readonly steps: number;
}

/** A neuron among the unknowns: where z, s and u stand, c = base + sign·u, ∂K/∂z = Σ aaᵀ/n and ∂K/∂s = rrᵀ/n. */
interface Neuron {
  readonly z: number;
  readonly s: number;
  readonly u: number;
  readonly base: number;
  readonly sign: number;
  readonly slopes: readonly Float64Array[];
  readonly heights: Float64Array;
}

/** By how much the path's parameter shrinks when the path is reached. Tuned: 0.05 to 0.3 take the same time. */
const SHRINKING = 0.1;

/** Tuned: a hundred are usual. */
const MOST_STEPS = 1000;

/**
 * Minimises t over t, u, z and s with tI ⪰ K, zs ≥ c² for each neuron and Σ u = −slope (a condition that falls away
 * when `slope` is undefined), where K = (1/n)(11ᵀ + Σ zA + sB). There must be a knot.
 *
 * Newton's method along the central path of t/μ − log det(tI − K) − Σ log(zs − c²). This is a self-concordant barrier
 * of parameter n + 2·(number of neurons): the damped step 1/(1 + λ), λ the Newton decrement, keeps all conditions and
 * converges from anywhere (Nesterov and Nemirovskii 1994, Theorem 2.2.3). On the path Z = μ(tI − K)⁻¹ is a point of
 * the dual with t − dual value = μ(n + 2·neurons); it stops where that is `gap` of t.
 */
export function solveBarrier(
  knots: readonly Knot[],
  sampleCount: number,
  { slope, gap }: { readonly slope: number | undefined; readonly gap: number },
): BarrierSolution {
  const neurons = neuronsOf(knots);
  const firstU = 1 + 2 * neurons.length;
  const point = startingPoint(knots, neurons, slope);
  const parameter = sampleCount + 2 * neurons.length;
  // e·(u's) = Σ u, which no step may change.
  const e = point.map((_, i) => (i >= firstU ? 1 : 0));
  let mu = point[0] / parameter;
  let inverse = inverseOfGap(point, neurons, sampleCount)!;
  for (let steps = 1; ; steps++) {
    const { gradient, hessian } = derivatives(point, neurons, { inverse, mu });
    const found: BarrierSolution = {
      leftChanges: point.slice(firstU),
      squaredWeights: knots.map((_, k) => neurons.filter(({ u }) => u === firstU + k).map(({ s }) => point[s])),
      dual: scale(inverse, 1 / trace(inverse)),
      steps,
    };
    const factor = choleskyFactor(hessian);
    if (factor === undefined) return found;
    const direction = solveCholesky(factor, gradient);
    if (slope !== undefined) {
      const image = solveCholesky(factor, e);
      const multiplier = uncheckedDot(e, direction) / uncheckedDot(e, image);
      for (let i = 0; i < point.length; i++) direction[i] -= multiplier * image[i];
    }
    const decrement = Math.sqrt(Math.max(0, uncheckedDot(gradient, direction)));
    const reached = decrement <= 0.25;
    if ((reached && mu * parameter <= gap * point[0]) || steps >= MOST_STEPS) return found;
    for (let i = 0; i < point.length; i++) point[i] -= (reached ? 1 : 1 / (1 + decrement)) * direction[i];
    // Where rounding makes the Newton step lead out of the feasible set, nothing better can be had.
    const next = neurons.every((neuron) => slackOf(neuron, point) > 0)
      ? inverseOfGap(point, neurons, sampleCount)
      : undefined;
    if (next === undefined) return found;
    inverse = next;
    if (reached) mu *= SHRINKING;
  }
}

/** zs − c². */
function slackOf({ z, s, u, base, sign }: Neuron, point: Float64Array): number {
  return point[z] * point[s] - (base + sign * point[u]) ** 2;
}

function neuronsOf(knots: readonly Knot[]): Neuron[] {
  const count = knots.reduce((sum, { sides }) => sum + sides.length, 0);
  let next = 1;
  return knots.flatMap(({ sides, slopeChange }, k) =>
    sides.map(({ right, slopes, heights }): Neuron => {
      next += 2;
      const [base, sign] = right ? [slopeChange, -1] : [0, 1];
      return { z: next - 2, s: next - 1, u: 1 + 2 * count + k, base, sign, slopes, heights };
    }),
  );
}

/** Slope changes divided evenly, weights of size one, and a t above the trace of K. */
function startingPoint(knots: readonly Knot[], neurons: readonly Neuron[], slope: number | undefined): Float64Array {
  const point = new Float64Array(1 + 2 * neurons.length + knots.length);
  const halves = knots.map(({ slopeChange }) => slopeChange / 2);
  const missing = slope === undefined ? 0 : -slope - halves.reduce((sum, half) => sum + half, 0);
  knots.forEach((_, k) => (point[1 + 2 * neurons.length + k] = halves[k] + missing / knots.length));
  point[0] = 2;
  for (const { z, s, u, base, sign, slopes, heights } of neurons) {
    const c = base + sign * point[u];
    point[s] = 1 + Math.abs(c);
    point[z] = (c * c + 1) / point[s];
    const squares = slopes.reduce((sum, a) => sum + uncheckedDot(a, a), 0);
    point[0] += (point[z] * squares + point[s] * uncheckedDot(heights, heights)) / heights.length;
  }
  return point;
}

/** The barrier's gradient and Hessian (its lower triangle), given (tI − K)⁻¹. */
function derivatives(
  point: Float64Array,
  neurons: readonly Neuron[],
  { inverse, mu }: { readonly inverse: Matrix; readonly mu: number },
): { gradient: Float64Array; hessian: Matrix } {
  const n = inverse.rows;
  const gradient = new Float64Array(point.length);
  const hessian = zeros(point.length, point.length);
  const put = (i: number, j: number, value: number): void => {
    hessian.data[Math.max(i, j) * point.length + Math.min(i, j)] += value;
  };

  // −log det(tI − K): with W = (tI − K)⁻¹ the derivatives are −⟨W, dM⟩ and ⟨W dM, dM W⟩.
  const terms = neurons.flatMap(({ z, s, slopes, heights }) =>
    [
      { at: z, vectors: slopes },
      { at: s, vectors: [heights] },
    ].map((term) => ({ ...term, images: term.vectors.map((vector) => uncheckedMultiplyVector(inverse, vector)) })),
  );
  gradient[0] = 1 / mu - trace(inverse);
  put(0, 0, uncheckedDot(inverse.data, inverse.data));
  terms.forEach(({ at, vectors, images }, index) => {
    vectors.forEach((vector, k) => {
      gradient[at] += uncheckedDot(vector, images[k]) / n;
      put(0, at, -uncheckedDot(images[k], images[k]) / n);
    });
    for (let k = 0; k <= index; k++) {
      let sum = 0;
      for (const vector of terms[k].vectors) {
        for (const image of images) sum += uncheckedDot(vector, image) ** 2;
      }
      put(at, terms[k].at, sum / n ** 2);
    }
  });

  // −log q with q = zs − c².
  for (const neuron of neurons) {
    const { z, s, u, base, sign } = neuron;
    const c = base + sign * point[u];
    const q = slackOf(neuron, point);
    const logarithmic: readonly [number, number][] = [
      [z, point[s] / q],
      [s, point[z] / q],
      [u, (-2 * c * sign) / q],
    ];
    logarithmic.forEach(([i, first], k) => {
      gradient[i] -= first;
      for (const [j, second] of logarithmic.slice(0, k + 1)) put(i, j, first * second);
    });
    put(z, s, -1 / q);
    put(u, u, 2 / q);
  }
  return { gradient, hessian };
}

/** (tI − K)⁻¹, undefined unless tI − K is positive definite. */
function inverseOfGap(point: Float64Array, neurons: readonly Neuron[], n: number): Matrix | undefined {
  const M = zeros(n, n);
  const addSquare = (vector: Float64Array, weight: number): void => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) M.data[i * n + j] += weight * vector[i] * vector[j];
    }
  };
  addSquare(new Float64Array(n).fill(1), -1 / n);
  for (const { z, s, slopes, heights } of neurons) {
    for (const a of slopes) addSquare(a, -point[z] / n);
    addSquare(heights, -point[s] / n);
  }
  for (let i = 0; i < n; i++) M.data[i * n + i] += point[0];
  const factor = choleskyFactor(M);
  if (factor === undefined) return undefined;
  const inverse = zeros(n, n);
  for (let j = 0; j < n; j++) {
    const column = solveCholesky(factor, new Float64Array(n).fill(1, j, j + 1));
    for (let i = 0; i <= j; i++) inverse.data[i * n + j] = inverse.data[j * n + i] = column[i];
  }
  return inverse;
}

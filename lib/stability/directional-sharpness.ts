import { eigh, requireThat } from "../core";
import { uncheckedDot } from "../core/vector";
import { type DataKnotReduction, dataKnotReduction, derivativesOf, plusSquares } from "./data-knot-reduction";

/** The sharpest direction at a minimum. */
export interface DirectionalSharpness {
  /** λ* = (1/n) Σ_i φ_i(q*)². */
  readonly value: number;
  /** q* (p), of length 1. */
  readonly direction: Float64Array;
}

/** 3⁸ eigenproblems take some tenths of a second. */
const MOST_KNOTS = 8;

/**
 * The sharpness of a minimum of the loss (1/2n) Σ_i (f(x_i) − y_i)² that need not be differentiable,
 *
 *   λ* = max_{|q|=1} (1/n) Σ_i φ_i(q)²,
 *
 * φ_i(q) the directional derivatives of `directionalDerivatives`, at an interpolating θ: λ_max of the Hessian where there
 * is one. A minimum with λ* > 2/η is not strongly stable for gradient descent or SGD with the rate η: from θ + εq* the
 * mean component along q* is multiplied by 1 − ηλ* < −1 (Lemma 3 of Rao 2021 with γ = 0, and with one unit vector instead
 * of a common eigenvector).
 *
 * Exact: on each face of each mode's cone the maximum is, where it lies inside, the top eigenvector of a matrix n×n; the
 * 3^K faces are all tried, K the number of neurons with data knots. Cost O(3^K n³ + n²p).
 *
 * @param parameters θ = (w, b, v, c₀) (3m + 1)
 * @param inputs x (n)
 * @throws InvalidArgumentError as `dataKnots`, when K > 8 (take `directionalSharpnessFromBelow`), and when products of
 *   gradients are beyond 1e150.
 *
 * @example
 * // f = 2 max(x, 0) on x = 0, where ∇f = (0, 2, 0, 1) on one side and (0, 0, 0, 1) on the other
 * directionalSharpness(Float64Array.of(1, 0, 2, 0), [0]).value; // 5
 */
export function directionalSharpness(parameters: Float64Array, inputs: ArrayLike<number>): DirectionalSharpness {
  const reduction = dataKnotReduction("directionalSharpness", parameters, inputs);
  const { sampleCount: n, knotCount, rest, off, on } = reduction;
  requireThat(
    knotCount <= MOST_KNOTS,
    "directionalSharpness",
    `at most ${MOST_KNOTS} neurons may have their knots on inputs (take directionalSharpnessFromBelow)`,
    knotCount,
  );
  let best = { value: -Infinity, u: new Float64Array(n), t: new Float64Array(knotCount) };
  for (let face = 0; face < 3 ** knotCount; face++) {
    /** The slopes of φ along the ν_k: 0 on the border of neuron k, t_k = 0. */
    const slopes = off.map((slope, k) => [new Float64Array(n), slope, on[k]][Math.floor(face / 3 ** k) % 3]);
    const top = topEigenvector(plusSquares(rest, slopes));
    for (const sign of [1, -1]) {
      const u = top.map((entry) => sign * entry);
      const t = Float64Array.from(slopes, (slope) => uncheckedDot(slope, u));
      // The eigenvector may lie outside the face's cone. What is taken is the value that it has where it lies, which is
      // never above the maximum.
      const value = sharpnessAlong(reduction, u, t);
      if (value > best.value) best = { value, u, t };
    }
  }
  return { value: best.value, direction: reduction.direction(best.u, best.t) };
}

/**
 * The directional sharpness λ* of `directionalSharpness` from below, for any number of data knots: the best of the local
 * maxima that 2(n + 2) starts lead to. With the weights u (|u| = 1) of the outputs fixed, the best unit q for Σ_i u_i φ_i(q)
 * is known neuron by neuron; q fixed, the best u is φ(q)/|φ(q)|. Taking turns increases (1/n) Σ_i φ_i(q)², from 1/n times
 * the square of the first sum on. One of the starts is the constant vector, so that the value is at least 1 + 2∫|f''|g₋
 * (`weakenedFunctionSpaceBound`).
 *
 * Cost O(n²p + nK) a round, at most 1000 rounds a start, until one gains less than 1e-13 of the value (tuned).
 *
 * @throws InvalidArgumentError as `dataKnots`, and when products of gradients are beyond 1e150.
 *
 * @example
 * directionalSharpnessFromBelow(Float64Array.of(1, 0, 2, 0), [0]).value; // 5
 */
export function directionalSharpnessFromBelow(
  parameters: Float64Array,
  inputs: ArrayLike<number>,
): DirectionalSharpness {
  const reduction = dataKnotReduction("directionalSharpnessFromBelow", parameters, inputs);
  const { sampleCount: n, rest, on } = reduction;
  const starts = [
    new Float64Array(n).fill(1 / Math.sqrt(n)),
    ...Array.from({ length: n }, (_, i) => new Float64Array(n).fill(1, i, i + 1)),
    topEigenvector(plusSquares(rest, on)),
  ].flatMap((u) => [u, u.map((entry) => -entry)]);
  const ends = starts.map((start) => {
    let end = { value: -Infinity, u: start, t: bestComponents(reduction, start) };
    for (let round = 0, u = start; round < MOST_ROUNDS; round++) {
      const t = bestComponents(reduction, u);
      const value = sharpnessAlong(reduction, u, t);
      const gain = value - end.value;
      if (gain > 0) end = { value, u, t };
      if (!(gain > SMALLEST_GAIN * value)) break;
      const { derivatives } = derivativesOf(reduction, u, t);
      const length = Math.sqrt(uncheckedDot(derivatives, derivatives));
      u = derivatives.map((entry) => entry / length);
    }
    return end;
  });
  const best = ends.reduce((top, end) => (end.value > top.value ? end : top));
  return { value: best.value, direction: reduction.direction(best.u, best.t) };
}

const MOST_ROUNDS = 1000;
const SMALLEST_GAIN = 1e-13;

/** (1/n) Σ φ_i(q)²/|q|² for the q of (u, t). */
function sharpnessAlong(reduction: DataKnotReduction, u: Float64Array, t: Float64Array): number {
  const { derivatives, squaredLength } = derivativesOf(reduction, u, t);
  return uncheckedDot(derivatives, derivatives) / (reduction.sampleCount * squaredLength);
}

/** The t that maximise u·φ along the ν_k: a piece's slope where the piece has it, 0 where u·φ falls on both sides. */
function bestComponents({ off, on }: DataKnotReduction, u: Float64Array): Float64Array {
  return Float64Array.from(off, (slope, k) => {
    const up = Math.max(0, uncheckedDot(on[k], u));
    const down = Math.max(0, -uncheckedDot(slope, u));
    return up > down ? up : 0 - down;
  });
}

/** The eigenvector of the largest eigenvalue of a symmetric n×n matrix. */
function topEigenvector(A: Float64Array): Float64Array {
  const n = Math.sqrt(A.length);
  const { vectors } = eigh({ rows: n, cols: n, data: A });
  return Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + n - 1]);
}

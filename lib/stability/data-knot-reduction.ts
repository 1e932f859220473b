import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { uncheckedDot } from "../core/vector";
import { networkOnInputs } from "./data-knots";
import { gradientsAt } from "./directional-derivatives";

/**
 * The directional derivatives φ(q) of a network with K data knots in n dimensions instead of p. The unit vectors
 * ν_k ∝ (x, 1) on the (w, b) of the K neurons are orthonormal, and only t_k = ν_k·q decides on which side neuron k is:
 *
 *   φ(q) = A q + Σ_k max(t_k, 0) δ_k,    A the gradients with all of them off.
 *
 * With P the projection away from all ν_k and Pq = PAᵀu (its other components change no output),
 *
 *   φ = R u + Σ_k t_k α_k + max(t_k, 0) δ_k,    |q|² = uᵀRu + Σ_k t_k²,    R = APAᵀ, α_k = Aν_k.
 */
export interface DataKnotReduction {
  /** n. */
  readonly sampleCount: number;
  /** K. */
  readonly knotCount: number;
  /** R (n×n), row by row, positive semi-definite. */
  readonly rest: Float64Array;
  /** α_k (n): the slope of φ along ν_k on the side t_k < 0. */
  readonly off: readonly Float64Array[];
  /** α_k + δ_k (n): the slope on the side t_k > 0. */
  readonly on: readonly Float64Array[];
  /** q (p) from u (n) and t (K), of length 1. */
  direction(u: Float64Array, t: Float64Array): Float64Array;
}

export function dataKnotReduction(
  functionName: string,
  parameters: Float64Array,
  inputs: ArrayLike<number>,
): DataKnotReduction {
  const network = networkOnInputs(functionName, parameters, inputs);
  const m = network.neurons.length;
  const n = network.inputs.length;
  const rows = gradientsAt(network, () => false);
  const knots = network.neurons.flatMap(({ outputWeight, samplesAtKnot }, neuron) => {
    if (samplesAtKnot.length === 0) return [];
    const x = network.inputs[samplesAtKnot[0]];
    const length = Math.hypot(x, 1);
    const off = Float64Array.from(rows, (row) => (row[neuron] * x + row[m + neuron]) / length);
    const on = off.slice();
    for (const i of samplesAtKnot) on[i] += outputWeight * length;
    return [{ neuron, unit: [x / length, 1 / length], off, on }];
  });
  const rest = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = knots.reduce((left, { off }) => left - off[i] * off[j], uncheckedDot(rows[i], rows[j]));
      rest[i * n + j] = rest[j * n + i] = sum;
    }
  }
  // Later sums of n² products of these stay finite below 1e150.
  for (const entries of [rest, ...knots.map(({ on }) => on)]) {
    requireFinite(functionName, "the products of the gradients", entries);
    const largest = entries.reduce((top, entry) => Math.max(top, Math.abs(entry)), 0);
    requireThat(largest < 1e150, functionName, "the products of the gradients must be below 1e150", largest);
  }
  return {
    sampleCount: n,
    knotCount: knots.length,
    rest,
    off: knots.map(({ off }) => off),
    on: knots.map(({ on }) => on),
    direction: (u, t) => {
      const q = new Float64Array(parameters.length);
      rows.forEach((row, i) => row.forEach((entry, k) => (q[k] += u[i] * entry)));
      knots.forEach(({ neuron, unit }, k) => {
        const along = q[neuron] * unit[0] + q[m + neuron] * unit[1];
        q[neuron] += (t[k] - along) * unit[0];
        q[m + neuron] += (t[k] - along) * unit[1];
      });
      const length = Math.sqrt(uncheckedDot(q, q));
      return q.map((entry) => entry / length);
    },
  };
}

/** φ and |q|² of (u, t). */
export function derivativesOf(
  { sampleCount: n, rest, off, on }: DataKnotReduction,
  u: Float64Array,
  t: Float64Array,
): { derivatives: Float64Array; squaredLength: number } {
  const derivatives = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) derivatives[i] += rest[i * n + j] * u[j];
  let squaredLength = uncheckedDot(u, derivatives);
  t.forEach((component, k) => {
    const slope = component > 0 ? on[k] : off[k];
    for (let i = 0; i < n; i++) derivatives[i] += component * slope[i];
    squaredLength += component ** 2;
  });
  return { derivatives, squaredLength };
}

/** A matrix (n×n) plus the sum of b bᵀ over some vectors (n). */
export function plusSquares(A: Float64Array, vectors: readonly Float64Array[]): Float64Array {
  const n = Math.sqrt(A.length);
  const result = A.slice();
  for (const b of vectors) {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[i * n + j] += b[i] * b[j];
  }
  return result;
}

import { eigh, type Matrix, multiply, requireThat, symmetricPart, transpose } from "../core";
import { uncheckedDot } from "../core/vector";
import { type DataKnotReduction, dataKnotReduction, plusSquares } from "./data-knot-reduction";

/** The direction in which a step of gradient descent can lead away first. */
export interface StrongStabilityCurvature {
  /** μ*. */
  readonly value: number;
  /**
   * q (p), of length 1, inside the cone of a mode, where |H_m q|²/qᵀH_m q is μ*; where that happens on the border only, it
   * is a millionth inside, and the quotient off by about as much.
   */
  readonly direction: Float64Array;
}

const INSIDE = 1e-6;

/** 4⁶ eigenproblems take some tenths of a second. */
const MOST_KNOTS = 6;

/**
 * The curvature μ* that decides on strong stability at a minimum of the loss (1/2n) Σ_i (f(x_i) − y_i)² that need not be
 * differentiable: gradient descent of the switching system u₊ = u − ηH_m u, m the mode of u, takes no step away from the
 * minimum, |u₊| ≤ |u| for every u, if and only if η ≤ 2/μ*, where
 *
 *   μ* = sup { |H_m q|²/qᵀH_m q : q in the cone of mode m, qᵀH_m q > 0 },
 *
 * since |q − ηH_m q|² − |q|² = −η(2qᵀH_m q − η|H_m q|²). λ* ≤ μ* ≤ max_m λ_max(H_m), with λ* of `directionalSharpness`.
 *
 * Exact up to rounding: with y = φ(q)/√n the quotient is yᵀG_m y/|y|², G_m the mode's Gram matrix of gradients over n, and
 * y ranges over a cone, a subspace plus K rays at most; the maximum on the relative interior of a face is a top eigenvector
 * there. All modes and faces are tried, up to 4^K, K the number of neurons with data knots. Cost O(4^K n³ + n²p). Whether
 * vectors depend on each other is decided up to 1e-10 of their squared lengths (tuned).
 *
 * @param parameters θ = (w, b, v, c₀) (3m + 1)
 * @param inputs x (n)
 * @throws InvalidArgumentError as `dataKnots`, when K > 6, and when products of gradients are beyond 1e150.
 *
 * @example
 * strongStabilityCurvature(Float64Array.of(1, 0, 2, 0), [0]).value; // 5: f = 2 max(x, 0), as for the mode in which it is on
 */
export function strongStabilityCurvature(
  parameters: Float64Array,
  inputs: ArrayLike<number>,
): StrongStabilityCurvature {
  const reduction = dataKnotReduction("strongStabilityCurvature", parameters, inputs);
  const { sampleCount: n, knotCount, rest, off, on } = reduction;
  requireThat(
    knotCount <= MOST_KNOTS,
    "strongStabilityCurvature",
    `at most ${MOST_KNOTS} neurons may have their knots on inputs`,
    knotCount,
  );
  const subspace = rangeOf(rest, n);
  let best = { value: -Infinity, image: new Float64Array(n), t: new Float64Array(knotCount) };
  for (let mode = 0; mode < 2 ** knotCount; mode++) {
    const isOn = (k: number): boolean => ((mode >> k) & 1) === 1;
    for (let support = 0; support < 2 ** knotCount; support++) {
      const members = off.flatMap((_, k) => ((support >> k) & 1 ? [k] : []));
      const face = extended(
        subspace,
        members.map((k) => (isOn(k) ? on[k] : off[k])),
      );
      if (face === undefined) continue;
      const gram = modeGram(reduction, isOn);
      const y = topWithin(gram, face.basis);
      const components = face.components(y);
      for (const sign of [1, -1]) {
        // Outside the face's cone the step is another mode's.
        const lies = members.every((_, i) => sign * components[i] > 0 === isOn(members[i]));
        const value = quotient(gram, y);
        if (!lies || value <= best.value) continue;
        const t = Float64Array.from(off, (_, k) => (isOn(k) ? INSIDE : -INSIDE));
        const image = y.map((entry) => sign * entry);
        members.forEach((k, i) => {
          t[k] = sign * components[i];
          const slope = isOn(k) ? on[k] : off[k];
          image.forEach((entry, j) => (image[j] = entry - t[k] * slope[j]));
        });
        best = { value, image, t };
      }
    }
  }
  return { value: best.value / n, direction: reduction.direction(preimage(rest, subspace, best.image), best.t) };
}

/** u with Ru = image, for an image in the range of R, of which an orthonormal basis of eigenvectors is given. */
function preimage(R: Float64Array, eigenvectors: readonly Float64Array[], image: Float64Array): Float64Array {
  const u = new Float64Array(image.length);
  for (const unit of eigenvectors) {
    const component = uncheckedDot(unit, image) / quotient(R, unit);
    unit.forEach((entry, i) => (u[i] += component * entry));
  }
  return u;
}

/** n G_m: the inner products of the gradients in a mode. */
function modeGram({ rest, off, on }: DataKnotReduction, isOn: (k: number) => boolean): Float64Array {
  return plusSquares(
    rest,
    off.map((slope, k) => (isOn(k) ? on[k] : slope)),
  );
}

function quotient(G: Float64Array, y: Float64Array): number {
  const n = y.length;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += y[i] * G[i * n + j] * y[j];
  return sum / uncheckedDot(y, y);
}

/** Squared lengths below this share of the whole count as 0. */
const DEPENDENT = 1e-10;

/** An orthonormal basis of the range of a positive semi-definite matrix (n×n). */
function rangeOf(A: Float64Array, n: number): Float64Array[] {
  const { values, vectors } = eigh({ rows: n, cols: n, data: A });
  return Array.from(values.keys())
    .filter((k) => values[k] > DEPENDENT * values[n - 1])
    .map((k) => Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + k]));
}

/**
 * The basis made longer by some vectors, and a point's components along these (modulo the subspace that the basis spans);
 * undefined when they are dependent.
 */
function extended(
  subspace: readonly Float64Array[],
  vectors: readonly Float64Array[],
): { basis: Float64Array[]; components: (y: Float64Array) => Float64Array } | undefined {
  const basis = subspace.slice();
  const lengths: number[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    // Twice, since one pass loses digits where little of the vector remains.
    for (let pass = 0; pass < 2; pass++) {
      for (const unit of basis) {
        const overlap = uncheckedDot(unit, rest);
        rest.forEach((entry, i) => (rest[i] = entry - overlap * unit[i]));
      }
    }
    const length = Math.sqrt(uncheckedDot(rest, rest));
    if (!(length ** 2 > DEPENDENT * uncheckedDot(vector, vector))) return undefined;
    lengths.push(length);
    basis.push(rest.map((entry) => entry / length));
  }
  return {
    basis,
    components: (y) => {
      // y = Σ_k c_k vector_k modulo the subspace: a triangular system, from the last vector to the first.
      const components = new Float64Array(vectors.length);
      for (let k = vectors.length - 1; k >= 0; k--) {
        const unit = basis[subspace.length + k];
        let along = uncheckedDot(unit, y);
        for (let l = k + 1; l < vectors.length; l++) along -= components[l] * uncheckedDot(unit, vectors[l]);
        components[k] = along / lengths[k];
      }
      return components;
    },
  };
}

/** The unit vector y of a subspace (by an orthonormal basis) with the largest yᵀGy. */
function topWithin(G: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const n = Math.sqrt(G.length);
  const r = basis.length;
  const B: Matrix = { rows: n, cols: r, data: new Float64Array(n * r) };
  basis.forEach((unit, k) => unit.forEach((entry, i) => (B.data[i * r + k] = entry)));
  const { vectors } = eigh(symmetricPart(multiply(transpose(B), multiply({ rows: n, cols: n, data: G }, B))));
  const y = new Float64Array(n);
  basis.forEach((unit, k) => unit.forEach((entry, i) => (y[i] += vectors.data[k * r + r - 1] * entry)));
  return y;
}

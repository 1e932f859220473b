import { dot, type Matrix, requireThat, rowOf, zeros } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { uncheckedMultiplyVector } from "../core/products";
import type { TwoLayerParts } from "../models";
import { neuronSizes } from "./bias-free-parts";

/**
 * The population matrix G = E ∇f(x)∇f(x)ᵀ (p×p, p = m(d+1)) of a two-layer ReLU network f(x) = Σ_j a_j relu(w_j·x)
 * without biases, for x uniform on √d·S^{d−1}; exact, no sampling. θ = (W, a), as in `twoLayerParameters`. With
 *
 *   A_jk = E 1{w_j·x > 0} 1{w_k·x > 0} xxᵀ = (1/2π) [(π − φ) I + sin φ (bbᵀ − ccᵀ)],
 *
 * φ the angle between w_j and w_k, b and c the unit vectors along the sum and the difference of their directions, the
 * blocks are
 *
 *   E ∂f/∂w_j (∂f/∂w_k)ᵀ = a_j a_k A_jk,   E ∂f/∂w_j ∂f/∂a_k = a_j A_jk w_k,   E ∂f/∂a_j ∂f/∂a_k = w_jᵀ A_jk w_k.
 *
 * Why: 1{w_j·x > 0} 1{w_k·x > 0} xxᵀ is homogeneous of degree 2 in x, so that its mean over the sphere is that over
 * normal x (whose length is independent of the direction, E‖x‖² = d). Orthogonally to the plane of w_j and w_k it is the
 * probability (π − φ)/2π that both fire; in the plane both fire in a wedge of width π − φ round b, where E xxᵀ is
 * (1/2π) ∫ 2(cos², sin²), which gives π − φ ± sin φ. The last block is Cho and Saul's (2009) arc-cosine kernel.
 *
 * A neuron with w_j = 0 never fires (relu'(0) = 0): its rows and columns are 0. O(m²d²).
 *
 * @param parts W (m×d) and a (m)
 * @throws InvalidArgumentError when there are biases, a has not m entries, an entry is not finite, or a product overflows
 *
 * @example
 * const parts = { weights: matrix([[2]]), outputWeights: Float64Array.of(3) }; // one input: f = 3 relu(2x), x = ±1
 * populationGaussNewton(parts); // matrix([[4.5, 3], [3, 2]])
 */
export function populationGaussNewton(parts: TwoLayerParts): Matrix {
  const { weightNorms } = neuronSizes("populationGaussNewton", parts);
  const { rows: m, cols: d } = parts.weights;
  const a = parts.outputWeights!;
  const p = m * (d + 1);
  const G = zeros(p, p);
  const put = (row: number, col: number, value: number): void => {
    G.data[row * p + col] = G.data[col * p + row] = value;
  };
  const weightsOf = (j: number): Float64Array => rowOf(parts.weights, j);
  const directions = Array.from(weightNorms, (size, j) => weightsOf(j).map((w) => w / size));
  for (const size of weightNorms) requireThat(size < Infinity, "populationGaussNewton", "‖w_j‖ must be finite", size);

  for (let j = 0; j < m; j++) {
    if (weightNorms[j] === 0) continue;
    for (let k = 0; k <= j; k++) {
      if (weightNorms[k] === 0) continue;
      const A = secondMomentWhereBothFire(directions[j], directions[k]);
      for (let r = 0; r < d; r++) {
        for (let s = 0; s < d; s++) put(j * d + r, k * d + s, a[j] * a[k] * A.data[r * d + s]);
      }
      const [ofJ, ofK] = [uncheckedMultiplyVector(A, weightsOf(j)), uncheckedMultiplyVector(A, weightsOf(k))];
      for (let r = 0; r < d; r++) {
        put(j * d + r, m * d + k, a[j] * ofK[r]);
        put(k * d + r, m * d + j, a[k] * ofJ[r]);
      }
      put(m * d + j, m * d + k, dot(weightsOf(j), ofK));
    }
  }
  requireFiniteEntries("populationGaussNewton", G, "the products must not overflow");
  return G;
}

/** E 1{u·x > 0} 1{v·x > 0} xxᵀ (d×d) for unit vectors u and v and x uniform on √d·S^{d−1}, or normal. */
function secondMomentWhereBothFire(u: Float64Array, v: Float64Array): Matrix {
  const d = u.length;
  const sum = u.map((entry, r) => entry + v[r]);
  const difference = u.map((entry, r) => entry - v[r]);
  // |u + v| = 2 cos(φ/2), |u − v| = 2 sin(φ/2): accurate at all angles, as the arc cosine of u·v is not near 0 and π.
  const [cosine, sine] = [Math.sqrt(dot(sum, sum)), Math.sqrt(dot(difference, difference))];
  const angle = 2 * Math.atan2(sine, cosine);
  const A = zeros(d, d);
  for (let r = 0; r < d; r++) {
    A.data[r * d + r] = (Math.PI - angle) / (2 * Math.PI);
    for (let s = 0; s < d; s++) {
      const alongSum = cosine > 0 ? (sum[r] / cosine) * (sum[s] / cosine) : 0;
      const alongDifference = sine > 0 ? (difference[r] / sine) * (difference[s] / sine) : 0;
      A.data[r * d + s] += (Math.sin(angle) / (2 * Math.PI)) * (alongSum - alongDifference);
    }
  }
  return A;
}

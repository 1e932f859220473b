/**
 * A loss ℓ: R^p → R with exact derivatives along directions up to the third, at parameters θ (p). What a network or a
 * polynomial knows of itself; the drift of SAM needs no more.
 */
export interface SmoothLoss {
  /** The number p of parameters. */
  readonly parameterCount: number;
  /** ℓ(θ). */
  readonly value: (parameters: Float64Array) => number;
  /** ∇ℓ(θ) (p), a fresh array. */
  readonly gradient: (parameters: Float64Array) => Float64Array;
  /** ∇²ℓ(θ) v (p), a fresh array. */
  readonly hessianVectorProduct: (parameters: Float64Array, v: Float64Array) => Float64Array;
  /** D³ℓ(θ)[u, v, ·] (p), a fresh array: the vector with the entries Σ_ij ∂_i∂_j∂_k ℓ(θ) u_i v_j. */
  readonly thirdDerivative: (parameters: Float64Array, u: Float64Array, v: Float64Array) => Float64Array;
}

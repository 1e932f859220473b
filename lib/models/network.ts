import type { Matrix } from "../core";

/**
 * A parametrised map x ↦ f(x; θ) from R^d to R^c, with exact derivatives in θ. It knows no loss and no data: those
 * come with {@link empiricalRisk}.
 */
export interface Network {
  /** The number p of parameters. */
  readonly parameterCount: number;
  /** The dimension d of an input. */
  readonly inputCount: number;
  /** The number c of outputs. */
  readonly outputCount: number;
  /**
   * Evaluates f at θ (p) on the n rows of `inputs` (n×d), and keeps what derivatives at θ need.
   *
   * Throws InvalidArgumentError when θ has another length than p or the inputs another width than d.
   */
  readonly evaluate: (parameters: Float64Array, inputs: Matrix, options?: EvaluationOptions) => Evaluation;
}

/** How an evaluation is to be made. */
export interface EvaluationOptions {
  /**
   * Whether the result must be the same bits on every machine (default false): then no BLAS is used. Stochastic
   * training asks for it, since one bit decides where a chaotic run ends.
   */
  readonly reproducible?: boolean;
  /**
   * An earlier evaluation of the same network that nobody needs any more: its memory may be used again, and it must
   * not be used afterwards. Saves the allocations of a training loop.
   */
  readonly recycle?: Evaluation;
}

/** A network at fixed parameters θ on n fixed inputs. J is the nc × p matrix with rows ∇f_k(x_i; θ). */
export interface Evaluation {
  /** f(x_i; θ) (n×c). */
  readonly outputs: Matrix;
  /**
   * Jᵀu = Σ_i Σ_k u_ik ∇f_k(x_i; θ) (p), for weights u (n×c): a fresh array, or `into` (p) where the network can write
   * there. About two evaluations.
   */
  readonly pullback: (weights: Matrix, into?: Float64Array) => Float64Array;
  /** The derivative along a direction v (p). About two evaluations. */
  readonly tangent: (direction: Float64Array) => Tangent;
  /**
   * K = JJᵀ (nc×nc): K[i·c + k, j·c + l] = ∇f_k(x_i)·∇f_l(x_j), no division by n; exactly symmetric. Computed without
   * per-sample gradients of length p wherever the network's structure allows.
   */
  readonly gramMatrix: () => Matrix;
}

/** The derivative of an evaluation along a direction v: at θ + sv, by s, at s = 0 (Pearlmutter's R-operator, 1994). */
export interface Tangent {
  /** Jv (n×c). */
  readonly outputs: Matrix;
  /**
   * d/ds of J(θ + sv)ᵀ(u + s u̇) = Jᵀu̇ + Σ_i Σ_k u_ik ∇²f_k(x_i) v (p), a fresh array, for weights u and their
   * derivative u̇ (n×c).
   */
  readonly pullback: (weights: Matrix, weightsTangent: Matrix) => Float64Array;
}

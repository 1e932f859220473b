/** The activations that the inner loops know, applied to every entry z of an array. */
export type ActivationKind =
  /** φ(z) = z. */
  | "linear"
  /** φ(z) = max(z, 0), with the convention φ'(0) = 0. */
  | "relu"
  | "tanh"
  /** φ(z) = log(1 + e^z). */
  | "softplus"
  /** φ(z) = γz + (1 − γ) log((1 + e^z)/2) with γ = ½: φ(0) = 0 and ½ < φ' < 1 (Frei, Chatterji and Bartlett 2022). */
  | "smooth leaky relu";

/** A product of matrices with the sizes m, k and n, into C. */
export type MatrixProduct = (
  C: Float64Array,
  A: Float64Array,
  B: Float64Array,
  m: number,
  k: number,
  n: number,
  accumulate: boolean,
) => void;

/**
 * The inner loops of small networks, over arrays from their own `allocate`, in WebAssembly or in plain TypeScript with
 * the same bits: every sum has its order fixed below, and no function of the host's `Math` is used whose last bit
 * differs from machine to machine. Sizes are not checked: callers are models, which have checked theirs.
 *
 * All matrices are row-major.
 */
export interface Kernels {
  readonly name: "WebAssembly" | "TypeScript";
  /** An array of zeros in this workspace, never freed on its own. Throws when the workspace is full. */
  allocate(length: number): Float64Array;
  /** C ← A B (+ C if `accumulate`), A m×k, B k×n; each sum over k ascending, starting from C or 0. */
  readonly multiply: MatrixProduct;
  /** C ← Aᵀ B (+ C if `accumulate`), A k×m, B k×n; each sum over k ascending, starting from C or 0. */
  readonly multiplyTransposedA: MatrixProduct;
  /** C ← A Bᵀ, A m×k, B n×k; terms with even and with odd index are summed apart, ascending, then even + odd. */
  multiplyTransposedB(C: Float64Array, A: Float64Array, B: Float64Array, m: number, k: number, n: number): void;
  /** C_ij ← C_ij + b_j for an m×n matrix C. */
  addToRows(C: Float64Array, b: Float64Array, m: number, n: number): void;
  /** b_j ← Σ_i C_ij for an m×n matrix C, over i ascending from 0. */
  sumRows(b: Float64Array, C: Float64Array, m: number, n: number): void;
  /** y ← φ(z), entry by entry; y may be z itself. */
  activate(kind: ActivationKind, y: Float64Array, z: Float64Array, length: number): void;
  /** d ← φ'(z), from z and y = φ(z). d may be neither. */
  activationSlope(kind: ActivationKind, d: Float64Array, z: Float64Array, y: Float64Array, length: number): void;
  /** c ← φ''(z) (0 for relu and linear), from z, y = φ(z) and d = φ'(z). c may be none of them. */
  activationCurvature(
    kind: ActivationKind,
    c: Float64Array,
    z: Float64Array,
    y: Float64Array,
    d: Float64Array,
    length: number,
  ): void;
  /** y ← y ∘ x, entry by entry. */
  multiplyEntries(y: Float64Array, x: Float64Array, length: number): void;
}

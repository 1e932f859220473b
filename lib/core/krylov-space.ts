import { requireMirrored } from "./linear-operator";
import { type Matrix, zeros } from "./matrix";
import { OrthonormalBasis } from "./orthonormal-basis";
import { norm } from "./vector";

/** A self-adjoint linear operator on vectors of one length; the result is a fresh array of finite numbers. */
export type Apply = (vector: Float64Array) => Float64Array;

/** A vector of which rounding has left less than this share is not made into a direction (tuned: 100 eps). */
const NOISE = 100 * Number.EPSILON;

/**
 * The Krylov space of a self-adjoint operator A and a few start vectors, with an orthonormal basis Q that grows by
 * Lanczos' recurrence: what the images of the newest block have outside of the basis is the next block (one vector:
 * Lanczos 1950; several: Golub and Underwood 1977). The operator projected to the space, T = QᵀAQ, is banded:
 * tridiagonal for one start vector.
 *
 * In exact arithmetic an image overlaps with nothing before the block before its own. Rounding brings the other overlaps
 * back as soon as an eigenvalue of T has converged (Paige 1980), so each image is made orthogonal to the whole basis.
 */
export class KrylovSpace {
  readonly #functionName: string;
  readonly #apply: Apply;
  readonly #negligible: number;
  /** Q, and behind its columns the next block. */
  readonly #basis: OrthonormalBasis;
  /** Column k of T from the diagonal on, with what ties it to the next block. */
  readonly #columns: Float64Array[] = [];
  /** What of the image of vector k was too small to become a direction. */
  readonly #dropped: number[] = [];
  /** The number of vectors of the newest block. */
  #blockSize = 0;
  /** The largest modulus of a diagonal entry of T, a lower bound of ‖A‖. */
  #largest = 0;
  /** The largest ‖Aq‖ for a vector q of the basis, another one. */
  #largestImage = 0;

  /**
   * @param functionName the caller, for the error when the operator turns out not to be self-adjoint
   * @param start orthonormal
   * @param negligible a remainder below this share of ‖A‖ counts as nothing, at least 100 eps
   */
  constructor(functionName: string, apply: Apply, start: readonly Float64Array[], negligible: number = 0) {
    this.#functionName = functionName;
    this.#apply = apply;
    this.#negligible = Math.max(negligible, NOISE);
    this.#basis = new OrthonormalBasis(start[0].length);
    for (const vector of start) this.#basis.push(vector, 1);
  }

  /** The dimension: the number of vectors that the operator was applied to. */
  get size(): number {
    return this.#columns.length;
  }

  /** How many products `grow` will take; 0 when the operator maps the space into itself. */
  get nextSize(): number {
    return this.#basis.size - this.size;
  }

  /** Applies the operator to the next block, with a pause between two products. */
  *grow(): Generator<void, void> {
    const end = this.#basis.size;
    const blockBefore = Math.max(0, this.size - this.#blockSize);
    this.#blockSize = this.nextSize;
    for (let k = this.size; k < end; k++) {
      const image = this.#apply(this.#basis.vector(k));
      this.#largestImage = Math.max(this.#largestImage, norm(image));
      const overlaps = this.#basis.orthogonalise(image, blockBefore);
      this.#requireSymmetric(overlaps, k);
      const remainder = norm(image);
      this.#largest = Math.max(this.#largest, Math.abs(overlaps[k]));
      // With so small a remainder the next vector would be noise; the values are then accurate without it.
      const goesOn = this.#basis.size < image.length && remainder > this.#negligible * this.#largest;
      if (goesOn) this.#basis.push(image, remainder);
      this.#columns.push(Float64Array.of(...overlaps.subarray(k), ...(goesOn ? [remainder] : [])));
      this.#dropped.push(goesOn ? 0 : remainder);
      if (k + 1 < end) yield;
    }
  }

  /**
   * Refuses an operator for which q_j·Aq_k is not Aq_j·q_k: that of an earlier column, or 0 behind the band. It costs
   * nothing, since the overlaps are taken anyway, and it finds what the operator's own word would hide: Lanczos'
   * recurrence on an operator that is not symmetric gives numbers that are no eigenvalues.
   */
  #requireSymmetric(overlaps: Float64Array, k: number): void {
    for (let j = 0; j < k; j++) {
      const mirrored = this.#columns[j][k - j] ?? 0;
      requireMirrored(this.#functionName, overlaps[j], mirrored, this.#largestImage, this.#negligible);
    }
  }

  /** Goes on with a fresh vector where the space is exhausted. */
  restart(vector: Float64Array): void {
    const direction = vector.slice();
    this.#basis.orthogonalise(direction);
    this.#basis.push(direction, norm(direction));
  }

  /** T = QᵀAQ. */
  projection(): Matrix {
    const size = this.size;
    const T = zeros(size, size);
    this.#columns.forEach((column, k) => {
      for (let i = k; i < Math.min(size, k + column.length); i++) {
        T.data[i * size + k] = column[i - k];
        T.data[k * size + i] = column[i - k];
      }
    });
    return T;
  }

  /** Qw. */
  combine(weights: Float64Array): Float64Array {
    return this.#basis.combine(weights);
  }

  /** ‖A(Qw) − θ(Qw)‖ for an eigenpair (θ, w) of T, as the recurrence has it: the part outside of the space. */
  defect(weights: Float64Array): number {
    const outside = new Float64Array(this.nextSize + 1);
    this.#columns.forEach((column, k) => {
      for (let i = this.size; i < k + column.length; i++) outside[i - this.size] += column[i - k] * weights[k];
      outside[this.nextSize] += this.#dropped[k] * Math.abs(weights[k]);
    });
    return norm(outside);
  }
}

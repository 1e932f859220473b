import { engine } from "./engine";
import type { Matrix } from "./matrix";
import { uncheckedNorm } from "./vector";

/** Vectors lie in memory by so many (tuned: a product with them is worth a call of the engine, and none is copied). */
const PANEL_ROWS = 16;

/** A growing set of orthonormal vectors of one length, as rows of matrices, so that the engine's products apply. */
export class OrthonormalBasis {
  readonly #length: number;
  readonly #panels: Float64Array[] = [];
  #size = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** How many vectors it has. */
  get size(): number {
    return this.#size;
  }

  /** Vector k, in the basis's own memory. */
  vector(k: number): Float64Array {
    const start = (k % PANEL_ROWS) * this.#length;
    return this.#panels[Math.floor(k / PANEL_ROWS)].subarray(start, start + this.#length);
  }

  /** Adds vector/norm, which must be orthogonal to the others and of length one. */
  push(vector: Float64Array, norm: number): void {
    if (this.#size % PANEL_ROWS === 0) this.#panels.push(new Float64Array(PANEL_ROWS * this.#length));
    const target = this.vector(this.#size++);
    for (let i = 0; i < target.length; i++) target[i] = vector[i] / norm;
  }

  /**
   * Makes a vector orthogonal to the basis, in place, and returns the overlaps that were taken away: classical
   * Gram–Schmidt within a panel, modified between panels. First come the vectors from `near` on, with which it overlaps
   * most; then one pass over all is enough to be orthogonal to rounding where it leaves more than 1/√2 of the vector
   * (Daniel, Gragg, Kaufman and Stewart 1976), and elsewhere two are (Giraud, Langou, Rozložník and van den Eshof 2005),
   * unless nothing but rounding remains. 4p operations a vector and pass.
   */
  orthogonalise(vector: Float64Array, near: number = this.#size): Float64Array {
    const overlaps = new Float64Array(this.#size);
    this.#subtract(vector, near, overlaps);
    for (let pass = 0; pass < 2; pass++) {
      const before = uncheckedNorm(vector);
      this.#subtract(vector, 0, overlaps);
      if (uncheckedNorm(vector) > Math.SQRT1_2 * before) break;
    }
    return overlaps;
  }

  /** Σ_k w_k v_k over the first vectors, as many as there are weights. */
  combine(weights: Float64Array): Float64Array {
    const sum: Matrix = { rows: 1, cols: this.#length, data: new Float64Array(this.#length) };
    this.#forPanels(0, weights.length, (panel, first) => {
      const data = weights.subarray(first, first + panel.rows);
      engine().gemmInto(sum, { rows: 1, cols: data.length, data }, panel, { beta: 1 });
    });
    return sum.data;
  }

  /** Takes away the overlaps with the vectors from `from` on, and adds them to what was taken away before. */
  #subtract(vector: Float64Array, from: number, sum: Float64Array): void {
    const x: Matrix = { rows: 1, cols: this.#length, data: vector };
    this.#forPanels(from, this.#size, (panel, first) => {
      const overlaps: Matrix = { rows: 1, cols: panel.rows, data: new Float64Array(panel.rows) };
      engine().gemmInto(overlaps, x, panel, { transposeB: true });
      engine().gemmInto(x, overlaps, panel, { alpha: -1, beta: 1 });
      overlaps.data.forEach((overlap, k) => (sum[first + k] += overlap));
    });
  }

  /** Vectors `from` to `end` (exclusive) as rows of matrices, `first` being the number of the first row. */
  #forPanels(from: number, end: number, use: (panel: Matrix, first: number) => void): void {
    for (let first = from; first < end;) {
      const next = Math.min(end, (Math.floor(first / PANEL_ROWS) + 1) * PANEL_ROWS);
      const start = (first % PANEL_ROWS) * this.#length;
      const data = this.#panels[Math.floor(first / PANEL_ROWS)].subarray(start);
      use({ rows: next - first, cols: this.#length, data }, first);
      first = next;
    }
  }
}

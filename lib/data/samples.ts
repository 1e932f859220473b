import type { Matrix } from "../core";

/** Inputs with their targets. */
export interface Samples {
  /** X (n×d): row i is x_i. */
  readonly inputs: Matrix;
  /** y (n). */
  readonly targets: Float64Array;
}

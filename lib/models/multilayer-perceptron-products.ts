import type { Engine, Matrix } from "../core";
import type { Kernels, MatrixProduct } from "../core/kernels/kernels";

/** The three products of a layer, of row-major matrices that lie in one workspace; + C if `accumulate`. */
export interface LayerProducts {
  /** C ← A B, A m×k, B k×n. */
  readonly multiply: MatrixProduct;
  /** C ← Aᵀ B, A k×m, B k×n. */
  readonly multiplyTransposedA: MatrixProduct;
  /** C ← A Bᵀ, A m×k, B n×k. */
  readonly multiplyTransposedB: MatrixProduct;
}

/** The products by the workspace's own inner loops: the same bits on every machine. `scratch` holds any C. */
export function kernelProducts(kernels: Kernels, scratch: Float64Array): LayerProducts {
  return {
    multiply: kernels.multiply,
    multiplyTransposedA: kernels.multiplyTransposedA,
    multiplyTransposedB: (C, A, B, m, k, n, accumulate) => {
      kernels.multiplyTransposedB(accumulate ? scratch : C, A, B, m, k, n);
      if (accumulate) kernels.addToRows(C, scratch, 1, m * n); // C and the sum to add as one row each
    },
  };
}

/** The products by a BLAS. */
export function blasProducts(blas: Engine): LayerProducts {
  const options = [0, 1].map((beta) => ({
    plain: { beta },
    transposedA: { transposeA: true, beta },
    transposedB: { transposeB: true, beta },
  }));
  const of = (data: Float64Array, rows: number, cols: number): Matrix => ({ rows, cols, data });
  return {
    multiply: (C, A, B, m, k, n, accumulate) =>
      blas.gemmInto(of(C, m, n), of(A, m, k), of(B, k, n), options[Number(accumulate)].plain),
    multiplyTransposedA: (C, A, B, m, k, n, accumulate) =>
      blas.gemmInto(of(C, m, n), of(A, k, m), of(B, k, n), options[Number(accumulate)].transposedA),
    multiplyTransposedB: (C, A, B, m, k, n, accumulate) =>
      blas.gemmInto(of(C, m, n), of(A, m, k), of(B, n, k), options[Number(accumulate)].transposedB),
  };
}

import { engine, type Matrix, zeros } from "../core";
import { callKernels } from "./kernel-calls";

/** The products of matrices that networks are made of. Shapes must fit; entries are not looked at. */
export interface Products {
  /** A B. */
  readonly multiply: (A: Matrix, B: Matrix) => Matrix;
  /** Aᵀ B. */
  readonly multiplyTransposedA: (A: Matrix, B: Matrix) => Matrix;
  /** A Bᵀ. */
  readonly multiplyTransposedB: (A: Matrix, B: Matrix) => Matrix;
  /** A Aᵀ, exactly symmetric. */
  readonly gram: (A: Matrix) => Matrix;
  /** The entries of A Aᵀ on and above the diagonal, at least, into C (n×n). */
  readonly gramInto: (C: Matrix, A: Matrix) => void;
}

/**
 * Products by the engine in use or, where the result must be the same bits on every machine, by the kernels, whose
 * sums have a fixed order.
 */
export function products(reproducible: boolean): Products {
  return reproducible ? reproducibleProducts : engineProducts;
}

const engineProducts: Products = {
  multiply: (A, B) => {
    const C = zeros(A.rows, B.cols);
    engine().gemmInto(C, A, B);
    return C;
  },
  multiplyTransposedA: (A, B) => {
    const C = zeros(A.cols, B.cols);
    engine().gemmInto(C, A, B, { transposeA: true });
    return C;
  },
  multiplyTransposedB: (A, B) => {
    const C = zeros(A.rows, B.rows);
    engine().gemmInto(C, A, B, { transposeB: true });
    return C;
  },
  gram: (A) => engine().gram(A),
  gramInto: (C, A) => engine().gramInto(C, A),
};

const reproducibleProducts: Products = {
  multiply: (A, B) => {
    const data = callKernels(A.rows * B.cols, [A.data, B.data], (kernels, C, [a, b]) =>
      kernels.multiply(C, a, b, A.rows, A.cols, B.cols, false),
    );
    return { rows: A.rows, cols: B.cols, data };
  },
  multiplyTransposedA: (A, B) => {
    const data = callKernels(A.cols * B.cols, [A.data, B.data], (kernels, C, [a, b]) =>
      kernels.multiplyTransposedA(C, a, b, A.cols, A.rows, B.cols, false),
    );
    return { rows: A.cols, cols: B.cols, data };
  },
  multiplyTransposedB: (A, B) => {
    const data = callKernels(A.rows * B.rows, [A.data, B.data], (kernels, C, [a, b]) =>
      kernels.multiplyTransposedB(C, a, b, A.rows, A.cols, B.rows),
    );
    return { rows: A.rows, cols: B.rows, data };
  },
  // Both triangles are summed in the same order: the product is symmetric to the bit.
  gram: (A) => reproducibleProducts.multiplyTransposedB(A, A),
  gramInto: (C, A) => C.data.set(reproducibleProducts.gram(A).data),
};

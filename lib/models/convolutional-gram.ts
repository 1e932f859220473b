import { type Matrix, zeros } from "../core";
import { hadamard, sumOfRows } from "./entrywise";
import type { Products } from "./products";

/**
 * Adds to K (nc×nc) what a layer with patches P (nL × q) contributes, ∇f_k(x_i)·∇f_l(x_j) over its weights and biases:
 * the gradients are Σ over the L positions of patch ⊗ signal and of the signal.
 *
 * @param signals for each of the c outputs k, ∂f_k(x_i)/∂Z (nL × channels)
 */
export function addGramOfLayer(K: Matrix, patches: Matrix, signals: readonly Matrix[], by: Products): void {
  const c = signals.length;
  const n = K.rows / c;
  const positions = patches.rows / n;
  const contribution =
    positions === 1
      ? gramOfDenseLayer(n, patches, signals, by)
      : by.gram(gradients(n, positions, patches, signals, by));
  for (let k = 0; k < K.data.length; k++) K.data[k] += contribution.data[k];
}

/** With one position, (p_i ⊗ δ_ik)·(p_j ⊗ δ_jl) = (p_i·p_j)(δ_ik·δ_jl), and 1 more for the biases. */
function gramOfDenseLayer(n: number, patches: Matrix, signals: readonly Matrix[], by: Products): Matrix {
  const c = signals.length;
  const all = zeros(n * c, signals[0].cols);
  signals.forEach((ofOutput, k) => {
    for (let i = 0; i < n; i++) all.data.set(rowsOf(ofOutput, i, 1).data, (i * c + k) * all.cols);
  });
  const ofPatches = by.gram(patches);
  const repeated = zeros(n * c, n * c);
  for (let row = 0; row < n * c; row++) {
    for (let col = 0; col < n * c; col++) {
      repeated.data[row * n * c + col] = ofPatches.data[Math.floor(row / c) * n + Math.floor(col / c)] + 1;
    }
  }
  return hadamard(by.gram(all), repeated);
}

/** The layer's gradients, that of f_k(x_i) in row i·c + k: Pᵢᵀδ_ik, then Σ δ_ik over the positions. */
function gradients(n: number, positions: number, patches: Matrix, signals: readonly Matrix[], by: Products): Matrix {
  const c = signals.length;
  const channels = signals[0].cols;
  const result = zeros(n * c, (patches.cols + 1) * channels);
  for (let i = 0; i < n; i++) {
    const ofSample = rowsOf(patches, i * positions, positions);
    signals.forEach((ofOutput, k) => {
      const delta = rowsOf(ofOutput, i * positions, positions);
      const start = (i * c + k) * result.cols;
      result.data.set(by.multiplyTransposedA(ofSample, delta).data, start);
      result.data.set(sumOfRows(delta), start + patches.cols * channels);
    });
  }
  return result;
}

/** Rows start, …, start + count − 1, as a view. */
function rowsOf({ cols, data }: Matrix, start: number, count: number): Matrix {
  return { rows: count, cols, data: data.subarray(start * cols, (start + count) * cols) };
}

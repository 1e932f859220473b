import { type Matrix, zeros } from "../core";
import { copyUpperToLower, requireFiniteEntries } from "../core/matrix";
import type { Pass } from "./multilayer-perceptron-memory";
import { below, computeSlopes } from "./multilayer-perceptron-pass";
import { products } from "./products";

/**
 * K = JJᵀ (nc×nc), layer by layer. The gradient of f_k(x_i) by the weights of a layer is the outer product of the
 * activations a_i below it and the signal s_ik, the derivative of f_k(x_i) by the layer's pre-activations; that by its
 * biases is s_ik. So inner products of gradients are sums of (s_ik·s_jl)(a_i·a_j + 1), without the 1 when there are no
 * biases. Cost n²c² Σ outputs + n² Σ inputs operations, twice that when reproducible.
 */
export function gramOfGradients(pass: Pass): Matrix {
  const { layers, sampleCount: n, activation } = pass;
  const last = layers.length - 1;
  const c = layers[last].outputs;
  computeSlopes(pass);
  const { gramInto, multiplyTransposedB } = products(pass.reproducible);
  // Entries on and above the diagonal alone, until the end.
  const K = zeros(n * c, n * c);
  const [inner, outer] = last > 0 || c > 1 ? (pass.gramScratch ??= [zeros(n, n), zeros(n * c, n * c)]) : [K, K];
  let signals: Matrix | undefined; // row i·c + k is s_ik; in the last layer that is the unit vector e_k
  for (let l = last; l >= 0; l--) {
    const layer = layers[l];
    const bias = layer.bias ? 1 : 0;
    const activations: Matrix = { rows: n, cols: layer.inputs, data: below(pass, l) };
    if (signals) {
      gramInto(inner, activations);
      gramInto(outer, signals);
      addBlockProducts(K, outer, inner, bias, c);
    } else if (c > 1) {
      gramInto(inner, activations);
      addToBlockDiagonals(K, inner, bias, c);
    } else {
      gramInto(K, activations); // the signals of the last layer are 1
      if (bias) addAboveDiagonal(K, bias);
    }
    if (l === 0) break;
    const weights: Matrix = { rows: layer.inputs, cols: layer.outputs, data: layer.weights };
    signals = signals ? multiplyTransposedB(signals, weights) : repeatedTranspose(weights, n);
    if (activation !== "linear") multiplyRowsByBlocks(signals, layers[l - 1].slopes, c);
  }
  copyUpperToLower(K);
  requireFiniteEntries("gramMatrix", K, "the Gram matrix must not overflow");
  return K;
}

/** K[i·c + k, j·c + l] += S[i·c + k, j·c + l] · (inner[i, j] + bias), for i ≤ j. */
function addBlockProducts({ data: K }: Matrix, { data: S }: Matrix, inner: Matrix, bias: number, c: number): void {
  const n = inner.rows;
  for (let row = 0; row < n * c; row++) {
    const i = Math.floor(row / c);
    let at = row * n * c + i * c;
    for (let j = i; j < n; j++) {
      const factor = inner.data[i * n + j] + bias;
      for (let l = 0; l < c; l++, at++) K[at] += S[at] * factor;
    }
  }
}

/** K[i, j] += bias, for i ≤ j. */
function addAboveDiagonal({ rows: n, data: K }: Matrix, bias: number): void {
  for (let i = 0; i < n; i++) {
    for (let at = i * n + i; at < (i + 1) * n; at++) K[at] += bias;
  }
}

/** K[i·c + k, j·c + k] += inner[i, j] + bias, for i ≤ j: the same with S[i·c + k, j·c + l] = e_k·e_l. */
function addToBlockDiagonals({ data: K }: Matrix, inner: Matrix, bias: number, c: number): void {
  const n = inner.rows;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < c; k++) {
      for (let j = i; j < n; j++) K[(i * c + k) * n * c + j * c + k] += inner.data[i * n + j] + bias;
    }
  }
}

/** Wᵀ, n times one below the other. */
function repeatedTranspose({ rows, cols, data: W }: Matrix, n: number): Matrix {
  const result = zeros(n * cols, rows);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < cols; k++) for (let j = 0; j < rows; j++, at++) result.data[at] = W[j * cols + k];
  }
  return result;
}

/** Row i·c + k of A is multiplied, entry by entry, with row i of `factors`. */
function multiplyRowsByBlocks({ rows, cols, data: A }: Matrix, factors: Float64Array, c: number): void {
  for (let row = 0, at = 0; row < rows; row++) {
    const start = Math.floor(row / c) * cols;
    for (let j = 0; j < cols; j++, at++) A[at] *= factors[start + j];
  }
}

import { sigmoid, smoothLeakyRelu, softplus, tanh } from "./elementary";
import type { ActivationKind, Kernels, MatrixProduct } from "./kernels";

/** The kernels in plain TypeScript, over arrays of their own or any others. */
export function plainKernels(): Kernels {
  return {
    name: "TypeScript",
    allocate: (length) => new Float64Array(length),
    multiply,
    multiplyTransposedA,
    multiplyTransposedB,
    addToRows,
    sumRows,
    activate,
    activationSlope,
    activationCurvature,
    multiplyEntries,
  };
}

const multiply: MatrixProduct = (C, A, B, m, k, n, accumulate) => {
  if (!accumulate) C.fill(0, 0, m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const a = A[i * k + l];
      for (let j = 0; j < n; j++) C[i * n + j] += a * B[l * n + j];
    }
  }
};

const multiplyTransposedA: MatrixProduct = (C, A, B, m, k, n, accumulate) => {
  if (!accumulate) C.fill(0, 0, m * n);
  for (let l = 0; l < k; l++) {
    for (let i = 0; i < m; i++) {
      const a = A[l * m + i];
      for (let j = 0; j < n; j++) C[i * n + j] += a * B[l * n + j];
    }
  }
};

function multiplyTransposedB(C: Float64Array, A: Float64Array, B: Float64Array, m: number, k: number, n: number): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let even = 0;
      let odd = 0;
      for (let l = 0; l < k; l += 2) even += A[i * k + l] * B[j * k + l];
      for (let l = 1; l < k; l += 2) odd += A[i * k + l] * B[j * k + l];
      C[i * n + j] = even + odd;
    }
  }
}

function addToRows(C: Float64Array, b: Float64Array, m: number, n: number): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) C[i * n + j] += b[j];
  }
}

function sumRows(b: Float64Array, C: Float64Array, m: number, n: number): void {
  b.fill(0, 0, n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) b[j] += C[i * n + j];
  }
}

function activate(kind: ActivationKind, y: Float64Array, z: Float64Array, length: number): void {
  switch (kind) {
    case "linear":
      for (let i = 0; i < length; i++) y[i] = z[i];
      return;
    case "relu":
      // So that NaN stays NaN.
      for (let i = 0; i < length; i++) y[i] = z[i] < 0 ? 0 : z[i];
      return;
    case "tanh":
      for (let i = 0; i < length; i++) y[i] = tanh(z[i]);
      return;
    case "softplus":
      for (let i = 0; i < length; i++) y[i] = softplus(z[i]);
      return;
    case "smooth leaky relu":
      for (let i = 0; i < length; i++) y[i] = smoothLeakyRelu(z[i]);
  }
}

function activationSlope(
  kind: ActivationKind,
  d: Float64Array,
  z: Float64Array,
  y: Float64Array,
  length: number,
): void {
  switch (kind) {
    case "linear":
      d.fill(1, 0, length);
      return;
    case "relu":
      for (let i = 0; i < length; i++) d[i] = z[i] > 0 ? 1 : 0;
      return;
    case "tanh":
      for (let i = 0; i < length; i++) d[i] = (1 - y[i]) * (1 + y[i]);
      return;
    case "softplus":
      for (let i = 0; i < length; i++) d[i] = sigmoid(z[i]);
      return;
    case "smooth leaky relu":
      for (let i = 0; i < length; i++) d[i] = 0.5 + 0.5 * sigmoid(z[i]);
  }
}

function activationCurvature(
  kind: ActivationKind,
  c: Float64Array,
  _z: Float64Array,
  y: Float64Array,
  d: Float64Array,
  length: number,
): void {
  switch (kind) {
    case "linear":
    case "relu":
      c.fill(0, 0, length);
      return;
    case "tanh":
      for (let i = 0; i < length; i++) c[i] = -2 * y[i] * d[i];
      return;
    case "softplus":
      for (let i = 0; i < length; i++) c[i] = d[i] * (1 - d[i]);
      return;
    case "smooth leaky relu":
      // d = (1 + σ)/2, and φ'' = σ(1 − σ)/2.
      for (let i = 0; i < length; i++) c[i] = (2 * d[i] - 1) * (1 - d[i]);
  }
}

function multiplyEntries(y: Float64Array, x: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) y[i] *= x[i];
}

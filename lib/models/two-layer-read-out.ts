import { type Matrix, requireThat, zeros } from "../core";
import type { Products } from "./products";

/**
 * The map from a layer's activations h (a row of H, m entries) and the output weights a (m) to the output f = a·q(h):
 * linear in a, with q(h) = h or a normalised h.
 */
export interface ReadOut {
  /** f (n×1). */
  readonly outputs: Matrix;
  /** q = ∂f/∂a (n×m). */
  readonly normalised: Matrix;
  /** g = ∂f/∂h (n×m). */
  readonly slopes: Matrix;
  /** The derivatives of all three along ḣ (n×m) and ȧ (m). */
  readonly tangent: (activationsTangent: Matrix, weightsTangent: Float64Array) => Omit<ReadOut, "tangent">;
}

/** q(h) = h: then g = a. */
export function plainReadOut(H: Matrix, weights: Float64Array, { multiply }: Products): ReadOut {
  return {
    outputs: multiply(H, column(weights)),
    normalised: H,
    slopes: repeated(weights, H.rows),
    tangent: (HTangent, weightsTangent) => {
      const outputs = multiply(HTangent, column(weights));
      const outputsOfWeights = multiply(H, column(weightsTangent));
      for (let i = 0; i < H.rows; i++) outputs.data[i] += outputsOfWeights.data[i];
      return { outputs, normalised: HTangent, slopes: repeated(weightsTangent, H.rows) };
    },
  };
}

/**
 * q(h) = h/max(‖h‖, ε). Where ‖h‖ > ε the slopes are g = (a − f q)/‖h‖, since ∂q/∂h = (I − qqᵀ)/‖h‖; elsewhere, and
 * at ‖h‖ = ε, they are a/ε.
 */
export function layerNormReadOut(H: Matrix, weights: Float64Array, epsilon: number): ReadOut {
  const { rows: n, cols: m } = H;
  const [outputs, normalised, slopes] = [zeros(n, 1), zeros(n, m), zeros(n, m)];
  const radii = new Float64Array(n);
  const outside: boolean[] = [];
  forEachRow(n, m, (i, row) => {
    let square = 0;
    for (let j = 0; j < m; j++) square += H.data[row + j] * H.data[row + j];
    // Else h/‖h‖ would be 0, and right in appearance.
    requireThat(square < Infinity, "twoLayer", "‖h‖² must not overflow", square);
    const length = Math.sqrt(square);
    outside[i] = length > epsilon;
    radii[i] = outside[i] ? length : epsilon;
    let f = 0;
    for (let j = 0; j < m; j++) f += weights[j] * (normalised.data[row + j] = H.data[row + j] / radii[i]);
    outputs.data[i] = f;
    const pull = outside[i] ? f : 0;
    for (let j = 0; j < m; j++) slopes.data[row + j] = (weights[j] - pull * normalised.data[row + j]) / radii[i];
  });

  const tangent: ReadOut["tangent"] = (HTangent, weightsTangent) => {
    const [outputsTangent, normalisedTangent, slopesTangent] = [zeros(n, 1), zeros(n, m), zeros(n, m)];
    forEachRow(n, m, (i, row) => {
      // r = max(‖h‖, ε), so ṙ = q·ḣ outside and 0 inside; q̇ = (ḣ − ṙq)/r; ġ = (ȧ − ḟq − fq̇ − ṙg)/r, without f inside.
      const r = radii[i];
      let rTangent = 0;
      if (outside[i]) for (let j = 0; j < m; j++) rTangent += normalised.data[row + j] * HTangent.data[row + j];
      let fTangent = 0;
      for (let j = 0; j < m; j++) {
        const q = normalised.data[row + j];
        const qTangent = (HTangent.data[row + j] - rTangent * q) / r;
        normalisedTangent.data[row + j] = qTangent;
        fTangent += weights[j] * qTangent + weightsTangent[j] * q;
      }
      outputsTangent.data[i] = fTangent;
      const [pull, pullTangent] = outside[i] ? [outputs.data[i], fTangent] : [0, 0];
      for (let j = 0; j < m; j++) {
        const k = row + j;
        const change = weightsTangent[j] - pullTangent * normalised.data[k] - pull * normalisedTangent.data[k];
        slopesTangent.data[k] = (change - rTangent * slopes.data[k]) / r;
      }
    });
    return { outputs: outputsTangent, normalised: normalisedTangent, slopes: slopesTangent };
  };
  return { outputs, normalised, slopes, tangent };
}

function forEachRow(rows: number, cols: number, visit: (i: number, start: number) => void): void {
  for (let i = 0; i < rows; i++) visit(i, i * cols);
}

function column(data: Float64Array): Matrix {
  return { rows: data.length, cols: 1, data };
}

/** The matrix whose every row is x. */
function repeated(x: Float64Array, rows: number): Matrix {
  const result = zeros(rows, x.length);
  for (let i = 0; i < rows; i++) result.data.set(x, i * x.length);
  return result;
}

import { type Matrix, requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { checkedNetwork } from "./checked-network";
import type { Network } from "./network";
import { products } from "./products";

/** The sizes of a diagonal linear network. */
export interface DiagonalLinearOptions {
  /** The dimension d of an input. */
  readonly inputCount: number;
  /** The depth D ≥ 2 (default 2: the case that most of the theory is about). */
  readonly depth?: number;
}

/**
 * The diagonal linear network f(x) = Σ_k x_k (u_k^D − v_k^D) with θ = (u, v): p = 2d parameters. It can represent the
 * linear functions and no others, but its training prefers sparse ones (Woodworth et al. 2020).
 *
 * Outputs, pullback and tangent cost about 2nd operations each. The Gram matrix is X diag(s) Xᵀ with
 * s_k = D²(u_k^{2D−2} + v_k^{2D−2}) and costs n²d.
 *
 * @throws InvalidArgumentError when inputCount is not a positive integer or depth not an integer of at least 2; the
 *   network's functions throw it on arguments of other sizes, and on parameters and inputs that are not finite.
 *
 * @example
 * const network = diagonalLinear({ inputCount: 2 });
 * network.evaluate(Float64Array.of(2, 1, 1, 3), matrix([[1, 1]])).outputs; // matrix([[-5]])
 */
export function diagonalLinear({ inputCount, depth = 2 }: DiagonalLinearOptions): Network {
  requireSize("diagonalLinear", "inputCount", inputCount);
  requireThat(
    Number.isSafeInteger(depth) && depth >= 2,
    "diagonalLinear",
    "depth must be an integer of at least 2",
    depth,
  );
  return checkedNetwork("diagonalLinear", {
    parameterCount: 2 * inputCount,
    inputCount,
    outputCount: 1,
    evaluate: (parameters, inputs, { reproducible = false } = {}) => {
      const { multiply, multiplyTransposedA, gram } = products(reproducible);
      const outputsAt = (coefficients: Float64Array): Matrix =>
        multiply(inputs, { rows: inputCount, cols: 1, data: coefficients });
      /** ±1 on u and v. */
      const sign = (k: number): number => (k < inputCount ? 1 : -1);
      /** Adds the halves for u and for v: from R^p to R^d. */
      const fold = (x: Float64Array): Float64Array =>
        x.subarray(0, inputCount).map((value, k) => value + x[inputCount + k]);

      // f(x) = Σ_k x_k β_k with β = fold(±θ^D).
      const slopes = parameters.map((value, k) => sign(k) * depth * integerPower(value, depth - 1));
      const curvatures = parameters.map((value, k) => sign(k) * depth * (depth - 1) * integerPower(value, depth - 2));
      return {
        outputs: outputsAt(fold(parameters.map((value, k) => sign(k) * integerPower(value, depth)))),
        pullback: (weights) => {
          const g = multiplyTransposedA(inputs, weights).data;
          return slopes.map((slope, k) => slope * g[k % inputCount]);
        },
        tangent: (direction) => {
          const slopesTangent = curvatures.map((curvature, k) => curvature * direction[k]);
          return {
            outputs: outputsAt(fold(slopes.map((slope, k) => slope * direction[k]))),
            pullback: (weights, weightsTangent) => {
              const g = multiplyTransposedA(inputs, weights).data;
              const gTangent = multiplyTransposedA(inputs, weightsTangent).data;
              return slopes.map((slope, k) => slope * gTangent[k % inputCount] + slopesTangent[k] * g[k % inputCount]);
            },
          };
        },
        gramMatrix: () => {
          const lengths = fold(slopes.map((slope) => slope * slope)).map(Math.sqrt);
          const data = inputs.data.map((x, k) => x * lengths[k % inputCount]);
          return gram({ rows: inputs.rows, cols: inputCount, data });
        },
      };
    },
  });
}

/** x^k for an integer k ≥ 0 by k products: the host's power function differs from machine to machine. */
function integerPower(x: number, exponent: number): number {
  let power = 1;
  for (let k = 0; k < exponent; k++) power *= x;
  return power;
}

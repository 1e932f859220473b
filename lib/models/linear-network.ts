import { type Matrix, zeros } from "../core";
import { requireSize } from "../core/requirements";
import { checkedNetwork } from "./checked-network";
import type { Network } from "./network";
import { products } from "./products";

/** The sizes of a linear network. */
export interface LinearNetworkOptions {
  /** The dimension d of an input. */
  readonly inputCount: number;
  /** The number c of outputs (default 1). */
  readonly outputCount?: number;
}

/**
 * The linear map f(x) = xᵀW without bias, with θ = W (d×c, row-major): p = dc parameters. It is linear in θ too, so
 * its Gram matrix K = XXᵀ ⊗ I does not depend on θ and its second derivatives are zero.
 *
 * Outputs, pullback and tangent cost 2ndc operations each, the Gram matrix n²d.
 *
 * @throws InvalidArgumentError when a size is not a positive integer; the network's functions throw it on arguments of
 *   other sizes, and on parameters and inputs that are not finite.
 *
 * @example
 * const network = linearNetwork({ inputCount: 2 });
 * network.evaluate(Float64Array.of(1, -1), matrix([[3, 1], [0, 2]])).outputs; // matrix([[2], [-2]])
 */
export function linearNetwork({ inputCount, outputCount = 1 }: LinearNetworkOptions): Network {
  requireSize("linearNetwork", "inputCount", inputCount);
  requireSize("linearNetwork", "outputCount", outputCount);
  return checkedNetwork("linearNetwork", {
    parameterCount: inputCount * outputCount,
    inputCount,
    outputCount,
    evaluate: (parameters, inputs, { reproducible = false } = {}) => {
      const { multiply, multiplyTransposedA, gram } = products(reproducible);
      const outputsAt = (data: Float64Array): Matrix => multiply(inputs, { rows: inputCount, cols: outputCount, data });
      return {
        outputs: outputsAt(parameters),
        pullback: (weights) => multiplyTransposedA(inputs, weights).data,
        tangent: (direction) => ({
          outputs: outputsAt(direction),
          pullback: (_, weightsTangent) => multiplyTransposedA(inputs, weightsTangent).data,
        }),
        gramMatrix: () => timesIdentity(gram(inputs), outputCount),
      };
    },
  });
}

/** The Kronecker product K ⊗ I with the identity of the given size. */
function timesIdentity(K: Matrix, size: number): Matrix {
  const result = zeros(K.rows * size, K.cols * size);
  for (let i = 0; i < K.rows; i++) {
    for (let j = 0; j < K.cols; j++) {
      for (let k = 0; k < size; k++) {
        result.data[(i * size + k) * result.cols + j * size + k] = K.data[i * K.cols + j];
      }
    }
  }
  return result;
}

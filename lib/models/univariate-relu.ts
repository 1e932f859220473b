import type { Matrix } from "../core";
import { requireSize } from "../core/requirements";
import { checkedNetwork } from "./checked-network";
import type { Network } from "./network";
import { twoLayer } from "./two-layer";
import { concatenated } from "./two-layer-parameters";

/**
 * The ReLU network of one input and one output f(x) = Σ_j v_j max(w_j x + b_j, 0) + c₀ with m neurons: continuous and
 * piecewise linear, with its knots at −b_j/w_j (Mulayoff, Michaeli and Soudry 2021). All of θ = (w, b, v, c₀) is
 * trained, in this order: p = 3m + 1 parameters. φ'(0) = 0.
 *
 * It is {@link twoLayer} with d = 1, structure "bias" and the output bias c₀, and costs as much.
 *
 * @throws InvalidArgumentError when width is not a positive integer; the network's functions throw it on arguments of
 *   other sizes, and on parameters and inputs that are not finite.
 *
 * @example
 * const hat = univariateRelu({ width: 3 });
 * const theta = Float64Array.of(1, 1, 1, 1, 0, -1, 1, -2, 1, 0.5); // ReLUs from -1, 0 and 1 with slopes 1, -2, 1
 * hat.evaluate(theta, matrix([[-1], [0], [0.5], [3]])).outputs; // matrix([[0.5], [1.5], [1], [0.5]])
 */
export function univariateRelu({ width }: { readonly width: number }): Network {
  requireSize("univariateRelu", "width", width);
  const inner = twoLayer({ inputCount: 1, width, structure: "bias", activation: "relu" });
  const last = inner.parameterCount;
  const total = (weights: Matrix): Float64Array =>
    Float64Array.of(weights.data.reduce((accumulated, value) => accumulated + value, 0));
  return checkedNetwork("univariateRelu", {
    parameterCount: last + 1,
    inputCount: 1,
    outputCount: 1,
    evaluate: (parameters, inputs, options) => {
      const evaluation = inner.evaluate(parameters.subarray(0, last), inputs, options);
      return {
        outputs: shifted(evaluation.outputs, parameters[last]),
        pullback: (weights) => concatenated(evaluation.pullback(weights), total(weights)),
        tangent: (direction) => {
          const tangent = evaluation.tangent(direction.subarray(0, last));
          return {
            outputs: shifted(tangent.outputs, direction[last]),
            pullback: (weights, weightsTangent) =>
              concatenated(tangent.pullback(weights, weightsTangent), total(weightsTangent)),
          };
        },
        gramMatrix: () => shifted(evaluation.gramMatrix(), 1),
      };
    },
  });
}

/** A with s added to every entry. */
function shifted(A: Matrix, s: number): Matrix {
  return { rows: A.rows, cols: A.cols, data: A.data.map((value) => value + s) };
}

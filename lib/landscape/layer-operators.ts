import { type LinearOperator, requireThat } from "../core";
import type { LayeredParameters, LayerLayout } from "../models";

/** The diagonal blocks of an operator on θ that belong to one layer. */
export interface LayerOperators {
  /** The block of all parameters of the layer: its weights, then its biases. */
  readonly layer: LinearOperator;
  /** The block of its weights alone (inputs · outputs). */
  readonly weights: LinearOperator;
  /** The block of its biases alone (outputs), where it has any. */
  readonly biases: LinearOperator | undefined;
}

/**
 * The diagonal blocks of an operator on the parameters θ (p×p), such as a network's Hessian, layer by layer: block
 * A_ll = P_lᵀ A P_l on the parameters of layer l, where P_l writes them into a vector of zeros. What core does with an
 * operator (`topEigenpairs`, `hutchinsonTrace`, …) it then does with a layer.
 *
 * The traces of the layers add up to the trace of A; for symmetric A the eigenvalues of a block lie between the smallest
 * and the largest of A (Cauchy's interlacing theorem). What couples two layers is in no block. A product of a block
 * costs one of A, however small the layer.
 *
 * @param operator A, square
 * @param network a network with `layouts`: `multilayerPerceptron`, `deepLinear`, `twoLayer` or `convolutional`
 * @throws InvalidArgumentError when the operator is not square, the network has no `layouts`, or they are not the p
 *   parameters of A one after the other: a gap, an overlap, or an end that is not p; by the products when a length does
 *   not fit
 *
 * @example
 * const A = denseOperator(matrix([[4, 1, 0], [1, 2, 5], [0, 5, 3]]));
 * const layouts = [
 *   { inputs: 2, outputs: 1, weightsStart: 0, neurons: "rows" as const, biasStart: undefined },
 *   { inputs: 1, outputs: 1, weightsStart: 2, neurons: "rows" as const, biasStart: undefined },
 * ];
 * const [first, second] = layerOperators(A, { parameterCount: 3, layouts });
 * first.layer.apply(Float64Array.of(1, 1)); // Float64Array [5, 3]
 * second.layer.apply(Float64Array.of(1)); // Float64Array [3]
 */
export function layerOperators(operator: LinearOperator, network: LayeredParameters): LayerOperators[] {
  const { rows, cols } = operator;
  requireThat(rows === cols, "layerOperators", "the operator must be square", `${rows}×${cols}`);
  // A linear network or random features have no layers, and JavaScript no types.
  requireThat("layouts" in network, "layerOperators", "the network must have layouts", network);
  requireCovered(network.layouts, cols);
  return network.layouts.map(({ inputs, outputs, weightsStart, biasStart }) => {
    const weightCount = inputs * outputs;
    const biasCount = biasStart === undefined ? 0 : outputs;
    return {
      layer: diagonalBlock(operator, weightsStart, weightCount + biasCount),
      weights: diagonalBlock(operator, weightsStart, weightCount),
      biases: biasStart === undefined ? undefined : diagonalBlock(operator, biasStart, outputs),
    };
  });
}

/** Refuses layouts that leave parameters out or share them. */
function requireCovered(layouts: readonly LayerLayout[], parameterCount: number): void {
  let end = 0;
  const requireNext = (what: string, start: number): void =>
    requireThat(start === end, "layerOperators", `${what} must begin at ${end}, where what lies before ends`, start);
  layouts.forEach(({ inputs, outputs, weightsStart, biasStart }, l) => {
    requireNext(`the weights of layer ${l}`, weightsStart);
    end += inputs * outputs;
    if (biasStart === undefined) return;
    requireNext(`the biases of layer ${l}`, biasStart);
    end += outputs;
  });
  const requirement = `the layouts must end at ${parameterCount}, the operator's size`;
  requireThat(end === parameterCount, "layerOperators", requirement, end);
}

/** A on the entries start, …, start + count − 1: embed, apply, restrict. */
function diagonalBlock(operator: LinearOperator, start: number, count: number): LinearOperator {
  const within = (product: (vector: Float64Array) => Float64Array) => {
    return (vector: Float64Array): Float64Array => {
      const given = vector.length;
      requireThat(given === count, "layerOperators", `the vector must have ${count} entries`, given);
      const embedded = new Float64Array(operator.cols);
      embedded.set(vector, start);
      return product(embedded).slice(start, start + count);
    };
  };
  const { symmetric, cost } = operator;
  const apply = within(operator.apply);
  const applyTransposed = symmetric ? apply : within(operator.applyTransposed);
  return { rows: count, cols: count, symmetric, cost, apply, applyTransposed };
}

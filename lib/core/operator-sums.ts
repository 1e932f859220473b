import { requireThat } from "./errors";
import type { LinearOperator } from "./linear-operator";

/**
 * The sum A₁ + … + A_k of operators of one shape; symmetric when all are. Costs what they cost together.
 *
 * @throws InvalidArgumentError when there is no operator or their shapes differ
 *
 * @example
 * const A = denseOperator(matrix([[1, 2]]));
 * sumOperator([A, A]).apply(Float64Array.of(1, 1)); // Float64Array [6]
 */
export function sumOperator(operators: readonly LinearOperator[]): LinearOperator {
  requireThat(operators.length > 0, "sumOperator", "at least one operator is needed", operators.length);
  const [{ rows, cols }] = operators;
  for (const operator of operators) {
    const shapes = `${rows}×${cols} and ${operator.rows}×${operator.cols}`;
    const equal = operator.rows === rows && operator.cols === cols;
    requireThat(equal, "sumOperator", "the shapes must be equal", shapes);
  }
  const symmetric = operators.every((operator) => operator.symmetric);
  const sumOf = (product: "apply" | "applyTransposed") => {
    return (vector: Float64Array): Float64Array => {
      const [sum, ...others] = operators.map((operator) => operator[product](vector));
      for (const term of others) for (let k = 0; k < sum.length; k++) sum[k] += term[k];
      return sum;
    };
  };
  const apply = sumOf("apply");
  return {
    rows,
    cols,
    symmetric,
    cost: operators.reduce((total, { cost }) => total + cost, 0),
    apply,
    applyTransposed: symmetric ? apply : sumOf("applyTransposed"),
  };
}

/**
 * The multiple s·A of an operator.
 *
 * @throws InvalidArgumentError when s is not finite
 *
 * @example
 * scaledOperator(denseOperator(matrix([[1, 2]])), -2).apply(Float64Array.of(1, 1)); // Float64Array [-6]
 */
export function scaledOperator(operator: LinearOperator, factor: number): LinearOperator {
  requireThat(Number.isFinite(factor), "scaledOperator", "the factor must be finite", factor);
  const multiple = (product: (vector: Float64Array) => Float64Array) => {
    return (vector: Float64Array): Float64Array => product(vector).map((entry) => factor * entry);
  };
  const apply = multiple(operator.apply);
  return {
    ...operator,
    cost: operator.cost + operator.rows,
    apply,
    applyTransposed: operator.symmetric ? apply : multiple(operator.applyTransposed),
  };
}

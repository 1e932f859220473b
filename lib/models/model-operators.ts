import type { LinearOperator } from "../core/linear-operator";
import type { RiskEvaluation } from "./empirical-risk-evaluation";

/**
 * The Hessian ∇²L(θ) (p×p) of an empirical risk as a linear operator: exact products, never formed. It is symmetric,
 * and need not be positive. Its cost counts 12np operations a product, those of a dense layer; a network whose
 * parameters are shared, such as a convolution's, costs more.
 *
 * @example
 * const network = deepLinear({ widths: [1, 1, 1] }); // L = ½(θ₁θ₂ − 1)²
 * const loss = halfSquareLoss;
 * const risk = empiricalRisk({ network, loss, inputs: matrix([[1]]), targets: Float64Array.of(1) });
 * hessianOperator(risk.at(Float64Array.of(0, 0))).apply(Float64Array.of(1, 0)); // [0, -1]
 */
export function hessianOperator(evaluation: RiskEvaluation): LinearOperator {
  return symmetricOperator(evaluation, 12, evaluation.hessianVectorProduct);
}

/**
 * The Gauss–Newton matrix G = (1/n) Jᵀ ℓ'' J (p×p) of an empirical risk as a linear operator: the Hessian without the
 * network's own second derivatives, symmetric, and positive semidefinite for a convex loss. Its cost counts 8np
 * operations a product, those of a dense layer.
 *
 * @example
 * const network = deepLinear({ widths: [1, 1, 1] }); // f = θ₁θ₂x
 * const loss = halfSquareLoss;
 * const risk = empiricalRisk({ network, loss, inputs: matrix([[1]]), targets: Float64Array.of(1) });
 * gaussNewtonOperator(risk.at(Float64Array.of(2, 1))).apply(Float64Array.of(1, 0)); // [1, 2]
 */
export function gaussNewtonOperator(evaluation: RiskEvaluation): LinearOperator {
  return symmetricOperator(evaluation, 8, evaluation.gaussNewtonVectorProduct);
}

function symmetricOperator(
  { sampleCount, parameterCount }: RiskEvaluation,
  operationsPerParameter: number,
  apply: LinearOperator["apply"],
): LinearOperator {
  return {
    rows: parameterCount,
    cols: parameterCount,
    symmetric: true,
    cost: operationsPerParameter * sampleCount * parameterCount,
    apply,
    applyTransposed: apply,
  };
}

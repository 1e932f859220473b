import { type Matrix, requireThat, rowOf } from "../core";
import type { Loss } from "./losses";
import type { Evaluation, Network } from "./network";

/**
 * A mean loss L at fixed parameters θ, with what one pass at θ gives; made by the `at` of an {@link EmpiricalRisk}.
 * J is the Jacobian of the nc outputs by θ.
 */
export interface RiskEvaluation {
  readonly sampleCount: number;
  readonly parameterCount: number;
  /** L(θ). */
  readonly loss: number;
  /** ℓ_i = ℓ(f(x_i; θ), y_i) (n). */
  readonly sampleLosses: Float64Array;
  /** f(x_i; θ) (n×c). */
  readonly outputs: Matrix;
  /** ∂ℓ_i/∂f (n×c), not divided by n: f − y for the half square loss. */
  readonly residuals: Matrix;
  /** ∇L(θ) (p), a fresh array. */
  readonly gradient: () => Float64Array;
  /** ∇²L(θ) v (p), a fresh array, exact, for v (p). About two gradients. */
  readonly hessianVectorProduct: (direction: Float64Array) => Float64Array;
  /** (1/n) Jᵀ ℓ'' J v (p), a fresh array, for v (p): the Hessian without the network's own second derivatives. */
  readonly gaussNewtonVectorProduct: (direction: Float64Array) => Float64Array;
  /** Jv (n×c) for v (p); no division by n. */
  readonly jacobianVectorProduct: (direction: Float64Array) => Matrix;
  /** Jᵀu (p), a fresh array, for u (n×c); no division by n. */
  readonly vectorJacobianProduct: (weights: Matrix) => Float64Array;
  /** K = JJᵀ (nc×nc), exactly symmetric; no division by n. */
  readonly gramMatrix: () => Matrix;
  /** ∇ℓ_i(θ) in row i (n×p): n gradients of one sample, and np numbers to keep. */
  readonly sampleGradients: () => Matrix;
}

/** The network's part of an evaluation, until a later one takes its memory. */
const networkEvaluations = new WeakMap<RiskEvaluation, { current: Evaluation | undefined }>();

/** L at θ (p) for checked samples, inputs n×d and targets n×c, in the memory of an evaluation that is given up. */
export function evaluateRisk(
  network: Network,
  loss: Loss,
  { inputs, targets }: { readonly inputs: Matrix; readonly targets: Matrix },
  parameters: Float64Array,
  recycle?: RiskEvaluation,
): RiskEvaluation {
  const theta = parameters.slice();
  const spent = recycle && networkEvaluations.get(recycle);
  const evaluation = network.evaluate(theta, inputs, { recycle: spent?.current });
  if (spent) spent.current = undefined;
  const kept: { current: Evaluation | undefined } = { current: evaluation };
  const pass = (): Evaluation => {
    requireThat(kept.current !== undefined, "empiricalRisk", "the evaluation must not have been recycled", "recycled");
    return evaluation;
  };
  const outputs: Matrix = { ...evaluation.outputs, data: evaluation.outputs.data.slice() };
  const { values, derivative: residuals } = loss.evaluate(outputs, targets);
  const sampleCount = inputs.rows;
  const perSample = (A: Matrix): Matrix => ({ ...A, data: A.data.map((entry) => entry / sampleCount) });
  const weights = perSample(residuals);
  const meanLoss = values.reduce((sum, value) => sum + value, 0) / sampleCount;
  requireThat(Number.isFinite(meanLoss), "empiricalRisk", "the loss must not overflow at the parameters", meanLoss);
  /** The derivative of `weights` when the outputs move. */
  const weightsTangent = (outputsTangent: Matrix): Matrix =>
    perSample(loss.curvatureProduct(outputs, targets, outputsTangent));

  const result: RiskEvaluation = {
    sampleCount,
    parameterCount: network.parameterCount,
    loss: meanLoss,
    sampleLosses: values,
    outputs,
    residuals,
    gradient: () => pass().pullback(weights),
    hessianVectorProduct: (direction) => {
      const tangent = pass().tangent(direction);
      return tangent.pullback(weights, weightsTangent(tangent.outputs));
    },
    gaussNewtonVectorProduct: (direction) => pass().pullback(weightsTangent(pass().tangent(direction).outputs)),
    jacobianVectorProduct: (direction) => pass().tangent(direction).outputs,
    vectorJacobianProduct: (u) => pass().pullback(u),
    gramMatrix: () => pass().gramMatrix(),
    sampleGradients: () => sampleGradients(network, theta, inputs, residuals),
  };
  networkEvaluations.set(result, kept);
  return result;
}

function sampleGradients(network: Network, parameters: Float64Array, inputs: Matrix, residuals: Matrix): Matrix {
  const p = network.parameterCount;
  const rows = inputs.rows;
  const data = new Float64Array(rows * p);
  const row = (A: Matrix, i: number): Matrix => ({
    rows: 1,
    cols: A.cols,
    data: rowOf(A, i),
  });
  let recycle;
  for (let i = 0; i < rows; i++) {
    recycle = network.evaluate(parameters, row(inputs, i), { recycle });
    data.set(recycle.pullback(row(residuals, i)), i * p);
  }
  return { rows, cols: p, data };
}

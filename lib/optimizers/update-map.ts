import { requireThat } from "../core";

/** One step of an optimizer: takes the parameters θ (p) and returns the next ones as a new array. */
export type UpdateMap = (parameters: Float64Array) => Float64Array;

/** The gradient ∇L(θ) (p) of a loss at the parameters θ (p). */
export type GradientFunction = (parameters: Float64Array) => Float64Array;

/** The gradient (p) at θ (p) of the mean loss over the samples whose indices the batch lists, repeats counted. */
export type BatchGradientFunction = (parameters: Float64Array, batch: readonly number[]) => Float64Array;

/** θ - ηg, refusing a gradient of another length than the parameters. */
export function descend(
  functionName: string,
  parameters: Float64Array,
  gradient: Float64Array,
  learningRate: number,
): Float64Array {
  requireThat(
    gradient.length === parameters.length,
    functionName,
    `the gradient must have the parameters' length ${parameters.length}`,
    gradient.length,
  );
  return parameters.map((value, k) => value - learningRate * gradient[k]);
}

/** Refuses a learning rate that is not a positive finite number. */
export function requireLearningRate(functionName: string, learningRate: number): void {
  requireThat(
    learningRate > 0 && Number.isFinite(learningRate),
    functionName,
    "learningRate must be positive and finite",
    learningRate,
  );
}

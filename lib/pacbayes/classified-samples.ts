import { type Matrix, requireThat } from "../core";
import { requireEntryCount } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { crossEntropyLoss, logisticLoss, type Network } from "../models";

/** Inputs with their classes. */
export interface ClassifiedSamples {
  /** X (n×d): row i is x_i. */
  readonly inputs: Matrix;
  /** The classes: ±1 for a network of one output (n×1), else the unit vector of the class (n×c). */
  readonly targets: Matrix;
}

/** Refuses samples that the network cannot classify, or that are no classes. */
export function requireClassifiedSamples(
  functionName: string,
  { inputCount, outputCount }: Pick<Network, "inputCount" | "outputCount">,
  { inputs, targets }: ClassifiedSamples,
): void {
  requireThat(inputs.rows > 0, functionName, "there must be a sample", inputs);
  requireThat(inputs.cols === inputCount, functionName, `inputs must have ${inputCount} columns`, inputs);
  requireEntryCount(functionName, inputs);
  requireFinite(functionName, "inputs", inputs.data);
  requireThat(targets.rows === inputs.rows, functionName, `targets must have ${inputs.rows} rows, as inputs`, targets);
  requireClasses(functionName, targets, outputCount);
}

/** Refuses targets that are neither ±1 (one output) nor unit vectors (more). */
export function requireClasses(functionName: string, targets: Matrix, outputCount: number): void {
  if (outputCount === 1) return logisticLoss.check(functionName, targets, outputCount);
  crossEntropyLoss.check(functionName, targets, outputCount);
  const requirement = "targets must be 0 or 1, one 1 in each row";
  for (const target of targets.data)
    if (target !== 0 && target !== 1) requireThat(false, functionName, requirement, target);
}

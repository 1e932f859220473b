import { type Matrix, requireThat } from "../core";
import { requireEntryCount } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { requireParameters } from "./finite-sum";
import type { Evaluation, Network } from "./network";

/**
 * The same network behind the checks that all networks share, so that each refuses a bad argument with the same words,
 * before any work: the sizes of everything, and that parameters, inputs and directions are finite. The checks cost one
 * pass over the arguments.
 */
export function checkedNetwork(functionName: string, bare: Network): Network {
  const { parameterCount, inputCount, outputCount } = bare;

  const requireWeights = (weights: Matrix, rows: number): void => {
    if (weights.rows !== rows || weights.cols !== outputCount) {
      requireThat(false, functionName, `weights must be ${rows}×${outputCount}`, weights);
    }
    // They may be infinite: where a loss overflows they are, and training loops name it.
    requireEntryCount(functionName, weights);
  };

  const checkedEvaluation = ({ outputs, pullback, tangent, gramMatrix }: Evaluation): Evaluation => ({
    outputs,
    pullback: (weights, into) => {
      requireWeights(weights, outputs.rows);
      if (into !== undefined && into.length !== parameterCount) {
        requireThat(false, functionName, `the memory for the result must have length ${parameterCount}`, into.length);
      }
      return pullback(weights, into);
    },
    tangent: (direction) => {
      if (direction.length !== parameterCount) {
        const requirement = `the direction must have length ${parameterCount}`;
        requireThat(false, functionName, requirement, direction.length);
      }
      requireFinite(functionName, "the direction", direction);
      const { outputs: outputsTangent, pullback: pullbackTangent } = tangent(direction);
      return {
        outputs: outputsTangent,
        pullback: (weights, weightsTangent) => {
          requireWeights(weights, outputs.rows);
          requireWeights(weightsTangent, outputs.rows);
          return pullbackTangent(weights, weightsTangent);
        },
      };
    },
    gramMatrix,
  });

  return {
    parameterCount,
    inputCount,
    outputCount,
    evaluate: (parameters, inputs, options) => {
      requireParameters(functionName, parameters, parameterCount);
      requireFinite(functionName, "parameters", parameters);
      requireInputs(functionName, inputs, inputCount);
      return checkedEvaluation(bare.evaluate(parameters, inputs, options));
    },
  };
}

/** Refuses inputs of another width than d, and inputs that are not finite. */
export function requireInputs(functionName: string, inputs: Matrix, inputCount: number): void {
  if (inputs.cols !== inputCount) {
    requireThat(false, functionName, `inputs must have ${inputCount} columns`, inputs);
  }
  requireEntryCount(functionName, inputs);
  requireFinite(functionName, "inputs", inputs.data);
}

import { requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import type { TwoLayerParts } from "../models";

/** Refuses W and b that are no hidden layer: a neuron and an input at least, finite entries, one bias a neuron if any. */
export function requireHiddenLayer(functionName: string, { weights, biases }: TwoLayerParts): void {
  requireFiniteEntries(functionName, weights, "weights must be finite");
  const { rows: m, cols: d } = weights;
  requireThat(m > 0 && d > 0, functionName, "there must be a neuron and an input", weights);
  if (biases) requireOnePerNeuron(functionName, "biases", biases, m);
}

/** The output weights a (m), which the type leaves open; refused where they are missing or not m finite numbers. */
export function requireOutputWeights(functionName: string, { weights, outputWeights }: TwoLayerParts): Float64Array {
  requireOnePerNeuron(functionName, "outputWeights", outputWeights, weights.rows);
  return outputWeights;
}

function requireOnePerNeuron(
  functionName: string,
  name: string,
  vector: Float64Array | undefined,
  m: number,
): asserts vector is Float64Array {
  requireThat(vector?.length === m, functionName, `${name} must have length ${m}`, vector?.length);
  requireFinite(functionName, name, vector);
}

import type { RandomStream } from "../core";
import { type BatchScheme, drawBatch, requireBatchScheme } from "./batches";
import type { BatchGradientFunction, GradientFunction, UpdateMap } from "./update-map";

/** Gradients on random batches. A model of `flat-minima/models` has the first two fields and can be spread in. */
export interface BatchGradientOptions extends BatchScheme {
  readonly batchGradient: BatchGradientFunction;
  /** Where the batches come from; every step advances it. */
  readonly stream: RandomStream;
}

/**
 * An optimizer with the gradient of a batch in the place of the full one. The batch is drawn afresh before each step
 * and kept through it, however often the optimizer asks for the gradient.
 */
export function oneBatchAStep(
  functionName: string,
  { batchGradient, stream, sampleCount, batchSize, sampling }: BatchGradientOptions,
  optimizer: (gradient: GradientFunction) => UpdateMap,
): UpdateMap {
  const scheme: BatchScheme = { sampleCount, batchSize, sampling };
  requireBatchScheme(functionName, scheme);
  let batch: readonly number[] = [];
  const update = optimizer((parameters, into) => batchGradient(parameters, batch, into));
  return (parameters, into) => {
    batch = drawBatch(stream, scheme);
    return update(parameters, into);
  };
}

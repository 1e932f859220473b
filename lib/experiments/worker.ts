// The file that the threads of run-jobs load.
import { enginesInUse } from "../core";
import { canonicalJson } from "./canonical-json";
import type { Experiment } from "./experiment";
import type { TensorBackendName } from "../tensor";
import { experiments } from "./registry";
import type { Finished, Task } from "./run-jobs";

/** Runs one job. Errors lose their class on the way to the other thread, so that their name goes into the message. */
export default async function runTask({ experiment: name, configuration, seed }: Task): Promise<Finished<unknown>> {
  try {
    const experiment: Experiment<unknown, unknown> = experiments[name];
    const start = performance.now();
    const result = await experiment.run(experiment.validate(name, configuration), seed);
    const seconds = (performance.now() - start) / 1000;
    requireJson(result);
    return { result, seconds, engine: `${enginesInUse()}${await tensorsInUse(configuration)}` };
  } catch (error) {
    throw new Error(String(error), { cause: error });
  }
}

/** Behind a space, the tensor backend that a configuration names; its package is loaded then, and else left alone. */
async function tensorsInUse(configuration: unknown): Promise<string> {
  const { backend } = configuration as { backend?: TensorBackendName };
  if (backend === undefined) return "";
  const { useTensorBackend } = await import("../tensor/index.js");
  return ` Tensors in float32 by ${(await useTensorBackend(backend)).description}.`;
}

/** A result with a NaN in it would be stored as null. */
function requireJson(result: unknown): void {
  try {
    canonicalJson(result);
  } catch (error) {
    throw new Error(`the result is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

import * as fc from "fast-check";
import { tensorBackend, usableTensorBackends, useTensorBackend } from "flat-minima/tensor";
import { badOption, badValues } from "./corruptions";
import { entry, type Registry } from "./entry";

/** Without the libraries that only some machines have, for the same results everywhere. */
const settings = ["wasm", "cpu", "-tensorflow -webgpu", "-tensorflow,-webgpu,-wasm", " -webgpu -tensorflow "];

export const tensorBackendEntries: Registry = {
  tensorBackend: entry(tensorBackend, fc.tuple(fc.constantFrom(...settings)), {
    refuses: badValues("0", "gpu", "-gpu", "wasm cpu", "-wasm cpu", "-tensorflow -webgpu -wasm -cpu"),
  }),
  useTensorBackend: entry(useTensorBackend, fc.tuple(fc.constantFrom("wasm" as const, "cpu" as const)), {
    refuses: badOption("0"),
  }),
  usableTensorBackends: entry(usableTensorBackends, fc.tuple(), {
    refuses: {},
    nothingToRefuse: "it takes no argument",
  }),
};

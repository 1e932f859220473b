import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { Preparation } from "./preparation";

/** What is used of `@tensorflow/tfjs-backend-wasm`. */
interface WasmBackendModule {
  setWasmPaths(folder: string): void;
  readonly version_wasm: string;
}

/**
 * Registers and starts the backend `wasm`: WebAssembly with SIMD where the machine has it, on one thread (tfjs uses no
 * threads in Node).
 */
export async function prepareWasm(): Promise<Preparation> {
  const load = createRequire(__filename);
  const before = handlers();
  try {
    const wasm = load("@tensorflow/tfjs-backend-wasm") as WasmBackendModule;
    wasm.setWasmPaths(`${path.dirname(load.resolve("@tensorflow/tfjs-backend-wasm"))}${path.sep}`);
    if (!(await tf.setBackend("wasm"))) return { refused: "it did not start" };
    const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "with SIMD" : "without SIMD";
    return { description: `WebAssembly ${simd}, one thread (tfjs ${wasm.version_wasm})` };
  } catch (error) {
    return { refused: (error as Error).message };
  } finally {
    removeNewHandlers(before);
  }
}

/** Errors that nobody caught; what its loader does about them is the business of the program that runs. */
const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

type Handler = (...args: unknown[]) => void;

function handlers(): Map<string, readonly Handler[]> {
  return new Map(EVENTS.map((event) => [event, process.listeners(event as "exit") as Handler[]]));
}

/** Emscripten's loader makes each unhandled rejection end the process, a notebook's kernel as well. */
function removeNewHandlers(before: ReadonlyMap<string, readonly Handler[]>): void {
  for (const [event, after] of handlers()) {
    for (const handler of after) {
      if (!before.get(event)?.includes(handler)) process.off(event, handler);
    }
  }
}

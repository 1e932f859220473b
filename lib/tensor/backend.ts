import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core/errors";
import { registerExactGradients } from "./exact-gradients";
import type { Preparation } from "./preparation";
import { prepareTensorflow } from "./tensorflow-backend";
import { prepareWasm } from "./wasm-backend";
import { prepareWebgpu } from "./webgpu-backend";

/** The backends of TensorFlow.js, the fastest first. */
export const TENSOR_BACKENDS = ["tensorflow", "webgpu", "wasm", "cpu"] as const;

/** One of {@link TENSOR_BACKENDS}. */
export type TensorBackendName = (typeof TENSOR_BACKENDS)[number];

/** The backend that computes tensors in this process. */
export interface TensorBackend {
  readonly name: TensorBackendName;
  /** What it is and why it is not a faster one, in one sentence to print. */
  readonly description: string;
  /** Why not a faster one: "tensorflow: not installed (…)", in their order. */
  readonly refused: readonly string[];
}

const prepare: Readonly<Record<TensorBackendName, () => Preparation | Promise<Preparation>>> = {
  tensorflow: prepareTensorflow,
  webgpu: prepareWebgpu,
  wasm: prepareWasm,
  cpu: () => {
    createRequire(__filename)("@tensorflow/tfjs-backend-cpu");
    return { description: "plain JavaScript, which takes minutes for one step of a convolutional net" };
  },
};

/** What came of each backend that was asked for, once in a process: libraries are loaded once. */
const prepared = new Map<TensorBackendName, Promise<Preparation>>();

/**
 * Has TensorFlow.js compute on the fastest backend that there is: TensorFlow's C library (`npm run install-tensorflow`),
 * WebGPU, WebAssembly, plain JavaScript. All of them compute in float32, and their gradients are then those of
 * {@link registerExactGradients}. Values are read by `await tensor.data()`, for WebGPU has no `dataSync()` in Node.
 *
 * @param setting by default the environment variable `FLAT_MINIMA_TENSOR_BACKEND`: a backend's name, which is then used
 *   and no other; or names with a minus, which are left out, as in `-tensorflow -webgpu`
 * @throws InvalidArgumentError for a setting that is neither, or leaves no backend
 * @throws Error where the backend that the setting names cannot be used, with the reason
 *
 * @example
 * const { name } = await tensorBackend("-tensorflow -webgpu");
 * name; // "wasm"
 * (await tensorBackend("cpu")).description; // "cpu: plain JavaScript, which takes minutes for one step of a convolutional net"
 */
export async function tensorBackend(
  setting: string | undefined = process.env.FLAT_MINIMA_TENSOR_BACKEND,
): Promise<TensorBackend> {
  const { only, hidden } = readSetting(setting ?? "");
  if (only !== undefined) return useTensorBackend(only);
  const refused: string[] = [];
  for (const name of TENSOR_BACKENDS) {
    const preparation = hidden.has(name) ? { refused: `left out by "${setting}"` } : await prepareOnce(name);
    if ("description" in preparation && (await tf.setBackend(name)))
      return started(name, preparation.description, refused);
    refused.push(`${name}: ${"refused" in preparation ? preparation.refused : "it did not start"}`);
  }
  throw new Error(`tensorBackend: no backend can be used: ${refused.join("; ")}`);
}

/**
 * Has TensorFlow.js compute on this backend and no other, to compare one with another.
 *
 * @throws InvalidArgumentError where it is none of {@link TENSOR_BACKENDS}
 * @throws Error where it cannot be used, with the reason
 *
 * @example
 * (await useTensorBackend("wasm")).name; // "wasm"
 */
export async function useTensorBackend(name: TensorBackendName): Promise<TensorBackend> {
  requireThat(TENSOR_BACKENDS.includes(name), "useTensorBackend", `name must be ${listed}`, name);
  const preparation = await prepareOnce(name);
  if ("refused" in preparation) throw new Error(`useTensorBackend: ${name} cannot be used: ${preparation.refused}`);
  if (!(await tf.setBackend(name))) throw new Error(`useTensorBackend: ${name} did not start`);
  return started(name, preparation.description, []);
}

/**
 * The backends that can be used here, the fastest first; which one computes stays as it is.
 *
 * @example
 * (await usableTensorBackends()).includes("cpu"); // true
 */
export async function usableTensorBackends(): Promise<TensorBackendName[]> {
  const usable: TensorBackendName[] = [];
  const current = tf.engine().backendName;
  for (const name of TENSOR_BACKENDS) {
    if ("description" in (await prepareOnce(name))) usable.push(name);
  }
  // Only a start can tell whether WebAssembly starts.
  if (current) await tf.setBackend(current);
  return usable;
}

const listed = TENSOR_BACKENDS.join(", ");

function started(name: TensorBackendName, what: string, refused: readonly string[]): TensorBackend {
  // After every package that registers gradients and kernels of its own.
  registerExactGradients();
  const why = refused.length > 0 ? ` (not ${refused.join("; not ")})` : "";
  return { name, description: `${name}: ${what}${why}`, refused };
}

function prepareOnce(name: TensorBackendName): Promise<Preparation> {
  // Known before any backend writes: the advice to install tfjs-node goes to stderr, for which nbgrader takes marks away.
  tf.env().set("IS_TEST", true);
  const known = prepared.get(name) ?? Promise.resolve(prepare[name]());
  prepared.set(name, known);
  return known;
}

/** What FLAT_MINIMA_TENSOR_BACKEND says. */
function readSetting(setting: string): { only?: TensorBackendName; hidden: ReadonlySet<TensorBackendName> } {
  const isName = (word: string): word is TensorBackendName => (TENSOR_BACKENDS as readonly string[]).includes(word);
  const words = setting.split(/[\s,]+/).filter((word) => word !== "");
  const requirement = `FLAT_MINIMA_TENSOR_BACKEND must name a backend (${listed}), or leave some out (-tensorflow -webgpu)`;
  if (words.length === 1 && isName(words[0])) return { only: words[0], hidden: new Set() };
  const hidden = new Set(words.map((word) => word.replace(/^-/, "")).filter(isName));
  const understood = words.every((word) => word.startsWith("-") && isName(word.slice(1)));
  requireThat(understood && hidden.size < TENSOR_BACKENDS.length, "tensorBackend", requirement, setting);
  return { hidden };
}

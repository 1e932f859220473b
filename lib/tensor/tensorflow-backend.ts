import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { folderEntries } from "../core/folder-entries";
import type { Preparation } from "./preparation";

/** What is used of tfjs-node's native binding. */
interface Binding {
  readonly TF_Version: string;
}

/** What is used of tfjs-node's `dist/nodejs_kernel_backend`. */
interface KernelBackendModule {
  readonly NodeJSKernelBackend: new (
    binding: Binding,
    packageName: string,
  ) => tf.KernelBackend & {
    readonly isUsingGpuDevice: boolean;
  };
}

/**
 * Registers TensorFlow's C library as the backend `tensorflow`: by the package `@tensorflow/tfjs-node-gpu` itself where
 * its own installation worked, else from what `npm run install-tensorflow` left in `.flat-minima/tensorflow` above this
 * file.
 */
export function prepareTensorflow(): Preparation {
  prepareProcess();
  const own = ownPackage();
  if (own !== undefined) return { description: own };
  const folder = installation();
  if (folder === undefined) return { refused: "not installed (npm run install-tensorflow)" };
  try {
    return { description: registerTensorflow(folder) };
  } catch (error) {
    const [message] = (error as Error).message.split("\n");
    return { refused: `${message} (npm run install-tensorflow -- --remove, then install it again)` };
  }
}

/**
 * Registers an installation as the backend `tensorflow`.
 *
 * @param folder what `npm run install-tensorflow` made
 * @returns what it is
 * @throws Error of Node's loader, where a library is missing or does not fit
 */
export function registerTensorflow(folder: string): string {
  prepareProcess();
  const load = createRequire(path.join(folder, "installed.json"));
  const binding = load("./tfjs_binding.node") as Binding;
  const dist = "@tensorflow/tfjs-node-gpu/dist";
  const { NodeJSKernelBackend } = load(`${dist}/nodejs_kernel_backend`) as KernelBackendModule;
  load(`${dist}/register_all_kernels`);
  const backend = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node-gpu");
  tf.registerBackend("tensorflow", () => backend);
  keepIntegersWhenRounding();
  const device = backend.isUsingGpuDevice ? "on the graphics card" : "on the processor";
  return `TensorFlow ${binding.TF_Version}'s C library ${device}`;
}

/** tfjs-node-gpu (or tfjs-node) as npm installed it, if its install script left a binding that loads. */
function ownPackage(): string | undefined {
  const load = createRequire(__filename);
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
    try {
      load(name);
    } catch {
      continue; // Not there, or without its binding: what we install serves in its place.
    }
    keepIntegersWhenRounding();
    return `${name} as npm installed it`;
  }
  return undefined;
}

/** The whole installation in the nearest `.flat-minima/tensorflow` above this file. */
function installation(): string | undefined {
  for (let folder = __dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const home = path.join(folder, ".flat-minima", "tensorflow");
    // Written last, so that it is there only where all else is.
    const name = folderEntries(home).find((name) => folderEntries(path.join(home, name)).includes("installed.json"));
    if (name !== undefined && !/^(draft|old)-/.test(name)) return path.join(home, name);
  }
  return undefined;
}

/** What has to be so before the C library and tfjs-node's scripts are loaded. */
function prepareProcess(): void {
  // Read once, at loading: oneDNN's kernels, and no log of devices. The library still greets with two
  // lines on the process's stderr, which are not a notebook's: they are written by its loading, before any setting.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // tfjs-node 4.22 calls these two, which Node 23 took away.
  const util = createRequire(__filename)("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= (value: unknown) => Array.isArray(value);
}

/** Current TensorFlow's `Round` gives zeros for int32 where tfjs-node runs it; there is nothing to round. */
function keepIntegersWhenRounding(): void {
  const [round, identity] = ["Round", "Identity"].map((name) => tf.getKernel(name, "tensorflow"));
  tf.unregisterKernel("Round", "tensorflow");
  tf.registerKernel({
    ...round,
    kernelFunc: (call) => (call.inputs.x?.dtype === "int32" ? identity : round).kernelFunc(call),
  });
}

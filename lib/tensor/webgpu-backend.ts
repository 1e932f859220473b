import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import type { Preparation } from "./preparation";

/** What is used of WebGPU's adapter. */
interface Adapter {
  readonly features: { has(name: string): boolean };
  readonly limits: Readonly<Record<string, number>>;
  readonly info: Readonly<Record<"vendor" | "architecture" | "device" | "description", string>> & {
    readonly isFallbackAdapter?: boolean;
  };
  requestDevice(wanted: { requiredFeatures: string[]; requiredLimits: Record<string, number> }): Promise<unknown>;
}

/** What is used of npm's `webgpu`, which is Dawn. */
interface Dawn {
  create(options: readonly string[]): {
    requestAdapter(wanted: { powerPreference: string }): Promise<Adapter | null>;
  };
  readonly globals: Readonly<Record<string, unknown>>;
}

/** What is used of `@tensorflow/tfjs-backend-webgpu`. */
interface WebgpuBackendModule {
  readonly WebGPUBackend: new (device: unknown, info: Adapter["info"]) => tf.KernelBackend;
}

/** What tfjs's own start asks of the device, which else gets the least that WebGPU guarantees. */
const LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
];

/** Registers the backend `webgpu` where npm's `webgpu` is installed and finds a graphics card. */
export async function prepareWebgpu(): Promise<Preparation> {
  const load = createRequire(__filename);
  const missing = ["webgpu", "@tensorflow/tfjs-backend-webgpu"].filter((name) => !isThere(load, name));
  if (missing.length > 0)
    return { refused: `npm's ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not installed` };
  try {
    const dawn = load("webgpu") as Dawn;
    Object.assign(globalThis, dawn.globals);
    const gpu = dawn.create([]);
    // Where tfjs looks for it, and asks whether there is WebGPU at all. Node has a navigator from version 21 on.
    const scope = globalThis as { navigator?: object };
    scope.navigator ??= {};
    Object.defineProperty(scope.navigator, "gpu", { value: gpu, configurable: true });
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter === null) return { refused: "no adapter (a graphics card with a Vulkan, Metal or Direct3D 12 driver)" };
    if (adapter.info.isFallbackAdapter) return { refused: "only an adapter in software, slower than WebAssembly" };
    const device = await adapter.requestDevice({
      requiredFeatures: ["timestamp-query"].filter((name) => adapter.features.has(name)),
      requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    });
    const { WebGPUBackend } = load("@tensorflow/tfjs-backend-webgpu") as WebgpuBackendModule;
    // Kept as long as the backend: where nothing refers to Dawn's adapter, it is collected, and the device is lost.
    const kept = { gpu, adapter, backend: new WebGPUBackend(device, adapter.info) };
    tf.registerBackend("webgpu", () => kept.backend);
    const { vendor, architecture, device: card, description } = adapter.info;
    return { description: `WebGPU on ${description || card || `${vendor} ${architecture}`}` };
  } catch (error) {
    const [message] = (error as Error).message.split("\n");
    return { refused: message };
  }
}

function isThere(load: NodeJS.Require, name: string): boolean {
  try {
    load.resolve(name);
    return true;
  } catch {
    return false;
  }
}

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { TENSOR_BACKENDS, tensorBackend, usableTensorBackends, useTensorBackend } from "../../lib/tensor/backend";
import { registerTensorflow } from "../../lib/tensor/tensorflow-backend";
import { root } from "../project";

const require = createRequire(import.meta.url);

/** The installation that `npm run install-tensorflow` leaves. */
const home = path.join(root, ".flat-minima/tensorflow");
const isInstalled =
  existsSync(home) && readdirSync(home).some((name) => existsSync(path.join(home, name, "installed.json")));
const orWhyNot = isInstalled ? "" : " (skipped: npm run install-tensorflow was not run here)";

/** Not dataSync(), which WebGPU does not have in Node. */
const valuesOf = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data())];

/** Gradient by the filter of Σ (x ∗ w), a valid convolution: the sums of x over its four corners, exact in float32. */
async function filterGradient(): Promise<number[]> {
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const loss = (w: tf.Tensor) => tf.sum(tf.conv2d(x, w as tf.Tensor4D, 1, "valid"));
  return valuesOf(tf.grad(loss)(tf.ones([2, 2, 1, 1])));
}

const said: unknown[] = [];
let handlersBefore: unknown[];
const handlers = () => [...process.listeners("uncaughtException"), ...process.listeners("unhandledRejection")];

beforeAll(async () => {
  handlersBefore = handlers();
  for (const method of ["warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void said.push(words));
  }
  // As on Node 23 and later, where tfjs-node's calls of them fail.
  const util = require("node:util");
  delete util.isNullOrUndefined;
  delete util.isArray;
  await usableTensorBackends();
});
afterAll(() => tensorBackend());

describe("the order of backends", () => {
  it("is that of their speed, and ends with one that is always there", () => {
    expect(TENSOR_BACKENDS).toEqual(["tensorflow", "webgpu", "wasm", "cpu"]);
  });

  it("falls back, backend by backend, as each is hidden, and each computes", async () => {
    const usable = await usableTensorBackends();
    expect(usable).toEqual(TENSOR_BACKENDS.filter((name) => usable.includes(name)));
    expect(usable.slice(-2)).toEqual(["wasm", "cpu"]);
    for (const [hidden, name] of usable.entries()) {
      const setting = usable
        .slice(0, hidden)
        .map((name) => `-${name}`)
        .join(" ");
      const backend = await tensorBackend(setting);
      expect(backend.name).toBe(name);
      expect(tf.getBackend()).toBe(name);
      expect(await filterGradient()).toEqual([12, 16, 24, 28]);
      // A reason for each faster one, in their order.
      const faster = TENSOR_BACKENDS.slice(0, TENSOR_BACKENDS.indexOf(name));
      expect(backend.refused.map((reason) => reason.split(": ")[0])).toEqual(faster);
      for (const [k, reason] of backend.refused.entries()) {
        const leftOut = usable.slice(0, hidden).includes(faster[k]);
        expect(reason).toMatch(leftOut ? `${faster[k]}: left out by "${setting}"` : /not installed|adapter/);
        expect(backend.description).toContain(`not ${reason}`);
      }
    }
  });

  it("is overruled by the environment variable", async () => {
    vi.stubEnv("FLAT_MINIMA_TENSOR_BACKEND", "-tensorflow,-webgpu,-wasm");
    expect((await tensorBackend()).name).toBe("cpu");
    vi.stubEnv("FLAT_MINIMA_TENSOR_BACKEND", "wasm");
    expect(await tensorBackend()).toMatchObject({ name: "wasm", refused: [] });
    vi.stubEnv("FLAT_MINIMA_TENSOR_BACKEND", "");
    expect((await tensorBackend()).name).toBe((await usableTensorBackends())[0]);
    vi.unstubAllEnvs();
  });

  it.each(["gpu", "-gpu", "wasm cpu", "-wasm cpu", "--wasm", "-tensorflow -webgpu -wasm -cpu"])(
    "refuses the setting %j",
    async (setting) => {
      await expect(tensorBackend(setting)).rejects.toThrow(
        `tensorBackend: FLAT_MINIMA_TENSOR_BACKEND must name a backend (tensorflow, webgpu, wasm, cpu), or leave some out (-tensorflow -webgpu), got ${setting}`,
      );
    },
  );

  it("does not go on to another backend than the one that is named", async () => {
    const usable = await usableTensorBackends();
    for (const name of TENSOR_BACKENDS.filter((name) => !usable.includes(name))) {
      await expect(tensorBackend(name)).rejects.toThrow(`${name} cannot be used: `);
    }
    await expect(useTensorBackend("webgl" as never)).rejects.toThrow(
      "useTensorBackend: name must be tensorflow, webgpu, wasm, cpu, got webgl",
    );
  });
});

describe("every usable backend", () => {
  it("leaves integers as they are when it rounds, and rounds halves to even", async () => {
    for (const name of await usableTensorBackends()) {
      await useTensorBackend(name);
      expect(await valuesOf(tf.round(tf.tensor1d([3, -7, 0], "int32")))).toEqual([3, -7, 0]);
      expect(await valuesOf(tf.round(tf.tensor1d([2.5, -1.25, 3.5])))).toEqual([2, -1, 4]);
    }
  });

  it("is quiet from its first use: nothing goes to a notebook's stderr", () => {
    expect(said).toEqual([]);
  });

  it("leaves errors that nobody caught to the program", () => {
    expect(handlers()).toEqual(handlersBefore);
  });

  it("is looked for without changing the one in use", async () => {
    await useTensorBackend("cpu");
    await usableTensorBackends();
    expect(tf.getBackend()).toBe("cpu");
  });
});

describe(`TensorFlow's C library${orWhyNot}`, () => {
  it.skipIf(!isInstalled)("is used first, and says what it is", async () => {
    const { name, description, refused } = await tensorBackend("");
    expect(name).toBe("tensorflow");
    expect(description).toMatch(/^tensorflow: TensorFlow 2\.\d+\.\d+'s C library on the (processor|graphics card)$/);
    expect(refused).toEqual([]);
  });

  it("brings back what Node 23 took from tfjs-node", () => {
    const util = require("node:util");
    const values = [undefined, null, 0, "", []];
    expect(values.map((value) => util.isNullOrUndefined(value))).toEqual([true, true, false, false, false]);
    expect(values.map((value) => util.isArray(value))).toEqual([false, false, false, false, true]);
  });

  it("is not taken from a folder without its binding", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "flat-minima-tensorflow-"));
    writeFileSync(path.join(folder, "installed.json"), "{}");
    expect(() => registerTensorflow(folder)).toThrow("tfjs_binding.node");
    rmSync(folder, { recursive: true });
  });
});

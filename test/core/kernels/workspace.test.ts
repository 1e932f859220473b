import { InvalidArgumentError } from "flat-minima/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Kernels } from "../../../lib/core/kernels/kernels";
import { compile, fitsInMemory } from "../../../lib/core/kernels/wasm";
import { kernelsInUse, openWorkspace } from "../../../lib/core/kernels/workspace";

afterEach(() => vi.unstubAllEnvs());

const hasWasm = kernelsInUse().name === "WebAssembly";

describe.each(["", "none"])("a workspace with FLAT_MINIMA_WASM = %j", (setting) => {
  const open = (doubles: number): Kernels => {
    vi.stubEnv("FLAT_MINIMA_WASM", setting);
    return openWorkspace(doubles);
  };

  it("gives zeros until it is full, and says how full it is", () => {
    const kernels = open(10);
    const arrays = [3, 0, 5, 1].map((length) => kernels.allocate(length).fill(length));
    expect(arrays.map((array) => Array.from(array))).toEqual([[3, 3, 3], [], [5, 5, 5, 5, 5], [1]]);
    const message = "allocate: the length must be an integer from 0 to the 1 that are left of 10, got 2";
    expect(() => kernels.allocate(2)).toThrow(InvalidArgumentError);
    expect(() => kernels.allocate(2)).toThrow(message);
    expect(kernels.allocate(1)).toEqual(new Float64Array(1));
    expect(() => kernels.allocate(1)).toThrow("from 0 to the 0 that are left of 10, got 1");
    for (const wrong of [-1, 0.5, NaN]) expect(() => open(10).allocate(wrong)).toThrow(`got ${wrong}`);
  });

  it("holds as many arrays of odd length as its size says", () => {
    const kernels = open(7000);
    for (let i = 0; i < 7000; i++) kernels.allocate(1).fill(i);
    expect(() => kernels.allocate(1)).toThrow("to the 0 that are left of 7000");
  });

  it("refuses a size that is none", () => {
    for (const wrong of [-1, 0.5, NaN, Infinity]) {
      expect(() => open(wrong)).toThrow(`openWorkspace: the size must be an integer of at least 0, got ${wrong}`);
    }
    expect(open(0).allocate(0)).toHaveLength(0);
  });

  it("shares nothing with another", () => {
    const [one, other] = [open(4), open(4)].map((kernels) => kernels.allocate(4).fill(1));
    one.fill(2);
    expect(other).toEqual(new Float64Array([1, 1, 1, 1]));
  });
});

describe.skipIf(!hasWasm)("a workspace in WebAssembly", () => {
  it("is in use, and kernelsInUse says so", () => {
    expect(openWorkspace(1).name).toBe("WebAssembly");
    expect(kernelsInUse().description).toBe("Inner loops of small networks in SIMD WebAssembly.");
  });

  it("begins each array at a multiple of 16 bytes of one memory", () => {
    const kernels = openWorkspace(20);
    const [a, b, c] = [3, 4, 1].map((length) => kernels.allocate(length));
    expect([a, b, c].map(({ byteOffset }) => byteOffset)).toEqual([0, 32, 64]);
    expect([b.buffer, c.buffer]).toEqual([a.buffer, a.buffer]);
  });

  it("says when alignment has used up its room", () => {
    const kernels = openWorkspace(40_000);
    const fill = (): void => {
      for (let i = 0; i < 40_000; i++) kernels.allocate(1);
    };
    expect(fill).toThrow(InvalidArgumentError);
    expect(() => kernels.allocate(1)).toThrow("allocate: no more than 8192 arrays may have an odd length, got 1");
  });

  it("takes parts of its arrays, and refuses arrays from elsewhere, in every place", () => {
    const kernels = openWorkspace(8);
    const own = kernels.allocate(8).fill(1);
    kernels.multiplyEntries(own.subarray(1, 3), own.subarray(4, 6).fill(3), 2);
    expect(Array.from(own)).toEqual([1, 3, 3, 1, 3, 3, 1, 1]);
    for (const foreign of [new Float64Array(8), openWorkspace(8).allocate(8)]) {
      const calls: [string, number, (arrays: Float64Array[]) => void][] = [
        ["multiply", 3, ([C, A, B]) => kernels.multiply(C, A, B, 1, 1, 1, false)],
        ["multiplyTransposedA", 3, ([C, A, B]) => kernels.multiplyTransposedA(C, A, B, 1, 1, 1, true)],
        ["multiplyTransposedB", 3, ([C, A, B]) => kernels.multiplyTransposedB(C, A, B, 1, 1, 1)],
        ["addToRows", 2, ([C, b]) => kernels.addToRows(C, b, 1, 1)],
        ["sumRows", 2, ([b, C]) => kernels.sumRows(b, C, 1, 1)],
        ["activate", 2, ([y, z]) => kernels.activate("tanh", y, z, 1)],
        ["activationSlope", 3, ([d, z, y]) => kernels.activationSlope("tanh", d, z, y, 1)],
        // z is not read: y and d say all.
        ["activationCurvature", 3, ([c, y, d]) => kernels.activationCurvature("tanh", c, y, y, d, 1)],
        ["multiplyEntries", 2, ([y, x]) => kernels.multiplyEntries(y, x, 1)],
      ];
      for (const [name, count, call] of calls) {
        for (let place = 0; place < count; place++) {
          const arrays = Array.from({ length: count }, (_, i) => (i === place ? foreign : own));
          const message = `${name}: the arrays must be of the kernels' own workspace, got [`;
          expect(() => call(arrays)).toThrow(InvalidArgumentError);
          expect(() => call(arrays)).toThrow(message);
        }
      }
    }
  });

  it("gives way to TypeScript beyond the reach of its pointers", () => {
    // 4 GiB are 2²⁹ doubles; 8192 of them are kept for alignment.
    expect([2 ** 29 - 8192, 2 ** 29 - 8191].map(fitsInMemory)).toEqual([true, false]);
    expect(openWorkspace(2 ** 29).name).toBe("TypeScript");
  });
});

describe("FLAT_MINIMA_WASM", () => {
  it("none means TypeScript", () => {
    vi.stubEnv("FLAT_MINIMA_WASM", "none");
    expect(openWorkspace(1).name).toBe("TypeScript");
    expect(kernelsInUse()).toEqual({
      name: "TypeScript",
      description: "Inner loops of small networks in plain TypeScript (FLAT_MINIMA_WASM is none).",
    });
  });

  it("nothing else is understood", () => {
    vi.stubEnv("FLAT_MINIMA_WASM", "off");
    expect(() => openWorkspace(1)).toThrow(InvalidArgumentError);
    expect(() => kernelsInUse()).toThrow("compile: FLAT_MINIMA_WASM must be empty or none, got off");
  });

  it("is not needed where there is no WebAssembly, or none with SIMD", () => {
    vi.stubEnv("FLAT_MINIMA_WASM", "");
    expect(compile("AGFzbQ==")).toEqual({ refused: expect.stringContaining("WebAssembly.Module()") });
    vi.stubGlobal("WebAssembly", undefined);
    expect(compile("AGFzbQEAAAA=")).toEqual({ refused: "there is no WebAssembly here" });
    vi.unstubAllGlobals();
  });
});

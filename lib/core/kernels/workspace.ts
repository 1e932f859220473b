import { requireThat } from "../errors";
import type { ActivationKind, Kernels } from "./kernels";
import { WASM_BASE64 } from "./module";
import { plainKernels } from "./plain";
import { type WasmModule, compile, fitsInMemory, openMemory } from "./wasm";

/**
 * Which implementation runs the inner loops of small networks in this process, and a sentence about it: SIMD
 * WebAssembly, or, with the same bits, plain TypeScript where there is none or the environment variable
 * FLAT_MINIMA_WASM is `none`.
 *
 * @throws InvalidArgumentError when FLAT_MINIMA_WASM is neither empty nor `none`
 *
 * @example
 * kernelsInUse().description; // for example "Inner loops of small networks in SIMD WebAssembly."
 */
export function kernelsInUse(): { readonly name: Kernels["name"]; readonly description: string } {
  const code = compile(WASM_BASE64);
  return "module" in code
    ? { name: "WebAssembly", description: "Inner loops of small networks in SIMD WebAssembly." }
    : { name: "TypeScript", description: `Inner loops of small networks in plain TypeScript (${code.refused}).` };
}

/**
 * Kernels over a workspace for arrays of `doubles` numbers in all: in WebAssembly, or, with the same bits, in plain
 * TypeScript where there is no WebAssembly with SIMD, where the environment variable FLAT_MINIMA_WASM is `none`, and
 * for more than its 4 GiB. In WebAssembly a kernel takes only arrays (and subarrays) of its own workspace.
 *
 * @throws InvalidArgumentError when `doubles` is no integer ≥ 0; `allocate` when less than that is left, or for too
 *   many arrays of odd length (8192 are always possible); a kernel in WebAssembly on an array from elsewhere
 */
export function openWorkspace(doubles: number): Kernels {
  const valid = Number.isSafeInteger(doubles) && doubles >= 0;
  requireThat(valid, "openWorkspace", "the size must be an integer of at least 0", doubles);
  const code = compile(WASM_BASE64);
  const kernels = "module" in code && fitsInMemory(doubles) ? wasmKernels(doubles, code.module) : plainKernels();
  let left = doubles;

  function allocate(length: number): Float64Array {
    const free = `the length must be an integer from 0 to the ${left} that are left of ${doubles}`;
    requireThat(Number.isInteger(length) && length >= 0 && length <= left, "allocate", free, length);
    left -= length;
    return kernels.allocate(length);
  }

  return { ...kernels, allocate };
}

/** The exports of assembly/index.ts, arrays and lengths as there. */
interface Code {
  multiply(C: number, A: number, B: number, m: number, k: number, n: number, accumulate: boolean): void;
  multiplyTransposedA(C: number, A: number, B: number, m: number, k: number, n: number, accumulate: boolean): void;
  multiplyTransposedB(C: number, A: number, B: number, m: number, k: number, n: number): void;
  addToRows(C: number, b: number, m: number, n: number): void;
  sumRows(b: number, C: number, m: number, n: number): void;
  activate(kind: number, y: number, z: number, length: number): void;
  activationSlope(kind: number, d: number, z: number, y: number, length: number): void;
  activationCurvature(kind: number, c: number, y: number, d: number, length: number): void;
  multiplyEntries(y: number, x: number, length: number): void;
}

/** The numbers of the kinds in assembly/entries.ts. */
const KIND: Readonly<Record<ActivationKind, number>> = {
  linear: 0,
  relu: 1,
  tanh: 2,
  softplus: 3,
  "smooth leaky relu": 4,
};

function wasmKernels(doubles: number, module: WasmModule): Kernels {
  const { allocate, pointer, instantiate } = openMemory(doubles);
  const code = instantiate(module) as Code;
  return {
    name: "WebAssembly",
    allocate,
    multiply: (C, A, B, m, k, n, accumulate) => {
      const name = "multiply";
      code.multiply(pointer(C, name), pointer(A, name), pointer(B, name), m, k, n, accumulate);
    },
    multiplyTransposedA: (C, A, B, m, k, n, accumulate) => {
      const name = "multiplyTransposedA";
      code.multiplyTransposedA(pointer(C, name), pointer(A, name), pointer(B, name), m, k, n, accumulate);
    },
    multiplyTransposedB: (C, A, B, m, k, n) => {
      const name = "multiplyTransposedB";
      code.multiplyTransposedB(pointer(C, name), pointer(A, name), pointer(B, name), m, k, n);
    },
    addToRows: (C, b, m, n) => {
      code.addToRows(pointer(C, "addToRows"), pointer(b, "addToRows"), m, n);
    },
    sumRows: (b, C, m, n) => {
      code.sumRows(pointer(b, "sumRows"), pointer(C, "sumRows"), m, n);
    },
    activate: (kind, y, z, length) => {
      code.activate(KIND[kind], pointer(y, "activate"), pointer(z, "activate"), length);
    },
    activationSlope: (kind, d, z, y, length) => {
      const name = "activationSlope";
      code.activationSlope(KIND[kind], pointer(d, name), pointer(z, name), pointer(y, name), length);
    },
    activationCurvature: (kind, c, _z, y, d, length) => {
      const name = "activationCurvature";
      code.activationCurvature(KIND[kind], pointer(c, name), pointer(y, name), pointer(d, name), length);
    },
    multiplyEntries: (y, x, length) => {
      code.multiplyEntries(pointer(y, "multiplyEntries"), pointer(x, "multiplyEntries"), length);
    },
  };
}

import { requireThat } from "../errors";

// What is used of WebAssembly's interface, which Node's types leave out.
/** Compiled code. */
export interface WasmModule {
  readonly kind?: "module";
}
interface WasmInstance {
  readonly exports: object;
}
interface RawMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (module: WasmModule, imports: { env: { memory: RawMemory } }) => WasmInstance;
  Memory: new (pages: { initial: number; maximum: number }) => RawMemory;
};

/** Code, or why there is none. */
export type Compiled = { readonly module: WasmModule } | { readonly refused: string };

const codes = new Map<string, Compiled>();

/**
 * Compiles a module of `npm run build-kernels`, once in a process, unless the machine or the environment variable
 * FLAT_MINIMA_WASM refuses. Throws InvalidArgumentError when that is neither empty nor `none`.
 */
export function compile(base64: string): Compiled {
  const setting = process.env.FLAT_MINIMA_WASM ?? "";
  requireThat(setting === "" || setting === "none", "compile", "FLAT_MINIMA_WASM must be empty or none", setting);
  if (setting === "none") return { refused: "FLAT_MINIMA_WASM is none" };
  const known = codes.get(base64);
  if (known) return known;
  const code = compileBytes(Buffer.from(base64, "base64"));
  codes.set(base64, code);
  return code;
}

function compileBytes(bytes: Uint8Array): Compiled {
  if (typeof WebAssembly === "undefined") return { refused: "there is no WebAssembly here" };
  try {
    return { module: new WebAssembly.Module(bytes) };
  } catch (error) {
    // Where there is no SIMD.
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

const PAGE = 65536;
/** Pointers have 32 bits. */
const MOST_PAGES = 65536;
/** Numbers that may be lost to alignment: one after each array of odd length. */
const PADDING = 8192;

/** Whether a memory can hold so many numbers. */
export function fitsInMemory(doubles: number): boolean {
  return 8 * (doubles + PADDING) <= MOST_PAGES * PAGE;
}

/** Arrays in one WebAssembly memory. */
export interface WasmMemory {
  /** An array of zeros, at a multiple of 16 bytes. The caller keeps within `doubles`. */
  readonly allocate: (length: number) => Float64Array;
  /** Where an array of this memory, or a part of one, begins, in bytes; throws InvalidArgumentError for any other. */
  readonly pointer: (array: Float64Array, functionName: string) => number;
  /** The functions of compiled code that works in this memory. */
  readonly instantiate: (module: WasmModule) => object;
}

/** A memory for `doubles` numbers. It never grows, for that would detach every array in it. */
export function openMemory(doubles: number): WasmMemory {
  const pages = Math.ceil((8 * (doubles + PADDING)) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { buffer } = memory;
  // The getters `buffer` and `byteOffset` together cost more than a small kernel.
  const pointers = new WeakMap<Float64Array, number>();
  let end = 0;

  function allocate(length: number): Float64Array {
    const fits = end + 8 * length <= buffer.byteLength;
    requireThat(fits, "allocate", `no more than ${PADDING} arrays may have an odd length`, length);
    const array = new Float64Array(buffer, end, length);
    pointers.set(array, end);
    end += 16 * Math.ceil(length / 2);
    return array;
  }

  function pointer(array: Float64Array, functionName: string): number {
    const known = pointers.get(array);
    if (known !== undefined) return known;
    requireThat(array.buffer === buffer, functionName, "the arrays must be of the kernels' own workspace", array);
    pointers.set(array, array.byteOffset);
    return array.byteOffset;
  }

  return { allocate, pointer, instantiate: (module) => new WebAssembly.Instance(module, { env: { memory } }).exports };
}

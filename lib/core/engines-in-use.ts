import { engine } from "./engine";
import { kernelsInUse } from "./kernels/workspace";

/**
 * What computes in this process, for a notebook's first cell and the ledger: a sentence on the matrices (a BLAS and
 * LAPACK library, or plain TypeScript) and one on the inner loops of small networks (WebAssembly, or plain TypeScript).
 *
 * @throws InvalidArgumentError when FLAT_MINIMA_WASM is neither empty nor `none`
 *
 * @example
 * enginesInUse(); // for example "OpenBLAS 0.3.34 with 2 threads from …. Inner loops … in SIMD WebAssembly."
 */
export function enginesInUse(): string {
  return `${engine().description} ${kernelsInUse().description}`;
}

import { blasEngine } from "./engine-blas";
import type { Engine } from "./engine-interface";
import { plainEngine } from "./engine-plain";

let inUse: Engine | undefined;

/**
 * The engine that does this process's dense linear algebra, chosen at the first call: a BLAS/LAPACK library where one
 * is found and passes its self-test, else plain TypeScript, with the reason in its `description`.
 *
 * The environment variable `FLAT_MINIMA_BLAS` names a library file, or says `none`.
 *
 * @example
 * engine().description; // for example "OpenBLAS 0.3.34 with 2 threads from …/libscipy_openblas64_.so."
 */
export function engine(): Engine {
  if (!inUse) {
    const { blas, refused } = blasEngine();
    inUse = blas ?? plainEngine(refused.join("; "));
  }
  return inUse;
}

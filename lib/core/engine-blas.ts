import { createRequire } from "node:module";
import path from "node:path";
import { type BareEngine, type Engine, withChecks } from "./engine-interface";
import { folderEntries } from "./folder-entries";
import { type Matrix, matrix } from "./matrix";

type ForeignFunction = (...args: unknown[]) => unknown;

/** A loaded library; declarations are C prototypes, and a missing symbol throws. */
interface Library {
  func(prototype: string): ForeignFunction;
}

/** A library file that may be there. `shownAs` is what the engine's description calls it. */
interface Candidate {
  readonly file: string;
  readonly shownAs: string;
}

/** How a library spells its symbols, and the width of its integers. */
interface Dialect {
  readonly prefix: string;
  readonly suffix: string;
  readonly int: "int64_t" | "int32_t";
}

const DIALECTS: readonly Dialect[] = [
  { prefix: "scipy_", suffix: "64_", int: "int64_t" }, // the wheel scipy-openblas64
  { prefix: "", suffix: "64_", int: "int64_t" }, // OpenBLAS built with INTERFACE64 and this suffix (Debian, Julia)
  { prefix: "", suffix: "", int: "int32_t" }, // the common build, and Accelerate
];

/**
 * The engine on a BLAS/LAPACK library, or the reasons why there is none. A library that does not load, lacks a symbol
 * or gets a small product or eigenproblem wrong is refused, and the next one is tried:
 * 1. the file that `setting` names, by default the environment variable `FLAT_MINIMA_BLAS` (a bare name is looked for
 *    where the system looks for libraries; `none` stops here);
 * 2. `scipy_openblas64` in the nearest `.venv` above this file, which the set-up installs;
 * 3. the system's OpenBLAS, or on macOS Accelerate (written from its documentation, never run by its authors there).
 *
 * The number of threads is the library's own default (for OpenBLAS `OPENBLAS_NUM_THREADS`).
 *
 * @example
 * blasEngine("none"); // { blas: undefined, refused: ["FLAT_MINIMA_BLAS is none"] }
 */
export function blasEngine(setting: string | undefined = process.env.FLAT_MINIMA_BLAS): {
  blas: Engine | undefined;
  refused: string[];
} {
  if (setting === "none") return { blas: undefined, refused: ["FLAT_MINIMA_BLAS is none"] };
  const refused: string[] = [];
  for (const candidate of candidates(setting, refused)) {
    try {
      return { blas: load(candidate, refused), refused };
    } catch (error) {
      refused.push(`${candidate.shownAs}: ${(error as Error).message}`);
    }
  }
  return { blas: undefined, refused };
}

/** Lazily, so that what is never looked for is never reported as missing. */
function* candidates(setting: string | undefined, refused: string[]): Generator<Candidate> {
  if (setting) yield { file: path.basename(setting) === setting ? setting : path.resolve(setting), shownAs: setting };
  const installed = installedLibrary();
  if (installed) yield installed;
  else refused.push("no scipy_openblas64 in a .venv above the library's folder");
  if (process.platform === "darwin") {
    yield { file: "/System/Library/Frameworks/Accelerate.framework/Accelerate", shownAs: "Accelerate" };
  } else {
    const file = process.platform === "win32" ? "libopenblas.dll" : "libopenblas.so.0";
    yield { file, shownAs: file };
  }
}

/** `scipy_openblas64` in the nearest `.venv` above this file: lib/python3.x/site-packages, on Windows Lib/site-packages. */
function installedLibrary(): Candidate | undefined {
  let folder = __dirname;
  while (!folderEntries(folder).includes(".venv")) {
    if (folder === path.dirname(folder)) return undefined;
    folder = path.dirname(folder);
  }
  const lib = path.join(folder, ".venv", process.platform === "win32" ? "Lib" : "lib");
  const homes = [lib, ...folderEntries(lib).map((name) => path.join(lib, name))];
  for (const home of homes.map((home) => path.join(home, "site-packages", "scipy_openblas64", "lib"))) {
    const name = folderEntries(home).find((name) => /^libscipy_openblas64_.*\.(so|dylib|dll)$/.test(name));
    if (name) return { file: path.join(home, name), shownAs: path.relative(folder, path.join(home, name)) };
  }
  return undefined;
}

function load({ file, shownAs }: Candidate, refused: readonly string[]): Engine {
  // Asked for here, so that a machine for which koffi has no build still has the plain engine.
  const koffi = createRequire(__filename)("koffi") as { load(file: string): Library };
  const library = koffi.load(file);
  const dialect = DIALECTS.find(({ prefix, suffix }) => has(library, `${prefix}cblas_dgemm${suffix}`));
  if (!dialect) throw new Error("it has no cblas_dgemm");
  const { name, details } = identify(library, dialect, shownAs);
  const description = `${details} from ${shownAs}${refused.length > 0 ? ` (refused: ${refused.join("; ")})` : ""}.`;
  const engine = withChecks({
    name,
    description,
    gemmInto: bindGemm(library, dialect),
    gramInto: bindSyrk(library, dialect),
    ...bindDsyevd(library, dialect),
  });
  selfTest(engine);
  return engine;
}

function has(library: Library, symbol: string): boolean {
  try {
    library.func(`void ${symbol}()`);
    return true;
  } catch {
    return false;
  }
}

function identify(library: Library, { prefix, suffix }: Dialect, shownAs: string): { name: string; details: string } {
  const config = `${prefix}openblas_get_config${suffix}`;
  if (!has(library, config)) return { name: shownAs === "Accelerate" ? shownAs : "BLAS", details: "BLAS and LAPACK" };
  const text = library.func(`str ${config}()`)() as string; // "OpenBLAS 0.3.34 NO_AFFINITY … Haswell MAX_THREADS=64"
  const version = /OpenBLAS (\d+(\.\d+)*)/.exec(text)?.[0] ?? "OpenBLAS";
  const threads = library.func(`int ${prefix}openblas_get_num_threads${suffix}()`)() as number;
  return { name: "OpenBLAS", details: `${version} with ${threads} thread${threads === 1 ? "" : "s"}` };
}

// The CBLAS standard's codes.
const ROW_MAJOR = 101;
const NO_TRANSPOSE = 111;
const TRANSPOSE = 112;
const UPPER = 121;

/** C ← α op(A) op(B) + β C. */
function bindGemm(library: Library, { prefix, suffix, int }: Dialect): BareEngine["gemmInto"] {
  const dgemm = library.func(
    `void ${prefix}cblas_dgemm${suffix}(int order, int transA, int transB, ${int} m, ${int} n, ${int} k, ` +
      `double alpha, double *A, ${int} lda, double *B, ${int} ldb, double beta, double *C, ${int} ldc)`,
  );
  return (C, A, B, { transposeA, transposeB, alpha, beta }) => {
    const [opA, opB] = [transposeA ? TRANSPOSE : NO_TRANSPOSE, transposeB ? TRANSPOSE : NO_TRANSPOSE];
    const inner = transposeA ? A.rows : A.cols;
    dgemm(ROW_MAJOR, opA, opB, C.rows, C.cols, inner, alpha, A.data, A.cols, B.data, B.cols, beta, C.data, C.cols);
  };
}

/** The upper triangle of C ← A Aᵀ. */
function bindSyrk(library: Library, { prefix, suffix, int }: Dialect): BareEngine["gramInto"] {
  const dsyrk = library.func(
    `void ${prefix}cblas_dsyrk${suffix}(int order, int uplo, int trans, ${int} n, ${int} k, ` +
      `double alpha, double *A, ${int} lda, double beta, double *C, ${int} ldc)`,
  );
  return (C, A) => dsyrk(ROW_MAJOR, UPPER, NO_TRANSPOSE, A.rows, A.cols, 1, A.data, A.cols, 0, C.data, C.cols);
}

/** Householder reduction to tridiagonal form, then divide and conquer (Cuppen 1981). */
function bindDsyevd(library: Library, { prefix, suffix }: Dialect): Pick<BareEngine, "eigh" | "eigenvalues"> {
  // Fortran's own underscore comes before the suffix: dsyevd_64_.
  const dsyevd = library.func(
    `void ${prefix}dsyevd_${suffix}(str jobz, str uplo, void *n, double *a, void *lda, double *w, double *work, ` +
      `void *lwork, void *iwork, void *liwork, void *info, size_t jobzLength, size_t uploLength)`,
  );
  /** Overwrites A with the eigenvectors, one a row (`V`), or with scratch (`N`). */
  function solve(job: "V" | "N", A: Matrix): Float64Array {
    // Fortran takes pointers. A small integer in 8 little-endian bytes reads the same as 4 bytes and as 8.
    const n = BigInt64Array.of(BigInt(A.rows));
    const info = new BigInt64Array(1);
    const values = new Float64Array(A.rows);
    const call = (work: Float64Array, lwork: bigint, iwork: BigInt64Array, liwork: bigint): void => {
      const lworks = BigInt64Array.of(lwork, liwork);
      dsyevd(job, "U", n, A.data, n, values, work, lworks, iwork, lworks.subarray(1), info, 1, 1);
      const code = BigInt.asIntN(32, info[0]);
      if (code !== 0n) throw new Error(`eigh: LAPACK's dsyevd did not converge (info = ${code})`);
    };
    const work = new Float64Array(1);
    const iwork = new BigInt64Array(1);
    call(work, -1n, iwork, -1n); // asks for the sizes of the work space
    const size = Math.ceil(work[0]);
    const isize = Number(BigInt.asIntN(32, iwork[0]));
    call(new Float64Array(size), BigInt(size), new BigInt64Array(isize), BigInt(isize));
    return values;
  }
  return {
    eigh: (A: Matrix) => ({ values: solve("V", A), rows: A }),
    eigenvalues: (A: Matrix): Float64Array => solve("N", A),
  };
}

/**
 * A product and an eigenproblem with known results: a library with other integers or another layout fails here.
 *
 * @throws Error that says what came out and what should have
 */
export function selfTest(engine: Engine): void {
  const A = matrix([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const product = engine.gemm(A, A, { transposeB: true }).data;
  if (product.join() !== "14,32,32,77") throw new Error(`its dgemm gives ${product.join()} for 14,32,32,77`);
  const gram = engine.gram(A).data;
  if (gram.join() !== "14,32,32,77") throw new Error(`its dsyrk gives ${gram.join()} for 14,32,32,77`);
  const B = { rows: 2, cols: 2, data: Float64Array.of(2, 1, 1, 2) };
  const { values, vectors } = engine.eigh(B);
  // The eigenvectors of [[2, 1], [1, 2]] for 1 and 3 are (1, −1)/√2 and (1, 1)/√2, up to sign.
  const expected = [1, 3, -0.5, 0.5];
  const got = [...values, vectors.data[0] * vectors.data[2], vectors.data[1] * vectors.data[3]];
  const close = got.every((value, k) => Math.abs(value - expected[k]) <= 100 * Number.EPSILON);
  if (!close) throw new Error(`its dsyevd gives ${got.join()} for ${expected.join()}`);
}

import { createRequire } from "node:module";
import { requireThat } from "../core";
import { requireFinite, requireSize } from "../core/requirements";

/** An array of real numbers, as NumPy's files hold it. */
export interface NpyArray {
  /** Its sizes: [n] for a vector, [rows, columns] for a matrix, [] for a single number. */
  readonly shape: readonly number[];
  /** The entries, the last index running fastest, whatever the order in the file. */
  readonly data: Float64Array;
  /** What the entries were in the file. */
  readonly type: "float64" | "float32";
}

/** What we use of npyjs; its own types are those of an ES module, which CommonJS may not import. */
interface Npyjs {
  parse(buffer: ArrayBuffer): { data: unknown; shape: number[]; dtype: string; fortranOrder: boolean };
  dump(array: Float64Array, shape: readonly number[]): ArrayBuffer;
}

const npyjs = (): Npyjs => createRequire(__filename)("npyjs") as Npyjs;

/**
 * Reads an array of real numbers from a NumPy file (what `numpy.save` writes): little-endian float64, or float32, which
 * become the same numbers in float64; in C or Fortran order. The header is parsed by the package npyjs.
 *
 * @throws InvalidArgumentError when the bytes are no such file or are truncated or followed by others, when the entries
 *   are of another type (the message says what to do in NumPy), and when there is none
 *
 * @example
 * readNpy(writeNpy({ shape: [2], data: [1, 0.5] })); // { shape: [2], data: [1, 0.5], type: "float64" }
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { data, shape, dtype, fortranOrder } = parse(bytes);
  const type = data instanceof Float64Array ? "float64" : "float32";
  requireThat(
    // Complex numbers come as arrays of their parts.
    (data instanceof Float64Array && dtype === "f8") || (data instanceof Float32Array && dtype === "f4"),
    "readNpy",
    "the entries must be float64 or float32 (in NumPy: numpy.save(file, array.astype('<f8')))",
    dtype,
  );
  const count = shape.reduce((product, length) => product * length, 1);
  requireThat(count > 0, "readNpy", "the array must have an entry", `the shape (${shape.join(", ")})`);
  requireThat(data.length === count, "readNpy", `the file must have the ${count} entries of its shape`, data.length);
  return { shape, data: fortranOrder ? lastIndexFastest(data, shape) : Float64Array.from(data), type };
}

function parse(bytes: Uint8Array): ReturnType<Npyjs["parse"]> {
  // A copy, in which the entries stand where typed arrays may begin, and that ends where the bytes do.
  const { buffer } = Uint8Array.from(bytes);
  try {
    return npyjs().parse(buffer);
  } catch (error) {
    const { message } = error as Error;
    const requirement =
      "the bytes must be a whole NumPy file (.npy, not .npz) of little-endian float64 or float32 " +
      "(in NumPy: numpy.save(file, array.astype('<f8')))";
    return requireThat(false, "readNpy", requirement, message) as never;
  }
}

/** The entries of an array whose first index runs fastest, in the order in which its last one does. */
function lastIndexFastest(data: ArrayLike<number>, shape: readonly number[]): Float64Array {
  const index = new Array<number>(shape.length).fill(0);
  return Float64Array.from({ length: data.length }, () => {
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) at = at * shape[axis] + index[axis];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
    return data[at];
  });
}

/**
 * The bytes of a NumPy file (`numpy.load` reads it) with an array of float64, the last index running fastest.
 *
 * @param array.shape its sizes, [n] for a vector, [rows, columns] for a matrix
 *
 * @throws InvalidArgumentError when a size is not a positive integer, there are not as many entries as the shape says,
 *   or one is not finite
 *
 * @example
 * writeNpy({ shape: [1, 2], data: [3, 4] }).length; // 80: a header of 64 bytes and two numbers of 8
 */
export function writeNpy(array: { readonly shape: readonly number[]; readonly data: ArrayLike<number> }): Uint8Array {
  for (const length of array.shape) requireSize("writeNpy", "each size of the shape", length);
  const count = array.shape.reduce((product, length) => product * length, 1);
  requireThat(array.data.length === count, "writeNpy", `there must be the ${count} entries of the shape`, array.data);
  const data = Float64Array.from(array.data);
  requireFinite("writeNpy", "the entries", data);
  return new Uint8Array(npyjs().dump(data, array.shape));
}

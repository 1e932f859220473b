import { requireThat } from "../core";
import { gunzipped } from "./gunzipped";

/** Grey images of one size: pixel (r, c) of image i is `pixels[(i * height + r) * width + c]`, from 0 to 255. */
export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

/** Class labels, one byte each. */
export interface IdxLabels {
  readonly count: number;
  readonly labels: Uint8Array;
}

// The first four bytes: two zeros, 8 for unsigned bytes, the number of dimensions (LeCun, Cortes and Burges 1998).
const IMAGES_MAGIC = 2051;
const LABELS_MAGIC = 2049;

/**
 * Reads the images of an IDX file (the format of MNIST and Fashion-MNIST), gzipped or not.
 *
 * @throws InvalidArgumentError when the bytes are no such file, are truncated or followed by others, or hold no pixel
 *
 * @example
 * readIdxImages(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 255));
 * // { count: 1, height: 1, width: 2, pixels: [7, 255] }
 */
export function readIdxImages(bytes: Uint8Array): IdxImages {
  const { sizes, content } = readIdx("readIdxImages", bytes, IMAGES_MAGIC, 3);
  const [count, height, width] = sizes;
  return { count, height, width, pixels: content };
}

/**
 * Reads the labels of an IDX file (the format of MNIST and Fashion-MNIST), gzipped or not.
 *
 * @param classes the labels must be 0, …, classes − 1
 *
 * @throws InvalidArgumentError when the bytes are no such file, are truncated or followed by others, hold no label, or
 *   hold one that is out of range
 *
 * @example
 * readIdxLabels(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 9, 0)).labels; // Uint8Array [9, 0]
 */
export function readIdxLabels(bytes: Uint8Array, classes: number = 10): IdxLabels {
  const validClasses = Number.isInteger(classes) && classes >= 1 && classes <= 256;
  requireThat(validClasses, "readIdxLabels", "the number of classes must be an integer from 1 to 256", classes);
  const { sizes, content } = readIdx("readIdxLabels", bytes, LABELS_MAGIC, 1);
  const wrong = content.findIndex((label) => label >= classes);
  requireThat(
    wrong < 0,
    "readIdxLabels",
    `the labels must be from 0 to ${classes - 1}`,
    `${content[wrong]} at position ${wrong}`,
  );
  return { count: sizes[0], labels: content };
}

/** Magic number, one big-endian 32-bit size a dimension, then the bytes themselves. */
function readIdx(
  functionName: string,
  bytes: Uint8Array,
  magic: number,
  dimensions: number,
): { sizes: number[]; content: Uint8Array } {
  const raw = gunzipped(functionName, bytes);
  const header = 4 * (1 + dimensions);
  requireThat(
    raw.length >= header,
    functionName,
    `the file must have a header of ${header} bytes`,
    `${raw.length} bytes`,
  );
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  requireThat(view.getUint32(0) === magic, functionName, `the magic number must be ${magic}`, view.getUint32(0));
  const sizes = Array.from({ length: dimensions }, (_, k) => view.getUint32(4 * (k + 1)));
  requireThat(
    sizes.every((size) => size > 0),
    functionName,
    "the sizes must be positive",
    sizes.join("×"),
  );
  const expected = sizes.reduce((product, size) => product * size, 1);
  const got = raw.length - header;
  requireThat(
    got === expected,
    functionName,
    `a file of size ${sizes.join("×")} must have ${expected} bytes after its header`,
    got,
  );
  // Not raw.slice: of a Buffer, which is what Node reads files into, that is no copy but a view.
  return { sizes, content: new Uint8Array(raw.subarray(header)) };
}

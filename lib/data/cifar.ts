import { requireThat } from "../core";
import { gunzipped } from "./gunzipped";

/**
 * Colour images of one size with their classes: pixel (r, c) of colour k (red, green, blue) of image i is
 * `pixels[((i * channels + k) * height + r) * width + c]`, from 0 to 255.
 */
export interface CifarImages {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  /** The classes, from 0 to 9. */
  readonly labels: Uint8Array;
}

const CLASSES = 10;
const CHANNELS = 3;
const SIDE = 32;
const PIXELS = CHANNELS * SIDE * SIDE;
const RECORD = 1 + PIXELS;

/**
 * Reads a file of the binary version of CIFAR-10 (Krizhevsky 2009), such as data_batch_1.bin: records of 3073 bytes,
 * the label and then the 32 × 32 pixels, row by row, all red, all green, all blue. Gzipped or not.
 *
 * @throws InvalidArgumentError when the bytes are a damaged gzip, when they are not one or more whole records, or when a label is above 9.
 *
 * @example
 * const bytes = new Uint8Array(2 * 3073).fill(200);
 * bytes[0] = 3;
 * bytes[3073] = 9;
 * const { count, labels, pixels } = readCifarBinary(bytes); // 2 images
 * labels; // Uint8Array [3, 9]
 */
export function readCifarBinary(bytes: Uint8Array): CifarImages {
  // No record begins as a gzip does: that would be the label 31.
  const raw = gunzipped("readCifarBinary", bytes);
  const whole = raw.length > 0 && raw.length % RECORD === 0;
  requireThat(whole, "readCifarBinary", `the file must be records of ${RECORD} bytes`, `${raw.length} bytes`);
  const count = raw.length / RECORD;
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = raw[i * RECORD];
    const requirement = `the labels must be from 0 to ${CLASSES - 1}`;
    requireThat(label < CLASSES, "readCifarBinary", requirement, `${label} in record ${i}`);
    labels[i] = label;
    pixels.set(raw.subarray(i * RECORD + 1, (i + 1) * RECORD), i * PIXELS);
  }
  return { count, channels: CHANNELS, height: SIDE, width: SIDE, pixels, labels };
}

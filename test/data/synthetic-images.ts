// Small files in the formats of the real data sets.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";

const bigEndian = (...numbers: number[]): number[] => numbers.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n]);

/** A pixel that tells image, row, column and colour apart. */
export const pixelOf = (image: number, row: number, column: number, channel: number = 0): number =>
  (97 * image + 5 * row + 11 * column + 71 * channel + 3) % 256;

export function idxImages(count: number, height: number = 28, width: number = 28): Buffer {
  const pixels = Array.from({ length: count * height * width }, (_, k) =>
    pixelOf(Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width),
  );
  return Buffer.from([...bigEndian(2051, count, height, width), ...pixels]);
}

export const idxLabels = (...labels: number[]): Buffer => Buffer.from([...bigEndian(2049, labels.length), ...labels]);

/** Records of CIFAR-10 with these labels; the first image counts as number `first`. */
export function cifarBatch(labels: readonly number[], first: number = 0): Buffer {
  return Buffer.from(
    labels.flatMap((label, i) => [
      label,
      ...Array.from({ length: 3 * 32 * 32 }, (_, k) =>
        pixelOf(first + i, Math.floor(k / 32) % 32, k % 32, Math.floor(k / 1024)),
      ),
    ]),
  );
}

/** The files of a set in the form of MNIST: 3 training and 2 test images, by name. */
export const idxSet = (): Record<string, Buffer> => ({
  "train-images-idx3-ubyte.gz": gzipSync(idxImages(3)),
  "train-labels-idx1-ubyte.gz": gzipSync(idxLabels(4, 0, 9)),
  "t10k-images-idx3-ubyte.gz": gzipSync(idxImages(2)),
  "t10k-labels-idx1-ubyte.gz": gzipSync(idxLabels(7, 1)),
});

/** The files of a set in the form of CIFAR-10: batches of 1, 2, 1, 1 and 1 images, and one of 2 test images. */
export const cifarSet = (): Record<string, Buffer> => ({
  "data_batch_1.bin": cifarBatch([6]),
  "data_batch_2.bin": cifarBatch([9, 9], 1),
  "data_batch_3.bin": cifarBatch([4], 3),
  "data_batch_4.bin": cifarBatch([1], 4),
  "data_batch_5.bin": cifarBatch([0], 5),
  "test_batch.bin": cifarBatch([3, 8], 6),
});

/** Writes files into a folder, which is made. */
export function write(folder: string, files: Record<string, Uint8Array>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  return folder;
}

export const temporaryFolder = (): string => mkdtempSync(path.join(tmpdir(), "flat ä minima-"));

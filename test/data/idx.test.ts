import { gzipSync } from "node:zlib";
import { InvalidArgumentError } from "flat-minima/core";
import { readIdxImages, readIdxLabels } from "flat-minima/data";
import { describe, expect, it } from "vitest";

/** The bytes of a file, written out: magic number and sizes, four bytes each, then the content. */
function idx(header: number[], content: number[]): Uint8Array {
  return Uint8Array.of(
    ...header.flatMap((word) => [word >>> 24, word >>> 16, word >>> 8, word].map((b) => b & 255)),
    ...content,
  );
}

// Two images of 2 × 3 pixels.
const PIXELS = [1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255];
const images = idx([2051, 2, 2, 3], PIXELS);
const labels = idx([2049, 4], [0, 9, 3, 3]);

describe.each([
  ["as it is", (bytes: Uint8Array) => bytes],
  ["gzipped", (bytes: Uint8Array) => gzipSync(bytes)],
  ["inside a larger buffer", (bytes: Uint8Array) => Uint8Array.of(7, ...bytes, 7).subarray(1, -1)],
])("a good file, %s", (_, packed) => {
  it("gives its images", () => {
    expect(readIdxImages(packed(images))).toEqual({ count: 2, height: 2, width: 3, pixels: Uint8Array.from(PIXELS) });
  });

  it("gives its labels", () => {
    expect(readIdxLabels(packed(labels))).toEqual({ count: 4, labels: Uint8Array.of(0, 9, 3, 3) });
  });
});

describe("what is read", () => {
  it("is a copy: the file's bytes may change afterwards", () => {
    for (const bytes of [Uint8Array.from(labels), Buffer.from(labels)]) {
      const read = readIdxLabels(bytes);
      bytes.fill(0);
      expect(read.labels).toEqual(Uint8Array.of(0, 9, 3, 3));
    }
  });
});

describe("bad files", () => {
  const gzipped = gzipSync(images);
  it.each<[string, () => unknown, string | RegExp]>([
    [
      "no bytes",
      () => readIdxImages(new Uint8Array()),
      "readIdxImages: the file must have a header of 16 bytes, got 0 bytes",
    ],
    [
      "a cut header",
      () => readIdxLabels(labels.subarray(0, 7)),
      "readIdxLabels: the file must have a header of 8 bytes, got 7 bytes",
    ],
    [
      "labels as images",
      () => readIdxImages(idx([2049, 8], PIXELS)),
      "readIdxImages: the magic number must be 2051, got 2049",
    ],
    ["images as labels", () => readIdxLabels(images), "readIdxLabels: the magic number must be 2049, got 2051"],
    [
      "little-endian",
      () => readIdxLabels(idx([0x01080000, 0x04000000], [])),
      "the magic number must be 2049, got 17301504",
    ],
    [
      "one pixel too few",
      () => readIdxImages(images.subarray(0, -1)),
      "readIdxImages: a file of size 2×2×3 must have 12 bytes after its header, got 11",
    ],
    [
      "one byte too many",
      () => readIdxImages(Uint8Array.of(...images, 0)),
      "must have 12 bytes after its header, got 13",
    ],
    [
      "a count too high",
      () => readIdxLabels(idx([2049, 5], [0, 9, 3, 3])),
      "readIdxLabels: a file of size 5 must have 5 bytes after its header, got 4",
    ],
    ["a count too low", () => readIdxLabels(idx([2049, 3], [0, 9, 3, 3])), "must have 3 bytes after its header, got 4"],
    [
      "sizes beyond all files",
      () => readIdxImages(idx([2051, 0xffffffff, 28, 28], [])),
      "a file of size 4294967295×28×28 must have",
    ],
    [
      "no images",
      () => readIdxImages(idx([2051, 0, 28, 28], [])),
      "readIdxImages: the sizes must be positive, got 0×28×28",
    ],
    [
      "a label out of range",
      () => readIdxLabels(idx([2049, 2], [9, 10])),
      "readIdxLabels: the labels must be from 0 to 9, got 10 at position 1",
    ],
    [
      "a label beyond the classes given",
      () => readIdxLabels(labels, 9),
      "the labels must be from 0 to 8, got 9 at position 1",
    ],
    [
      "a cut gzip file",
      () => readIdxImages(gzipped.subarray(0, -9)),
      /readIdxImages: the gzipped file must be whole, got .*unexpected end/,
    ],
    [
      "a damaged gzip file",
      () => readIdxImages(Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4)),
      "readIdxImages: the gzipped file must be whole, got",
    ],
    [
      "no classes",
      () => readIdxLabels(labels, 0),
      "readIdxLabels: the number of classes must be an integer from 1 to 256, got 0",
    ],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});

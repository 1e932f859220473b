import { gzipSync } from "node:zlib";
import { readCifarBinary } from "flat-minima/data";
import { describe, expect, it } from "vitest";

const RECORD = 3073;

/** Two records: labels 7 and 0, every byte of the pixels another function of its place. */
function records(): Uint8Array {
  const bytes = new Uint8Array(2 * RECORD);
  bytes[0] = 7;
  for (let i = 0; i < 2; i++) {
    for (let k = 0; k < 3; k++) {
      for (let r = 0; r < 32; r++) {
        for (let c = 0; c < 32; c++)
          bytes[i * RECORD + 1 + 1024 * k + 32 * r + c] = 100 * i + 50 * k + r + (c === 31 ? 9 : 0);
      }
    }
  }
  return bytes;
}

describe("readCifarBinary", () => {
  it("gives labels and pixels by colour, row and column", () => {
    const { count, channels, height, width, pixels, labels } = readCifarBinary(records());
    expect([count, channels, height, width]).toEqual([2, 3, 32, 32]);
    expect(labels).toEqual(Uint8Array.of(7, 0));
    const pixel = (i: number, k: number, r: number, c: number): number =>
      pixels[((i * channels + k) * height + r) * width + c];
    expect([pixel(0, 0, 0, 0), pixel(0, 2, 5, 30), pixel(1, 1, 7, 31)]).toEqual([0, 105, 166]);
    expect(pixels.length).toBe(2 * 3072);
    for (let i = 0; i < 2; i++) {
      expect(pixels.subarray(3072 * i, 3072 * (i + 1))).toEqual(records().subarray(RECORD * i + 1, RECORD * (i + 1)));
    }
  });

  it("copies, also from inside a larger buffer", () => {
    const bytes = Buffer.concat([Buffer.of(99), records()]);
    const read = readCifarBinary(bytes.subarray(1));
    bytes.fill(0);
    expect(read).toEqual(readCifarBinary(records()));
  });

  it("reads gzipped files, and refuses damaged ones", () => {
    expect(readCifarBinary(gzipSync(records()))).toEqual(readCifarBinary(records()));
    expect(() => readCifarBinary(gzipSync(records()).subarray(0, -1))).toThrow(
      "readCifarBinary: the gzipped file must be whole, got unexpected end of file",
    );
  });

  it("refuses files that are not whole, and labels that are no class", () => {
    for (const length of [0, 1, RECORD - 1, RECORD + 1]) {
      expect(() => readCifarBinary(new Uint8Array(length))).toThrow(
        `readCifarBinary: the file must be records of 3073 bytes, got ${length} bytes`,
      );
    }
    const bytes = records();
    bytes[RECORD] = 10;
    expect(() => readCifarBinary(bytes)).toThrow("readCifarBinary: the labels must be from 0 to 9, got 10 in record 1");
  });
});

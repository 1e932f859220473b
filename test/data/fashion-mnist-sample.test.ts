import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { fashionMnistSample } from "flat-minima/data";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const DATA = path.join(__dirname, "..", "..", "data");
const SAMPLE = path.join(DATA, "fashion-mnist-sample");

describe("the shipped files", () => {
  it("are those of data/README.md, by size and SHA-256, and no others", () => {
    const table = readFileSync(path.join(DATA, "README.md"), "utf8");
    const rows = [...table.matchAll(/^\| `fashion-mnist-sample\/(\S+)` +\| (\d+) +\| `([0-9a-f]{64})` \|$/gm)];
    for (const [, name, size, sha256] of rows) {
      const bytes = readFileSync(path.join(SAMPLE, name));
      expect([name, bytes.length, createHash("sha256").update(bytes).digest("hex")]).toEqual([
        name,
        Number(size),
        sha256,
      ]);
    }
    const listed = rows.map(([, name]) => name).sort();
    expect(listed).toEqual(
      readdirSync(SAMPLE)
        .filter((name) => name.endsWith(".gz"))
        .sort(),
    );
    expect(listed).toHaveLength(4);
  });

  it("carry their licence", () => {
    expect(readFileSync(path.join(SAMPLE, "LICENSE"), "utf8")).toMatch(/MIT License[^]*© 2017 Zalando SE/);
  });
});

describe("fashionMnistSample", () => {
  const sample = fashionMnistSample();

  it("has 250 images, 25 of each of the 10 named classes", () => {
    expect([sample.images.rows, sample.images.cols, sample.height, sample.width]).toEqual([250, 784, 28, 28]);
    const counts = new Array<number>(10).fill(0);
    sample.labels.forEach((label) => counts[label]++);
    expect(counts).toEqual(new Array(10).fill(25));
    expect(sample.classNames).toHaveLength(10);
    expect([sample.classNames[1], sample.classNames[9]]).toEqual(["Trouser", "Ankle boot"]);
  });

  it("is the files' bytes, train before t10k, pixels over 255", () => {
    const content = (kind: string, header: number): number[] =>
      ["train", "t10k"].flatMap((part) => [
        ...gunzipSync(readFileSync(path.join(SAMPLE, `${part}-${kind}-ubyte.gz`))).subarray(header),
      ]);
    const bytes = content("images-idx3", 16);
    expect(sample.images.data.length).toBe(bytes.length);
    expect(bytes.filter((byte, k) => sample.images.data[k] !== byte / 255)).toEqual([]);
    expect(sample.images.data.reduce((a, b) => Math.max(a, b))).toBe(1);
    expect(Array.from(sample.labels)).toEqual(content("labels-idx1", 8));
  });

  it("puts each label beside its image: trousers are narrow, bags are wide", () => {
    // Mean grey value of the four outer columns, left and right. With shuffled labels both classes would have the same.
    function meanOfSides(label: number): number {
      let sum = 0;
      for (let i = 0; i < 250; i++) {
        if (sample.labels[i] !== label) continue;
        for (let p = 0; p < 784; p++) if (p % 28 < 4 || p % 28 >= 24) sum += sample.images.data[i * 784 + p];
      }
      return sum / (25 * 28 * 8);
    }
    expect(meanOfSides(1)).toBeLessThan(meanOfSides(8) / 10);
  });

  it("gives a fresh copy at each call", () => {
    const other = fashionMnistSample();
    other.images.data.fill(7);
    other.labels.fill(7);
    other.classNames.pop();
    const again = fashionMnistSample();
    expect(again.images.data[0]).toBe(sample.images.data[0]);
    expect([again.labels, again.classNames]).toEqual([sample.labels, sample.classNames]);
  });
});

describe("a folder with faulty files", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "flat-minima-sample-"));
    for (const name of readdirSync(SAMPLE)) copyFileSync(path.join(SAMPLE, name), path.join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("names the missing file and says what to do", () => {
    rmSync(path.join(folder, "t10k-labels-idx1-ubyte.gz"));
    expect(() => fashionMnistSample(folder)).toThrow(
      /^fashionMnistSample: there is no file .*t10k-labels-idx1-ubyte\.gz; .*"git checkout -- data\/fashion-mnist-sample"/,
    );
  });

  it("refuses labels that do not belong to the images", () => {
    copyFileSync(path.join(SAMPLE, "train-labels-idx1-ubyte.gz"), path.join(folder, "t10k-labels-idx1-ubyte.gz"));
    expect(() => fashionMnistSample(folder)).toThrow(
      "fashionMnistSample: the t10k files must hold as many labels as images, got 200 labels for 50 images",
    );
  });

  it("refuses images of different sizes", () => {
    const bytes = gunzipSync(readFileSync(path.join(SAMPLE, "t10k-images-idx3-ubyte.gz")));
    bytes[11] = 14; // 14 × 56 pixels, as many as 28 × 28
    bytes[15] = 56;
    writeFileSync(path.join(folder, "t10k-images-idx3-ubyte.gz"), bytes);
    expect(() => fashionMnistSample(folder)).toThrow(
      "fashionMnistSample: all images must have the same size, got 28×28 and 14×56",
    );
  });
});

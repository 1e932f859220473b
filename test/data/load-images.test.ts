import { rmSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { InvalidArgumentError } from "flat-minima/core";
import { fashionMnistSample, type ImageSetName, loadImages, type LoadedImages } from "flat-minima/data";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { realData, realDataIsThere } from "../real-data";
import {
  cifarBatch,
  cifarSet,
  idxImages,
  idxLabels,
  idxSet,
  pixelOf,
  temporaryFolder,
  write,
} from "./synthetic-images";

let folder = "";
beforeEach(() => {
  folder = temporaryFolder();
  write(path.join(folder, "mnist"), idxSet());
  write(path.join(folder, "cifar-10-batches-bin"), cifarSet());
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const place = (...names: string[]) => path.join(folder, ...names);

/** The bytes that an image must have, row by row, channels innermost; `first` is the number of the first image. */
function expectPixels({ images, height, width, channels }: LoadedImages, first: number): void {
  const expected: number[] = [];
  for (let i = 0; i < images.rows; i++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let k = 0; k < channels; k++) expected.push(pixelOf(first + i, row, column, k) / 255);
      }
    }
  }
  expect(Array.from(images.data)).toEqual(expected);
}

describe("loadImages", () => {
  it("reads grey images, a row each, over 255", () => {
    const train = loadImages("mnist", { split: "train", folder });
    expect([train.images.rows, train.images.cols, train.height, train.width, train.channels]).toEqual([
      3, 784, 28, 28, 1,
    ]);
    expectPixels(train, 0);
    expect(train.labels).toEqual(Uint8Array.of(4, 0, 9));
    expect(train.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    const test = loadImages("mnist", { split: "test", folder });
    expectPixels(test, 0);
    expect(test.labels).toEqual(Uint8Array.of(7, 1));
  });

  it("reads the first images only", () => {
    const { images, labels } = loadImages("mnist", { split: "train", count: 2, folder });
    const all = loadImages("mnist", { split: "train", folder });
    expect([images.rows, images.data]).toEqual([2, all.images.data.slice(0, 2 * 784)]);
    expect(labels).toEqual(Uint8Array.of(4, 0));
  });

  it("puts the colours of CIFAR-10 innermost, and its batches one after the other", () => {
    const train = loadImages("cifar-10", { split: "train", folder });
    expect([train.images.rows, train.images.cols, train.height, train.width, train.channels]).toEqual([
      6, 3072, 32, 32, 3,
    ]);
    expectPixels(train, 0);
    expect(train.labels).toEqual(Uint8Array.of(6, 9, 9, 4, 1, 0));
    expect(train.classNames[9]).toBe("truck");
    const test = loadImages("cifar-10", { split: "test", folder });
    expectPixels(test, 6);
    expect(test.labels).toEqual(Uint8Array.of(3, 8));
  });

  it("reads no more batches than it needs, and does without those that are not there", () => {
    write(place("cifar-10-batches-bin"), { "data_batch_3.bin": Buffer.alloc(5) });
    expect(loadImages("cifar-10", { split: "train", count: 3, folder }).labels).toEqual(Uint8Array.of(6, 9, 9));
    expect(() => loadImages("cifar-10", { split: "train", count: 4, folder })).toThrow("data_batch_3.bin: ");
    rmSync(place("cifar-10-batches-bin", "data_batch_3.bin"));
    expect(loadImages("cifar-10", { split: "train", folder }).labels).toEqual(Uint8Array.of(6, 9, 9, 1, 0));
  });

  it("reads files gzipped or not, with or without the ending", () => {
    const before = (["mnist", "cifar-10"] as const).map((set) => loadImages(set, { split: "train", folder }));
    const files = idxSet();
    rmSync(place("mnist"), { recursive: true });
    write(place("mnist"), {
      "train-images-idx3-ubyte": gunzipSync(files["train-images-idx3-ubyte.gz"]),
      "train-labels-idx1-ubyte.gz": gunzipSync(files["train-labels-idx1-ubyte.gz"]),
    });
    const batches = Object.entries(cifarSet()).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)] as const);
    rmSync(place("cifar-10-batches-bin"), { recursive: true });
    write(place("cifar-10-batches-bin"), Object.fromEntries(batches));
    expect((["mnist", "cifar-10"] as const).map((set) => loadImages(set, { split: "train", folder }))).toEqual(before);
  });

  it("reads from the folder that FLAT_MINIMA_DATA names, and from the project's data without it", () => {
    vi.stubEnv("FLAT_MINIMA_DATA", folder);
    expect(loadImages("mnist", { split: "train" }).labels).toEqual(Uint8Array.of(4, 0, 9));
    vi.stubEnv("FLAT_MINIMA_DATA", path.join("data", "no such folder"));
    const project = path.resolve(import.meta.dirname, "../..");
    expect(() => loadImages("mnist", { split: "train" })).toThrow(
      path.join(project, "data", "no such folder", "mnist"),
    );
  });

  it("gives arrays of its own at each call", () => {
    const one = loadImages("mnist", { split: "train", folder });
    one.labels.fill(5);
    one.classNames.pop();
    expect(loadImages("mnist", { split: "train", folder }).labels).toEqual(Uint8Array.of(4, 0, 9));
    expect(loadImages("mnist", { split: "train", folder }).classNames).toHaveLength(10);
  });
});

describe("loadImages on faulty files", () => {
  const cut = (bytes: Uint8Array) => bytes.subarray(0, -1);
  const changed = (bytes: Buffer, at: number, value: number) => (bytes.writeUInt8(value, at), bytes);

  it.each<[what: string, set: ImageSetName, file: string, bytes: Uint8Array, message: string]>([
    [
      "wrong magic",
      "mnist",
      "train-images-idx3-ubyte.gz",
      changed(idxImages(3), 3, 1),
      "the magic number must be 2051, got 2049",
    ],
    [
      "a truncated file",
      "mnist",
      "train-images-idx3-ubyte.gz",
      cut(idxImages(3)),
      "a file of size 3×28×28 must have 2352 bytes after its header, got 2351",
    ],
    [
      "a truncated gzip",
      "mnist",
      "train-labels-idx1-ubyte.gz",
      cut(gzipSync(idxLabels(4, 0, 9))),
      "the gzipped file must be whole, got unexpected end of file",
    ],
    [
      "a label out of range",
      "mnist",
      "train-labels-idx1-ubyte.gz",
      idxLabels(4, 10, 9),
      "the labels must be from 0 to 9, got 10 at position 1",
    ],
    [
      "images of another size",
      "mnist",
      "train-images-idx3-ubyte.gz",
      idxImages(3, 14, 56),
      "the images of mnist must be 28×28, got 14×56",
    ],
    [
      "too few labels",
      "mnist",
      "train-labels-idx1-ubyte.gz",
      idxLabels(4, 0),
      "there must be as many labels as images, got 2 labels for 3 images",
    ],
    [
      "a truncated batch",
      "cifar-10",
      "data_batch_1.bin",
      cut(cifarBatch([6])),
      "the file must be records of 3073 bytes, got 3072 bytes",
    ],
    [
      "a label out of range",
      "cifar-10",
      "data_batch_2.bin",
      cifarBatch([9, 10]),
      "the labels must be from 0 to 9, got 10 in record 1",
    ],
  ])("names %s of %s", (_, set, file, bytes, message) => {
    const own = set === "mnist" ? "mnist" : "cifar-10-batches-bin";
    write(place(own), { [file]: bytes });
    const load = () => loadImages(set, { split: "train", folder });
    expect(load).toThrow(new InvalidArgumentError(`loadImages: ${place(own, file)}: ${message}`));
  });

  it("says which command brings a file that is not there", () => {
    for (const [set, file] of [
      ["mnist", place("mnist", "t10k-labels-idx1-ubyte.gz")],
      ["fashion-mnist", place("fashion-mnist", "t10k-images-idx3-ubyte.gz")],
      ["cifar-10", place("cifar-10-batches-bin", "test_batch.bin")],
    ] as const) {
      rmSync(file, { force: true });
      expect(() => loadImages(set, { split: "test", folder })).toThrow(
        `loadImages: there is no file ${file}; "npm run data -- ${set}" in the project's folder downloads it`,
      );
    }
  });

  it("says how many images there are when more are asked for", () => {
    expect(() => loadImages("mnist", { split: "train", count: 4, folder })).toThrow(
      `loadImages: count must be at most 3, as many as there are in ${place("mnist")}, got 4`,
    );
    expect(() => loadImages("cifar-10", { split: "train", count: 7, folder })).toThrow("count must be at most 6");
  });
});

describe.skipIf(!realDataIsThere)("the real images", () => {
  /** The mean of a function of images over those of a class. */
  function meanOver({ images, labels }: LoadedImages, label: number, value: (image: Float64Array) => number): number {
    let [sum, count] = [0, 0];
    labels.forEach((own, i) => {
      if (own !== label) return;
      sum += value(images.data.subarray(i * images.cols, (i + 1) * images.cols));
      count++;
    });
    return sum / count;
  }
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;

  it("of MNIST stand beside their labels: a one takes less ink than any other digit, a nought most", () => {
    const digits = loadImages("mnist", { split: "train", count: 2000, folder: realData });
    const ink = digits.classNames.map((_, digit) => meanOver(digits, digit, mean));
    expect(ink.indexOf(Math.min(...ink))).toBe(1);
    expect(ink.indexOf(Math.max(...ink))).toBe(0);
  });

  it("of Fashion-MNIST: trousers are narrow, bags are wide", () => {
    const clothes = loadImages("fashion-mnist", { split: "train", folder: realData });
    const sides = (image: Float64Array) => mean(image.filter((_, p) => p % 28 < 4 || p % 28 >= 24));
    expect(meanOver(clothes, 1, sides)).toBeLessThan(meanOver(clothes, 8, sides) / 5);
    expect(clothes.classNames).toEqual(fashionMnistSample().classNames);
  });

  it("of CIFAR-10: skies and seas are bluer than woods, and neighbouring pixels are alike in each colour", () => {
    const pictures = loadImages("cifar-10", { split: "train", count: 1000, folder: realData });
    const blueness = (image: Float64Array) =>
      mean(image.filter((_, k) => k % 3 === 2)) - mean(image.filter((_, k) => k % 3 === 0));
    const [sky, sea] = [meanOver(pictures, 0, blueness), meanOver(pictures, 8, blueness)];
    for (const woods of [4, 6]) expect(meanOver(pictures, woods, blueness)).toBeLessThan(Math.min(sky, sea) - 0.05);

    // Mean differences between pixels some columns or rows apart; with rows, columns or colours mixed up they would be
    // about as large nearby as half an image away.
    const apart = (step: number) =>
      mean(pictures.images.data.map((value, k, all) => (k + step < all.length ? Math.abs(value - all[k + step]) : 0)));
    const halfAnImage = apart(3 * 32 * 16);
    expect(apart(3)).toBeLessThan(halfAnImage / 3);
    expect(apart(3 * 32)).toBeLessThan(halfAnImage / 3);
  });
});

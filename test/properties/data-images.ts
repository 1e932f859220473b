import { rmSync } from "node:fs";
import path from "node:path";
import { centredImages, halvedImages, type ImageSetName, type ImageSplit, loadImages, oneHot } from "flat-minima/data";
import * as fc from "fast-check";
import { afterAll } from "vitest";
import { cifarSet, idxSet, temporaryFolder, write } from "../data/synthetic-images";
import { matrixOf, size } from "./arguments";
import { at, badCount, badMatrix, badOption, badValues, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
for (const set of ["mnist", "fashion-mnist"]) write(path.join(folder, set), idxSet());
write(path.join(folder, "cifar-10-batches-bin"), cifarSet());

export const dataImages: Registry = {
  loadImages: entry(
    loadImages,
    fc.tuple(
      fc.constantFrom<ImageSetName[]>("mnist", "fashion-mnist", "cifar-10"),
      fc.record({
        split: fc.constantFrom<ImageSplit[]>("train", "test"),
        count: fc.integer({ min: 1, max: 2 }),
        folder: fc.constant(folder),
      }),
    ),
    {
      refuses: {
        ...badOption("0"),
        ...badOption("1.split"),
        ...badCount("1.count"),
        ...badValues("1.count", 7),
        "the name of a method of all objects": at("0", () => "toString"),
      },
      runs: 10,
    },
  ),
  oneHot: entry(
    oneHot,
    fc
      .tuple(size, size)
      .chain(([n, classCount]) =>
        fc.tuple(fc.uint8Array({ minLength: n, maxLength: n, max: classCount - 1 }), fc.constant(classCount)),
      ),
    {
      refuses: {
        ...empty("0"),
        ...badCount("1"),
        "a class too many": at("1", () => 0),
        "a label out of range": at("0.0", () => 5),
      },
    },
  ),
  halvedImages: entry(
    halvedImages,
    fc
      .tuple(size, fc.constantFrom(2, 4), fc.constantFrom(2, 6), fc.constantFrom(1, 3))
      .chain(([n, height, width, channels]) =>
        fc.tuple(matrixOf(n, height * width * channels), fc.constant({ height, width, channels })),
      ),
    {
      refuses: {
        ...badMatrix("0"),
        ...badCount("1.height"),
        ...badCount("1.width"),
        ...badCount("1.channels"),
        "an odd height": at("1.height", () => 3),
      },
    },
  ),
  centredImages: entry(
    centredImages,
    fc.tuple(size, size, fc.integer({ min: 2, max: 5 })).chain(([n, d, m]) =>
      fc.tuple(
        matrixOf(n, d),
        fc.record({
          // The first image is another than the second.
          of: matrixOf(m, d).map((of) => ({ ...of, data: of.data.map((x, k) => (k === 0 ? of.data[d] + 1 : x)) })),
        }),
      ),
    ),
    { refuses: { ...badMatrix("0"), ...badMatrix("1.of") } },
  ),
};

import { rmSync } from "node:fs";
import path from "node:path";
import { type ImageSetName, type ImageSplit, loadImages } from "flat-minima/data";
import * as fc from "fast-check";
import { afterAll } from "vitest";
import { cifarSet, idxSet, temporaryFolder, write } from "../data/synthetic-images";
import { at, badCount, badOption, badValues } from "./corruptions";
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
};

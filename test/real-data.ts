// The real images that some tests need: they are no part of the project, and where they are not there the tests say so.
import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "./project";

/** The folder that FLAT_MINIMA_DATA names, or else the one beside the project. */
export const realData: string = process.env.FLAT_MINIMA_DATA || path.join(root, "..", "shared", "data");

/** Whether the images are there; if not, the reader is told that some tests are skipped. */
export const realDataIsThere: boolean = ["mnist", "fashion-mnist", "cifar-10-batches-bin"].every((name) =>
  existsSync(path.join(realData, name)),
);

if (!realDataIsThere) {
  console.log(
    `Skipped: the tests on real images, for ${realData} has none; FLAT_MINIMA_DATA names a folder with them.`,
  );
}

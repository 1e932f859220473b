import { type Matrix, requireThat, zeros } from "../core";
import { centredImages, halvedImages, type ImageSetName, loadImages } from "../data";

/** The sets of which two classes are taken. */
export type TwoClassSet = Extract<ImageSetName, "cifar-10" | "mnist">;

/** What tells two classes of images apart by one number. */
export interface TwoImageClasses {
  /** n × d, centred. */
  readonly inputs: Matrix;
  /** y (n): 1 for the first class, −1 for the second. */
  readonly targets: Float64Array;
  readonly imageShape: readonly [height: number, width: number, channels: number];
}

/** Two classes that are told apart neither at once nor never: airplane and automobile; the digits 4 and 9. */
const CLASSES: Readonly<Record<TwoClassSet, readonly [first: number, second: number]>> = {
  "cifar-10": [0, 1],
  mnist: [4, 9],
};

/** So many images are read for each that is wanted: of ten classes two are kept, one image in five. */
const READ_FOR_EACH = 8;

/** The first n training images of two classes, of half the height and width, with targets ±1. */
export function twoImageClasses(functionName: string, set: TwoClassSet, sampleCount: number): TwoImageClasses {
  const all = loadImages(set, { split: "train", count: READ_FOR_EACH * sampleCount });
  const [first, second] = CLASSES[set];
  const chosen: number[] = [];
  all.labels.forEach((label, i) => {
    if ((label === first || label === second) && chosen.length < sampleCount) chosen.push(i);
  });
  const requirement = `there must be ${sampleCount} of two classes among the first ${all.images.rows} images`;
  requireThat(chosen.length === sampleCount, functionName, requirement, chosen.length);
  const halved = halvedImages(all.images, all);
  const kept = zeros(sampleCount, halved.cols);
  chosen.forEach((row, i) => {
    kept.data.set(halved.data.subarray(row * halved.cols, (row + 1) * halved.cols), i * halved.cols);
  });
  return {
    inputs: centredImages(kept),
    targets: Float64Array.from(chosen, (i) => (all.labels[i] === first ? 1 : -1)),
    imageShape: [all.height / 2, all.width / 2, all.channels],
  };
}

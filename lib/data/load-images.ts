import path from "node:path";
import { requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";
import { dataFolder } from "./data-folder";
import type { LabelledImages } from "./fashion-mnist-sample";
import { filesOfFolder, rawImages } from "./image-files";
import { IMAGE_SETS, type ImageSetName, type ImageSplit } from "./image-sets";

/** Real images with their classes; with several channels a row of the matrix has height·width·channels entries. */
export interface LoadedImages extends LabelledImages {
  /** 1, grey, or 3: red, green, blue. */
  readonly channels: number;
}

/**
 * Real images from files that `npm run data` brought: MNIST (LeCun, Cortes and Burges 1998) and Fashion-MNIST (Xiao,
 * Rasul and Vollgraf 2017), 28 × 28 × 1, and CIFAR-10 (Krizhevsky 2009), 32 × 32 × 3. They come in the order of the
 * files, which is shuffled in all three, so that the first n are a random sample.
 *
 * The images are an n × (height·width·channels) matrix of float64: entry (row · width + column) · channels + channel of
 * row i is the pixel of image i over 255, from 0 to 1, as `fashionMnistSample` and `convolutional` have them. Nothing is
 * centred or scaled by the data's own mean and deviation: who wants that takes them from the training images.
 *
 * Takes 8 bytes for each pixel: 6 kB an image of MNIST, 25 kB of CIFAR-10 (1.2 GB for all 50,000).
 *
 * @param options.split "train" or "test"
 * @param options.count n; the first n images are read; by default all that are there
 * @param options.folder the folder with the folders `mnist`, `fashion-mnist` and `cifar-10-batches-bin`; by default the
 *   one that the environment variable FLAT_MINIMA_DATA names, or else the project's `data`
 *
 * @throws Error when a file is not there; it says which command brings it
 * @throws InvalidArgumentError when there is no such set or split, when count is no positive integer or more than there
 *   are, and when a file is damaged: another magic number, bytes missing or too many, images of another size, a label
 *   out of range, not as many labels as images
 *
 * @example
 * const { images } = loadImages("cifar-10", { split: "train", count: 1000 }); // images.rows is 1000, images.cols 3072
 */
export function loadImages(
  set: ImageSetName,
  options: { readonly split: ImageSplit; readonly count?: number; readonly folder?: string },
): LoadedImages {
  const { split, count, folder = dataFolder() } = options;
  const names = Object.keys(IMAGE_SETS).join(", ");
  requireThat(Object.hasOwn(IMAGE_SETS, set), "loadImages", `the set must be one of ${names}`, set);
  requireThat(split === "train" || split === "test", "loadImages", 'the split must be "train" or "test"', split);
  if (count !== undefined) requireSize("loadImages", "count", count);

  const { height, width, channels, classNames, ...description } = IMAGE_SETS[set];
  const place = path.join(folder, description.folder);
  const raw = rawImages("loadImages", set, split, filesOfFolder(place, missingFrom(set)), count);
  const n = count ?? raw.count;
  requireThat(n <= raw.count, "loadImages", `count must be at most ${raw.count}, as many as there are in ${place}`, n);
  const images = zeros(n, height * width * channels);
  for (let k = 0; k < images.data.length; k++) images.data[k] = raw.pixels[k] / 255;
  return { images, labels: raw.labels.slice(0, n), classNames: [...classNames], height, width, channels };
}

function missingFrom(set: ImageSetName): (file: string) => Error {
  return (file) =>
    new Error(
      `loadImages: there is no file ${file}; "npm run data -- ${set}" in the project's folder downloads it, ` +
        `"npm run data -- ${set} --from FOLDER" takes it from a folder of yours, and the environment variable ` +
        "FLAT_MINIMA_DATA names another folder with data",
    );
}

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Matrix, requireThat, zeros } from "../core";
import { aboveLibrary } from "./data-folder";
import { type IdxImages, type IdxLabels, readIdxImages, readIdxLabels } from "./idx";

/** Images as the rows of a matrix, with their classes. */
export interface LabelledImages {
  /** n × (height·width): row i is image i, read row by row, from 0 (background) to 1. */
  readonly images: Matrix;
  /** The n classes. */
  readonly labels: Uint8Array;
  readonly classNames: string[];
  readonly height: number;
  readonly width: number;
}

const FOLDER = path.join("data", "fashion-mnist-sample");
/** The classes of Fashion-MNIST, from 0 to 9. */
export const FASHION_CLASSES: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/**
 * The 250 images of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017) that ship with the project, 25 of each of the 10
 * classes, 28 × 28, as a 250 × 784 matrix of grey values divided by 255. Nothing is downloaded.
 *
 * @param folder another folder with the same four files; by default the project's own, `data/fashion-mnist-sample`
 *
 * @throws Error when the folder or one of its files is missing
 * @throws InvalidArgumentError when a file is damaged, or when images and labels do not belong together
 *
 * @example
 * const { images, labels } = fashionMnistSample(); // images.rows is 250, images.cols is 784
 */
export function fashionMnistSample(folder: string = sampleFolder()): LabelledImages {
  const train = readPart(folder, "train");
  const test = readPart(folder, "t10k");
  const { height, width } = train;
  requireThat(
    test.height === height && test.width === width,
    "fashionMnistSample",
    "all images must have the same size",
    `${height}×${width} and ${test.height}×${test.width}`,
  );
  const images = zeros(train.count + test.count, height * width);
  images.data.set(train.pixels);
  images.data.set(test.pixels, train.pixels.length);
  const labels = new Uint8Array(images.rows);
  labels.set(train.labels);
  labels.set(test.labels, train.count);
  images.data.forEach((pixel, k, all) => (all[k] = pixel / 255));
  return { images, labels, classNames: [...FASHION_CLASSES], height, width };
}

function sampleFolder(): string {
  const root = aboveLibrary(FOLDER);
  if (root === undefined) throw missing(`folder ${FOLDER} above ${__dirname}`);
  return path.join(root, FOLDER);
}

function readPart(folder: string, part: string): IdxImages & IdxLabels {
  const images = readIdxImages(read(folder, `${part}-images-idx3-ubyte.gz`));
  const labels = readIdxLabels(read(folder, `${part}-labels-idx1-ubyte.gz`), FASHION_CLASSES.length);
  requireThat(
    images.count === labels.count,
    "fashionMnistSample",
    `the ${part} files must hold as many labels as images`,
    `${labels.count} labels for ${images.count} images`,
  );
  return { ...images, ...labels };
}

function read(folder: string, name: string): Uint8Array {
  const file = path.join(folder, name);
  if (!existsSync(file)) throw missing(`file ${file}`);
  return readFileSync(file);
}

function missing(what: string): Error {
  return new Error(
    `fashionMnistSample: there is no ${what}; it is part of the project's repository, ` +
      `"git checkout -- data/fashion-mnist-sample" in the project's folder brings it back`,
  );
}

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { InvalidArgumentError, requireThat } from "../core";
import { readCifarBinary } from "./cifar";
import { readIdxImages, readIdxLabels } from "./idx";
import { IMAGE_SETS, type ImageSetName, type ImageSplit } from "./image-sets";

/** Where the files of a data set are read from. */
export interface ImageFiles {
  /** The place of a file, for messages; undefined when it is not there. */
  find(name: string): string | undefined;
  read(name: string): Uint8Array;
  /** What to throw when a file is not there. */
  missing(name: string): Error;
}

/** Images as their files have them, but for the order of the pixels: row by row, channels innermost, from 0 to 255. */
export interface RawImages {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** The files of a folder, by their official names, each gzipped or not, with or without the ending .gz. */
export function filesOfFolder(folder: string, missing: (file: string) => Error): ImageFiles {
  const find = (name: string): string | undefined => {
    const other = name.endsWith(".gz") ? name.slice(0, -".gz".length) : `${name}.gz`;
    return [name, other].map((file) => path.join(folder, file)).find((file) => existsSync(file));
  };
  return {
    find,
    read: (name) => readFileSync(find(name)!),
    missing: (name) => missing(path.join(folder, name)),
  };
}

/**
 * Reads a part of a data set and checks all that its files say: magic numbers, sizes, labels, as many labels as images.
 * Of the training batches of CIFAR-10 those are read, in their order, that are there, the first in any case, and no
 * more than are needed for `atMost` images.
 *
 * @throws InvalidArgumentError "function: file: …" when a file is damaged, and what `missing` gives when one is not there
 */
export function rawImages(
  functionName: string,
  set: ImageSetName,
  split: ImageSplit,
  files: ImageFiles,
  atMost: number = Infinity,
): RawImages {
  return set === "cifar-10" ? rawCifar(functionName, split, files, atMost) : rawIdx(functionName, set, split, files);
}

function rawIdx(functionName: string, set: ImageSetName, split: ImageSplit, files: ImageFiles): RawImages {
  const { height, width, classNames } = IMAGE_SETS[set];
  const [imagesFile, labelsFile] = IMAGE_SETS[set].files[split];
  const images = parsed(functionName, files, imagesFile, readIdxImages);
  requireThat(
    images.height === height && images.width === width,
    functionName,
    `${files.find(imagesFile)}: the images of ${set} must be ${height}×${width}`,
    `${images.height}×${images.width}`,
  );
  const { count, labels } = parsed(functionName, files, labelsFile, (bytes) => readIdxLabels(bytes, classNames.length));
  requireThat(
    count === images.count,
    functionName,
    `${files.find(labelsFile)}: there must be as many labels as images`,
    `${count} labels for ${images.count} images`,
  );
  return { count, pixels: images.pixels, labels };
}

function rawCifar(functionName: string, split: ImageSplit, files: ImageFiles, atMost: number): RawImages {
  const [first, ...others] = IMAGE_SETS["cifar-10"].files[split];
  const batches = [parsed(functionName, files, first, readCifarBinary)];
  let count = batches[0].count;
  for (const name of others) {
    if (count >= atMost) break;
    if (files.find(name) === undefined) continue;
    const batch = parsed(functionName, files, name, readCifarBinary);
    batches.push(batch);
    count += batch.count;
  }
  const { channels, height, width } = batches[0];
  const size = channels * height * width;
  const pixels = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  let start = 0;
  for (const batch of batches) {
    labels.set(batch.labels, start);
    for (let i = 0; i < batch.count; i++) {
      for (let k = 0; k < channels; k++) {
        // From colour after colour, as the file has them, to pixel after pixel.
        const colour = (i * channels + k) * height * width;
        const place = (start + i) * size + k;
        for (let p = 0; p < height * width; p++) pixels[place + channels * p] = batch.pixels[colour + p];
      }
    }
    start += batch.count;
  }
  return { count, pixels, labels };
}

/** A file, parsed; what is wrong in it is told with its name. */
function parsed<T>(functionName: string, files: ImageFiles, name: string, parse: (bytes: Uint8Array) => T): T {
  const file = files.find(name);
  if (file === undefined) throw files.missing(name);
  try {
    return parse(files.read(name));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`${functionName}: ${file}: ${error.message.replace(/^\w+: /, "")}`);
  }
}

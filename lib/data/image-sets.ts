import { FASHION_CLASSES } from "./fashion-mnist-sample";

/** A data set of real images that {@link loadImages} reads. */
export type ImageSetName = "mnist" | "fashion-mnist" | "cifar-10";

/** The part of a data set: "train" has 60,000 images (CIFAR-10: 50,000), "test" 10,000. */
export type ImageSplit = "train" | "test";

/** What a data set consists of. */
export interface ImageSet {
  /** Its folder in the folder of the data. */
  readonly folder: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classNames: readonly string[];
  /** The official names of its files: images and labels, or batches of records with both. */
  readonly files: Readonly<Record<ImageSplit, readonly string[]>>;
}

const IDX_FILES: ImageSet["files"] = {
  train: ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"],
  test: ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"],
};

/** The data sets, each in the folder, and with the names, in which its own archive unpacks. */
export const IMAGE_SETS: Readonly<Record<ImageSetName, ImageSet>> = {
  mnist: {
    folder: "mnist",
    height: 28,
    width: 28,
    channels: 1,
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    files: IDX_FILES,
  },
  "fashion-mnist": {
    folder: "fashion-mnist",
    height: 28,
    width: 28,
    channels: 1,
    classNames: FASHION_CLASSES,
    files: IDX_FILES,
  },
  "cifar-10": {
    folder: "cifar-10-batches-bin",
    height: 32,
    width: 32,
    channels: 3,
    classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    files: { train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`), test: ["test_batch.bin"] },
  },
};

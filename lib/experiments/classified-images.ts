import { type Matrix, rowOf } from "../core";
import {
  centredImages,
  halvedImages,
  type ImageSetName,
  type ImageSplit,
  type LoadedImages,
  loadImages,
  oneHot,
} from "../data";
import { crossEntropyLoss } from "../models";

/** Images of several classes, ready for a network. */
export interface ClassifiedImages {
  /** n × d, centred. */
  readonly inputs: Matrix;
  /** n × c, classes as unit vectors. */
  readonly targets: Matrix;
}

/** The first images of a set, their height and width halved so many times, all centred by those of training. */
export function classifiedImages(
  set: ImageSetName,
  counts: Readonly<Record<ImageSplit, number>>,
  halvings: number,
): Record<ImageSplit, ClassifiedImages> & { readonly imageShape: readonly [number, number, number] } {
  const load = (split: ImageSplit): LoadedImages => {
    let loaded = loadImages(set, { split, count: counts[split] });
    for (let k = 0; k < halvings; k++) {
      const images = halvedImages(loaded.images, loaded);
      loaded = { ...loaded, images, height: loaded.height / 2, width: loaded.width / 2 };
    }
    return loaded;
  };
  const [train, test] = [load("train"), load("test")];
  const classes = train.classNames.length;
  return {
    train: { inputs: centredImages(train.images), targets: oneHot(train.labels, classes) },
    test: { inputs: centredImages(test.images, { of: train.images }), targets: oneHot(test.labels, classes) },
    imageShape: [train.height, train.width, train.channels],
  };
}

/** How well outputs (n × c) tell the classes. */
export interface ClassificationFit {
  /** The mean cross entropy. */
  readonly loss: number;
  /** The fraction whose largest output is that of their class. */
  readonly accuracy: number;
}

/** The fit of outputs to classes as unit vectors. */
export function classificationFit(outputs: Matrix, targets: Matrix): ClassificationFit {
  const { values } = crossEntropyLoss.evaluate(outputs, targets);
  let [loss, right] = [0, 0];
  values.forEach((value, i) => {
    const output = rowOf(outputs, i);
    loss += value / values.length;
    if (rowOf(targets, i)[output.indexOf(Math.max(...output))] === 1) right++;
  });
  return { loss, accuracy: right / values.length };
}

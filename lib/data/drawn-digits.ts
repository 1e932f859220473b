import { type RandomStream, requireThat, zeros } from "../core";
import { DIGIT_STROKES, distanceToStroke } from "./digit-strokes";
import type { LabelledImages } from "./fashion-mnist-sample";
import { requireSize } from "../core/requirements";

const SIDE = 8;
// All tuned, so that digits differ, stay legible and stay inside.
/** Where the box of the strokes, of width 4 and height 5, begins: in the middle. */
const LEFT = 2;
const TOP = 1.5;
const SHIFT = 0.75;
const THINNEST = 0.8;
const THICKEST = 1.6;

/**
 * Images of the digits 0 to 9, drawn from lines and half circles: a data set of images that needs no file. Each of the
 * n images (8 × 8, a row of 64 grey values from 0, background, to 1) has a random class, all equally likely, is
 * shifted in each direction by up to ¾ pixel, and is drawn with a pen of thickness t, 0.8 to 1.6 pixels, all uniformly.
 * A pixel whose centre is at distance r from the nearest stroke has the grey value t/2 + ½ − r, cut off to [0, 1]:
 * about the part of it that the stroke covers. Then normal noise of standard deviation σ is added, and the value cut
 * off again.
 *
 * @throws InvalidArgumentError when n is no positive integer, or σ is negative or not finite.
 *
 * @example
 * const { images, labels } = drawnDigits({ sampleCount: 5, stream: randomStream(1) }); // images.cols is 64
 * labels; // Uint8Array [3, 0, 7, 0, 8]
 */
export function drawnDigits(options: {
  readonly sampleCount: number;
  readonly stream: RandomStream;
  /** σ, by default 0.1 (tuned). */
  readonly noise?: number;
}): LabelledImages {
  const { sampleCount, stream, noise = 0.1 } = options;
  requireSize("drawnDigits", "sampleCount", sampleCount);
  const validNoise = noise >= 0 && Number.isFinite(noise);
  requireThat(validNoise, "drawnDigits", "noise must be finite and not negative", noise);
  const images = zeros(sampleCount, SIDE * SIDE);
  const labels = new Uint8Array(sampleCount);
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  for (let i = 0; i < sampleCount; i++) {
    const label = stream.integer(DIGIT_STROKES.length);
    labels[i] = label;
    const left = LEFT + between(-SHIFT, SHIFT);
    const top = TOP + between(-SHIFT, SHIFT);
    const thickness = between(THINNEST, THICKEST);
    for (let p = 0; p < SIDE * SIDE; p++) {
      const x = (p % SIDE) + 0.5 - left;
      const y = Math.floor(p / SIDE) + 0.5 - top;
      let distance = Infinity;
      for (const stroke of DIGIT_STROKES[label]) distance = Math.min(distance, distanceToStroke([x, y], stroke));
      const grey = cutOff(thickness / 2 + 0.5 - distance);
      images.data[i * SIDE * SIDE + p] = noise === 0 ? grey : cutOff(grey + noise * stream.normal());
    }
  }
  const classNames = DIGIT_STROKES.map((_, digit) => String(digit));
  return { images, labels, classNames, height: SIDE, width: SIDE };
}

function cutOff(grey: number): number {
  return Math.min(1, Math.max(0, grey));
}

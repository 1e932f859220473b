// Two classes of real images and the alignment of a classifier, in loops and p × p matrices.
import { matrix, type Matrix } from "flat-minima/core";
import { loadImages } from "flat-minima/data";
import { realData } from "../real-data";

/** The first n training images of two classes, averaged over 2 × 2 pixels, each pixel less its mean, over the deviation. */
export function naiveTwoClasses(
  set: "cifar-10" | "mnist",
  [first, second]: readonly [number, number],
  n: number,
): { inputs: Matrix; targets: Float64Array } {
  const { images, labels, height, width, channels } = loadImages(set, { split: "train", count: 400, folder: realData });
  const chosen = Array.from(labels, (label, i) => (label === first || label === second ? i : -1)).filter((i) => i >= 0);
  const rows = chosen.slice(0, n).map((i) => {
    const pixel = (row: number, column: number, channel: number) =>
      images.data[i * images.cols + (row * width + column) * channels + channel];
    const halved: number[] = [];
    for (let row = 0; row < height; row += 2)
      for (let column = 0; column < width; column += 2)
        for (let channel = 0; channel < channels; channel++) {
          const places = [0, 1].flatMap((r) => [0, 1].map((c) => pixel(row + r, column + c, channel)));
          halved.push(average(places));
        }
    return halved;
  });
  const means = rows[0].map((_, k) => average(rows.map((row) => row[k])));
  const rests = rows.map((row) => row.map((value, k) => value - means[k]));
  const size = Math.sqrt(average(rests.flatMap((rest) => rest.map((value) => value * value))));
  return {
    inputs: matrix(rests.map((rest) => rest.map((value) => value / size))),
    targets: Float64Array.from(chosen.slice(0, n), (i) => (labels[i] === first ? 1 : -1)),
  };
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What is to be observed, from the gradients ∇f(x_i) and the residuals, all of p × p matrices written out. */
export function naiveAlignment(
  gradients: readonly Float64Array[],
  residuals: readonly number[],
  targets: Float64Array,
): Record<string, number> {
  const [n, p] = [residuals.length, gradients[0].length];
  const moment = (weights: readonly number[]) => {
    const sum = new Float64Array(p * p);
    gradients.forEach((g, i) => {
      for (let k = 0; k < p; k++) for (let l = 0; l < p; l++) sum[k * p + l] += (weights[i] * g[k] * g[l]) / n;
    });
    return sum;
  };
  const inner = (A: Float64Array, B: Float64Array) => A.reduce((sum, value, k) => sum + value * B[k], 0);
  const G = moment(residuals.map(() => 1));
  const first = moment(residuals.map((e) => e * e));
  const slope = Float64Array.from({ length: p }, (_, k) => average(gradients.map((g, i) => residuals[i] * g[k])));
  const noise = first.map((value, at) => value - slope[Math.floor(at / p)] * slope[at % p]);
  const twiceLoss = average(residuals.map((e) => e * e));
  const chi = gradients.map((g) => {
    let sum = 0;
    for (let k = 0; k < p; k++) for (let l = 0; l < p; l++) sum += g[k] * G[k * p + l] * g[l];
    return sum;
  });
  const size = (A: Float64Array) => Math.sqrt(inner(A, A));
  // λ_max by the power method.
  let [direction, sharpness] = [gradients[0].slice(), 0];
  for (let t = 0; t < 200; t++) {
    const image = Float64Array.from(direction, (_, k) => inner(G.subarray(k * p, (k + 1) * p), direction));
    sharpness = size(image);
    direction = image.map((value) => value / sharpness);
  }
  return {
    loss: twiceLoss / 2,
    accuracy: average(residuals.map((e, i) => Number(Math.sign(e + targets[i]) === targets[i]))),
    alpha: inner(noise, G) / (size(noise) * size(G)),
    beta: size(noise) / (twiceLoss * size(G)),
    mu: inner(noise, G) / (twiceLoss * inner(G, G)),
    mu1: inner(first, G) / (twiceLoss * inner(G, G)),
    mu2: (inner(first, G) - inner(noise, G)) / (twiceLoss * inner(G, G)),
    gamma: Math.min(...chi) / average(chi),
    frobeniusNorm: size(G),
    trace: average(gradients.map((g) => inner(g, g))),
    sharpness,
  };
}

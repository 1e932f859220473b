import type { ImageShape } from "flat-minima/tensor";

/** An image or a map, entry by entry in double precision: [row][column][channel]. */
type Maps = number[][][];

/** What of θ a network has read so far. */
interface Reader {
  next(count: number): Float64Array;
}

function readerOf(theta: Float64Array): Reader {
  let at = 0;
  return { next: (count) => theta.subarray(at, (at += count)) };
}

const relu = (maps: Maps): Maps => maps.map((row) => row.map((entry) => entry.map((z) => Math.max(0, z))));

/** A convolution, by its definition; "same" pads as TensorFlow does: half of what is missing before, the rest behind. */
function convolution(x: Maps, channels: number, kernel: number, stride: number, same: boolean, theta: Reader): Maps {
  const inputs = x[0][0].length;
  const weights = theta.next(kernel * kernel * inputs * channels);
  const biases = theta.next(channels);
  const count = (side: number) => (same ? Math.ceil(side / stride) : Math.floor((side - kernel) / stride) + 1);
  const before = (side: number) => (same ? Math.floor(Math.max(0, (count(side) - 1) * stride + kernel - side) / 2) : 0);
  const [top, left] = [before(x.length), before(x[0].length)];
  return Array.from({ length: count(x.length) }, (_, row) =>
    Array.from({ length: count(x[0].length) }, (_, col) =>
      Array.from({ length: channels }, (_, channel) => {
        let sum = biases[channel];
        for (let i = 0; i < kernel; i++) {
          for (let j = 0; j < kernel; j++) {
            const seen = x[row * stride + i - top]?.[col * stride + j - left];
            for (let a = 0; seen && a < inputs; a++) {
              sum += seen[a] * weights[((i * kernel + j) * inputs + a) * channels + channel];
            }
          }
        }
        return sum;
      }),
    ),
  );
}

function readOut(state: number[], outputCount: number, theta: Reader): number[] {
  const weights = theta.next(state.length * outputCount);
  const biases = theta.next(outputCount);
  return Array.from(biases, (b, k) => state.reduce((sum, h, i) => sum + h * weights[i * outputCount + k], b));
}

function imageOf([height, width, channels]: ImageShape, pixels: Float64Array): Maps {
  const at = (row: number, col: number) => (row * width + col) * channels;
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, col) => [...pixels.subarray(at(row, col), at(row, col) + channels)]),
  );
}

/** The outputs of `vgg` with padding "same" and maxima, for one image. */
export function naiveVgg(
  theta: Float64Array,
  pixels: Float64Array,
  {
    imageShape,
    widths,
    depth,
    outputCount,
  }: { imageShape: ImageShape; widths: number[]; depth: number; outputCount: number },
): number[] {
  const reader = readerOf(theta);
  let x = imageOf(imageShape, pixels);
  for (const width of widths) {
    for (let k = 0; k < depth; k++) x = relu(convolution(x, width, 3, 1, true, reader));
    x = Array.from({ length: Math.floor(x.length / 2) }, (_, row) =>
      Array.from({ length: Math.floor(x[0].length / 2) }, (_, col) =>
        x[0][0].map((_, a) => Math.max(...[0, 1].flatMap((i) => [0, 1].map((j) => x[2 * row + i][2 * col + j][a])))),
      ),
    );
  }
  return readOut(x.flat(2), outputCount, reader);
}

/** The outputs of `residualNetwork` for one image. */
export function naiveResidualNetwork(
  theta: Float64Array,
  pixels: Float64Array,
  options: { imageShape: ImageShape; widths: number[]; depth: number; outputCount: number; branchFactor: number },
): number[] {
  const { imageShape, widths, depth, outputCount, branchFactor: s } = options;
  const reader = readerOf(theta);
  let x = relu(convolution(imageOf(imageShape, pixels), widths[0], 3, 1, true, reader));
  widths.forEach((width, stage) => {
    for (let block = 0; block < depth; block++) {
      const halves = stage > 0 && block === 0;
      const inner = relu(convolution(x, width, 3, halves ? 2 : 1, true, reader));
      const branch = convolution(inner, width, 3, 1, true, reader);
      const kept = halves ? convolution(x, width, 1, 2, true, reader) : x;
      x = relu(kept.map((row, i) => row.map((entry, j) => entry.map((h, a) => h + s * branch[i][j][a]))));
    }
  });
  const positions = x.flat();
  const means = positions[0].map((_, a) => positions.reduce((sum, entry) => sum + entry[a], 0) / positions.length);
  return readOut(means, outputCount, reader);
}

import { matrix, zeros } from "flat-minima/core";
import { centredImages, halvedImages, loadImages, oneHot } from "flat-minima/data";
import { describe, expect, it } from "vitest";
import { realData, realDataIsThere } from "../real-data";

describe("oneHot", () => {
  it("has one 1 in each row, at the class", () => {
    expect(oneHot(Uint8Array.of(2, 0, 1), 3)).toEqual(
      matrix([
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ]),
    );
  });

  it("names the label that is no class", () => {
    expect(() => oneHot([0, 3], 3)).toThrow("oneHot: label 1 must be an integer from 0 to 2, got 3");
    expect(() => oneHot([0.5], 3)).toThrow("oneHot: label 0 must be an integer from 0 to 2, got 0.5");
  });
});

describe("halvedImages", () => {
  /** The pixel of a matrix of images, by its place. */
  const pixel = (images: { data: Float64Array }, shape: number[], [i, row, column, channel]: number[]) =>
    images.data[((i * shape[0] + row) * shape[1] + column) * shape[2] + channel];

  it("is the mean of each square, in each channel of each image", () => {
    const [height, width, channels] = [4, 6, 3];
    const images = zeros(2, height * width * channels);
    // Small integers, so that sums and the division by 4 are exact.
    images.data.forEach((_, k) => (images.data[k] = (7 * k * k + 3 * k) % 64));
    const halved = halvedImages(images, { height, width, channels });
    expect([halved.rows, halved.cols]).toEqual([2, 18]);
    for (const i of [0, 1]) {
      for (const row of [0, 1]) {
        for (const column of [0, 1, 2]) {
          for (const channel of [0, 1, 2]) {
            let sum = 0;
            for (const down of [0, 1]) {
              for (const right of [0, 1]) {
                const place = [i, 2 * row + down, 2 * column + right, channel];
                sum += pixel(images, [height, width, channels], place);
              }
            }
            expect(pixel(halved, [2, 3, channels], [i, row, column, channel])).toBe(sum / 4);
          }
        }
      }
    }
  });

  it("refuses an odd side, and rows that are no such images", () => {
    const shape = { height: 3, width: 2, channels: 1 };
    expect(() => halvedImages(zeros(1, 6), shape)).toThrow("halvedImages: height and width must be even, got 3×2");
    expect(() => halvedImages(zeros(1, 5), { ...shape, height: 2 })).toThrow(
      "halvedImages: an image must have 4 entries, got 5",
    );
  });
});

describe("centredImages", () => {
  const reference = matrix([
    [0, 1, 7],
    [2, 5, 7],
  ]);

  it("has mean 0 in each pixel and variance 1 in all together", () => {
    // The rests are ∓1, ∓2, 0: their mean square is (2·1 + 2·4)/6.
    const deviation = Math.sqrt(10 / 6);
    const expected = [-1, -2, 0, 1, 2, 0].map((rest) => rest / deviation);
    const { data } = centredImages(reference);
    // A quotient of a rounded root: 1.5 eps.
    data.forEach((x, k) => expect(Math.abs(x - expected[k])).toBeLessThanOrEqual(3 * Number.EPSILON));
  });

  it("takes means and deviation from the reference images", () => {
    const { data } = centredImages(matrix([[1, 3, 9]]), { of: reference });
    expect(data[0]).toBe(0);
    expect(data[1]).toBe(0);
    expect(Math.abs(data[2] - 2 / Math.sqrt(10 / 6))).toBeLessThanOrEqual(3 * Number.EPSILON);
  });

  it("refuses images of another size, and reference images that are all alike", () => {
    expect(() => centredImages(zeros(1, 2), { of: reference })).toThrow(
      "centredImages: the reference images must have 2 pixels, got 3",
    );
    expect(() => centredImages(zeros(2, 2))).toThrow("the reference images must not all be alike, got deviation 0");
  });

  it.skipIf(!realDataIsThere)("centres real images", () => {
    const { images } = loadImages("mnist", { split: "train", count: 100, folder: realData });
    const { data } = centredImages(images);
    const total = data.reduce((sum, x) => sum + x, 0);
    const squares = data.reduce((sum, x) => sum + x * x, 0);
    // Sums of 78,400 terms of moduli below 20: each rounded by at most eps/2 of partial sums below 1e5.
    expect(Math.abs(total)).toBeLessThan(78_400 * 1e5 * Number.EPSILON);
    expect(Math.abs(squares / data.length - 1)).toBeLessThan(78_400 * Number.EPSILON);
  });
});

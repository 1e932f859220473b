import { inflateSync } from "node:zlib";
import { randomStream } from "flat-minima/core";
import { imageGrid } from "flat-minima/plot";
import type { ImageGridOptions } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { svgOf } from "./samples";

const options: ImageGridOptions = {
  images: [Float64Array.of(0, 0.25, 0.5, 0.75, 1, 0.1), [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]],
  height: 2,
  width: 3,
  columns: 2,
  captions: ["first", "second", "third"],
  title: "Images",
  says: "Three images.",
};

/** The gray values in a PNG: chunk by chunk, without the filter byte of each line, which must be zero. */
function decode(url: string, width: number): number[] {
  const png = Buffer.from(url.replace("data:image/png;base64,", ""), "base64");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString("latin1", at + 4, at + 8) !== "IDAT") continue;
    const lines = [...inflateSync(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))];
    expect(lines.filter((_, i) => i % (width + 1) === 0)).toEqual([0, 0]);
    return lines.filter((_, i) => i % (width + 1) !== 0);
  }
  throw new Error("no IDAT");
}

describe("imageGrid", () => {
  it("stores each image as a PNG of its gray values", () => {
    const { data } = imageGrid(options).spec as { data: { values: { image: string }[] } };
    expect(decode(data.values[0].image, 3)).toEqual([0, 64, 128, 191, 255, 26]);
    expect(decode(data.values[1].image, 3)).toEqual([255, 255, 255, 0, 0, 0]);
  });

  it("reads from left to right, then down, each caption below its image", async () => {
    const svg = await svgOf(imageGrid(options));
    const [first, second, third] = options.captions.map((caption) => {
      const match = new RegExp(`translate\\(([\\d.]+),([\\d.]+)\\)"[^>]*>${caption}<`).exec(svg);
      return { x: Number(match?.[1]), y: Number(match?.[2]) };
    });
    expect(second.x).toBeGreaterThan(first.x);
    expect(second.y).toBe(first.y);
    expect(third.x).toBe(first.x);
    expect(third.y).toBeGreaterThan(first.y);
    expect(svg.match(/<image /g)).toHaveLength(3);
  });

  it("stays below 100 kB, specification and picture together, for ten images of 28 × 28", async () => {
    const random = randomStream(1, "image grid test");
    const images = Array.from({ length: 10 }, () => Array.from({ length: 784 }, () => random.uniform()));
    const captions = images.map((_, i) => `${i}`);
    const shown = imageGrid({ ...options, images, captions, height: 28, width: 28, columns: 5 });
    expect(JSON.stringify(shown.spec).length + (await svgOf(shown)).length).toBeLessThan(100_000);
  });

  it.each<[message: string, change: Partial<ImageGridOptions>]>([
    ["imageGrid: there must be at least one image, got none", { images: [], captions: [] }],
    ["imageGrid: there must be as many captions as images, got 1 and 3", { captions: ["one"] }],
    ["imageGrid: image 0 must have height · width = 9 values, got 6", { height: 3 }],
    ["imageGrid: columns must be a positive integer, got 0", { columns: 0 }],
    [
      "imageGrid: every value of image 0 must be from 0 to 1, got 1.5 at index 5",
      { images: [[0, 0, 0, 0, 0, 1.5]], captions: ["bright"] },
    ],
    [
      "imageGrid: every value of image 0 must be from 0 to 1, got NaN at index 1",
      { images: [[0, NaN, 0, 0, 0, 0]], captions: ["broken"] },
    ],
  ])("refuses: %s", (message, change) => {
    expect(() => imageGrid({ ...options, ...change })).toThrow(message);
  });
});

import { requireThat } from "../core/errors";
import { displayable, requireWords } from "./figure-object";
import type { Figure } from "./figure-object";
import { grayPng } from "./png";
import { textWidth, wrap } from "./text";
import { labelSize, themeConfig, titleSize } from "./theme";
import type { Values } from "./types";

/** A few gray images, each with a caption. */
export interface ImageGridOptions {
  /** Row-major gray values of each image, from 0 (black) to 1 (white). */
  readonly images: readonly Values[];
  /** Rows and columns of pixels of an image. */
  readonly height: number;
  readonly width: number;
  /** How many images stand in a row; they are read row by row. */
  readonly columns: number;
  readonly captions: readonly string[];
  readonly title: string;
  readonly says: string;
}

/**
 * Shows a few small gray images in rows, each with its caption below it. Each is stored as an 8-bit PNG, about 1 kB for
 * 28×28 pixels.
 *
 * @throws InvalidArgumentError when there is no image, an image has not height · width values from 0 to 1, captions and
 * images differ in number, or there is no title or no `says`.
 *
 * @example
 * const images = [[0, 1, 1, 0]];
 * imageGrid({ images, height: 2, width: 2, columns: 1, captions: ["x"], title: "A cross", says: "Two white pixels." })
 *   .says; // "Two white pixels."
 */
export function imageGrid(options: ImageGridOptions): Figure {
  const { images, height, width, columns, captions, title, says } = options;
  for (const [what, size] of Object.entries({ height, width, columns })) {
    requireThat(Number.isInteger(size) && size > 0, "imageGrid", `${what} must be a positive integer`, size);
  }
  requireThat(images.length > 0, "imageGrid", "there must be at least one image", "none");
  requireWords("imageGrid", title, says);
  requireThat(
    captions.length === images.length,
    "imageGrid",
    "there must be as many captions as images",
    `${captions.length} and ${images.length}`,
  );
  const zoom = Math.max(1, Math.round(84 / Math.max(height, width))); // whole, so that pixels stay sharp; 84 by eye
  const [imageWidth, imageHeight] = [width * zoom, height * zoom];
  const lines = captions.map((caption) => wrap(caption, { width: 1.4 * imageWidth, fontSize: labelSize }));
  const lineHeight = labelSize + 3;
  const captionWidth = Math.max(...lines.flat().map((line) => textWidth(line, labelSize)));
  const stepX = Math.round(Math.max(imageWidth, captionWidth)) + 12;
  const rows = Array.from({ length: Math.ceil(images.length / columns) }, (_, row) => {
    const longest = Math.max(...lines.slice(row * columns, (row + 1) * columns).map((caption) => caption.length));
    return imageHeight + longest * lineHeight + 16;
  });
  const values = images.map((image, i) => ({
    image: dataUrl(image, i, { height, width }),
    caption: lines[i],
    x: stepX * ((i % columns) + 0.5),
    y: sum(rows.slice(0, Math.floor(i / columns))) + imageHeight / 2,
  }));
  const gridWidth = stepX * Math.min(columns, images.length);
  // Positions are pixels: no scale, no axis.
  const position = (field: string): object => ({ field, type: "quantitative", scale: null, axis: null });
  const shared = { x: position("x"), tooltip: { field: "caption", type: "nominal" } };
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: says,
    width: gridWidth,
    height: sum(rows),
    title: { text: wrap(title, { width: Math.max(gridWidth, 300), fontSize: titleSize }) },
    view: { stroke: null },
    data: { values },
    layer: [
      {
        mark: { type: "image", width: imageWidth, height: imageHeight, smooth: false },
        encoding: { ...shared, y: position("y"), url: { field: "image", type: "nominal" } },
      },
      {
        mark: { type: "text", baseline: "top", dy: imageHeight / 2 + 5, lineHeight },
        encoding: { ...shared, y: position("y"), text: { field: "caption", type: "nominal" } },
      },
    ],
    config: themeConfig,
  };
  return displayable({ spec, title, says });
}

function dataUrl(image: Values, index: number, shape: { readonly height: number; readonly width: number }): string {
  const size = shape.height * shape.width;
  requireThat(
    image.length === size,
    "imageGrid",
    `image ${index} must have height · width = ${size} values`,
    image.length,
  );
  const wrong = Array.from(image).findIndex((value) => !(value >= 0 && value <= 1));
  requireThat(
    wrong < 0,
    "imageGrid",
    `every value of image ${index} must be from 0 to 1`,
    `${image[wrong]} at index ${wrong}`,
  );
  const gray = Uint8Array.from({ length: size }, (_, i) => Math.round(255 * image[i]));
  return `data:image/png;base64,${grayPng(gray, shape).toString("base64")}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

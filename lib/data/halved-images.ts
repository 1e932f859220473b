import { type Matrix, requireThat, zeros } from "../core";
import { requireEntryCount, requireFiniteEntries } from "../core/matrix";
import { requireSize } from "../core/requirements";

/**
 * Images of half the height and width: each pixel the mean of the 2 × 2 pixels that it covers, channel by channel. A
 * convolutional net takes a quarter of the time on them.
 *
 * @param images n × (height·width·channels), in the order of `loadImages`
 * @param shape of an image; height and width are even
 * @returns n × (height/2 · width/2 · channels)
 * @throws InvalidArgumentError when there is no image, height, width or channels is no positive integer, height or width
 *   is odd, a row has another length, or a pixel is not finite
 *
 * @example
 * halvedImages(matrix([[0, 1, 2, 5]]), { height: 2, width: 2, channels: 1 }); // [[2]]
 */
export function halvedImages(
  images: Matrix,
  shape: { readonly height: number; readonly width: number; readonly channels: number },
): Matrix {
  const { height, width, channels } = shape;
  requireSize("halvedImages", "height", height);
  requireSize("halvedImages", "width", width);
  requireSize("halvedImages", "channels", channels);
  const even = height % 2 === 0 && width % 2 === 0;
  requireThat(even, "halvedImages", "height and width must be even", `${height}×${width}`);
  requireThat(images.rows > 0, "halvedImages", "there must be an image", "none");
  const entries = height * width * channels;
  requireThat(images.cols === entries, "halvedImages", `an image must have ${entries} entries`, images.cols);
  requireEntryCount("halvedImages", images);
  requireFiniteEntries("halvedImages", images, "the images must be finite");
  const halved = zeros(images.rows, entries / 4);
  let k = 0;
  for (let i = 0; i < images.rows; i++) {
    for (let row = 0; row < height; row += 2) {
      for (let column = 0; column < width; column += 2) {
        for (let channel = 0; channel < channels; channel++) {
          const corner = i * entries + (row * width + column) * channels + channel;
          const below = corner + width * channels;
          const { data } = images;
          halved.data[k++] = (data[corner] + data[corner + channels] + data[below] + data[below + channels]) / 4;
        }
      }
    }
  }
  return halved;
}

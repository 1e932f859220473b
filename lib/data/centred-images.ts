import { type Matrix, requireThat, zeros } from "../core";
import { requireEntryCount, requireFiniteEntries } from "../core/matrix";

/**
 * Images as a network learns them best: from each pixel the mean of that pixel over the reference images is taken, and
 * the rest divided by one number, the root mean square of all such rests of the reference images. One number for all
 * pixels, so that those that hardly vary are not blown up.
 *
 * @param images n × d
 * @param options.of the reference images (m × d): for test images, those of training; by default the images themselves
 * @returns n × d; of the reference images themselves each column has mean 0 and all entries together have variance 1
 * @throws InvalidArgumentError when there is no image, a pixel is not finite, the reference images are of another size
 *   or all alike
 *
 * @example
 * centredImages(matrix([[0, 5], [2, 1]])).data; // [-0.632…, 1.264…, 0.632…, -1.264…]
 * centredImages(matrix([[3, 3]]), { of: matrix([[0, 3], [2, 3]]) }).data; // [2.828…, 0]
 */
export function centredImages(images: Matrix, options: { readonly of?: Matrix } = {}): Matrix {
  const { of: reference = images } = options;
  for (const one of [images, reference]) {
    requireThat(one.rows > 0 && one.cols > 0, "centredImages", "there must be an image with a pixel", one);
    requireEntryCount("centredImages", one);
    requireFiniteEntries("centredImages", one, "the images must be finite");
  }
  const { rows: n, cols: d } = images;
  const { rows: m } = reference;
  requireThat(reference.cols === d, "centredImages", `the reference images must have ${d} pixels`, reference.cols);

  const means = new Float64Array(d);
  for (let k = 0; k < m * d; k++) means[k % d] += reference.data[k] / m;
  let squares = 0;
  for (let k = 0; k < m * d; k++) squares += (reference.data[k] - means[k % d]) ** 2;
  const deviation = Math.sqrt(squares / (m * d));
  requireThat(deviation > 0, "centredImages", "the reference images must not all be alike", `deviation ${deviation}`);
  const centred = zeros(n, d);
  for (let k = 0; k < n * d; k++) centred.data[k] = (images.data[k] - means[k % d]) / deviation;
  return centred;
}

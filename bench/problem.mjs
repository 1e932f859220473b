// The problems of the benchmark; the same numbers, to the last bit, as bench/peers/problem.py.

/**
 * Numbers in (−1, 1) by hashing their index: 32-bit integers, so every language gets the same.
 *
 * @param {number} stream
 * @param {number} length
 * @param {number} [factor] by which each is multiplied
 * @returns {Float64Array}
 */
export function uniform(stream, length, factor = 1) {
  return Float64Array.from({ length }, (_, k) => {
    let h = (k + Math.imul(stream, 0x9e3779b9)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    return (((h >>> 0) + 0.5) / 2 ** 31 - 1) * factor;
  });
}

/**
 * θ layer after layer, W (inputs × outputs) and then b, inputs (count × widths[0]) and targets (count).
 *
 * @param {readonly number[]} widths of the layers, inputs and the one output among them
 * @param {number} count of the samples
 */
export function multilayer(widths, count) {
  const parts = widths.slice(1).flatMap((outputs, k) => {
    const inputs = /** @type {number} */ (widths[k]);
    return [uniform(10 + 2 * k, inputs * outputs, Math.sqrt(3 / inputs)), uniform(11 + 2 * k, outputs, 0.1)];
  });
  const dimension = /** @type {number} */ (widths[0]);
  return {
    parameters: concatenated(parts),
    inputs: { rows: count, cols: dimension, data: uniform(1, count * dimension, Math.sqrt(3)) },
    targets: uniform(2, count),
  };
}

/**
 * The sine within 1e-10 by sums and products alone, whose bits are the same in every language, for |x| below 1e6.
 *
 * @param {number} x
 */
function sine(x) {
  const angle = x - Math.floor(x / (2 * Math.PI) + 0.5) * (2 * Math.PI);
  let sum = 1;
  for (let k = 26; k >= 2; k -= 2) sum = 1 - ((angle * angle) / (k * (k + 1))) * sum;
  return angle * sum;
}

/**
 * A net without randomness: W[k, i] = sin(1 + 0.37ik + 0.11i² + l + 0.5k)·√(3/inputs) from input k to output i of layer
 * l = 0, 1, …, biases 0, inputs x_i[k] = cos(1 + 0.7ik + 0.3i²) and targets y_i = sin(1.3i), laid out as above.
 *
 * @param {readonly number[]} widths of the layers, inputs and the one output among them
 * @param {number} count of the samples
 */
export function waves(widths, count) {
  const parts = widths.slice(1).flatMap((outputs, l) => {
    const inputs = /** @type {number} */ (widths[l]);
    const weights = Float64Array.from({ length: inputs * outputs }, (_, e) => {
      const [k, i] = [Math.floor(e / outputs), e % outputs];
      return sine(1 + 0.37 * i * k + 0.11 * i * i + l + 0.5 * k) * Math.sqrt(3 / inputs);
    });
    return [weights, new Float64Array(outputs)];
  });
  const dimension = /** @type {number} */ (widths[0]);
  const data = Float64Array.from({ length: count * dimension }, (_, e) => {
    const [i, k] = [Math.floor(e / dimension), e % dimension];
    return sine(1 + 0.7 * i * k + 0.3 * i * i + Math.PI / 2);
  });
  return {
    parameters: concatenated(parts),
    inputs: { rows: count, cols: dimension, data },
    targets: Float64Array.from({ length: count }, (_, i) => sine(1.3 * i)),
  };
}

/**
 * θ = (W, a) of a two-layer net without bias, inputs on the hypercube, and the product of two bits as targets.
 *
 * @param {number} width
 * @param {number} count
 */
export function exclusiveOr(width, count) {
  const dimension = 30;
  const inputs = { rows: count, cols: dimension, data: uniform(1, count * dimension).map(Math.sign) };
  const bit = (/** @type {number} */ i, /** @type {number} */ k) => Number(inputs.data[i * dimension + k]);
  return {
    parameters: concatenated([
      uniform(10, width * dimension, 3 / Math.sqrt(dimension)),
      uniform(11, width, 3 / Math.sqrt(width)),
    ]),
    inputs,
    targets: Float64Array.from({ length: count }, (_, i) => bit(i, 0) * bit(i, 1)),
  };
}

/**
 * The entries of several arrays, one array after the other.
 *
 * @param {readonly Float64Array[]} parts
 * @returns {Float64Array}
 */
export function concatenated(parts) {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

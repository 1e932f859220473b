import { matrix, type RandomStream } from "flat-minima/core";
import { univariateRelu } from "flat-minima/models";

/** A univariate ReLU network with its inputs; all numbers are short binary fractions, so that knots are exact. */
export interface SmallNet {
  readonly parameters: Float64Array;
  readonly inputs: number[];
}

/** m neurons on n distinct inputs within ±range; about three in four knots lie on inputs. */
export function randomNet(stream: RandomStream, m: number, n: number, range: number, scale = 1): SmallNet {
  const inputs = Array.from(stream.choice(16 * range, n), (k) => (k - 8 * range) / 8);
  const w = Array.from({ length: m }, () => (stream.uniform() < 0.5 ? 1 : -1) * scale * (1 + stream.integer(8)));
  const b = w.map((slope) => {
    const knot = inputs[stream.integer(n)] + (stream.uniform() < 0.75 ? 0 : 1 / 16);
    return 0 - slope * knot;
  });
  const v = w.map(() => (stream.uniform() < 0.5 ? 1 : -1) * scale * (1 + stream.integer(8)));
  return { parameters: Float64Array.of(...w, ...b, ...v, 0.5), inputs };
}

/**
 * Two neurons of opposite sign, each nearly balanced for its own knot on an input, small enough that the constant vector
 * of outputs is nearly the top eigenvector: where the bound of the function space is nearly tight.
 */
export function balancedPair(stream: RandomStream, range: number): SmallNet {
  const far = range > 1;
  const inputs = far
    ? [
        ...Array.from(stream.choice(24, 2), (k) => -1 - k / 8),
        ...Array.from(stream.choice(20, 2), (k) => 0.5 + k / 8),
        ...Array.from(stream.choice(32, 2), (k) => 4 + k / 8),
      ]
    : Array.from(stream.choice(16, 5), (k) => (k - 8) / 8);
  const knots = far ? [inputs[2], inputs[3]] : [inputs[0], inputs[1]];
  const w = knots.map(() => (far || stream.uniform() < 0.5 ? -1 : 1) * 2 ** -5);
  const v = knots.map((knot, k) => {
    const side = inputs.filter((x) => (x - knot) * w[k] > 0);
    const sum = (f: (x: number) => number): number => side.reduce((total, x) => total + f(x), 0);
    const balanced = (sum((x) => Math.abs(x - knot)) * 2 ** -5) / Math.hypot(sum((x) => x), side.length, 1e-3); // prettier-ignore
    return ((k === 0 ? 1 : -1) * Math.max(1, Math.round(balanced * 4096))) / 4096;
  });
  const b = w.map((slope, k) => 0 - slope * knots[k]);
  return { parameters: Float64Array.of(...w, ...b, ...v, 0.5), inputs };
}

/** f(x_1), …, f(x_n) by the model. */
export function outputsOf(parameters: Float64Array, inputs: readonly number[]): Float64Array {
  const network = univariateRelu({ width: (parameters.length - 1) / 3 });
  return network.evaluate(parameters, matrix(inputs.map((x) => [x])), { reproducible: true }).outputs.data;
}

/** φ(q) by hand: a neuron at z ≠ 0 is linear, one at z = 0 takes max(x q_w + q_b, 0). */
export function naiveDerivatives({ parameters, inputs }: SmallNet, q: ArrayLike<number>): number[] {
  const m = (parameters.length - 1) / 3;
  return inputs.map((x) => {
    let sum = q[3 * m];
    for (let j = 0; j < m; j++) {
      const z = parameters[j] * x + parameters[m + j];
      const dz = q[j] * x + q[m + j];
      if (z > 0) sum += parameters[2 * m + j] * dz + z * q[2 * m + j];
      if (z === 0) sum += parameters[2 * m + j] * Math.max(0, dz);
    }
    return sum;
  });
}

/** (1/n) Σ φ_i(q)²/|q|². */
export function naiveSharpness(net: SmallNet, q: ArrayLike<number>): number {
  const squared = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value * value, 0);
  return squared(naiveDerivatives(net, q)) / (net.inputs.length * squared(q));
}

/** H_m q in the mode of q (neurons at z = 0 on where x q_w + q_b > 0), by loops. */
export function naiveImage({ parameters, inputs }: SmallNet, q: ArrayLike<number>): number[] {
  const m = (parameters.length - 1) / 3;
  const image = new Array<number>(3 * m + 1).fill(0);
  const outputs = naiveDerivatives({ parameters, inputs }, q);
  inputs.forEach((x, i) => {
    const weight = outputs[i] / inputs.length;
    image[3 * m] += weight;
    for (let j = 0; j < m; j++) {
      const z = parameters[j] * x + parameters[m + j];
      if (z < 0 || (z === 0 && q[j] * x + q[m + j] <= 0)) continue;
      image[j] += weight * parameters[2 * m + j] * x;
      image[m + j] += weight * parameters[2 * m + j];
      image[2 * m + j] += weight * z;
    }
  });
  return image;
}

/** The largest value of a function of directions that a climb by shrinking random steps finds from several starts. */
export function climbed(
  stream: RandomStream,
  dimension: number,
  starts: number,
  value: (q: Float64Array) => number,
): number {
  let largest = -Infinity;
  for (let start = 0; start < starts; start++) {
    let q = stream.sphere(dimension);
    let top = value(q);
    for (let size = 1, fails = 0; size > 1e-5;) {
      const step = stream.normals(dimension);
      const next = q.map((entry, k) => entry + size * step[k]);
      const length = Math.hypot(...next);
      const candidate = next.map((entry) => entry / length);
      const found = value(candidate);
      if (found > top) [q, top, fails] = [candidate, found, 0];
      else if (++fails > 4 * dimension) [size, fails] = [size / 2, 0];
    }
    largest = Math.max(largest, top);
  }
  return largest;
}

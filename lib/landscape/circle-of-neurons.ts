/** The neurons w = cos φ·u + sin φ·v on a circle, by the inner products of the inputs with u and v. */
export interface CircleOfNeurons {
  /** u·x_i and v·x_i (n). */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** The inputs that are not at right angles to the whole circle, by the angle of their kink in [0, π). */
  readonly order: readonly number[];
  /** Those kinks as (cos φ, sin φ) (n each); on the other half of the circle they come again with the other sign. */
  readonly kinkCosine: Float64Array;
  readonly kinkSine: Float64Array;
}

/** The kinks of a circle, sorted; what every vector of coefficients shares. */
export function circleOfNeurons(first: Float64Array, second: Float64Array): CircleOfNeurons {
  const n = first.length;
  const kinkCosine = new Float64Array(n);
  const kinkSine = new Float64Array(n);
  const keys = new Float64Array(n);
  const order: number[] = [];
  for (let i = 0; i < n; i++) {
    const length = Math.sqrt(first[i] * first[i] + second[i] * second[i]);
    if (length === 0) continue;
    order.push(i);
    const upwards = first[i] < 0 || (first[i] === 0 && second[i] > 0) ? 1 : -1;
    const x = (upwards * second[i]) / length;
    const y = (-upwards * first[i]) / length;
    kinkCosine[i] = x;
    kinkSine[i] = y;
    keys[i] = x >= 0 ? y / (x + y) : 2 - y / (y - x); // grows with the angle from 0 to 2, without a trigonometric function
  }
  return { first, second, order: order.sort((i, j) => keys[i] - keys[j]), kinkCosine, kinkSine };
}

/** The greatest |Σ_i c_i max{w·x_i, 0}| on the circle, and where it is: w = cosine·u + sine·v. */
export function mostCorrelatedOnCircle(
  { first, second, order, kinkCosine, kinkSine }: CircleOfNeurons,
  c: ArrayLike<number>,
): { readonly value: number; readonly cosine: number; readonly sine: number } {
  let [value, cosine, sine] = [0, 1, 0];
  if (order.length === 0) return { value, cosine, sine };
  // Just before the angle 0 an input is active when it points to the right; s is the sum over the active ones.
  const active = new Uint8Array(first.length);
  let [s, t] = [0, 0];
  for (const i of order) {
    if (first[i] < 0 || (first[i] === 0 && second[i] > 0)) continue;
    active[i] = 1;
    s += c[i] * first[i];
    t += c[i] * second[i];
  }
  const last = order[order.length - 1];
  let [x, y] = [-kinkCosine[last], -kinkSine[last]]; // where the arc begins
  for (const half of [1, -1]) {
    for (const i of order) {
      const [endX, endY] = [half * kinkCosine[i], half * kinkSine[i]];
      const [afterStart, beforeEnd] = [x * t - y * s, s * endY - t * endX];
      const along = afterStart >= 0 && beforeEnd >= 0; // s points into the arc, which is at most half of the circle
      const opposite = afterStart <= 0 && beforeEnd <= 0;
      const length = Math.sqrt(s * s + t * t);
      if ((along || opposite) && length > value) {
        const sign = along ? 1 : -1;
        [value, cosine, sine] = [length, (sign * s) / length, (sign * t) / length];
      }
      const atEnd = Math.abs(s * endX + t * endY);
      if (atEnd > value) [value, cosine, sine] = [atEnd, endX, endY];
      const change = active[i] === 1 ? -c[i] : c[i];
      active[i] ^= 1;
      s += change * first[i];
      t += change * second[i];
      [x, y] = [endX, endY];
    }
  }
  return { value, cosine, sine };
}

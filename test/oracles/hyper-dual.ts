/**
 * Hyper-dual numbers a + bε₁ + cε₂ + dε₁ε₂ with ε₁² = ε₂² = 0: a function written with them once gives its value, a
 * directional derivative along each of two directions, and the exact mixed second derivative, without a step size
 * (Fike and Alonso 2011). They judge the library's derivatives and share no code with it.
 */
export class HyperDual {
  constructor(
    readonly value: number,
    readonly first: number = 0,
    readonly second: number = 0,
    readonly mixed: number = 0,
  ) {}
}

export type Scalar = HyperDual | number;

const lift = (x: Scalar): HyperDual => (typeof x === "number" ? new HyperDual(x) : x);

export function plus(...terms: Scalar[]): HyperDual {
  return terms
    .map(lift)
    .reduce(
      (x, y) => new HyperDual(x.value + y.value, x.first + y.first, x.second + y.second, x.mixed + y.mixed),
      new HyperDual(0),
    );
}

export function times(...factors: Scalar[]): HyperDual {
  return factors
    .map(lift)
    .reduce(
      (x, y) =>
        new HyperDual(
          x.value * y.value,
          x.first * y.value + x.value * y.first,
          x.second * y.value + x.value * y.second,
          x.mixed * y.value + x.first * y.second + x.second * y.first + x.value * y.mixed,
        ),
      new HyperDual(1),
    );
}

/** A scalar function by its value and first two derivatives. */
export function apply(
  f: (x: number) => readonly [value: number, slope: number, curvature: number],
  argument: Scalar,
): HyperDual {
  const x = lift(argument);
  const [value, slope, curvature] = f(x.value);
  return new HyperDual(value, slope * x.first, slope * x.second, slope * x.mixed + curvature * x.first * x.second);
}

export const minus = (x: Scalar, y: Scalar): HyperDual => plus(x, times(-1, y));
export const relu = (x: Scalar): HyperDual => apply((z) => (z > 0 ? [z, 1, 0] : [0, 0, 0]), x);
export const tanh = (x: Scalar): HyperDual =>
  apply((z) => {
    const y = Math.tanh(z);
    return [y, 1 - y * y, -2 * y * (1 - y * y)];
  }, x);
export const exp = (x: Scalar): HyperDual => apply((z) => [Math.exp(z), Math.exp(z), Math.exp(z)], x);
export const log = (x: Scalar): HyperDual => apply((z) => [Math.log(z), 1 / z, -1 / (z * z)], x);
export const reciprocal = (x: Scalar): HyperDual => apply((z) => [1 / z, -1 / z ** 2, 2 / z ** 3], x);
export const sqrt = (x: Scalar): HyperDual =>
  apply((z) => [Math.sqrt(z), 0.5 / Math.sqrt(z), -0.25 / (z * Math.sqrt(z))], x);
export const softplus = (x: Scalar): HyperDual => log(plus(1, exp(x)));
/** γz + (1 − γ) log((1 + e^z)/2) with γ = ½. */
export const smoothLeakyRelu = (x: Scalar): HyperDual => plus(times(0.5, x), times(0.5, softplus(x)), -0.5 * Math.LN2);

/** Value, gradient (p) and Hessian (p rows) of a scalar function of p parameters, one pair of directions at a time. */
export function derivatives(
  f: (parameters: readonly Scalar[]) => HyperDual,
  at: ArrayLike<number>,
): { readonly value: number; readonly gradient: number[]; readonly hessian: number[][] } {
  const size = at.length;
  const gradient = new Array<number>(size).fill(0);
  const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let value = f(Array.from(at)).value;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const point = Array.from(at, (x, k) => new HyperDual(x, k === i ? 1 : 0, k === j ? 1 : 0));
      const result = f(point);
      value = result.value;
      gradient[i] = result.first;
      hessian[i][j] = result.mixed;
      hessian[j][i] = result.mixed;
    }
  }
  return { value, gradient, hessian };
}

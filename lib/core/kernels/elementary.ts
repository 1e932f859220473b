// exp, tanh and log(1 + t) from +, −, ×, ÷, comparisons and bits alone: the same bits on every machine, which the host's
// Math does not promise. No branch depends on the argument, so that WebAssembly does the same operations in the same
// order, two lanes at a time (assembly/elementary.ts): what changes here has to change there, and a test compares.

/**
 * 1.5·2⁵² + 1023. Adding it rounds |x| < 2⁵⁰ to an integer n, which subtracting it gives back; and the last bits of the
 * sum are n + 1023, the exponent field of 2ⁿ.
 */
const ROUNDER = 6755399441056767;
/** 2/log 2, the inverse of (log 2)/2 = HIGH + LOW, where n·HIGH is exact for |n| < 2²⁰. */
const TWO_OVER_LN2 = 2.8853900817779268;
const HALF_LN2_HIGH = 0.34657359024276957;
const HALF_LN2_LOW = 3.7203085550061984e-11;

const LEAST_EXPONENT = -1074;
/** 2ⁿ at index n + 1074, for all powers of two among the doubles. */
const POWERS_OF_TWO: Float64Array = new Float64Array(2098);
for (let n = LEAST_EXPONENT, power = Number.MIN_VALUE; n <= 1023; n++, power *= 2) {
  POWERS_OF_TWO[n - LEAST_EXPONENT] = power;
}

/** 2ⁿ; anything for n = NaN. */
function powerOfTwo(n: number): number {
  return POWERS_OF_TWO[(n - LEAST_EXPONENT) | 0];
}

/**
 * tanh h for |h| ≤ (log 2)/4, as h + h³Q(h²). Q interpolates at the Chebyshev points of [0, (log 2)²/16]: relative
 * error 0.14 units roundoff before rounding.
 */
function tanhOfReduced(h: number): number {
  const v = h * h;
  let q = 0.0034638551218024657;
  q = -0.008858931940582461 + v * q;
  q = 0.021869421726238444 + v * q;
  q = -0.053968253498668725 + v * q;
  q = 0.13333333333212513 + v * q;
  q = -0.3333333333333328 + v * q;
  return h + h * v * q;
}

/** e^x, within 2 ulp; the limits are 0 and Infinity. */
export function exp(x: number): number {
  let y = x > 710 ? 710 : x;
  y = y < -746 ? -746 : y;
  // x/2 = n (log 2)/2 + h, so that e^x = 2ⁿ e^{2h} and e^{2h} = (1 + t)/(1 − t) with t = tanh h.
  const half = 0.5 * y;
  const n = half * TWO_OVER_LN2 + ROUNDER - ROUNDER;
  const h = half - n * HALF_LN2_HIGH - n * HALF_LN2_LOW;
  const t = tanhOfReduced(h);
  const e = 1 + (2 * t) / (1 - t);
  // In two steps, since 2ⁿ itself may be beyond the normal numbers.
  const first = 0.5 * n + ROUNDER - ROUNDER;
  return e * powerOfTwo(first) * powerOfTwo(n - first);
}

/** tanh x, within 3 ulp; odd, ±1 from |x| = 22 on, and never beyond. */
export function tanh(x: number): number {
  const absolute = Math.abs(x);
  const a = absolute > 22 ? 22 : absolute;
  // |x| = n (log 2)/2 + h, and tanh(n (log 2)/2) = (2ⁿ − 1)/(2ⁿ + 1); the addition theorem joins them.
  const n = a * TWO_OVER_LN2 + ROUNDER - ROUNDER;
  const h = a - n * HALF_LN2_HIGH - n * HALF_LN2_LOW;
  const t = tanhOfReduced(h);
  const power = powerOfTwo(n);
  const u = power - 1;
  const v = power + 1;
  const y = (u + v * t) / (v + u * t);
  return x > 0 ? y : x < 0 ? -y : x;
}

const float = new Float64Array(1);
/** The halves of `float`, the high one second: all platforms of Node.js are little-endian. */
const words: Int32Array = new Int32Array(float.buffer);
/** Of √½, which no u ≥ 1 is below. */
const HIGH_WORD_OF_ROOT_HALF = 0x3fe6a09e;
/** log 2 = HIGH + LOW, where k·HIGH is exact for |k| < 2²⁰. */
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;

/** log(1 + t) for t ≥ 0 (else NaN), within 1 ulp, also near 0, where it is about t. */
export function logOnePlus(t: number): number {
  if (t === Infinity) return t;
  return t >= 0 ? logOnePlusOfFinite(t) : NaN;
}

function logOnePlusOfFinite(t: number): number {
  // u + lost = 1 + t exactly (Knuth's two-sum), and log(u + lost) = log u + lost/u.
  const u = 1 + t;
  const part = u - 1;
  const lost = 1 - (u - part) + (t - part);
  const c = lost / u;
  // u = 2ᵏ (1 + f) with √½ ≤ 1 + f < √2.
  float[0] = u;
  const k = (words[1] - HIGH_WORD_OF_ROOT_HALF) >> 20;
  const f = u * powerOfTwo(-k) - 1;
  // log(1 + f) = 2 artanh s = 2s + s·r, r = (2/3)s² + (2/5)s⁴ + …, and 2s = f − s·f; interpolated like Q above.
  const s = f / (2 + f);
  const z = s * s;
  let r = 0.14618462083796982;
  r = 0.15331558670323325 + z * r;
  r = 0.18182894030543298 + z * r;
  r = 0.22222211067419392 + z * r;
  r = 0.2857142862638853 + z * r;
  r = 0.39999999999898594 + z * r;
  r = 0.666666666666667 + z * r;
  const halfSquare = 0.5 * f * f;
  const tail = s * (halfSquare + z * r) + (k * LN2_LOW + c);
  return k * LN2_HIGH - (halfSquare - tail - f);
}

/** log(1 + e^x), within 2 ulp; for large |x| it becomes x or e^x. */
export function softplus(x: number): number {
  return (x > 0 ? x : 0) + logOnePlusOfFinite(exp(-Math.abs(x)));
}

/** 1/(1 + e^{−x}), within 3 ulp, also where it is near 0. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** ½x + ½ log((1 + e^x)/2), within 2 ulp, also near 0, where it is about ¾x. */
export function smoothLeakyRelu(x: number): number {
  // (1 + e^{−a})/2 = 1/(1 + tanh(a/2)), for a = |x|.
  return 0.5 * (x + (x > 0 ? x : 0) - logOnePlusOfFinite(tanh(0.5 * Math.abs(x))));
}

// The functions of ../elementary.ts, two lanes at a time: the same operations in the same order, explained there.

const ROUNDER: f64 = 6755399441056767;
const TWO_OVER_LN2: f64 = 2.8853900817779268;
const HALF_LN2_HIGH: f64 = 0.34657359024276957;
const HALF_LN2_LOW: f64 = 3.7203085550061984e-11;

/** `rounded` is n + ROUNDER: its last bits are the exponent field of 2ⁿ. */
@inline
function powerOfTwo(rounded: v128): v128 {
  return i64x2.shl(rounded, 52);
}

/** y, or `limit` where y is above it; NaN stays. */
@inline
function atMost(limit: f64, y: v128): v128 {
  return f64x2.pmin(y, f64x2.splat(limit));
}

/** c + v·q. */
@inline
function horner(c: f64, v: v128, q: v128): v128 {
  return f64x2.add(f64x2.splat(c), f64x2.mul(v, q));
}

@inline
function tanhOfReduced(h: v128): v128 {
  const v = f64x2.mul(h, h);
  let q = f64x2.splat(0.0034638551218024657);
  q = horner(-0.008858931940582461, v, q);
  q = horner(0.021869421726238444, v, q);
  q = horner(-0.053968253498668725, v, q);
  q = horner(0.13333333333212513, v, q);
  q = horner(-0.3333333333333328, v, q);
  return f64x2.add(h, f64x2.mul(f64x2.mul(h, v), q));
}

/** x − n (log 2)/2. */
@inline
function reduced(x: v128, n: v128): v128 {
  const high = f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_LN2_HIGH)));
  return f64x2.sub(high, f64x2.mul(n, f64x2.splat(HALF_LN2_LOW)));
}

@inline
function exp(x: v128): v128 {
  const one = f64x2.splat(1);
  const rounder = f64x2.splat(ROUNDER);
  const y = f64x2.pmax(atMost(710, x), f64x2.splat(-746));
  const half = f64x2.mul(f64x2.splat(0.5), y);
  const n = f64x2.sub(f64x2.add(f64x2.mul(half, f64x2.splat(TWO_OVER_LN2)), rounder), rounder);
  const t = tanhOfReduced(reduced(half, n));
  const e = f64x2.add(one, f64x2.div(f64x2.mul(f64x2.splat(2), t), f64x2.sub(one, t)));
  const first = f64x2.add(f64x2.mul(f64x2.splat(0.5), n), rounder);
  const second = f64x2.add(f64x2.sub(n, f64x2.sub(first, rounder)), rounder);
  return f64x2.mul(f64x2.mul(e, powerOfTwo(first)), powerOfTwo(second));
}

@inline
export function tanh(x: v128): v128 {
  const one = f64x2.splat(1);
  const rounder = f64x2.splat(ROUNDER);
  const a = atMost(22, f64x2.abs(x));
  const rounded = f64x2.add(f64x2.mul(a, f64x2.splat(TWO_OVER_LN2)), rounder);
  const t = tanhOfReduced(reduced(a, f64x2.sub(rounded, rounder)));
  const power = powerOfTwo(rounded);
  const u = f64x2.sub(power, one);
  const v = f64x2.add(power, one);
  const y = f64x2.div(f64x2.add(u, f64x2.mul(v, t)), f64x2.add(v, f64x2.mul(u, t)));
  // y is never negative: the sign is x's.
  return v128.or(y, v128.and(x, f64x2.splat(-0.0)));
}

const HIGH_WORD_OF_ROOT_HALF: i64 = 0x3fe6a09e;
const LN2_HIGH: f64 = 0.6931471804855391;
const LN2_LOW: f64 = 7.440617110012397e-11;

@inline
function logOnePlus(t: v128): v128 {
  const one = f64x2.splat(1);
  const u = f64x2.add(one, t);
  const part = f64x2.sub(u, one);
  const lost = f64x2.add(f64x2.sub(one, f64x2.sub(u, part)), f64x2.sub(t, part));
  const c = f64x2.div(lost, u);
  const exponent = i64x2.shr_u(i64x2.sub(u, i64x2.splat(HIGH_WORD_OF_ROOT_HALF << 32)), 52);
  // 2⁵² + an integer below 2⁵² has that integer as its last bits.
  const k = f64x2.sub(v128.or(exponent, f64x2.splat(4503599627370496)), f64x2.splat(4503599627370496));
  const f = f64x2.sub(i64x2.sub(u, i64x2.shl(exponent, 52)), one);
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  let r = f64x2.splat(0.14618462083796982);
  r = horner(0.15331558670323325, z, r);
  r = horner(0.18182894030543298, z, r);
  r = horner(0.22222211067419392, z, r);
  r = horner(0.2857142862638853, z, r);
  r = horner(0.39999999999898594, z, r);
  r = horner(0.666666666666667, z, r);
  const halfSquare = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const tail = f64x2.add(
    f64x2.mul(s, f64x2.add(halfSquare, f64x2.mul(z, r))),
    f64x2.add(f64x2.mul(k, f64x2.splat(LN2_LOW)), c),
  );
  return f64x2.sub(f64x2.mul(k, f64x2.splat(LN2_HIGH)), f64x2.sub(f64x2.sub(halfSquare, tail), f));
}

/** x where it is positive, else 0. */
@inline
function positivePart(x: v128): v128 {
  return f64x2.pmax(f64x2.splat(0), x);
}

@inline
export function softplus(x: v128): v128 {
  return f64x2.add(positivePart(x), logOnePlus(exp(f64x2.neg(f64x2.abs(x)))));
}

@inline
export function sigmoid(x: v128): v128 {
  const one = f64x2.splat(1);
  const e = exp(f64x2.neg(f64x2.abs(x)));
  return f64x2.div(v128.bitselect(e, one, f64x2.lt(x, f64x2.splat(0))), f64x2.add(one, e));
}

@inline
export function smoothLeakyRelu(x: v128): v128 {
  const half = f64x2.splat(0.5);
  const log = logOnePlus(tanh(f64x2.mul(half, f64x2.abs(x))));
  return f64x2.mul(half, f64x2.sub(f64x2.add(x, positivePart(x)), log));
}

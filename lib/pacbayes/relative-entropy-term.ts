/**
 * One term of a relative entropy, a log(a/b) − a + b ≥ 0 for masses a, b ≥ 0: the terms of two distributions add up to
 * KL, since the masses do to the same total, and none cancels another. Its condition number in b − a is at most 2 for
 * b ≥ a/4; computed within 6 rounding errors of 2^-53 for normal numbers. 0 log 0 = 0, and infinite at b = 0 < a.
 *
 * With x = (b − a)/a and s = x/(2 + x) = (b − a)/(a + b) it is a (x − log(1 + x)), where log(1 + x) = 2 artanh s =
 * 2s + 2s³/3 + 2s⁵/5 + …, and x − 2s = xs. So s ((b − a) − 2as² (1/3 + s²/5 + s⁴/7 + …)), whose second term is the
 * smaller, has no cancellation; x − log1p(x) would lose all digits near x = 0.
 *
 * @param difference b − a, which the caller may know better than by subtraction
 */
export function relativeEntropyTerm(a: number, b: number, difference: number): number {
  if (a === 0) return difference;
  if (b === 0) return Infinity;
  const sum = a + b;
  const s = sum < Infinity ? difference / sum : difference / 2 / (a / 2 + b / 2);
  if (Math.abs(s) > SERIES_RANGE) return difference - a * logQuotient(b, a);
  const square = s * s;
  let [series, power] = [0, 1];
  for (let k = 3; power > Number.EPSILON / 4; k += 2, power *= square) series += power / k;
  return s * (difference - 2 * a * square * series);
}

/** Up to b = 4a and down to b = a/4 (tuned: beyond, less than a factor of 4 is lost to cancellation). */
const SERIES_RANGE = 0.6;

/** log(x/y), also where the quotient leaves the normal numbers; then the logarithms are too far apart to cancel. */
function logQuotient(x: number, y: number): number {
  const quotient = x / y;
  return quotient > 1e-300 && quotient < 1e300 ? Math.log(quotient) : Math.log(x) - Math.log(y);
}

const DIGITS = 6;

/**
 * A number rounded to six significant digits, so that what a notebook keeps does not change with the last bits;
 * NaN and ±∞, which JSON lacks, become their names.
 *
 * @example
 * sixDigits(17.3819601665774); // 17.382
 */
export function sixDigits(value: number): number | string {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : String(value);
}

/**
 * The same as text, with a true minus sign and powers of ten for what is very small or very large.
 *
 * @example
 * formatNumber(-1.5e-12); // "−1.5e−12"
 */
export function formatNumber(value: number): string {
  const rounded = Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : value;
  const size = Math.abs(rounded);
  const plain = size === 0 || !Number.isFinite(rounded) || (size >= 1e-4 && size < 1e7);
  return (plain ? String(rounded) : rounded.toExponential()).replace(/-/g, "−").replace("e+", "e");
}

/** A share in percent to two significant digits, "14 %". */
export function formatPercent(share: number): string {
  return `${formatNumber(Number((100 * share).toPrecision(2)))} %`;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Tick values of a logarithmic or symlog axis, with the label of each. */
export interface Ticks {
  readonly values: readonly number[];
  readonly labels: readonly string[];
}

/**
 * Ticks at powers of ten, every k-th if there are more than `most`; at 1, 2, 5 times powers of ten where an axis spans
 * less than two decades; `undefined` (Vega's own) where even these are fewer than three.
 *
 * @example
 * logTicks([0.02, 300], 8)?.labels; // ["0.1", "1", "10", "100"]
 */
export function logTicks([low, high]: readonly [number, number], most: number): Ticks | undefined {
  const inside = (value: number): boolean => value >= low && value <= high;
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const decades = exponents.map(powerOfTen).filter(inside);
  if (decades.length >= 3) {
    const every = Math.ceil(decades.length / most);
    return labelled(decades.filter((value) => Math.round(Math.log10(value)) % every === 0));
  }
  const between = exponents.flatMap((k) => [1, 2, 5].map((m) => Number(`${m}e${k}`))).filter(inside);
  return between.length >= 3 ? labelled(between) : undefined;
}

/**
 * Ticks of a symlog axis: 0 and ±1, ±10, …; `undefined` where the values are so small that the axis is nearly linear.
 *
 * @example
 * symlogTicks([-20, 150], 8)?.labels; // ["−10", "−1", "0", "1", "10", "100"]
 */
export function symlogTicks([low, high]: readonly [number, number], most: number): Ticks | undefined {
  const last = Math.ceil(Math.log10(Math.max(1, -low, high)));
  const every = Math.max(1, Math.ceil((2 * last) / most));
  const powers = Array.from({ length: last + 1 }, (_, k) => k).filter((k) => k % every === 0);
  const values = [...powers.map((k) => -powerOfTen(k)).reverse(), 0, ...powers.map(powerOfTen)];
  const inside = values.filter((value) => value >= low && value <= high);
  return inside.length >= 4 ? labelled(inside) : undefined;
}

// Read from decimal notation, since Math.pow need not give the double nearest to 10^k.
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}

/** All labels as plain numbers if these are short, else all as multiples of powers of ten. */
function labelled(values: readonly number[]): Ticks {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  const plain = Math.min(...sizes) >= 1e-3 && Math.max(...sizes) <= 1e4;
  return { values, labels: values.map((value) => (plain ? String(value).replace("-", "−") : powerLabel(value))) };
}

function powerLabel(value: number): string {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential().split("e");
  const power = `10${[...String(Number(exponent))].map((c) => (c === "-" ? "⁻" : superscripts[Number(c)])).join("")}`;
  const sign = value < 0 ? "−" : "";
  const mantissa = digits.replace("-", "");
  return mantissa === "1" ? sign + power : `${sign}${mantissa}·${power}`;
}

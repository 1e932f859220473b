/** Whether no entry is infinite or NaN: 0·x is 0 or −0 for finite x and NaN for all others. */
export function allFinite(values: Float64Array): boolean {
  const count = values.length;
  let sum = 0;
  // Four at a time, since each addition to the sum waits for the one before: 1.7 µs for 3561 entries. Asking for each
  // value takes 3.4 µs, the array's own `every` 25, which a training loop would feel at every step.
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    sum += 0 * values[k] + 0 * values[k + 1] + (0 * values[k + 2] + 0 * values[k + 3]);
  }
  for (; k < count; k++) sum += 0 * values[k];
  return sum === 0;
}

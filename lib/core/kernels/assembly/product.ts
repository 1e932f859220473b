import { fiveRows } from "./five-rows";
import { oneRow } from "./one-row";

/** C ← AB (+ C), where entry (i, l) of A is at A + i·rowA + l·stepA, so that A may be transposed. */
export function product(
  C: usize,
  A: usize,
  B: usize,
  m: i32,
  k: i32,
  n: i32,
  rowA: usize,
  stepA: usize,
  accumulate: bool,
): void {
  const row = (<usize>n) << 3;
  for (; m >= 5; m -= 5) {
    fiveRows(C, A, B, k, n, rowA, stepA, accumulate);
    C += 5 * row;
    A += 5 * rowA;
  }
  for (; m > 0; m--) {
    oneRow(C, A, B, k, n, stepA, accumulate);
    C += row;
    A += rowA;
  }
}

export function multiply(C: usize, A: usize, B: usize, m: i32, k: i32, n: i32, accumulate: bool): void {
  product(C, A, B, m, k, n, (<usize>k) << 3, 8, accumulate);
}

export function multiplyTransposedA(C: usize, A: usize, B: usize, m: i32, k: i32, n: i32, accumulate: bool): void {
  // A single column is the single row BᵀA.
  if (n === 1) product(C, B, A, 1, k, m, 8, 8, accumulate);
  else product(C, A, B, m, k, n, 8, (<usize>m) << 3, accumulate);
}

// Blocks of five rows by four columns: ten sums stay in the sixteen vector registers beside two vectors of B and one
// entry of A, and the additions of one step do not wait for each other.
import { addProduct, load, store } from "./lanes";

/** Five rows of a product. */
export function fiveRows(
  c: usize,
  a: usize,
  b: usize,
  k: i32,
  n: i32,
  rowA: usize,
  stepA: usize,
  accumulate: bool,
): void {
  const row = <usize>n << 3;
  for (; n >= 4; n -= 4) {
    fiveByFour(c, a, b, k, row, rowA, stepA, accumulate);
    c += 32;
    b += 32;
  }
  if (n >= 2) {
    fiveByFew(c, a, b, k, row, rowA, stepA, accumulate, true);
    c += 16;
    b += 16;
  }
  if (n & 1) fiveByFew(c, a, b, k, row, rowA, stepA, accumulate, false);
}

function fiveByFour(
  c: usize,
  a0: usize,
  b: usize,
  k: i32,
  row: usize,
  rowA: usize,
  stepA: usize,
  accumulate: bool,
): void {
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  const c4 = c3 + row;
  let a1 = a0 + rowA;
  let a2 = a1 + rowA;
  let a3 = a2 + rowA;
  let a4 = a3 + rowA;
  const zero = f64x2.splat(0);
  let s00 = zero;
  let s01 = zero;
  let s10 = zero;
  let s11 = zero;
  let s20 = zero;
  let s21 = zero;
  let s30 = zero;
  let s31 = zero;
  let s40 = zero;
  let s41 = zero;
  if (accumulate) {
    s00 = v128.load(c);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
    s40 = v128.load(c4);
    s41 = v128.load(c4, 16);
  }
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a0);
    s00 = addProduct(s00, x, b0);
    s01 = addProduct(s01, x, b1);
    x = v128.load64_splat(a1);
    s10 = addProduct(s10, x, b0);
    s11 = addProduct(s11, x, b1);
    x = v128.load64_splat(a2);
    s20 = addProduct(s20, x, b0);
    s21 = addProduct(s21, x, b1);
    x = v128.load64_splat(a3);
    s30 = addProduct(s30, x, b0);
    s31 = addProduct(s31, x, b1);
    x = v128.load64_splat(a4);
    s40 = addProduct(s40, x, b0);
    s41 = addProduct(s41, x, b1);
    b += row;
    a0 += stepA;
    a1 += stepA;
    a2 += stepA;
    a3 += stepA;
    a4 += stepA;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
  v128.store(c4, s40);
  v128.store(c4, s41, 16);
}

/** The columns that are left, two or one. */
@inline
function fiveByFew(
  c: usize,
  a: usize,
  b: usize,
  k: i32,
  row: usize,
  rowA: usize,
  stepA: usize,
  accumulate: bool,
  pair: bool,
): void {
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  const c4 = c3 + row;
  const twoRows = rowA + rowA;
  const threeRows = twoRows + rowA;
  const fourRows = threeRows + rowA;
  const zero = f64x2.splat(0);
  let s0 = accumulate ? load(c, pair) : zero;
  let s1 = accumulate ? load(c1, pair) : zero;
  let s2 = accumulate ? load(c2, pair) : zero;
  let s3 = accumulate ? load(c3, pair) : zero;
  let s4 = accumulate ? load(c4, pair) : zero;
  for (; k > 0; k--) {
    const y = load(b, pair);
    s0 = addProduct(s0, v128.load64_splat(a), y);
    s1 = addProduct(s1, v128.load64_splat(a + rowA), y);
    s2 = addProduct(s2, v128.load64_splat(a + twoRows), y);
    s3 = addProduct(s3, v128.load64_splat(a + threeRows), y);
    s4 = addProduct(s4, v128.load64_splat(a + fourRows), y);
    b += row;
    a += stepA;
  }
  store(c, s0, pair);
  store(c1, s1, pair);
  store(c2, s2, pair);
  store(c3, s3, pair);
  store(c4, s4, pair);
}

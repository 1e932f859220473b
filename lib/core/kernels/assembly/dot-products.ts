// A Bᵀ as scalar products of rows, in blocks of five rows of A by two rows of B: ten sums, as in product.ts. The two
// lanes of a sum are the terms with even and with odd index; when the last term is even, the odd sum gets +0, which
// changes nothing, since a sum that starts from +0 is never −0.
import { addProduct } from "./lanes";
import { product } from "./product";

/** even + odd of two sums, beside each other. */
@inline
function evenPlusOdd(s: v128, t: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(s, t, 0, 2), v128.shuffle<f64>(s, t, 1, 3));
}

@inline
function evenPlusOddOfOne(s: v128): f64 {
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

export function multiplyTransposedB(C: usize, A: usize, B: usize, m: i32, k: i32, n: i32): void {
  // Sums of one term are their even half; and a column times a row needs no transposing.
  if (k === 1) return product(C, A, B, m, 1, n, 8, 8, false);
  const rowA = <usize>k << 3;
  const row = <usize>n << 3;
  for (; m >= 5; m -= 5) {
    fiveDotRows(C, A, B, k, n);
    C += 5 * row;
    A += 5 * rowA;
  }
  for (; m > 0; m--) {
    oneDotRow(C, A, B, k, n);
    C += row;
    A += rowA;
  }
}

@inline
function fiveDotRows(c: usize, a: usize, b: usize, k: i32, n: i32): void {
  const row = <usize>n << 3;
  const rowA = <usize>k << 3;
  for (; n >= 2; n -= 2) {
    let a0 = a;
    let a1 = a0 + rowA;
    let a2 = a1 + rowA;
    let a3 = a2 + rowA;
    let a4 = a3 + rowA;
    let b1 = b + rowA;
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
    for (let pairs = k >> 1; pairs > 0; pairs--) {
      const y0 = v128.load(b);
      const y1 = v128.load(b1);
      let x = v128.load(a0);
      s00 = addProduct(s00, x, y0);
      s01 = addProduct(s01, x, y1);
      x = v128.load(a1);
      s10 = addProduct(s10, x, y0);
      s11 = addProduct(s11, x, y1);
      x = v128.load(a2);
      s20 = addProduct(s20, x, y0);
      s21 = addProduct(s21, x, y1);
      x = v128.load(a3);
      s30 = addProduct(s30, x, y0);
      s31 = addProduct(s31, x, y1);
      x = v128.load(a4);
      s40 = addProduct(s40, x, y0);
      s41 = addProduct(s41, x, y1);
      b += 16;
      b1 += 16;
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
    }
    if (k & 1) {
      const y0 = v128.load64_zero(b);
      const y1 = v128.load64_zero(b1);
      let x = v128.load64_zero(a0);
      s00 = addProduct(s00, x, y0);
      s01 = addProduct(s01, x, y1);
      x = v128.load64_zero(a1);
      s10 = addProduct(s10, x, y0);
      s11 = addProduct(s11, x, y1);
      x = v128.load64_zero(a2);
      s20 = addProduct(s20, x, y0);
      s21 = addProduct(s21, x, y1);
      x = v128.load64_zero(a3);
      s30 = addProduct(s30, x, y0);
      s31 = addProduct(s31, x, y1);
      x = v128.load64_zero(a4);
      s40 = addProduct(s40, x, y0);
      s41 = addProduct(s41, x, y1);
      b1 += 8;
    }
    // b1 has come to the end of its row, where the next pair of rows begins.
    b = b1;
    let to = c;
    v128.store(to, evenPlusOdd(s00, s01));
    to += row;
    v128.store(to, evenPlusOdd(s10, s11));
    to += row;
    v128.store(to, evenPlusOdd(s20, s21));
    to += row;
    v128.store(to, evenPlusOdd(s30, s31));
    to += row;
    v128.store(to, evenPlusOdd(s40, s41));
    c += 16;
  }
  if (n & 1) {
    for (let i = 0; i < 5; i++) {
      oneDot(c, a, b, k);
      c += row;
      a += rowA;
    }
  }
}

@inline
function oneDotRow(c: usize, a: usize, b: usize, k: i32, n: i32): void {
  const rowA = <usize>k << 3;
  for (; n >= 4; n -= 4) {
    let a0 = a;
    let b1 = b + rowA;
    let b2 = b1 + rowA;
    let b3 = b2 + rowA;
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    for (let pairs = k >> 1; pairs > 0; pairs--) {
      const x = v128.load(a0);
      s0 = addProduct(s0, x, v128.load(b));
      s1 = addProduct(s1, x, v128.load(b1));
      s2 = addProduct(s2, x, v128.load(b2));
      s3 = addProduct(s3, x, v128.load(b3));
      a0 += 16;
      b += 16;
      b1 += 16;
      b2 += 16;
      b3 += 16;
    }
    if (k & 1) {
      const x = v128.load64_zero(a0);
      s0 = addProduct(s0, x, v128.load64_zero(b));
      s1 = addProduct(s1, x, v128.load64_zero(b1));
      s2 = addProduct(s2, x, v128.load64_zero(b2));
      s3 = addProduct(s3, x, v128.load64_zero(b3));
      b3 += 8;
    }
    b = b3;
    v128.store(c, evenPlusOdd(s0, s1));
    v128.store(c, evenPlusOdd(s2, s3), 16);
    c += 32;
  }
  for (; n > 0; n--) {
    oneDot(c, a, b, k);
    c += 8;
    b += rowA;
  }
}

@inline
function oneDot(c: usize, a: usize, b: usize, k: i32): void {
  let s = f64x2.splat(0);
  for (let pairs = k >> 1; pairs > 0; pairs--) {
    s = addProduct(s, v128.load(a), v128.load(b));
    a += 16;
    b += 16;
  }
  if (k & 1) s = addProduct(s, v128.load64_zero(a), v128.load64_zero(b));
  f64.store(c, evenPlusOddOfOne(s));
}

// One row at a time, for what five rows leave: four sums of two columns each, which do not wait for each other.
import { addProduct, load, store } from "./lanes";

/** One row of a product. */
export function oneRow(c: usize, a: usize, b: usize, k: i32, n: i32, stepA: usize, accumulate: bool): void {
  const row = <usize>n << 3;
  for (; n >= 8; n -= 8) {
    oneByEight(c, a, b, k, row, stepA, accumulate);
    c += 64;
    b += 64;
  }
  for (; n >= 2; n -= 2) {
    oneByFew(c, a, b, k, row, stepA, accumulate, true);
    c += 16;
    b += 16;
  }
  if (n & 1) oneByFew(c, a, b, k, row, stepA, accumulate, false);
}

function oneByEight(c: usize, a: usize, b: usize, k: i32, row: usize, stepA: usize, accumulate: bool): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  if (accumulate) {
    s0 = v128.load(c);
    s1 = v128.load(c, 16);
    s2 = v128.load(c, 32);
    s3 = v128.load(c, 48);
  }
  for (; k > 0; k--) {
    const x = v128.load64_splat(a);
    s0 = addProduct(s0, x, v128.load(b));
    s1 = addProduct(s1, x, v128.load(b, 16));
    s2 = addProduct(s2, x, v128.load(b, 32));
    s3 = addProduct(s3, x, v128.load(b, 48));
    b += row;
    a += stepA;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
}

@inline
function oneByFew(
  c: usize,
  a: usize,
  b: usize,
  k: i32,
  row: usize,
  stepA: usize,
  accumulate: bool,
  pair: bool,
): void {
  let s = accumulate ? load(c, pair) : f64x2.splat(0);
  for (; k > 0; k--) {
    s = addProduct(s, v128.load64_splat(a), load(b, pair));
    b += row;
    a += stepA;
  }
  store(c, s, pair);
}

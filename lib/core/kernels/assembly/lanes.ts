/** Two numbers, or one with a zero beside it. */
@inline
export function load(pointer: usize, pair: bool): v128 {
  return pair ? v128.load(pointer) : v128.load64_zero(pointer);
}

/** Both numbers, or the first alone. */
@inline
export function store(pointer: usize, value: v128, pair: bool): void {
  if (pair) v128.store(pointer, value);
  else v128.store64_lane(pointer, value, 0);
}

/** s + xy. */
@inline
export function addProduct(s: v128, x: v128, y: v128): v128 {
  return f64x2.add(s, f64x2.mul(x, y));
}

// What works entry by entry: two at a time, and an odd last one with a zero beside it.
import { sigmoid, smoothLeakyRelu, softplus, tanh } from "./elementary";
import { load, store } from "./lanes";

// The numbers of the kinds, as ../workspace.ts passes them. Every loop below is compiled once for each of them.
const LINEAR = 0;
const RELU = 1;
const TANH = 2;
const SOFTPLUS = 3;

@inline
function value(kind: i32, z: v128): v128 {
  if (kind === LINEAR) return z;
  if (kind === RELU) return f64x2.pmax(z, f64x2.splat(0));
  if (kind === TANH) return tanh(z);
  if (kind === SOFTPLUS) return softplus(z);
  return smoothLeakyRelu(z);
}

@inline
function activateKind(kind: i32, y: usize, z: usize, length: i32): void {
  for (let pairs = length >> 1; pairs > 0; pairs--) {
    store(y, value(kind, load(z, true)), true);
    y += 16;
    z += 16;
  }
  if (length & 1) store(y, value(kind, load(z, false)), false);
}

export function activate(kind: i32, y: usize, z: usize, length: i32): void {
  if (kind === LINEAR) activateKind(LINEAR, y, z, length);
  else if (kind === RELU) activateKind(RELU, y, z, length);
  else if (kind === TANH) activateKind(TANH, y, z, length);
  else if (kind === SOFTPLUS) activateKind(SOFTPLUS, y, z, length);
  else activateKind(4, y, z, length);
}

@inline
function slope(kind: i32, z: usize, y: usize, pair: bool): v128 {
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  if (kind === LINEAR) return one;
  if (kind === RELU) return v128.and(one, f64x2.gt(load(z, pair), f64x2.splat(0)));
  if (kind === TANH) {
    const t = load(y, pair);
    return f64x2.mul(f64x2.sub(one, t), f64x2.add(one, t));
  }
  if (kind === SOFTPLUS) return sigmoid(load(z, pair));
  return f64x2.add(half, f64x2.mul(half, sigmoid(load(z, pair))));
}

@inline
function slopeKind(kind: i32, d: usize, z: usize, y: usize, length: i32): void {
  for (let pairs = length >> 1; pairs > 0; pairs--) {
    store(d, slope(kind, z, y, true), true);
    d += 16;
    z += 16;
    y += 16;
  }
  if (length & 1) store(d, slope(kind, z, y, false), false);
}

export function activationSlope(kind: i32, d: usize, z: usize, y: usize, length: i32): void {
  if (kind === LINEAR) slopeKind(LINEAR, d, z, y, length);
  else if (kind === RELU) slopeKind(RELU, d, z, y, length);
  else if (kind === TANH) slopeKind(TANH, d, z, y, length);
  else if (kind === SOFTPLUS) slopeKind(SOFTPLUS, d, z, y, length);
  else slopeKind(4, d, z, y, length);
}

@inline
function curvature(kind: i32, y: usize, d: usize, pair: bool): v128 {
  const one = f64x2.splat(1);
  if (kind === LINEAR || kind === RELU) return f64x2.splat(0);
  const s = load(d, pair);
  if (kind === TANH) return f64x2.mul(f64x2.mul(f64x2.splat(-2), load(y, pair)), s);
  if (kind === SOFTPLUS) return f64x2.mul(s, f64x2.sub(one, s));
  return f64x2.mul(f64x2.sub(f64x2.mul(f64x2.splat(2), s), one), f64x2.sub(one, s));
}

@inline
function curvatureKind(kind: i32, c: usize, y: usize, d: usize, length: i32): void {
  for (let pairs = length >> 1; pairs > 0; pairs--) {
    store(c, curvature(kind, y, d, true), true);
    c += 16;
    y += 16;
    d += 16;
  }
  if (length & 1) store(c, curvature(kind, y, d, false), false);
}

export function activationCurvature(kind: i32, c: usize, y: usize, d: usize, length: i32): void {
  if (kind === LINEAR || kind === RELU) curvatureKind(LINEAR, c, y, d, length);
  else if (kind === TANH) curvatureKind(TANH, c, y, d, length);
  else if (kind === SOFTPLUS) curvatureKind(SOFTPLUS, c, y, d, length);
  else curvatureKind(4, c, y, d, length);
}

export function multiplyEntries(y: usize, x: usize, length: i32): void {
  for (let pairs = length >> 1; pairs > 0; pairs--) {
    v128.store(y, f64x2.mul(v128.load(y), v128.load(x)));
    y += 16;
    x += 16;
  }
  if (length & 1) f64.store(y, f64.load(y) * f64.load(x));
}

@inline
function addEntries(y: usize, x: usize, length: i32): void {
  for (let pairs = length >> 1; pairs > 0; pairs--) {
    v128.store(y, f64x2.add(v128.load(y), v128.load(x)));
    y += 16;
    x += 16;
  }
  if (length & 1) f64.store(y, f64.load(y) + f64.load(x));
}

export function addToRows(C: usize, b: usize, m: i32, n: i32): void {
  for (; m > 0; m--) {
    addEntries(C, b, n);
    C += <usize>n << 3;
  }
}

export function sumRows(b: usize, C: usize, m: i32, n: i32): void {
  memory.fill(b, 0, <usize>n << 3);
  for (; m > 0; m--) {
    addEntries(b, C, n);
    C += <usize>n << 3;
  }
}

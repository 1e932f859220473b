import { eigh, type Matrix, norm } from "../core";
import { uncheckedMultiplyVector } from "../core/products";
import { uncheckedNorm } from "../core/vector";
import { type Gap, type Knot, knotAt, middleOf, pointIn, type Side } from "./least-sharpness-neurons";

/** What a point Z of the dual proves. */
export interface DualValue {
  /** No implementation of f has a smaller λ_max. */
  readonly value: number;
  /** ν: by how much the bound falls as the slope of f's affine part rises. */
  readonly slopePrice: number;
  /** In each gap the cheapest silent knot under Z, and its price. */
  readonly cheapest: readonly { readonly at: number; readonly price: number }[];
}

/** A neuron's price at the knot τ: weight·‖p − τq‖, where p and q are Z^½Ix and Z^½I1. */
interface Price {
  readonly weight: number;
  readonly p: Float64Array;
  readonly q: Float64Array;
}

/** Steps of the golden section: the bracket shrinks to 0.618^80 = 2e-17 of the gap. */
const SECTIONS = 80;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * A lower bound on λ_max over all implementations of f, from any Z ⪰ 0 (n×n) with Tr Z = 1: λ_max(K) ≥ ⟨Z, K⟩. To that
 * a neuron of slope change c adds (c²/s)⟨Z, A⟩/n + s⟨Z, B⟩/n, at least φ|c| with φ = (2/n)(⟨Z, A⟩⟨Z, B⟩)^½ whatever
 * its scale s. So ⟨Z, K⟩ is at least 1ᵀZ1/n plus
 *
 * min_u Σ_k φ_R(τ_k)|c_k − u_k| + φ_L(τ_k)|u_k| subject to Σ_k u_k = −slope,
 *
 * a linear program over the knots of f and all silent ones (c = 0). Its dual has one unknown ν:
 *
 * max_ν −ν·slope + Σ_k min{φ_R|c_k|, φ_L|c_k| − νc_k} over |ν| ≤ min_τ (φ_R + φ_L)(τ),
 *
 * concave and piecewise linear, so that the maximum is at a break point. For Z = 11ᵀ/n and ν = 0 it is the
 * function-space bound. When the slope is free (undefined), ν = 0.
 *
 * The minimum over silent knots is one over the whole line. Inside a gap each φ is a constant times ‖Z^½I(x − τ1)‖,
 * convex in τ: the golden section brackets the minimum, and what the function can still fall in the bracket is taken
 * off.
 */
export function dualValue(
  Z: Matrix,
  knots: readonly Knot[],
  { inputs, slope }: { readonly inputs: Float64Array; readonly slope: number | undefined },
  gaps: readonly Gap[],
): DualValue {
  const root = squareRoot(Z);
  const constant = uncheckedNorm(uncheckedMultiplyVector(root, new Float64Array(inputs.length).fill(1))) ** 2;
  // A side that is not there is inactive, and costs nothing.
  const priced = knots.map((knot) => {
    const [right, left] = [true, false].map((isRight) =>
      knot.sides
        .filter((side) => side.right === isRight)
        .reduce((sum, side) => sum + priceAt(priceOf(root, side), knot.at), 0),
    );
    return { c: knot.slopeChange, right, left };
  });
  const cheapest = slope === undefined ? [] : gaps.map((gap) => cheapestIn(root, inputs, gap));
  const limit = Math.min(...cheapest.map(({ floor }) => floor));
  const valueAt = (nu: number): number =>
    priced.reduce(
      (sum, { c, right, left }) => sum + Math.min(right * Math.abs(c), left * Math.abs(c) - nu * c),
      constant / inputs.length - nu * (slope ?? 0),
    );
  const breaks = priced.map(({ c, right, left }) => (left - right) * Math.sign(c));
  const candidates = slope === undefined ? [0] : [0, -limit, limit, ...breaks.filter((nu) => Math.abs(nu) <= limit)];
  const slopePrice = candidates.reduce((best, nu) => (valueAt(nu) > valueAt(best) ? nu : best));
  return { value: valueAt(slopePrice), slopePrice, cheapest };
}

/** R with RᵀR = Z. */
function squareRoot(Z: Matrix): Matrix {
  const { values, vectors } = eigh(Z);
  const n = Z.rows;
  const entry = (i: number, j: number): number => Math.sqrt(Math.max(0, values[i])) * vectors.data[j * n + i];
  return { ...Z, data: Z.data.map((_, k) => entry(Math.floor(k / n), k % n)) };
}

function priceOf(root: Matrix, { slopes }: Side): Price {
  const [p, q] = slopes.map((a) => uncheckedMultiplyVector(root, a));
  return { weight: (2 / root.rows) * Math.hypot(norm(p), norm(q)), p, q };
}

function priceAt({ weight, p, q }: Price, tau: number): number {
  return weight * uncheckedNorm(p.map((value, i) => value - tau * q[i]));
}

/** The cheapest silent knot of a gap, and a number (`floor`) below the price of every knot of the gap. */
function cheapestIn(root: Matrix, inputs: Float64Array, gap: Gap): { at: number; price: number; floor: number } {
  const prices = knotAt(inputs, middleOf(gap), 0).sides.map((side) => priceOf(root, side));
  const price = (tau: number): number => prices.reduce((sum, each) => sum + priceAt(each, tau), 0);
  const steepest = prices.reduce((sum, { weight, q }) => sum + weight * norm(q), 0);
  const [low, high] = prices.length === 1 ? closestIn(gap, prices[0]) : goldenSection(price, gap);
  const least = Math.min(price(low), price(high)) - steepest * (high - low);
  const at = pointIn(gap, low);
  return { at, price: price(at), floor: Math.max(0, least) };
}

/** Beyond the sample one neuron is active: ‖p − τq‖ has its minimum at p·q/‖q‖², or at the end of the gap. */
function closestIn({ low, high }: Gap, { p, q }: Price): [number, number] {
  const square = uncheckedNorm(q) ** 2;
  const free = square === 0 ? 0 : p.reduce((sum, value, i) => sum + value * q[i], 0) / square;
  const nearest = Math.min(high, Math.max(low, free));
  return [nearest, nearest];
}

/** A bracket of the minimum of a convex function. */
function goldenSection(price: (tau: number) => number, { low, high }: Gap): [number, number] {
  let [inner, outer] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atInner, atOuter] = [price(inner), price(outer)];
  for (let k = 0; k < SECTIONS; k++) {
    if (atInner < atOuter) {
      [high, outer, atOuter] = [outer, inner, atInner];
      inner = high - GOLDEN * (high - low);
      atInner = price(inner);
    } else {
      [low, inner, atInner] = [inner, outer, atOuter];
      outer = low + GOLDEN * (high - low);
      atOuter = price(outer);
    }
  }
  return [low, high];
}

import { requireThat } from "../core";
import { requireProbability } from "./probabilities";
import { relativeEntropyTerm } from "./relative-entropy-term";

/**
 * The largest risk that an empirical risk q is compatible with at a divergence of at most c nats,
 *
 *   max{p ∈ [q, 1] : kl(q‖p) ≤ c},
 *
 * which is what the PAC-Bayes-kl bounds are about: kl(L̂(Q)‖L(Q)) ≤ c implies L(Q) ≤ the inverse (Langford and Seeger
 * 2001; Maurer 2004 with c = (KL + log(2√n/δ))/n; Dziugaite and Roy 2017 for certificates of networks). At q = 0 it is
 * 1 − e^{−c}.
 *
 * By Newton's method, O(1). Within 4 ulp: p is well conditioned, |∂p/∂q| q/p ≤ 1 and |∂p/∂c| c/p ≤ 1. So it is
 * monotone in q and in c up to these 4 ulp, and never outside [q, 1]. Near p = 1 the doubles are 2^-53 apart; when
 * 1 − p is wanted to its last digits, it is `lowerBinaryKlInverse(1 - q, c)`.
 *
 * @param q empirical risk, in [0, 1]
 * @param c bound of the divergence, at least 0, in nats
 * @throws InvalidArgumentError when q is not in [0, 1], or c is negative or not finite
 *
 * @example
 * upperBinaryKlInverse(0, Math.LN2); // 0.5
 * upperBinaryKlInverse(0.1, 0); // 0.1
 */
export function upperBinaryKlInverse(q: number, c: number): number {
  requireProbability("upperBinaryKlInverse", "q", q);
  requireDivergence("upperBinaryKlInverse", c);
  return Math.min(1, q + shift(1 - q, q, c).moved);
}

/**
 * The smallest risk that an empirical risk q is compatible with at a divergence of at most c nats,
 *
 *   min{p ∈ [0, q] : kl(q‖p) ≤ c}.
 *
 * At q = 1 it is e^{−c}; at q < 1 about q e^{−c/q} when c is large. By Newton's method, O(1) (Langford and Seeger 2001).
 * Within 4 ulp times max(1, κ), κ = |∂p/∂q| q/p + |∂p/∂c| c/p with
 *
 *   ∂p/∂q = log(p(1 − q)/(q(1 − p))) p(1 − p)/(p − q),   ∂p/∂c = p(1 − p)/(p − q).
 *
 * κ is about 1 for p near q and 2c/q for p ≪ q: there a digit of c is worth c/q of them in p. Never outside [0, q].
 *
 * @param q empirical risk, in [0, 1]
 * @param c bound of the divergence, at least 0, in nats
 * @throws InvalidArgumentError when q is not in [0, 1], or c is negative or not finite
 *
 * @example
 * lowerBinaryKlInverse(1, Math.LN2); // 0.5
 * lowerBinaryKlInverse(0, 3); // 0
 */
export function lowerBinaryKlInverse(q: number, c: number): number {
  requireProbability("lowerBinaryKlInverse", "q", q);
  requireDivergence("lowerBinaryKlInverse", c);
  return Math.min(q, shift(q, 1 - q, c).left);
}

function requireDivergence(functionName: string, c: number): void {
  requireThat(c >= 0 && c < Infinity, functionName, "c must be finite and at least 0", c);
}

/**
 * How much of a probability a can be moved to the rest, 1 − a, for a divergence of c: the d ∈ [0, a] with
 * kl(a‖a − d) = c, and what is left, b = a − d. Both to their last bits, which neither would keep if it were a
 * difference of the other.
 *
 * In log b the divergence is convex and falling, with the derivative −d/(1 − b). So Newton's method, started where the
 * divergence is at least c, comes nearer with every step, never crosses the root but by rounding, and needs no bracket.
 */
function shift(a: number, rest: number, c: number): { moved: number; left: number } {
  if (c === 0 || a === 0) return { moved: 0, left: a };
  let { moved, left } = outerStart(a, rest, c);
  for (let steps = 0; steps < MOST_STEPS && left > 0; steps++) {
    const excess = relativeEntropyTerm(a, left, -moved) + relativeEntropyTerm(rest, rest + moved, moved) - c;
    const step = (excess / moved) * (rest + moved);
    const back = left * Math.expm1(step);
    // What is small is moved, what is large follows, so that both stay the parts of a.
    if (moved < a / 2) {
      moved -= back;
      left = a - moved;
    } else {
      left += back;
      moved = a - left;
    }
    // The error of a step is the square of the one before: a residual of 1e-10 leaves less than rounding does. A
    // negative one is rounding already.
    if (excess <= 1e-10 * c || back === 0) break;
  }
  return { moved, left };
}

/** Two are usual and six the most that a million arguments took: this only ends what rounding might keep going. */
const MOST_STEPS = 100;

/**
 * Values at which the divergence is at least c, near the root both for small and for large c:
 *
 *   kl ≥ d²/(2a),   kl ≥ d²/(2(1 − a + d)),   kl ≥ a log(a/b) + (1 − a) log(1 − a);
 *
 * the first two since kl is the integral of (a − t)/(t(1 − t)) over t from b to a, the third since log(1 − b) ≤ 0.
 */
function outerStart(a: number, rest: number, c: number): { moved: number; left: number } {
  // Products of roots, since c·a may underflow.
  const root = Math.sqrt(c);
  const small = Math.min(root * Math.sqrt(2 * a), c + root * Math.sqrt(c + 2 * rest));
  const restTerm = rest === 0 ? 0 : rest * (a < 0.5 ? Math.log1p(-a) : Math.log(rest));
  const exponent = (c - restTerm) / a;
  const large = -a * Math.expm1(-exponent);
  return small < large ? { moved: small, left: a - small } : { moved: large, left: a * Math.exp(-exponent) };
}

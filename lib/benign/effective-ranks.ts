import { requireThat } from "../core";
import { requireSize } from "../core/requirements";

/** The effective ranks of a spectrum λ_1 ≥ … ≥ λ_p > 0 behind each of its eigenvalues, for k = 0, …, p−1. */
export interface EffectiveRanks {
  /** r_k = Σ_{i>k} λ_i / λ_{k+1} (p), between 1 and p − k. */
  readonly r: Float64Array;
  /** R_k = (Σ_{i>k} λ_i)² / Σ_{i>k} λ_i² (p), between r_k and min(p − k, r_k²). */
  readonly R: Float64Array;
}

/**
 * Both effective ranks of the tails of a covariance's spectrum λ_1 ≥ … ≥ λ_p > 0 (Bartlett, Long, Lugosi and Tsigler
 * 2020, Definition 3),
 *
 *   r_k = Σ_{i>k} λ_i / λ_{k+1},   R_k = (Σ_{i>k} λ_i)² / Σ_{i>k} λ_i²,   k = 0, …, p−1.
 *
 * Both are p − k where the tail is flat, and do not change with the unit of the λ. They decide when interpolating noisy
 * labels does little harm: {@link splitIndex}. O(p).
 *
 * @param spectrum λ (p), descending; leave out eigenvalues that are zero
 * @throws InvalidArgumentError when there is no eigenvalue, one is not finite or not positive, or they ascend anywhere
 *
 * @example
 * const { r, R } = effectiveRanks([4, 2, 1, 1]);
 * r; // [2, 2, 2, 1]
 * R[1]; // 2.6666666666666665
 */
export function effectiveRanks(spectrum: ArrayLike<number>): EffectiveRanks {
  requireSpectrum("effectiveRanks", spectrum);
  const p = spectrum.length;
  const r = new Float64Array(p);
  const R = new Float64Array(p);
  // From the small end, in units of λ_{k+1}: nothing cancels, and no square under- or overflows.
  let [sum, squares] = [0, 0];
  for (let k = p - 1; k >= 0; k--) {
    const ratio = k === p - 1 ? 0 : spectrum[k + 1] / spectrum[k];
    sum = 1 + ratio * sum;
    squares = 1 + ratio * ratio * squares;
    r[k] = sum;
    R[k] = (sum * sum) / squares;
  }
  return { r, R };
}

/**
 * Where a spectrum splits for n samples: k* = min{k ≥ 0 : r_k ≥ b n} (Bartlett, Long, Lugosi and Tsigler 2020, Theorem
 * 1). The k* directions of largest variance predict; the tail behind them looks isotropic to n samples and takes up the
 * noise. Given the inputs, noise of variance σ² in the labels adds σ²(k*⁄n + n⁄R_{k*}) to the risk of the minimum-norm
 * interpolant, up to constants. `undefined` where no k has r_k ≥ b n, the theorem's k* = ∞: then it adds at least a
 * constant times σ², as it does where k*⁄n is no small number. O(p).
 *
 * The theorem says that there is a constant b, and not which.
 *
 * @param spectrum λ (p), descending, as for `effectiveRanks`
 * @param sampleCount n
 * @param options b, `constant` (default 1, tuned: with it the scale above is within a factor of 3 of what is measured)
 * @throws InvalidArgumentError as `effectiveRanks`, when n is no positive integer, or b is not positive and finite
 *
 * @example
 * splitIndex([10, 5, 1, 1, 1, 1], 3); // 2
 * splitIndex([10, 5, 1, 1, 1, 1], 5); // undefined
 */
export function splitIndex(
  spectrum: ArrayLike<number>,
  sampleCount: number,
  { constant = 1 }: { readonly constant?: number } = {},
): number | undefined {
  requireSpectrum("splitIndex", spectrum);
  requireSize("splitIndex", "sampleCount", sampleCount);
  const valid = constant > 0 && constant < Infinity;
  requireThat(valid, "splitIndex", "the constant must be positive and finite", constant);
  const k = effectiveRanks(spectrum).r.findIndex((rank) => rank >= constant * sampleCount);
  return k === -1 ? undefined : k;
}

function requireSpectrum(functionName: string, spectrum: ArrayLike<number>): void {
  requireThat(spectrum.length > 0, functionName, "there must be an eigenvalue", spectrum);
  for (let k = 0; k < spectrum.length; k++) {
    const value = spectrum[k];
    const ordered = value > 0 && value < Infinity && (k === 0 || value <= spectrum[k - 1]);
    if (ordered) continue;
    const requirement = "the eigenvalues must be positive and finite, and descend";
    requireThat(false, functionName, requirement, `${value} at index ${k}`);
  }
}

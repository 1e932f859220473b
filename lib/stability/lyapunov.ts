import { requireThat } from "../core";

/**
 * The Lyapunov exponent of the random product x_{t+1} = m_I x_t with independent multipliers, Λ = Σ_i p_i log|m_i|:
 * almost surely (1/t) log|x_t| → Λ, so x_t → 0 when Λ < 0 and |x_t| → ∞ when Λ > 0 (law of large numbers;
 * Furstenberg and Kesten 1960 in more dimensions).
 *
 * A multiplier 0 of positive probability makes it -∞.
 *
 * @param multipliers m_1, …, m_k
 * @param probabilities p_1, …, p_k, by default all 1/k
 * @throws InvalidArgumentError unless there are finite multipliers and as many non-negative probabilities of sum 1.
 *
 * @example
 * lyapunovExponent([2, 0.25]); // -0.34657…, that is ½ log ½
 */
export function lyapunovExponent(multipliers: ArrayLike<number>, probabilities?: ArrayLike<number>): number {
  const weights = requireMultipliers("lyapunovExponent", multipliers, probabilities);
  let exponent = 0;
  for (let i = 0; i < multipliers.length; i++) {
    // A multiplier that never comes up must not turn the sum into 0 · -∞ = NaN.
    if (weights[i] > 0) exponent += weights[i] * Math.log(Math.abs(multipliers[i]));
  }
  return exponent;
}

/** The probabilities (uniform by default), after checking them and the multipliers. */
export function requireMultipliers(
  functionName: string,
  multipliers: ArrayLike<number>,
  probabilities?: ArrayLike<number>,
): Float64Array {
  const count = multipliers.length;
  requireThat(
    count > 0 && Array.from(multipliers).every(Number.isFinite),
    functionName,
    "multipliers must be finite, and at least one",
    multipliers,
  );
  const weights = probabilities ? Float64Array.from(probabilities) : new Float64Array(count).fill(1 / count);
  requireThat(weights.length === count, functionName, `probabilities must have length ${count}`, weights.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  requireThat(
    // Each of the k rounded probabilities and each addition is off by at most eps/2 of a number of at most 1.
    weights.every((weight) => weight >= 0) && Math.abs(total - 1) <= count * Number.EPSILON,
    functionName,
    "probabilities must be non-negative and sum to 1",
    weights,
  );
  return weights;
}

import { requireThat } from "../core";
import { requireFinite, requireFiniteNumber, requireSize } from "../core/requirements";
import { requireParameters } from "./finite-sum";
import type { SmoothLoss } from "./smooth-loss";

/** A monomial c·Π_k x_k^{e_k}. */
export interface Monomial {
  /** c. */
  readonly coefficient: number;
  /** e (p), integers of at least 0. */
  readonly powers: readonly number[];
}

/**
 * The polynomial ℓ(x) = Σ_m c_m Π_k x_k^{e_mk}, with exact value, gradient, Hessian-vector product and third derivative
 * along two directions: losses whose every derivative can be read off, for examples and counterexamples.
 *
 * A term of s variables costs s, s², s³ and s⁴ powers for the four; no difference quotient, no cancellation but the
 * polynomial's own, and 0 exactly where a derivative is identically 0.
 *
 * @param terms the monomials, each with one power for every parameter; copied
 * @throws InvalidArgumentError when there is no term or no variable, a coefficient is not finite, the powers differ in
 *   number or are not integers of at least 0; its functions throw it on parameters or directions of another length than
 *   p or not finite.
 *
 * @example
 * const valley = polynomialLoss([{ coefficient: 0.5, powers: [2, 0] }, { coefficient: 0.5, powers: [2, 2] }]);
 * valley.value(Float64Array.of(2, 3)); // 20: ½(1 + y²)x²
 * valley.thirdDerivative(Float64Array.of(0, 3), Float64Array.of(1, 0), Float64Array.of(1, 0)); // [0, 6]
 */
export function polynomialLoss(terms: readonly Monomial[]): SmoothLoss {
  requireThat(terms.length > 0, "polynomialLoss", "there must be a term", terms);
  const parameterCount = terms[0].powers.length;
  requireSize("polynomialLoss", "the number of variables", parameterCount);
  const monomials = terms.map((term) => checkedMonomial(term, parameterCount));

  const point = (what: string, values: Float64Array): Float64Array => {
    requireParameters("polynomialLoss", values, parameterCount);
    requireFinite("polynomialLoss", what, values);
    return values;
  };

  return {
    parameterCount,
    value: (parameters) => {
      const x = point("parameters", parameters);
      return monomials.reduce((sum, monomial) => sum + partialDerivative(monomial, x, []), 0);
    },
    gradient: (parameters) => {
      const x = point("parameters", parameters);
      return contracted(monomials, x, []);
    },
    hessianVectorProduct: (parameters, v) => {
      const x = point("parameters", parameters);
      return contracted(monomials, x, [point("the direction", v)]);
    },
    thirdDerivative: (parameters, u, v) => {
      const x = point("parameters", parameters);
      return contracted(monomials, x, [point("the first direction", u), point("the second direction", v)]);
    },
  };
}

/** A monomial with the indices of the variables that occur in it. */
interface CheckedMonomial extends Monomial {
  readonly variables: readonly number[];
}

function checkedMonomial({ coefficient, powers }: Monomial, parameterCount: number): CheckedMonomial {
  requireFiniteNumber("polynomialLoss", "a coefficient", coefficient);
  const requirement = `a term must have ${parameterCount} powers, as the first`;
  requireThat(powers.length === parameterCount, "polynomialLoss", requirement, powers.length);
  for (const power of powers) requireSize("polynomialLoss", "a power", power, 0);
  const variables = powers.flatMap((power, k) => (power > 0 ? [k] : []));
  return { coefficient, powers: [...powers], variables };
}

/** The derivative along the given directions, with one index left free: D^{m+1}ℓ[v₁, …, v_m, ·]. */
function contracted(
  monomials: readonly CheckedMonomial[],
  x: Float64Array,
  directions: readonly Float64Array[],
): Float64Array {
  const result = new Float64Array(x.length);
  for (const monomial of monomials) {
    for (const k of monomial.variables) result[k] += alongDirections(monomial, x, directions, [k]);
  }
  return result;
}

/** Σ over the indices of the directions that `by` does not hold yet. */
function alongDirections(
  monomial: CheckedMonomial,
  x: Float64Array,
  directions: readonly Float64Array[],
  by: readonly number[],
): number {
  if (directions.length === 0) return partialDerivative(monomial, x, by);
  const [first, ...others] = directions;
  let sum = 0;
  for (const k of monomial.variables) {
    if (first[k] !== 0) sum += first[k] * alongDirections(monomial, x, others, [...by, k]);
  }
  return sum;
}

/** ∂_{k₁} ⋯ ∂_{k_m} of the monomial at x, for the indices in `by`. */
function partialDerivative(
  { coefficient, powers, variables }: CheckedMonomial,
  x: Float64Array,
  by: readonly number[],
): number {
  let product = coefficient;
  for (const k of variables) {
    let power = powers[k];
    for (const index of by) if (index === k) product *= power--;
    for (; power > 0; power--) product *= x[k];
    // Below 0 the power went through 0, which made the product 0.
  }
  return product;
}

import { breathe, DivergenceError, requireThat } from "../core";
import { requireFinite } from "../core/requirements";

/** A line in the space of parameters, and where to look on it. */
export interface ParameterLine {
  /** θ₀ (p), at α = 0. */
  readonly from: Float64Array;
  /** θ₁ (p), at α = 1. */
  readonly to: Float64Array;
  /** Where to look; any numbers, outside [0, 1] too. */
  readonly alphas: ArrayLike<number>;
}

/**
 * Functions of θ along the line (1 − α)θ₀ + αθ₁: the losses between two solutions (Goodfellow, Vinyals and Saxe 2015;
 * Keskar, Mudigere, Nocedal, Smelyanskiy and Tang 2017), or, with θ₁ = θ₀ + d, along a direction d. Yields to the event
 * loop between evaluations.
 *
 * @param functions what to evaluate, by name: training loss, test loss, accuracy, …; called in turn at every α with a
 *   fresh copy of θ each
 * @returns for each name the values (as many as α's, in their order)
 * @throws InvalidArgumentError when there is no function or no α, the ends differ in length or are empty, or one of
 *   these numbers is not finite
 * @throws DivergenceError naming the function and α where a value is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const line = { from: Float64Array.of(0, 0), to: Float64Array.of(2, 2), alphas: [-0.5, 0, 0.5] };
 * await interpolateLosses({ first: ([x]) => x, product: ([x, y]) => x * y }, line);
 * // { first: [-1, 0, 1], product: [1, 0, 1] }
 */
export async function interpolateLosses<Name extends string>(
  functions: Readonly<Record<Name, (parameters: Float64Array) => number>>,
  { from, to, alphas }: ParameterLine,
): Promise<Record<Name, Float64Array>> {
  const name = "interpolateLosses";
  const named = Object.entries(functions) as [Name, (parameters: Float64Array) => number][];
  requireThat(named.length > 0, name, "there must be at least one function", "none");
  requireThat(from.length > 0, name, "parameters must not be empty", from);
  requireThat(to.length === from.length, name, `to must have length ${from.length}, as from`, to.length);
  requireFinite(name, "from", from);
  requireFinite(name, "to", to);
  requireThat(alphas.length > 0, name, "there must be at least one alpha", "none");
  requireFinite(name, "alphas", Float64Array.from(alphas));

  const [start, end] = [from.slice(), to.slice()];
  const places = Float64Array.from(alphas);
  const values = Object.fromEntries(named.map(([key]) => [key, new Float64Array(places.length)])) as Record<
    Name,
    Float64Array
  >;
  for (const [index, alpha] of places.entries()) {
    for (const [key, evaluate] of named) {
      await breathe();
      const value = evaluate(start.map((x, k) => (1 - alpha) * x + alpha * end[k]));
      if (!Number.isFinite(value)) throw new DivergenceError(name, index, `${key} is ${value} at alpha = ${alpha}`);
      values[key][index] = value;
    }
  }
  return values;
}

import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import type { GradientFunction } from "../optimizers";

/** Refuses parameters that are empty or not finite. */
export function requirePoint(functionName: string, parameters: Float64Array): void {
  requireThat(parameters.length > 0, functionName, "parameters must not be empty", parameters);
  requireFinite(functionName, "parameters", parameters);
}

/** The gradient at a point, refused unless it has the parameters' length and is finite; a copy. */
export function requireGradientAt(
  functionName: string,
  gradient: GradientFunction,
  parameters: Float64Array,
): Float64Array {
  return requireVectorLike(functionName, "the gradient", gradient(parameters), parameters.length);
}

/** A copy of a vector that a caller's function returned, refused unless it has p finite entries. */
export function requireVectorLike(
  functionName: string,
  what: string,
  vector: Float64Array,
  length: number,
): Float64Array {
  requireThat(vector.length === length, functionName, `${what} must have length ${length}`, vector.length);
  requireFinite(functionName, what, vector);
  return vector.slice();
}

import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";

/** Refuses parameters that are empty or not finite, and a radius ρ that is not positive and finite. */
export function requirePerturbation(
  functionName: string,
  parameters: Float64Array,
  radius: number,
  what: string = "radius",
): void {
  requireThat(parameters.length > 0, functionName, "parameters must not be empty", parameters);
  requireFinite(functionName, "parameters", parameters);
  const valid = radius > 0 && radius < Infinity && radius ** 2 > 0 && radius ** 2 < Infinity;
  requireThat(valid, functionName, `${what} must be positive and finite, and so must its square`, radius);
}

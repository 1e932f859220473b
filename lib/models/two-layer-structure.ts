import { requireThat } from "../core";

/** What stands between the input and the sum over neurons. */
export type TwoLayerStructure = "no bias" | "bias" | "simplified layer norm";

const STRUCTURES: readonly TwoLayerStructure[] = ["no bias", "bias", "simplified layer norm"];

/** Refuses a structure that is not known, and an ε that it does not have or lacks. */
export function requireStructure(
  functionName: string,
  structure: TwoLayerStructure,
  layerNormEpsilon: number | undefined,
): void {
  const structures = STRUCTURES.map((name) => `"${name}"`).join(", ");
  requireThat(STRUCTURES.includes(structure), functionName, `structure must be one of ${structures}`, structure);
  if (structure === "simplified layer norm") {
    const valid = layerNormEpsilon !== undefined && layerNormEpsilon > 0 && Number.isFinite(layerNormEpsilon);
    requireThat(valid, functionName, "layerNormEpsilon must be positive and finite", layerNormEpsilon);
  } else {
    const requirement = 'layerNormEpsilon needs the structure "simplified layer norm"';
    requireThat(layerNormEpsilon === undefined, functionName, requirement, structure);
  }
}

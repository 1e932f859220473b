import { requireThat } from "../core/errors";
import { boundPens, measurementInks, ruleColor, theoryPens } from "./theme";
import type { Layer, Pen } from "./types";

const solid: readonly number[] = [1, 0];

/**
 * Chooses the pen of every layer: measured layers take the colours of the palette in turn, theory and bounds their own
 * dark pens; a layer `of` another shares its colour, darkened and dashed (or dotted) if it is the theory (or bound) of
 * a measurement.
 *
 * @throws InvalidArgumentError when `of` names no layer, or when there are more layers than pens to tell them apart.
 */
export function choosePens(layers: readonly Layer[]): Map<Layer, Pen> {
  const pens = new Map<Layer, Pen>();
  const used = { measurement: 0, theory: 0, bound: 0 };
  const next = (layer: Layer): Pen => {
    if (layer.kind === "rule") return { color: ruleColor, dash: theoryPens[0].dash };
    if (layer.kind === "raster") return { color: ruleColor, dash: solid };
    const role = layer.role === "path" ? "measurement" : layer.role;
    const kept = { measurement: measurementInks, theory: theoryPens, bound: boundPens }[role];
    const requirement = `at most ${kept.length} layers of role ${role} can be told apart (let the others share a colour by "of")`;
    requireThat(used[role] < kept.length, "figure", requirement, `one more, ${layer.kind} "${layer.name ?? ""}"`);
    return { dash: solid, ...kept[used[role]++] };
  };
  for (const layer of layers) if (layer.of === undefined) pens.set(layer, next(layer));
  for (const layer of layers) if (layer.of !== undefined) pens.set(layer, shared(layer, layers, pens));
  return pens;
}

function shared(layer: Layer, layers: readonly Layer[], pens: ReadonlyMap<Layer, Pen>): Pen {
  const base = layers.find((one) => one.name === layer.of && one.of === undefined);
  const pen = base && pens.get(base);
  requireThat(pen !== undefined, "figure", `"of" must be the name of a layer that has a colour of its own`, layer.of);
  const ink = measurementInks.find(({ color }) => color === pen.color);
  if (ink && layer.role === "theory") return { color: ink.dark, dash: theoryPens[0].dash };
  if (ink && layer.role === "bound") return { color: ink.dark, dash: boundPens[0].dash };
  return pen;
}

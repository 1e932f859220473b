import { textWidth } from "./text";
import { labelSize } from "./theme";
import type { Layer, Ruler } from "./types";

const lineHeight = labelSize + 3;

/**
 * How far each layer's rule label must move, in pixels, so that neighbouring labels do not overlap: up, row by row, above
 * vertical rules; down beside horizontal ones. Zero for all other layers.
 */
export function ruleShifts(layers: readonly Layer[], frame: { readonly x: Ruler; readonly y: Ruler }): number[] {
  const shifts = layers.map(() => 0);
  const rules = layers.flatMap((layer, index) => {
    if (layer.label === undefined) return [];
    const [{ axis, values }] = layer.columns;
    return [{ index, axis, pixel: frame[axis].pixel(values[0]), width: textWidth(layer.label, labelSize) + 10 }];
  });
  rules.sort((a, b) => a.pixel - b.pixel);

  // A label is a flag to the right of its rule. From the right to the left, each goes above all whose rule it would
  // cross, so that no rule runs through a label.
  const vertical = rules.filter(({ axis }) => axis === "x");
  vertical.reverse().forEach(({ index, pixel, width }, i) => {
    const crossed = vertical.slice(0, i).filter((other) => other.pixel < pixel + width);
    shifts[index] = Math.max(0, ...crossed.map((other) => shifts[other.index] + lineHeight));
  });
  let lowest = -Infinity;
  for (const { index, pixel } of rules.filter(({ axis }) => axis === "y")) {
    lowest = Math.max(pixel, lowest + lineHeight);
    shifts[index] = lowest - pixel;
  }
  return shifts;
}

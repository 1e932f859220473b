import { textWidth } from "./text";
import { labelSize } from "./theme";
import type { Key, Spec } from "./types";

/** The symbols, as SVG paths in a square from -1 to 1: long lines, so that dashes and dots show. */
const shapes: Record<Key["shape"], string> = {
  line: "M-1,0L1,0",
  paths: "M-1,0.25L-0.6,-0.2L-0.2,0.3L0.2,-0.3L0.6,0.15L1,-0.25",
  point: "M-0.3,0A0.3,0.3,0,1,1,0.3,0A0.3,0.3,0,1,1,-0.3,0Z",
  area: "M-0.7,-0.4L0.7,-0.4L0.7,0.4L-0.7,0.4Z",
};

/**
 * The legend, as a layer that draws nothing: the layers have fixed colours, and this one carries a scale for each
 * property of a legend's symbol. So one legend shows lines, dashes, points and areas alike, in the given order.
 * `offset` is its distance from the plot in pixels.
 */
export function legendLayer(keys: readonly Key[], options: { readonly width: number; readonly offset: number }): Spec {
  const names = keys.map((key) => key.name);
  const symbolWidth = 52; // with the gaps beside it
  const entryWidth = symbolWidth + Math.max(...names.map((name) => textWidth(name, labelSize)));
  // As many columns as fit, but no more than fill the last row: four entries of which three fit make two by two.
  const fitting = Math.max(1, Math.floor(options.width / entryWidth));
  const columns = Math.ceil(names.length / Math.ceil(names.length / fitting));
  const channel = (range: readonly unknown[]): Spec => ({
    field: "name",
    type: "nominal",
    scale: { domain: names, range },
    legend: { columns, offset: options.offset },
  });
  return {
    data: { values: [] },
    mark: { type: "point" },
    encoding: {
      // Of its own, or it would inherit the figure's axes without a field to put on them.
      x: { value: 0 },
      y: { value: 0 },
      shape: channel(keys.map((key) => shapes[key.shape])),
      fill: channel(keys.map((key) => key.fill)),
      stroke: channel(keys.map((key) => key.stroke)),
      strokeDash: channel(keys.map((key) => key.dash)),
    },
  };
}

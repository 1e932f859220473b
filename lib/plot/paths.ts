import { requireThat } from "../core/errors";
import { columnarData, finiteColumn, layerTitle, requireSameLength, tooltip } from "./columns";
import { lineKeys } from "./keys";
import type { Layer, Spec, Values } from "./types";

/**
 * Many sample paths over the same x: thin translucent lines of one colour, with one entry in the legend. Give `of`
 * the name of their mean or band, whose colour they then share.
 *
 * `ys` holds one array per path, each as long as `x`.
 *
 * @throws InvalidArgumentError when there is no path, x is shorter than two, lengths differ or a value is not finite.
 *
 * @example
 * paths({ x: [0, 1], ys: [[1, 2], [1, 0]], name: "runs" }).columns.length; // 3: x and two paths
 */
export function paths(options: { x: Values; ys: readonly Values[]; name?: string; of?: string }): Layer {
  const { name, of } = options;
  requireSameLength("paths", name, { x: options.x, ...Object.fromEntries(options.ys.map((y, i) => [`ys[${i}]`, y])) });
  requireThat(options.ys.length > 0, "paths", `${layerTitle(name)} must have at least one path`, "none");
  requireThat(options.x.length >= 2, "paths", `${layerTitle(name)} must have at least two points`, options.x.length);
  const x = finiteColumn(options.x, { functionName: "paths", axis: "x", what: "x", name });
  const ys = options.ys.map((y, i) => finiteColumn(y, { functionName: "paths", axis: "y", what: `ys[${i}]`, name }));
  const pathNames = ys.map((_, i) => `path ${i + 1}`);
  const { data, transform } = columnarData(
    { x: x.values, ...Object.fromEntries(ys.map((y, i) => [pathNames[i], y.values])) },
    { name: name ?? "" },
  ) as { data: Spec; transform: Spec[] };
  return {
    kind: "paths",
    role: "path",
    name,
    of,
    columns: [x, ...ys],
    keys: (pen) => lineKeys(name, "paths", pen),
    draw: (pen, frame) => [
      {
        // A table with x once and a column for each path; the fold makes a row of each point of each path.
        data,
        transform: [...transform, { fold: pathNames, as: ["path", "y"] }],
        mark: {
          type: "line",
          order: false, // as given
          clip: frame.clip,
          color: pen.color,
          strokeWidth: 1,
          opacity: Math.max(0.15, Math.min(0.5, 5 / ys.length)), // many paths show as a density; tuned by eye
        },
        encoding: {
          x: frame.x.channel({ field: "x" }),
          y: frame.y.channel({ field: "y" }),
          detail: { field: "path", type: "nominal" },
          tooltip: tooltip(["name", "layer"], ["path", "path"]),
        },
      },
    ],
  };
}

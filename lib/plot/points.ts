import { columnarData, finiteColumn, requireSameLength, tooltip } from "./columns";
import { filledKeys } from "./keys";
import { labelMarks } from "./point-labels";
import type { Layer, Values } from "./types";

/**
 * Measured points, each with a label beside it if `labels` are given. Labels go to the side where they meet no point,
 * no other label and no edge. Give `of` the name of a line whose colour they share.
 *
 * @throws InvalidArgumentError when there is no point, lengths differ or a value is not finite.
 *
 * @example
 * points({ x: [0.1, 0.5], y: [3, 1], labels: ["small η", "large η"], name: "trained networks" }).kind; // "points"
 */
export function points(options: {
  x: Values;
  y: Values;
  name?: string;
  labels?: readonly string[];
  of?: string;
}): Layer {
  const { name, of, labels } = options;
  requireSameLength("points", name, { x: options.x, y: options.y, ...(labels && { labels }) });
  const x = finiteColumn(options.x, { functionName: "points", axis: "x", what: "x", name });
  const y = finiteColumn(options.y, { functionName: "points", axis: "y", what: "y", name });
  return {
    kind: "points",
    role: "measurement",
    name,
    of,
    columns: [x, y],
    keys: ({ color }) => filledKeys(name, "point", color),
    draw: (pen, frame) => [
      {
        ...columnarData({ x: x.values, y: y.values }, { name: name ?? "" }),
        mark: {
          type: "point",
          filled: true,
          shape: "circle",
          size: 55,
          opacity: 1,
          clip: frame.clip,
          fill: pen.color,
          stroke: "white",
          strokeWidth: 1,
        },
        encoding: {
          x: frame.x.channel({ field: "x" }),
          y: frame.y.channel({ field: "y" }),
          tooltip: tooltip(["name", "layer"], ["x", frame.x.title], ["y", frame.y.title]),
        },
      },
      ...labelMarks(
        (labels ?? []).map((label, i) => ({ label, x: x.values[i], y: y.values[i] })),
        frame,
      ),
    ],
  };
}

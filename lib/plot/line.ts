import { requireThat } from "../core/errors";
import { columnarData, finiteColumn, layerTitle, requireSameLength, tooltip } from "./columns";
import { lineKeys } from "./keys";
import type { Layer, Role, Values } from "./types";

const ROLES: readonly Role[] = ["measurement", "theory", "bound", "path"];

/**
 * A line through points in the given order. Its role fixes its look: a measurement is solid and coloured, theory dashed
 * and dark, a bound dotted, a path thin and translucent. `of` names the layer whose colour it shares, so that a theory
 * is seen to belong to its measurement.
 *
 * @throws InvalidArgumentError when there are fewer than two points, lengths differ, a value is not finite or the role
 * is not one of the four.
 *
 * @example
 * line({ x: [0, 1, 2], y: [1, 0.25, 0.0625], name: "measured loss", role: "measurement" }).name; // "measured loss"
 */
export function line(options: { x: Values; y: Values; name?: string; role: Role; of?: string }): Layer {
  const { name, role, of } = options;
  const known = ROLES.includes(role);
  requireThat(known, "line", `the role of ${layerTitle(name)} must be one of ${ROLES.join(", ")}`, role);
  requireSameLength("line", name, { x: options.x, y: options.y });
  requireThat(options.x.length >= 2, "line", `${layerTitle(name)} must have at least two points`, options.x.length);
  const x = finiteColumn(options.x, { functionName: "line", axis: "x", what: "x", name });
  const y = finiteColumn(options.y, { functionName: "line", axis: "y", what: "y", name });
  return {
    kind: "line",
    role,
    name,
    of,
    columns: [x, y],
    keys: (pen) => lineKeys(name, role === "path" ? "paths" : "line", pen),
    draw: (pen, frame) => [
      {
        ...columnarData({ x: x.values, y: y.values }, { name: name ?? "" }),
        mark: {
          type: "line",
          order: false, // as given; else Vega-Lite sorts by x
          clip: frame.clip,
          color: pen.color,
          strokeDash: pen.dash,
          ...(role === "path" ? { strokeWidth: 1, opacity: 0.4 } : { strokeWidth: 2 }),
          point: "transparent", // what the mouse finds, so that every value has its tooltip
        },
        encoding: {
          x: frame.x.channel({ field: "x" }),
          y: frame.y.channel({ field: "y" }),
          tooltip: tooltip(["name", "layer"], ["x", frame.x.title], ["y", frame.y.title]),
        },
      },
    ],
  };
}

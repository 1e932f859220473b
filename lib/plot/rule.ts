import { requireThat } from "../core/errors";
import { finiteColumn, layerTitle } from "./columns";
import { labelSize, ruleColor } from "./theme";
import type { Frame, Layer, Spec } from "./types";

/** Pixels that a vertical rule reaches above the plot, beside its label. */
const flagHeight = labelSize + 2;

/**
 * A threshold, as 2/λ₁: a dashed vertical line at `x` or a horizontal one at `y`, with its label outside the plot, above
 * or to the right of it, where it covers no data.
 *
 * @throws InvalidArgumentError unless exactly one of x and y is given, finite, and the label is not empty.
 *
 * @example
 * rule({ x: 0.5, label: "2/λ₁" }).label; // "2/λ₁"
 */
export function rule(options: { x?: number; y?: number; label: string }): Layer {
  const { x, y, label } = options;
  requireThat(label !== "", "rule", "the label must not be empty", label);
  requireThat(
    (x === undefined) !== (y === undefined),
    "rule",
    `${layerTitle(label)} must have either x or y`,
    `x = ${x}, y = ${y}`,
  );
  const axis = x === undefined ? "y" : "x";
  const column = finiteColumn([(x ?? y)!], { functionName: "rule", axis, what: axis, name: label });
  const datum = { datum: column.values[0] };
  return {
    kind: "rule",
    role: "theory",
    label,
    columns: [column],
    keys: () => [],
    draw: (pen, frame) => {
      const flag =
        axis === "x"
          ? { y: { value: -frame.ruleShift - flagHeight }, y2: { value: frame.height } }
          : { x: { value: 0 }, x2: { value: frame.width } };
      return [
        {
          data: { values: [{}] },
          mark: { type: "rule", color: pen.color, strokeDash: pen.dash, strokeWidth: 1.25, tooltip: label },
          encoding: { [axis]: frame[axis].channel(datum), ...flag },
        },
        axis === "x" ? above(label, datum, frame) : beside(label, datum, frame),
      ];
    },
  };
}

/** The label above the plot, a flag to the right of the rule, which reaches up beside it. */
function above(label: string, datum: { readonly datum: number }, frame: Frame): Spec {
  return {
    data: { values: [{}] },
    mark: { type: "text", text: label, align: "left", baseline: "bottom", color: ruleColor, dx: 4 },
    encoding: { x: frame.x.channel(datum), y: { value: -frame.ruleShift - 2 } },
  };
}

function beside(label: string, datum: { readonly datum: number }, frame: Frame): Spec {
  return {
    data: { values: [{}] },
    mark: {
      type: "text",
      text: label,
      align: "left",
      baseline: "middle",
      color: ruleColor,
      dx: 6,
      dy: frame.ruleShift,
    },
    encoding: { x: { value: frame.width }, y: frame.y.channel(datum) },
  };
}

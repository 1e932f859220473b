import { requireThat } from "../core/errors";
import { columnarData, finiteColumn, layerTitle, requireSameLength, roundToSix, tooltip } from "./columns";
import { filledKeys } from "./keys";
import type { Layer, Values } from "./types";

/**
 * Bars of one width centred at x: a histogram or a distribution. They stand on zero, on a log axis on the lower edge.
 *
 * @throws InvalidArgumentError when there is no bar, lengths differ, a value is not finite or the width is not positive.
 *
 * @example
 * bars({ x: [0, 1, 2], height: [0.25, 0.5, 0.25], binWidth: 0.8, name: "frequency" }).kind; // "bars"
 */
export function bars(options: { x: Values; height: Values; binWidth: number; name?: string; of?: string }): Layer {
  const { name, of, binWidth } = options;
  requireSameLength("bars", name, { x: options.x, height: options.height });
  requireThat(
    binWidth > 0 && binWidth < Infinity,
    "bars",
    `binWidth of ${layerTitle(name)} must be positive`,
    binWidth,
  );
  const x = finiteColumn(options.x, { functionName: "bars", axis: "x", what: "x", name });
  const height = finiteColumn(options.height, { functionName: "bars", axis: "y", what: "height", name });
  const half = binWidth / 2;
  const left = { ...x, what: "left edge", values: x.values.map((value) => roundToSix(value - half)) };
  const right = { ...x, what: "right edge", values: x.values.map((value) => roundToSix(value + half)) };
  return {
    kind: "bars",
    role: "measurement",
    name,
    of,
    columns: [left, right, height],
    keys: (pen) => filledKeys(name, "area", `${pen.color}99`), // 0x99 / 0xff = the opacity below
    draw: (pen, frame) => [
      {
        ...columnarData(
          { x: x.values, left: left.values, right: right.values, y: height.values },
          { name: name ?? "" },
        ),
        mark: { type: "rect", clip: frame.clip, color: pen.color, opacity: 0.6, stroke: "white", strokeWidth: 1 },
        encoding: {
          x: frame.x.channel({ field: "left" }),
          x2: { field: "right" },
          y: frame.y.channel({ field: "y" }),
          y2: frame.y.isLog ? { value: frame.height } : { datum: 0 },
          tooltip: tooltip(["name", "layer"], ["x", frame.x.title], ["y", frame.y.title]),
        },
      },
    ],
  };
}

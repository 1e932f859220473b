import { requireThat } from "../core/errors";
import { columnarData, finiteColumn, layerTitle, requireSameLength, tooltip } from "./columns";
import { filledKeys } from "./keys";
import type { Layer, Values } from "./types";

/**
 * The area between two curves, as the quantiles of many runs or a confidence interval. Give `of` the name of the line
 * it belongs to, whose colour it then shares.
 *
 * @throws InvalidArgumentError when it has fewer than two points, lengths differ, a value is not finite or low > high.
 *
 * @example
 * band({ x: [0, 1], low: [0, 1], high: [2, 3], name: "10–90 % of 50 runs" }).kind; // "band"
 */
export function band(options: { x: Values; low: Values; high: Values; name?: string; of?: string }): Layer {
  const { name, of } = options;
  requireSameLength("band", name, { x: options.x, low: options.low, high: options.high });
  requireThat(options.x.length >= 2, "band", `${layerTitle(name)} must have at least two points`, options.x.length);
  const x = finiteColumn(options.x, { functionName: "band", axis: "x", what: "x", name });
  const low = finiteColumn(options.low, { functionName: "band", axis: "y", what: "low", name });
  const high = finiteColumn(options.high, { functionName: "band", axis: "y", what: "high", name });
  const crossed = low.values.findIndex((value, i) => value > high.values[i]);
  requireThat(
    crossed < 0,
    "band",
    `low of ${layerTitle(name)} must not exceed high`,
    `${low.values[crossed]} > ${high.values[crossed]} at index ${crossed}`,
  );
  const opacity = 0.25;
  return {
    kind: "band",
    role: "measurement",
    name,
    of,
    columns: [x, low, high],
    keys: (pen) => filledKeys(name, "area", `${pen.color}40`), // 0x40 / 0xff = opacity
    draw: (pen, frame) => [
      {
        ...columnarData({ x: x.values, low: low.values, high: high.values }, { name: name ?? "" }),
        mark: { type: "area", clip: frame.clip, color: pen.color, opacity },
        encoding: {
          x: frame.x.channel({ field: "x" }),
          y: frame.y.channel({ field: "low" }),
          y2: { field: "high" },
          tooltip: tooltip(["name", "layer"]),
        },
      },
    ],
  };
}

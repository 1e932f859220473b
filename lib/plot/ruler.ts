import { requireThat } from "../core/errors";
import { layerTitle, roundToSix } from "./columns";
import { wrap } from "./text";
import { logTicks, symlogTicks } from "./ticks";
import type { Axis, Layer, Ruler, Spec } from "./types";

type Scale = NonNullable<Axis["scale"]>;

// Each scale and its inverse; the data are padded in the scaled coordinate.
const scales: Record<Scale, { scale: (value: number) => number; invert: (length: number) => number }> = {
  linear: { scale: (v) => v, invert: (s) => s },
  log: { scale: Math.log10, invert: (s) => 10 ** s },
  symlog: {
    scale: (v) => Math.sign(v) * Math.log1p(Math.abs(v)),
    invert: (s) => Math.sign(s) * Math.expm1(Math.abs(s)),
  },
};

/**
 * The scale of one axis of a figure: the given domain, or else the extent of all layers with a margin (none beside a
 * raster, none below the foot of bars).
 *
 * @throws InvalidArgumentError when the title is empty, the scale is unknown, the domain is not increasing and finite, a value is ≤ 0 on a
 * log axis, or a rule lies outside the domain.
 */
export function ruler(which: "x" | "y", axis: Axis, layers: readonly Layer[], length: number): Ruler {
  const type = axis.scale ?? "linear";
  const names = Object.keys(scales);
  requireThat(names.includes(type), "figure", `the ${which} scale must be one of ${names.join(", ")}`, type);
  const { scale } = scales[type];
  requireThat(axis.title !== "", "figure", `the ${which} axis must have a title`, `""`);
  if (type === "log") requirePositive(which, axis, layers);
  const domain = axis.domain === undefined ? fitDomain(which, type, layers) : givenDomain(which, axis.domain, layers);
  const fraction = (value: number): number => (scale(value) - scale(domain[0])) / (scale(domain[1]) - scale(domain[0]));
  const description = axisDescription(which, axis, domain, length);
  return {
    title: axis.title,
    domain,
    isLog: type === "log",
    pixel: (value) => length * (which === "x" ? fraction(value) : 1 - fraction(value)),
    shared: { type: "quantitative", scale: { type, domain: [...domain] }, axis: description },
    channel: (position) => ({ ...position, type: "quantitative" }),
  };
}

function requirePositive(which: "x" | "y", axis: Axis, layers: readonly Layer[]): void {
  const requirement = `every ${which} must be > 0 on a log axis`;
  if (axis.domain !== undefined) {
    requireThat(axis.domain[0] > 0, "figure", requirement, `the domain [${axis.domain.join(", ")}]`);
  }
  for (const layer of layers) {
    for (const { axis: own, what, values } of layer.columns) {
      if (own !== which) continue;
      const index = values.findIndex((value) => value <= 0);
      const where = `${what} of ${layer.kind} ${layerTitle(layer.name ?? layer.label)}`;
      requireThat(index < 0, "figure", requirement, `${values[index]} at index ${index} in ${where}`);
    }
  }
}

function givenDomain(
  which: "x" | "y",
  domain: readonly [number, number],
  layers: readonly Layer[],
): readonly [number, number] {
  const [low, high] = domain.map(roundToSix);
  const shown = `[${domain.join(", ")}]`;
  requireThat(
    Number.isFinite(high - low) && low < high,
    "figure",
    `the ${which} domain must be finite and increasing`,
    shown,
  );
  for (const layer of layers.filter((one) => one.kind === "rule")) {
    for (const { values } of layer.columns.filter((column) => column.axis === which)) {
      const inside = values[0] >= low && values[0] <= high;
      requireThat(
        inside,
        "figure",
        `the rule "${layer.label}" must lie inside the ${which} domain ${shown}`,
        values[0],
      );
    }
  }
  return [low, high];
}

function fitDomain(which: "x" | "y", type: Scale, layers: readonly Layer[]): readonly [number, number] {
  const hasFoot = which === "y" && type !== "log" && layers.some((layer) => layer.kind === "bars");
  let [low, high] = hasFoot ? [0, 0] : [Infinity, -Infinity];
  for (const { axis, values } of layers.flatMap((layer) => layer.columns)) {
    if (axis !== which) continue;
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const { scale, invert } = scales[type];
  const [start, end] = [scale(low), scale(high)];
  const edgeless = layers.some((layer) => layer.kind === "raster");
  // A constant gets room around it; else margins that keep points off the frame, tuned by eye.
  const margin =
    start === end ? Math.abs(start) / 10 || 1 : edgeless ? 0 : (end - start) * (which === "x" ? 0.02 : 0.05);
  const below = hasFoot && low === 0 ? 0 : margin;
  const above = hasFoot && high === 0 ? 0 : margin;
  return [roundToSix(invert(start - below)), roundToSix(invert(end + above))];
}

function axisDescription(which: "x" | "y", axis: Axis, domain: readonly [number, number], length: number): Spec {
  const most = Math.max(3, Math.floor(length / (which === "x" ? 65 : 40)));
  const type = axis.scale ?? "linear";
  const ticks = type === "log" ? logTicks(domain, most) : type === "symlog" ? symlogTicks(domain, most) : undefined;
  const labels = ticks && Object.fromEntries(ticks.values.map((value, i) => [String(value), ticks.labels[i]]));
  return {
    title: wrap(axis.title, { width: length, fontSize: 13 }),
    ...(ticks ? { values: ticks.values } : { tickCount: most }),
    ...(axis.format !== undefined
      ? { format: axis.format }
      : labels && { labelExpr: `(${JSON.stringify(labels)})[datum.value]` }),
  };
}

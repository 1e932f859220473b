import { requireThat } from "../core/errors";
import { finiteColumn, roundToSix } from "./columns";
import type { Values } from "./types";

/** A function of two variables on a regular grid. */
export interface RegularGrid {
  /** The grid's columns and rows: evenly spaced, increasing, at least two of each. */
  readonly x: Values;
  readonly y: Values;
  /** The value at each grid point, row after row from the lowest y: entry row·columns + column. */
  readonly z: Values;
  /** How values map to heights and colours; `linear` unless given. `log` for what spans decades. */
  readonly scale?: "linear" | "log";
}

/** The grid with numbers rounded to six digits, refused unless it is one and, under "log", positive. */
export function checkedGrid(functionName: string, { x, y, z, scale = "linear" }: RegularGrid): Required<RegularGrid> {
  requireThat(scale === "linear" || scale === "log", functionName, "scale must be linear or log", scale);
  const entries = `z must have columns · rows = ${x.length * y.length} entries`;
  requireThat(z.length === x.length * y.length, functionName, entries, z.length);
  const grid = { x: evenlySpaced(functionName, "x", x), y: evenlySpaced(functionName, "y", y), scale };
  return { ...grid, z: finiteNumbers(functionName, "z", z, scale) };
}

/** Numbers rounded to six digits, refused unless finite and, under "log", positive. */
export function finiteNumbers(
  functionName: string,
  what: string,
  values: Values,
  scale: "linear" | "log",
): readonly number[] {
  const wrong = Array.from(values).findIndex((value) => !Number.isFinite(value) || (scale === "log" && value <= 0));
  const requirement = scale === "log" ? "finite and > 0 on a log scale" : "finite";
  requireThat(wrong < 0, functionName, `every ${what} must be ${requirement}`, `${values[wrong]} at index ${wrong}`);
  return Array.from(values, roundToSix);
}

function evenlySpaced(functionName: string, axis: "x" | "y", values: Values): readonly number[] {
  requireThat(values.length >= 2, functionName, `there must be at least two ${axis}`, values.length);
  const rounded = finiteColumn(values, { functionName, axis, what: axis }).values;
  const [first, last] = [rounded[0], rounded[rounded.length - 1]];
  const step = (last - first) / (rounded.length - 1);
  // Six digits leave half a unit of the sixth: 5e-6 of the largest, for a value and for the ends it is compared with.
  const rounding = 1e-5 * Math.max(Math.abs(first), Math.abs(last));
  const even = step > 0 && rounded.every((value, k) => Math.abs(value - first - k * step) <= rounding);
  requireThat(even, functionName, `${axis} must be evenly spaced and increasing`, rounded);
  return rounded;
}

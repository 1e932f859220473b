import { requireThat } from "../core/errors";
import type { Column, Spec, Values } from "./types";

/** How a layer is called in messages: `layer "loss"`, or `unnamed layer`. */
export function layerTitle(name: string | undefined): string {
  return name === undefined ? "unnamed layer" : `layer "${name}"`;
}

/**
 * Rounds to six significant digits, so that what is committed stays small and does not change with the last bits of
 * a matrix product. Cost: one formatting of a number.
 *
 * @example
 * roundToSix(2 / 3); // 0.666667
 */
export function roundToSix(value: number): number {
  return Number(value.toPrecision(6)) + 0; // + 0 turns -0 into 0
}

/**
 * Checks that every value is finite, and rounds to six significant digits.
 *
 * @throws InvalidArgumentError naming layer and index when a value is not finite: divergence is named, not drawn.
 */
export function finiteColumn(
  values: Values,
  at: { readonly functionName: string; readonly axis: "x" | "y"; readonly what: string; readonly name?: string },
): Column {
  const wrong = Array.from(values).findIndex((value) => !Number.isFinite(value));
  const requirement = `every ${at.what} of ${layerTitle(at.name)} must be finite`;
  requireThat(wrong < 0, at.functionName, requirement, `${values[wrong]} at index ${wrong}`);
  return { axis: at.axis, what: at.what, values: Array.from(values, roundToSix) };
}

/** Checks that a layer is not empty, and that its columns are of one length. */
export function requireSameLength(
  functionName: string,
  name: string | undefined,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
): void {
  const [[first, { length }], ...rest] = Object.entries(columns);
  requireThat(length > 0, functionName, `${first} of ${layerTitle(name)} must not be empty`, "no value");
  for (const [what, values] of rest) {
    requireThat(
      values.length === length,
      functionName,
      `${what} and ${first} of ${layerTitle(name)} must have one length`,
      `${values.length} and ${length}`,
    );
  }
}

/**
 * Vega-Lite data as the text of a CSV table, a column for each entry: in a notebook file, where JSON stands with one
 * number a line, a tenth of the bytes of records. Entries of `constants` are repeated in every row.
 */
export function columnarData(columns: Readonly<Record<string, readonly number[]>>, constants: Spec = {}): Spec {
  const names = Object.keys(columns);
  const rows = columns[names[0]].map((_, row) => names.map((name) => columns[name][row]).join(","));
  return {
    data: {
      values: [names.join(","), ...rows].join("\n"),
      format: { type: "csv", parse: Object.fromEntries(names.map((name) => [name, "number"])) },
    },
    transform: Object.entries(constants).map(([as, value]) => ({ calculate: JSON.stringify(value), as })),
  };
}

/** The tooltip of a mark: pairs of field and title, numbers with up to six digits. */
export function tooltip(...entries: readonly (readonly [field: string, title: string])[]): Spec[] {
  return entries.map(([field, title]) =>
    field === "name" || field === "label" || field === "path"
      ? { field, title, type: "nominal" }
      : { field, title, type: "quantitative", format: ".6~g" },
  );
}

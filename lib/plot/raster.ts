import { requireThat } from "../core/errors";
import { columnarData, finiteColumn } from "./columns";
import { filledKeys } from "./keys";
import { regionFills } from "./theme";
import type { Layer, Spec, Values } from "./types";

/** A map of regions on a regular grid. */
export interface RasterOptions {
  /** The left edge of the grid, and the width of a cell. */
  readonly x0: number;
  readonly dx: number;
  readonly columns: number;
  /** The lower edge of the grid, and the height of a cell. */
  readonly y0: number;
  readonly dy: number;
  readonly rows: number;
  /** The category of each cell, an index into `categories`, row after row from the lowest: entry row·columns + column. */
  readonly category: Values;
  /** The names of the categories, as in the legend. */
  readonly categories: readonly string[];
}

/**
 * A coloured map of regions, as where an optimizer is stable. Equal neighbours in a row become one rectangle, so that
 * 100×100 cells stay a few kilobytes. Categories that do not occur stay in the legend.
 *
 * @throws InvalidArgumentError when the grid is not one, a category is no index, or there are more than six.
 *
 * @example
 * raster({ x0: 0, dx: 1, columns: 2, y0: 0, dy: 1, rows: 1, category: [0, 1], categories: ["stable", "unstable"] }).kind;
 * // "raster"
 */
export function raster(options: RasterOptions): Layer {
  const { x0, dx, columns, y0, dy, rows, category, categories } = options;
  for (const [what, size] of Object.entries({ columns, rows })) {
    requireThat(Number.isInteger(size) && size > 0, "raster", `${what} must be a positive integer`, size);
  }
  for (const [what, size] of Object.entries({ dx, dy }))
    requireThat(size > 0, "raster", `${what} must be positive`, size);
  requireThat(
    categories.length > 0 && categories.length <= regionFills.length,
    "raster",
    `there must be 1 to ${regionFills.length} categories`,
    categories.length,
  );
  requireThat(
    category.length === rows * columns,
    "raster",
    `category must have rows · columns = ${rows * columns} entries`,
    category.length,
  );
  const wrong = Array.from(category).findIndex((c) => !Number.isInteger(c) || c < 0 || c >= categories.length);
  const requirement = `every category must be an index below ${categories.length}`;
  requireThat(wrong < 0, "raster", requirement, `${category[wrong]} at index ${wrong}`);
  const x = finiteColumn([x0, x0 + columns * dx], { functionName: "raster", axis: "x", what: "x edge" });
  const y = finiteColumn([y0, y0 + rows * dy], { functionName: "raster", axis: "y", what: "y edge" });
  return {
    kind: "raster",
    role: "measurement",
    columns: [x, y],
    keys: () => categories.flatMap((name, c) => filledKeys(name, "area", regionFills[c])),
    draw: (_, frame) =>
      categories.flatMap((name, c): Spec[] => {
        const runs = runsOf(c, options);
        if (runs.row.length === 0) return [];
        const { data, transform } = columnarData({ ...runs }) as { data: Spec; transform: Spec[] };
        const edge = (start: number, step: number, index: string): string => `${start} + ${step} * (${index})`;
        return [
          {
            data,
            transform: [
              ...transform,
              { calculate: edge(x0, dx, "datum.first"), as: "left" },
              { calculate: edge(x0, dx, "datum.first + datum.count"), as: "right" },
              { calculate: edge(y0, dy, "datum.row"), as: "bottom" },
              { calculate: edge(y0, dy, "datum.row + 1"), as: "top" },
            ],
            // Half a pixel of stroke on either side closes the hairlines between rectangles.
            mark: {
              type: "rect",
              clip: frame.clip,
              color: regionFills[c],
              stroke: regionFills[c],
              strokeWidth: 1,
              tooltip: name,
            },
            encoding: {
              x: frame.x.channel({ field: "left" }),
              x2: { field: "right" },
              y: frame.y.channel({ field: "bottom" }),
              y2: { field: "top" },
            },
          },
        ];
      }),
  };
}

/** The runs of one category: row, first column and number of cells of each. */
function runsOf(c: number, { rows, columns, category }: RasterOptions): Record<"row" | "first" | "count", number[]> {
  const runs: Record<"row" | "first" | "count", number[]> = { row: [], first: [], count: [] };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (category[row * columns + column] !== c) continue;
      if (column > 0 && category[row * columns + column - 1] === c) {
        runs.count[runs.count.length - 1]++;
        continue;
      }
      runs.row.push(row);
      runs.first.push(column);
      runs.count.push(1);
    }
  }
  return runs;
}

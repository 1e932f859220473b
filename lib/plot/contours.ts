import { contours as marchingSquares } from "d3-contour";
import { requireThat } from "../core/errors";
import { checkedGrid, finiteNumbers, type RegularGrid } from "./regular-grid";
import { sequentialColors } from "./sequential-colors";
import type { Frame, Layer, Spec, Values } from "./types";

/** A function of two variables on a regular grid, and where its contour lines run. */
export interface ContoursOptions extends RegularGrid {
  /** What z is, with its symbol, over the colours. */
  readonly title: string;
  /** The values of the contour lines, increasing. Figures to be compared need the same. */
  readonly levels: Values;
}

/**
 * A map of a function of two variables, as a loss on a plane: contour lines at the levels, and between two of them one
 * colour, from dark (low) to light (high), which a bar over the plot explains. Equal levels have equal colours in all
 * figures. Lines are found by marching squares (d3-contour); one of 50 points takes about half a kilobyte.
 *
 * @throws InvalidArgumentError when a value is not finite (or not positive, under "log"), the grid is not regular, z has
 * not an entry for each of its points, the levels do not increase, there are none or more than twelve, or there is no title.
 *
 * @example
 * contours({ x: [0, 1], y: [0, 1], z: [0, 1, 1, 2], levels: [0.5, 1.5], title: "x + y" }).kind;
 * // "raster", since it fills the plot to its edges
 */
export function contours(options: ContoursOptions): Layer {
  const { title } = options;
  const { x, y, z, scale } = checkedGrid("contours", options);
  requireThat(title.trim() !== "", "contours", "the title must not be empty", `"${title}"`);
  const levels = finiteNumbers("contours", "level", options.levels, scale);
  requireThat(levels.length >= 1 && levels.length <= 12, "contours", "there must be 1 to 12 levels", levels.length);
  const increasing = levels.every((level, k) => k === 0 || level > levels[k - 1]);
  requireThat(increasing, "contours", "the levels must increase", levels);

  // Marching squares interpolate linearly, so under "log" they are given logarithms.
  const length = scale === "log" ? Math.log : (value: number) => value;
  const heights = Array.from(z, length);
  const lines = marchingSquares().size([x.length, y.length]);
  const colors = sequentialColors(levels.length + 1);
  return {
    kind: "raster",
    role: "measurement",
    columns: [
      { axis: "x", what: "x", values: Array.from(x) },
      { axis: "y", what: "y", values: Array.from(y) },
    ],
    keys: () => [],
    draw: (_, frame) => [
      {
        data: { values: [{}] },
        mark: { type: "rect", color: colors[0] },
        encoding: corners(x, y, frame),
      },
      ...levels.flatMap((level, k): Spec[] => {
        const rings = lines.contour(heights, length(level)).coordinates.flat();
        if (rings.length === 0) return [];
        const path = rings.map((ring) => pathOf(ring, x, y, frame)).join("");
        return [region(path, colors[k + 1])];
      }),
      colorBar(levels, colors, title, frame),
    ],
  };
}

/** The whole grid. */
function corners(columns: Values, rows: Values, { x, y }: Frame): Spec {
  const [left, right] = [columns[0], columns[columns.length - 1]].map(x.pixel);
  const [bottom, top] = [rows[0], rows[rows.length - 1]].map(y.pixel);
  return { x: { value: left }, x2: { value: right }, y: { value: top }, y2: { value: bottom } };
}

/** A closed line in pixels. Grid point (column, row) lies at (column + ½, row + ½) of d3's coordinates. */
function pathOf(ring: readonly (readonly number[])[], columns: Values, rows: Values, { x, y }: Frame): string {
  // d3 closes a line that leaves the grid half a cell outside of it: it is taken back to the edge.
  const along = (axis: Values, at: number): number => {
    const last = axis.length - 1;
    const share = Math.max(0, Math.min(last, at - 0.5)) / last;
    return (1 - share) * axis[0] + share * axis[last];
  };
  const points = ring.map(([column, row]): Point => [x.pixel(along(columns, column)), y.pixel(along(rows, row))]);
  const outline = withoutStraightParts(points.slice(1)) // the first is the last
    .map((point) => point.map((pixels) => Math.round(10 * pixels) / 10 + 0).join(",")); // + 0 turns -0 into 0
  // Vega forgets the Z of every path but the last: the outline is closed by a line of its own.
  return `M${[...outline, outline[0]].join("L")}Z`;
}

/** Drops what a line from the last point kept to the next passes within a tenth of a pixel: the edges, most of all. */
function withoutStraightParts(points: readonly Point[]): Point[] {
  const last = points.length - 1;
  const kept = [points[last]];
  points.forEach(([x, y], k) => {
    const [[x0, y0], [x1, y1]] = [kept[kept.length - 1], k < last ? points[k + 1] : (kept[1] ?? points[0])];
    const doubleArea = Math.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0));
    if (doubleArea > 0.1 * Math.hypot(x1 - x0, y1 - y0)) kept.push([x, y]);
  });
  return kept.slice(1);
}

type Point = readonly [x: number, y: number];

/** What lies above a level, with its contour line, as a symbol whose shape is given in pixels. */
function region(path: string, color: string): Spec {
  const pixels = { size: 4 }; // Vega scales a shape by √size/2
  return {
    data: { values: [{}] },
    mark: {
      type: "point",
      shape: path,
      ...pixels,
      clip: true,
      opacity: 1,
      fill: color,
      stroke: "white",
      strokeWidth: 0.6,
    },
    encoding: { x: { value: 0 }, y: { value: 0 } },
  };
}

/** The legend: a layer that draws nothing, in one of its own, so that no other figure's colours are mixed with these. */
function colorBar(levels: readonly number[], colors: readonly string[], title: string, { width }: Frame): Spec {
  // By their numbers, 1 to K, so that all bands are of one length whatever the levels are.
  const names = ["", ...levels.map(String)];
  const legend = {
    title,
    type: "gradient",
    labelExpr: `(${JSON.stringify(names)})[datum.value]`,
    orient: "top",
    direction: "horizontal",
    gradientLength: width,
    gradientThickness: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titleColor: "#1A1A1A",
    gradientOpacity: 1,
  };
  return {
    layer: [
      {
        data: { values: [] },
        mark: { type: "point" },
        encoding: {
          x: { value: 0 },
          y: { value: 0 },
          color: {
            field: "level",
            type: "quantitative",
            scale: { type: "threshold", domain: levels.map((_, k) => k + 1), range: [...colors] },
            legend,
          },
        },
      },
    ],
    resolve: { scale: { color: "independent" } },
  };
}

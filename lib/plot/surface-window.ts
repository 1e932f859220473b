import { requireThat } from "../core/errors";
import { checkedGrid, type RegularGrid } from "./regular-grid";
import { sequentialColors } from "./sequential-colors";

/** A surface over a regular grid, and its words. */
export interface SurfaceOptions extends RegularGrid {
  readonly title: string;
  /** The titles of the three axes, with symbols and units. */
  readonly axisTitles: readonly [x: string, y: string, z: string];
}

/**
 * Opens a browser window with a surface that can be turned and zoomed, by Plotly through `nodeplotlib`: only for a reader
 * who asks for it, since it starts a web server in this process and prints its address. Where no browser can be opened,
 * the address is all there is; with `NODEPLOTLIB_PORT` set in the environment none is tried, for a machine reached
 * through a tunnel. The server stops when the window is closed. A later call shows the earlier surfaces again, below
 * one another.
 *
 * @throws InvalidArgumentError when a value is not finite (or not positive, under "log"), the grid is not regular, z has
 * not an entry for each of its points, or there is no title
 * @throws Error when `nodeplotlib` is not installed
 *
 * @example
 * const axisTitles = ["x", "y", "L"] as const;
 * const ask = () => openSurface({ x: [0, 1], y: [0, 1], z: [0, 1, 1, 2], title: "A plane", axisTitles });
 * typeof ask; // "function": when called, it opens a window
 */
export async function openSurface(options: SurfaceOptions): Promise<void> {
  const { title, axisTitles } = options;
  const { x, y, z, scale } = checkedGrid("openSurface", options);
  requireThat(title.trim() !== "", "openSurface", "the title must not be empty", `"${title}"`);
  const titled = axisTitles.length === 3 && axisTitles.every((one) => one.trim() !== "");
  requireThat(titled, "openSurface", "there must be three axis titles, none empty", axisTitles);

  const rows = Array.from(y, (_, i) => Array.from(z).slice(i * x.length, (i + 1) * x.length));
  const heights = rows.map((row) => (scale === "log" ? row.map(Math.log10) : row));
  const colors = sequentialColors(10);
  const surface = {
    type: "surface" as const,
    x: Array.from(x),
    y: Array.from(y),
    z: rows,
    surfacecolor: heights, // a logarithmic axis alone would leave the colours linear
    colorscale: colors.map((color, k): [number, string] => [k / (colors.length - 1), color]),
    showscale: false,
  };
  const [xTitle, yTitle, zTitle] = axisTitles;
  const scene = { xaxis: { title: xTitle }, yaxis: { title: yTitle }, zaxis: { title: zTitle, type: scale } };
  const { plot } = await import("nodeplotlib").catch((reason: unknown) => {
    throw new Error(`openSurface: needs the package nodeplotlib (npm install nodeplotlib): ${String(reason)}`);
  });
  plot([surface], { title, scene, width: 900, height: 700 });
}

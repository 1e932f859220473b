import {
  band,
  bars,
  contours,
  figure,
  imageGrid,
  line,
  paths,
  points,
  raster,
  rule,
  sideBySide,
} from "flat-minima/plot";
import type { Figure } from "flat-minima/plot";

/** The MIME bundle of a figure, asked for as a kernel does. */
export function bundleOf(shown: Figure): Promise<Record<string, unknown>> {
  const method = (shown as unknown as Record<symbol, () => Promise<Record<string, unknown>>>)[
    Symbol.for("Jupyter.display")
  ];
  return method.call(shown);
}

/** The SVG of a figure. */
export async function svgOf(shown: Figure): Promise<string> {
  return String((await bundleOf(shown))["image/svg+xml"]);
}

const x = [0, 1, 2, 3];

/** One figure for each builder, and one with all kinds of lines and scales. */
export const samples: Record<string, Figure> = {
  "lines of all roles on a log axis": figure({
    title: "Decay",
    subtitle: "of the loss",
    x: { title: "step t" },
    y: { title: "loss L", scale: "log" },
    layers: [
      paths({ x, ys: [[1, 0.6, 0.2, 0.1], Float64Array.of(1, 0.4, 0.3, 0.1)], name: "runs", of: "median" }),
      band({ x, low: [1, 0.4, 0.2, 0.1], high: [1, 0.6, 0.3, 0.2], name: "quantiles", of: "median" }),
      line({ x, y: [1, 0.5, 0.25, 0.1], name: "median", role: "measurement" }),
      line({ x, y: [1, 0.5, 0.25, 0.125], name: "theory", role: "theory" }),
      line({ x, y: [2, 1, 0.5, 0.25], name: "bound", role: "bound" }),
      line({ x, y: [1, 0.7, 0.5, 0.4], name: "one run", role: "path" }),
      rule({ x: 2, label: "burn-in" }),
      rule({ y: 0.1, label: "floor" }),
    ],
    says: "The loss halves each step.",
  }),
  "labelled points on a raster": figure({
    title: "Regions",
    x: { title: "learning rate η" },
    y: { title: "batch size B" },
    layers: [
      raster({ x0: 0, dx: 1, columns: 2, y0: 0, dy: 1, rows: 2, category: [0, 0, 0, 1], categories: ["in", "out"] }),
      points({ x: [0.5, 1.5], y: [0.5, 1.5], labels: ["A", "B"], name: "runs" }),
    ],
    says: "A is in, B is out.",
  }),
  "contours under a labelled point": figure({
    title: "Surface",
    x: { title: "along u" },
    y: { title: "along v" },
    layers: [
      contours({
        x,
        y: x,
        z: x.flatMap((b) => x.map((a) => 10 ** (a - b))),
        levels: [0.1, 1],
        scale: "log",
        title: "L",
      }),
      points({ x: [1.5], y: [1.5], labels: ["solution"] }),
    ],
    says: "It rises to the right.",
  }),
  "bars with their law": figure({
    title: "Law",
    x: { title: "successes" },
    y: { title: "probability", format: ".2f" },
    layers: [
      bars({ x, height: [0.1, 0.4, 0.35, 0.15], binWidth: 0.8, name: "frequency" }),
      line({ x, y: [0.125, 0.375, 0.375, 0.125], name: "binomial", role: "theory", of: "frequency" }),
    ],
    says: "The bars are near the law.",
  }),
  "symlog axis, given domain": figure({
    title: "Drift",
    x: { title: "time", domain: [1, 3] },
    y: { title: "drift", scale: "symlog" },
    layers: [line({ x, y: [-1000, -1, 0, 100], role: "measurement" })],
    says: "It changes sign.",
  }),
};
samples["side by side"] = sideBySide(Object.values(samples).slice(0, 2), { title: "Pair", says: "Two." });
samples["image grid"] = imageGrid({
  images: [
    [0, 1, 1, 0],
    [1, 0, 0, 1],
    [0, 0, 0, 0],
  ],
  height: 2,
  width: 2,
  columns: 2,
  captions: ["up", "down", "a caption of many words"],
  title: "Images",
  says: "Two diagonals and black.",
});

import type { Spec } from "./types";

/** Size in pixels of tick, legend and point labels. */
export const labelSize: number = 12;

/** Size in pixels of a figure's title. */
export const titleSize: number = 15;

/** The colour of thresholds and of their labels. */
export const ruleColor: string = "#444444";

/**
 * Colours of measurements: Okabe and Ito's palette (2008) without its yellow, which is too faint on white, and its
 * black, which is theory's. The dark variant draws the theory that belongs to the measurement of that colour.
 */
export const measurementInks: readonly { readonly color: string; readonly dark: string }[] = [
  { color: "#0072B2", dark: "#003350" },
  { color: "#E69F00", dark: "#6B4A00" },
  { color: "#009E73", dark: "#004733" },
  { color: "#CC79A7", dark: "#6E2049" },
  { color: "#56B4E9", dark: "#14557D" },
  { color: "#D55E00", dark: "#662D00" },
];

/** Pens of theory, one for each theory that has no measured layer of its own: dark and dashed. */
export const theoryPens: readonly { readonly color: string; readonly dash: readonly number[] }[] = [
  { color: "#1A1A1A", dash: [8, 4] },
  { color: "#1A1A1A", dash: [10, 3, 3, 3] },
  { color: "#7A7A7A", dash: [8, 4] },
];

/** Pens of bounds: dotted. */
export const boundPens: readonly { readonly color: string; readonly dash: readonly number[] }[] = [
  { color: "#8F2D00", dash: [2, 3] },
  { color: "#4B2A7B", dash: [2, 3] },
  { color: "#5E5E5E", dash: [2, 3] },
];

/** Fills of regions: tints that differ in lightness too, on which dark points and rules stand out. */
export const regionFills: readonly string[] = ["#CDE5F5", "#F2C879", "#E08F6C", "#8CCDB6", "#D9B3CC", "#F6EFA0"];

/**
 * The one Vega-Lite configuration of all figures. The background is white in every theme, and each kind of text has its
 * colour: what has none is white in JupyterLab's dark theme.
 */
export const themeConfig: Spec = {
  background: "white",
  aria: false,
  font: "sans-serif",
  view: { stroke: "#BBBBBB" },
  title: {
    anchor: "start",
    color: "#1A1A1A",
    frame: "group",
    fontSize: titleSize,
    fontWeight: 600,
    subtitleFontSize: labelSize,
    subtitleColor: "#444444",
    subtitlePadding: 4,
    offset: 10,
  },
  axis: {
    labelFontSize: labelSize,
    titleFontSize: 13,
    titleFontWeight: "normal",
    titlePadding: 8,
    titleColor: "#1A1A1A",
    labelColor: "#333333",
    gridColor: "#E8E8E8",
    domainColor: "#888888",
    tickColor: "#888888",
    labelOverlap: true,
  },
  legend: {
    orient: "top",
    title: null,
    labelFontSize: labelSize,
    labelLimit: 0,
    labelColor: "#1A1A1A",
    symbolSize: 784, // 28 × 28 pixels, of which each symbol takes what it needs
    clipHeight: 16,
    symbolStrokeWidth: 2,
    symbolOpacity: 1,
    columnPadding: 16,
    rowPadding: 4,
  },
  text: { fontSize: labelSize, color: "#222222" },
};

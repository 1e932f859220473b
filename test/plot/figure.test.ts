import { inspect } from "node:util";
import { InvalidArgumentError } from "flat-minima/core";
import { band, bars, figure, line, paths, points, raster, rule } from "flat-minima/plot";
import type { FigureOptions, Layer } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { elementsOf } from "./elements";
import { bundleOf, samples, svgOf } from "./samples";

const says = "A line rises.";
const rising: Layer = line({ x: [1, 2], y: [1, 10], name: "rising", role: "measurement" });

function make(options: Partial<FigureOptions> = {}): ReturnType<typeof figure> {
  return figure({ title: "T", x: { title: "x" }, y: { title: "y" }, layers: [rising], says, ...options });
}

function refused(options: Partial<FigureOptions>, message: string): void {
  expect(() => make(options)).toThrow(InvalidArgumentError);
  expect(() => make(options)).toThrow(message);
}

/** All texts of a picture. */
async function texts(shown: ReturnType<typeof figure>): Promise<string[]> {
  return [...(await svgOf(shown)).matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1]);
}

describe("figure", () => {
  it("sends specification, picture and words in one bundle, and prints the words", async () => {
    const shown = make();
    const bundle = await bundleOf(shown);
    expect(Object.keys(bundle)).toEqual(["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
    expect(bundle["application/vnd.vegalite.v5+json"]).toBe(shown.spec);
    expect(bundle["text/plain"]).toBe(says);
    expect(inspect(shown)).toBe(says);
  });

  it("shows title, subtitle, axis titles, the names in the legend and the labels of rules", async () => {
    const wanted = ["Decay", "of the loss", "step t", "loss L", "burn-in", "floor"];
    const names = ["runs", "quantiles", "median", "theory", "bound", "one run"];
    const found = await texts(samples["lines of all roles on a log axis"]);
    for (const text of [...wanted, ...names]) expect(found.filter((one) => one === text)).toHaveLength(1);
  });

  it("names nothing in a legend when no layer has a name", async () => {
    const unnamed = line({ x: [1, 2], y: [1, 2], role: "measurement" });
    expect(await svgOf(make({ layers: [unnamed] }))).not.toContain("role-legend");
    expect(await svgOf(make())).toContain("role-legend");
  });

  it("rounds data to six significant digits", () => {
    const layers = [line({ x: [0, 1 / 3], y: [2e5 / 3, -2e-9 / 3], role: "measurement" })];
    const { spec } = make({ layers });
    const [{ data }] = spec.layer as { data: { values: string } }[];
    expect(data.values).toBe("x,y\n0,66666.7\n0.333333,-6.66667e-10");
  });

  it("keeps the order of a line's points, so that trajectories may turn back", async () => {
    const there = line({ x: [0, 2, 1], y: [0, 0, 1], role: "measurement" });
    const axes = { x: { title: "x", domain: [0, 2] as const }, y: { title: "y", domain: [0, 1] as const } };
    const svg = await svgOf(make({ ...axes, layers: [there], width: 200, height: 100 }));
    expect(svg).toContain('d="M0,100L200,100L100,0"');
  });

  it("draws theory dashed, bounds dotted and measurements solid, as the legend does", async () => {
    const svg = await svgOf(samples["lines of all roles on a log axis"]);
    const dashes = (color: string): string[] =>
      elementsOf(svg, "path")
        .filter((path) => path.stroke === color && path["stroke-width"] === "2")
        .map((path) => path["stroke-dasharray"] ?? "none");
    expect(dashes("#1A1A1A")).toEqual(["8,4", "8,4"]); // the line and its legend entry
    expect(dashes("#8F2D00")).toEqual(["2,3", "2,3"]);
    expect(dashes("#0072B2")).toEqual(["1,0", "1,0"]);
  });

  it("lets a layer share the colour of the layer it is of, and darkens theory", () => {
    const first = line({ x: [1, 2], y: [1, 2], name: "first", role: "measurement" });
    const theory = line({ x: [1, 2], y: [1, 2], name: "theory", role: "theory", of: "rising" });
    const around = band({ x: [1, 2], low: [1, 1], high: [2, 2], of: "rising" });
    const { spec } = make({ layers: [around, first, rising, theory] });
    const colors = (spec.layer as { mark: { color?: string } }[]).slice(0, 4).map(({ mark }) => mark.color);
    expect(colors).toEqual(["#E69F00", "#0072B2", "#E69F00", "#6B4A00"]);
  });

  it("gives ids of their own to pictures that share a page", async () => {
    const clipped = { x: { title: "x", domain: [1, 1.5] as const } };
    const ids = async (shown: ReturnType<typeof figure>): Promise<string[]> =>
      [...(await svgOf(shown)).matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    const [one, other] = [await ids(make(clipped)), await ids(make({ ...clipped, title: "U" }))];
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((id) => other.includes(id))).toEqual([]);
  });

  it("keeps labels of neighbouring rules apart", async () => {
    const layers = [rising, ...[1.1, 1.2, 1.9].map((x) => rule({ x, label: `threshold ${x}` }))];
    const svg = await svgOf(make({ layers }));
    const tops = [1.1, 1.2, 1.9].map((x) =>
      Number(new RegExp(`translate\\([-\\d.]+,([-\\d.]+)\\)"[^>]*>threshold ${x}<`).exec(svg)?.[1]),
    );
    expect(tops[2]).toBe(tops[1]); // far away: the same row
    expect(tops[1] - tops[0]).toBeGreaterThanOrEqual(12); // a line of text higher
  });

  it("turns a complaint of Vega into an error with the title", async () => {
    const shown = make({ title: "Odd format", y: { title: "y", format: "no format" } });
    await expect(bundleOf(shown)).rejects.toThrow(/^figure "Odd format": .*invalid format: no format/);
  });
});

describe("figure refuses", () => {
  it("empty parts", () => {
    refused({ layers: [] }, "figure: there must be at least one layer, got none");
    refused({ title: " " }, 'figure: the title must not be empty, got " "');
    refused({ says: "" }, 'figure: says must say what is seen, got ""');
    refused({ x: { title: "" } }, 'figure: the x axis must have a title, got ""');
    refused({ width: 0 }, "figure: width and height must be positive and finite, got 0 × 320");
  });

  it("values that a log axis cannot show, naming layer, index and value", () => {
    const log = { y: { title: "y", scale: "log" as const } };
    const falling = line({ x: [1, 2, 3], y: [1, 0.5, 0], name: "falling", role: "measurement" });
    const message = 'figure: every y must be > 0 on a log axis, got 0 at index 2 in y of line layer "falling"';
    refused({ ...log, layers: [rising, falling] }, message);
    const runs = paths({ x: [1, 2], ys: [[1, 1], [1, -2]], name: "runs" }); // prettier-ignore
    refused({ ...log, layers: [runs] }, 'got -2 at index 1 in ys[1] of paths layer "runs"');
    refused({ ...log, layers: [rule({ y: 0, label: "zero" })] }, 'got 0 at index 0 in y of rule layer "zero"');
    refused(
      { y: { title: "y", scale: "log", domain: [0, 1] } },
      "every y must be > 0 on a log axis, got the domain [0, 1]",
    );
  });

  it("domains that are none, and rules outside them", () => {
    const domain = (low: number, high: number): Partial<FigureOptions> => ({ x: { title: "x", domain: [low, high] } });
    refused(domain(2, 1), "figure: the x domain must be finite and increasing, got [2, 1]");
    refused(domain(0, Infinity), "figure: the x domain must be finite and increasing, got [0, Infinity]");
    const layers = [rising, rule({ x: 3, label: "2/λ₁" })];
    refused({ ...domain(0, 2), layers }, 'figure: the rule "2/λ₁" must lie inside the x domain [0, 2], got 3');
  });

  it("names twice, colours of nobody, and more layers than can be told apart", () => {
    refused({ layers: [rising, rising] }, 'figure: the names in the legend must differ, got "rising" twice');
    const lost = points({ x: [1], y: [1], of: "risen" });
    const own = 'figure: "of" must be the name of a layer that has a colour of its own, got risen';
    refused({ layers: [rising, lost] }, own);
    const seven = Array.from({ length: 7 }, (_, i) => points({ x: [1], y: [1], name: `series ${i}` }));
    refused({ layers: seven }, "figure: at most 6 layers of role measurement can be told apart");
    refused({ layers: seven }, 'got one more, points "series 6"');
    expect(() => make({ layers: seven.slice(1) })).not.toThrow();
  });
});

describe("layers refuse", () => {
  const names = { name: "loss", role: "measurement" as const };
  const grid = { x0: 0, dx: 1, columns: 2, y0: 0, dy: 1, rows: 1, category: [0, 1], categories: ["a", "b"] };
  it.each<[message: string, build: () => Layer]>([
    ['line: every y of layer "loss" must be finite, got NaN at index 1', () => line({ x: [0, 1], y: [0, NaN], ...names })],
    ['line: every x of layer "loss" must be finite, got -Infinity at index 0', () => line({ x: [-Infinity, 1], y: [0, 1], ...names })],
    ["line: every y of unnamed layer must be finite, got Infinity at index 1", () => line({ x: [0, 1], y: [0, Infinity], role: "bound" })],
    ['line: y and x of layer "loss" must have one length, got 1 and 2', () => line({ x: [0, 1], y: [0], ...names })],
    ['line: x of layer "loss" must not be empty, got no value', () => line({ x: [], y: [], ...names })],
    ['line: layer "loss" must have at least two points, got 1', () => line({ x: [0], y: [0], ...names })],
    ['paths: every ys[1] of layer "runs" must be finite, got NaN at index 0', () => paths({ x: [0, 1], ys: [[0, 0], [NaN, 0]], name: "runs" })],
    ['paths: ys[1] and x of layer "runs" must have one length, got 3 and 2', () => paths({ x: [0, 1], ys: [[0, 0], [0, 0, 0]], name: "runs" })],
    ['paths: layer "runs" must have at least one path, got none', () => paths({ x: [0, 1], ys: [], name: "runs" })],
    ['paths: layer "runs" must have at least two points, got 1', () => paths({ x: [0], ys: [[1]], name: "runs" })],
    ['band: low of layer "b" must not exceed high, got 3 > 2 at index 1', () => band({ x: [0, 1], low: [0, 3], high: [1, 2], name: "b" })],
    ['band: every high of layer "b" must be finite, got NaN at index 0', () => band({ x: [0, 1], low: [0, 3], high: [NaN, 4], name: "b" })],
    ['band: layer "b" must have at least two points, got 1', () => band({ x: [0], low: [0], high: [1], name: "b" })],
    ['points: labels and x of layer "p" must have one length, got 1 and 2', () => points({ x: [0, 1], y: [0, 1], labels: ["A"], name: "p" })],
    ['points: every y of layer "p" must be finite, got NaN at index 0', () => points({ x: [0], y: [NaN], name: "p" })],
    ['rule: layer "both" must have either x or y, got x = 1, y = 2', () => rule({ x: 1, y: 2, label: "both" })],
    ['rule: layer "none" must have either x or y, got x = undefined, y = undefined', () => rule({ label: "none" })],
    ['rule: every x of layer "far" must be finite, got Infinity at index 0', () => rule({ x: Infinity, label: "far" })],
    ['rule: the label must not be empty, got ""', () => rule({ x: 1, label: "" })],
    ['bars: binWidth of layer "h" must be positive, got 0', () => bars({ x: [0], height: [1], binWidth: 0, name: "h" })],
    ['bars: every height of layer "h" must be finite, got NaN at index 0', () => bars({ x: [0], height: [NaN], binWidth: 1, name: "h" })],
    ["raster: category must have rows · columns = 2 entries, got 1", () => raster({ ...grid, category: [0] })],
    ["raster: every category must be an index below 2, got 2 at index 1", () => raster({ ...grid, category: [0, 2] })],
    ["raster: every category must be an index below 2, got NaN at index 0", () => raster({ ...grid, category: [NaN, 0] })],
    ["raster: there must be 1 to 6 categories, got 0", () => raster({ ...grid, categories: [] })],
    ["raster: columns must be a positive integer, got 1.5", () => raster({ ...grid, columns: 1.5 })],
    ["raster: dy must be positive, got -1", () => raster({ ...grid, dy: -1 })],
    ["raster: every x edge of unnamed layer must be finite, got NaN at index 0", () => raster({ ...grid, x0: NaN })],
  ])("%s", (message, build) => {
    expect(build).toThrow(InvalidArgumentError);
    expect(build).toThrow(message);
  }); // prettier-ignore
});

import {
  band,
  bars,
  contours,
  figure,
  type Figure,
  imageGrid,
  type Layer,
  line,
  openSurface,
  paths,
  points,
  raster,
  rule,
  sideBySide,
} from "flat-minima/plot";
import * as fc from "fast-check";
import { vi } from "vitest";
import { list, name, number, positive } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badLength,
  badNumber,
  badOption,
  badPositive,
  badValues,
  badVector,
  type Corruption,
  empty,
  NOTHING,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const says = fc.constant("It falls.");
const role = fc.constantFrom("measurement", "theory", "bound", "path" as const);
const length = fc.integer({ min: 2, max: 6 });

const lineOptions = length.chain((n) => fc.record({ x: list(n, number), y: list(n, number), name, role }));
const badColumns = (...names: string[]): Record<string, Corruption> =>
  Object.assign({}, ...names.map((one) => badEntries(`0.${one}`)), badLength(`0.${names[1]}`), empty("0.x"));

/** Figures are drawn through their layers' functions, so to call these is no work. */
const layers = fc
  .tuple(lineOptions, number)
  .map(([options, x]): Layer[] => [line(options), rule({ x, label: "threshold" })]);
const figureOptions = fc.record({
  title: name,
  subtitle: name,
  x: fc.record({ title: name, scale: fc.constantFrom("linear", "symlog") }),
  y: fc.record({ title: name, scale: fc.constantFrom("linear", "symlog") }),
  layers,
  width: fc.integer({ min: 200, max: 600 }),
  height: fc.integer({ min: 200, max: 600 }),
  says,
});
const noTitle: Record<string, Corruption> = { ...badValues("1.title", ""), ...badValues("1.says", "", "  ") };
const panels = fc.tuple(lineOptions, lineOptions).map((all): Figure[] =>
  all.map((options) =>
    figure({
      title: "panel",
      x: { title: "x" },
      y: { title: "y" },
      layers: [line(options)],
      width: 250,
      says: "A line.",
    }),
  ),
);

/** A regular grid of positive values, with what else an export takes. */
const gridded = <More extends object>(more: fc.Arbitrary<More>) =>
  fc.tuple(length, length, number, positive).chain(([columns, rows, start, step]) => {
    const axis = (count: number) => fc.constant(Array.from({ length: count }, (_, k) => start + k * step));
    const scale = fc.constantFrom(undefined, "linear" as const, "log" as const);
    const grid = fc.record({ x: axis(columns), y: axis(rows), z: list(columns * rows, positive), scale });
    return fc.tuple(fc.tuple(grid, more).map(([one, other]) => ({ ...one, ...other })));
  });
const badGrid: Record<string, Corruption> = {
  ...badColumns("x", "z"),
  ...badColumns("y", "z"),
  ...badOption("0.scale"),
  "one column": at("0", (all) => ({ ...all, x: [0], z: all.y })),
  "columns that fall": at("0.x", (x: number[]) => x.reverse()),
  "uneven rows": at("0.y", (y: number[]) => (y.length < 3 ? NOTHING : [y[0] - 100, ...y.slice(1)])),
  "0 on a log scale": at("0", (all) => ({ ...all, scale: "log", z: all.z.map(() => 0) })),
};

export const plot: Registry = {
  line: entry(line, fc.tuple(lineOptions), {
    refuses: { ...badColumns("x", "y"), ...badOption("0.role") },
  }),
  band: entry(
    band,
    length.chain((n) =>
      fc
        .tuple(list(n, number), list(n, number), list(n, positive), name)
        .map(([x, low, gap, layer]) => [{ x, low, high: low.map((value, k) => value + gap[k]), name: layer }] as const),
    ),
    {
      refuses: {
        ...badColumns("x", "low", "high"),
        "low above high": at("0.low.*", () => 1e6),
      },
    },
  ),
  bars: entry(
    bars,
    length.chain((n) =>
      fc.tuple(fc.record({ x: list(n, number), height: list(n, positive), binWidth: positive, name })),
    ),
    { refuses: { ...badColumns("x", "height"), ...badPositive("0.binWidth") } },
  ),
  paths: entry(
    paths,
    length.chain((n) => fc.tuple(fc.record({ x: list(n, number), ys: list(3, list(n, number)), name }))),
    {
      refuses: {
        ...badVector("0.ys.*"),
        ...badEntries("0.x"),
        ...empty("0.x"),
        ...empty("0.ys"),
      },
    },
  ),
  points: entry(
    points,
    length.chain((n) => fc.tuple(fc.record({ x: list(n, number), y: list(n, number), labels: list(n, name), name }))),
    { refuses: { ...badColumns("x", "y"), ...badLength("0.labels") } },
  ),
  rule: entry(rule, fc.tuple(fc.record({ x: number, label: name })), {
    refuses: {
      ...badNumber("0.x"),
      "both x and y": at("0", (options) => ({ ...options, y: 1 })),
      "neither x nor y": at("0", () => ({ label: "none" })),
      ...badValues("0.label", ""),
    },
  }),
  raster: entry(
    raster,
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) =>
      fc.tuple(
        fc.record({
          x0: number,
          dx: positive,
          columns: fc.constant(columns),
          y0: number,
          dy: positive,
          rows: fc.constant(rows),
          category: list(rows * columns, fc.integer({ min: 0, max: 1 })),
          categories: fc.constant(["stable", "unstable"]),
        }),
      ),
    ),
    {
      refuses: {
        ...badNumber("0.x0"),
        ...badNumber("0.y0"),
        ...badPositive("0.dx"),
        ...badPositive("0.dy"),
        ...badCount("0.rows"),
        ...badCount("0.columns"),
        ...badLength("0.category"),
        ...badValues("0.category.*", NaN, -1, 0.5, 2),
        ...empty("0.categories"),
        "seven categories": at("0.categories", () => Array.from("abcdefg")),
      },
    },
  ),
  contours: entry(
    contours,
    gridded(
      fc.record({
        title: name,
        levels: fc.uniqueArray(positive, { minLength: 1, maxLength: 12 }).map((levels) => levels.sort((a, b) => a - b)),
      }),
    ),
    {
      refuses: {
        ...badGrid,
        ...badEntries("0.levels"),
        ...empty("0.levels"),
        ...badValues("0.title", "", " "),
        "levels that do not increase": at("0.levels", ([first]: number[]) => [first, first]),
        "thirteen levels": at("0.levels", () => Array.from({ length: 13 }, (_, k) => k + 1)),
        "a level ≤ 0 on a log scale": at("0", (all) => ({ ...all, scale: "log", levels: [0, 1] })),
      },
    },
  ),
  "contours, drawn": entry(
    async (options: Parameters<typeof contours>[0]) => {
      const axes = { x: { title: "x" }, y: { title: "y" } };
      const shown = figure({ ...axes, title: "T", layers: [contours(options)], says: "Hills." });
      return (
        await (shown as unknown as Record<symbol, () => Promise<Record<string, unknown>>>)[
          Symbol.for("Jupyter.display")
        ]()
      )["image/svg+xml"];
    },
    gridded(
      fc.record({ title: name, levels: fc.constantFrom([1], [0.5, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5, 10, 11]) }),
    ),
    { refuses: {}, nothingToRefuse: "what is refused is refused by contours", runs: 5 },
  ),
  openSurface: entry(
    (options: Parameters<typeof openSurface>[0]) => {
      vi.doMock("nodeplotlib", () => ({ plot: () => {} })); // no server and no window
      return openSurface(options);
    },
    gridded(fc.record({ title: name, axisTitles: fc.tuple(name, name, name) })),
    {
      refuses: {
        ...badGrid,
        ...badValues("0.title", "", " "),
        ...badValues("0.axisTitles.*", "", " "),
        "two axis titles": at("0.axisTitles", ([first, second]: string[]) => [first, second]),
      },
    },
  ),
  figure: entry(figure, fc.tuple(figureOptions), {
    refuses: {
      ...empty("0.layers"),
      ...badPositive("0.width"),
      ...badPositive("0.height"),
      ...badValues("0.title", "", " "),
      ...badValues("0.says", "", " "),
      ...badValues("0.x.title", ""),
      ...badValues("0.y.title", ""),
      ...badOption("0.x.scale"),
      "a domain that falls": at("0.y", (axis) => ({ ...axis, domain: [1, 0] })),
      "a domain with NaN": at("0.y", (axis) => ({ ...axis, domain: [NaN, 0] })),
      "a domain without end": at("0.y", (axis) => ({ ...axis, domain: [0, Infinity] })),
      "a rule outside the domain": at("0.x", (axis) => ({ ...axis, domain: [1e5, 1e6] })),
    },
    refusesInUse: {
      "0 on a log axis": (args) => {
        args[0].y = { title: "y", scale: "log" };
        args[0].layers = [line({ x: [0, 1], y: [0, 1], role: "theory" })];
        return args;
      },
      "two layers of one name": at("0.layers", ([first, last]) => [first, first, last]),
      "a colour of no layer": at("0.layers", ([first]) => [first, { ...first, name: "other", of: "no such layer" }]),
      "more theories than pens": at("0.layers", () =>
        Array.from("abcd", (letter) => line({ x: [0, 1], y: [0, 1], name: letter, role: "theory" })),
      ),
    },
  }),
  "figure, drawn": entry(
    async (options: Parameters<typeof figure>[0]) => {
      const shown = figure(options) as unknown as Record<symbol, () => Promise<Record<string, unknown>>>;
      return (await shown[Symbol.for("Jupyter.display")]())["image/svg+xml"];
    },
    fc.tuple(figureOptions),
    { refuses: {}, nothingToRefuse: "what is refused is refused by figure", runs: 5 },
  ),
  sideBySide: entry(sideBySide, fc.tuple(panels, fc.record({ title: name, says })), {
    refuses: { ...noTitle, "one figure": at("0", ([first]) => [first]), ...empty("0") },
  }),
  imageGrid: entry(
    imageGrid,
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }))
      .chain(([height, width, count]) =>
        fc.tuple(
          fc.record({
            images: list(
              count,
              list(
                height * width,
                fc.integer({ min: 0, max: 10 }).map((k) => k / 10),
              ),
            ),
            height: fc.constant(height),
            width: fc.constant(width),
            columns: fc.integer({ min: 1, max: 3 }),
            captions: list(count, name),
            title: name,
            says,
          }),
        ),
      ),
    {
      refuses: {
        ...badVector("0.images.*"),
        ...badValues("0.images.*.*", -0.1, 1.1),
        ...badCount("0.height"),
        ...badCount("0.width"),
        ...badCount("0.columns"),
        ...badLength("0.captions"),
        ...badValues("0.title", "", " "),
        ...badValues("0.says", ""),
        "no image": at("0", (options) => ({ ...options, images: [], captions: [] })),
      },
    },
  ),
};

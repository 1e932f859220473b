import { randomStream } from "flat-minima/core";
import { figure, raster } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { elementsOf } from "./elements";
import { svgOf } from "./samples";

const fills = ["#CDE5F5", "#F2C879", "#E08F6C"];

function map(rows: number, columns: number, category: readonly number[]): ReturnType<typeof figure> {
  const layer = raster({ x0: 0.1, dx: 0.01, columns, y0: 1, dy: 2, rows, category, categories: ["a", "b", "c"] });
  const [x, y] = [{ title: "η" }, { title: "B" }];
  return figure({ title: "Map", x, y, layers: [layer], width: 10 * columns, height: 10 * rows, says: "Regions." });
}

describe("raster", () => {
  it("draws every cell of the grid once, in the colour of its category, the first row lowest", async () => {
    const [rows, columns] = [7, 9];
    const random = randomStream(1, "raster test");
    const category = Array.from({ length: rows * columns }, () => random.integer(3));
    const svg = await svgOf(map(rows, columns, category));
    // A cell is 10 × 10 pixels, so a rectangle covers round(pixels / 10) cells each way.
    const drawn = new Array<number>(rows * columns).fill(-1);
    for (const [c, fill] of fills.entries()) {
      for (const { d } of elementsOf(svg, "path").filter(
        (path) => path.fill === fill && path.class.includes("layer_"),
      )) {
        const match = /^M([\d.]+),([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+Z$/.exec(d)!;
        const [left, top, width, height] = match.slice(1).map((digits) => Math.round(Number(digits) / 10));
        expect(height).toBe(1);
        for (let i = 0; i < width; i++) {
          const cell = (rows - 1 - top) * columns + left + i;
          expect(drawn[cell]).toBe(-1);
          drawn[cell] = c;
        }
      }
    }
    expect(drawn).toEqual(category);
  });

  it("stores one rectangle for each run of equal cells in a row", () => {
    const { spec } = map(2, 4, [0, 0, 1, 1, 1, 1, 1, 0]);
    const runs = (spec.layer as { data: { values: string } }[]).slice(0, 2).map(({ data }) => data.values);
    expect(runs).toEqual(["row,first,count\n0,0,2\n1,3,1", "row,first,count\n0,2,2\n1,0,3"]);
  });

  it("stays below 20 kB for 100 × 100 cells in three regions", () => {
    const category = Array.from({ length: 10_000 }, (_, i) => Math.min(2, Math.floor(((i % 100) * (i / 100)) / 3000)));
    expect(new Set(category).size).toBe(3);
    expect(JSON.stringify(map(100, 100, category).spec).length).toBeLessThan(20_000);
  });
});

import { contours, figure, points, sideBySide } from "flat-minima/plot";
import type { ContoursOptions, Figure } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { svgOf } from "./samples";

const grid = (low: number, high: number, count: number) =>
  Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));

/** A map of f on [-1, 1]² (x) by [0, 4] (y), 200 × 400 pixels: 100 pixels for 1 along x and along y. */
function map(f: (x: number, y: number) => number, options: Pick<ContoursOptions, "levels" | "scale">): Figure {
  const [x, y] = [grid(-1, 1, 21), grid(0, 4, 31)];
  const z = y.flatMap((b) => x.map((a) => f(a, b)));
  const layers = [contours({ x, y, z, title: "loss L", ...options })];
  return figure({
    title: "Map",
    x: { title: "x" },
    y: { title: "y" },
    layers,
    width: 200,
    height: 400,
    says: "Hills.",
  });
}

interface Mark {
  readonly shape?: string;
  readonly fill?: string;
}

/** The regions of a figure, lowest level first: colour and rings of points (x, y), in the coordinates of the axes. */
function regions({ spec }: Figure): { fill: string; rings: number[][][] }[] {
  const marks = (spec.layer as { mark?: Mark }[])
    .map(({ mark }) => mark)
    .filter((mark) => mark?.shape?.startsWith("M"));
  return marks.map((mark) => ({
    fill: mark!.fill!,
    rings: mark!
      .shape!.split("Z")
      .slice(0, -1)
      .map((ring) => ring.slice(1).split("L"))
      .map((ring) => {
        // Drawn to the end: Vega does not close the outline of every ring.
        expect(ring[ring.length - 1]).toBe(ring[0]);
        return ring.slice(1).map((point) => point.split(",").map(Number));
      })
      .map((ring) => ring.map(([left, top]) => [left / 100 - 1, 4 - top / 100])),
  }));
}

/** The points of a region that are no corner of the map. */
const withoutCorners = (rings: number[][][]): number[][] =>
  rings.flat().filter(([x, y]) => Math.abs(x) < 1 || (y > 0 && y < 4));

/** Twice the signed area that a ring encloses. */
const area = (ring: number[][]): number =>
  ring.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = ring[(k + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0) / 2;

describe("contours", () => {
  it("draws a line of a linear function from edge to edge, and no point between: pixels are rounded to tenths", () => {
    const [{ rings }] = regions(map((x, y) => 2 * x + y, { levels: [1.3] }));
    const ends = withoutCorners(rings);
    expect(ends).toHaveLength(2);
    // Half a tenth of a pixel each way is 0.0005 along x and along y; z is rounded to six digits.
    for (const [x, y] of ends) expect(Math.abs(2 * x + y - 1.3)).toBeLessThanOrEqual(3 * 0.0005 + 1e-5);
  });

  it("interpolates logarithms on a log scale: the lines of exp are those of its exponent, equally spaced", () => {
    const levels = [0.1, 1, 10];
    const exponential = (x: number, y: number) => Math.exp(2 * x + y - 1.5);
    const misses = (drawn: number[][], level: number) =>
      drawn.map(([x, y]) => Math.abs(2 * x + y - 1.5 - Math.log(level)));
    regions(map(exponential, { levels, scale: "log" })).forEach(({ rings }, k) => {
      const ends = withoutCorners(rings);
      expect(ends).toHaveLength(2);
      expect(Math.max(...misses(ends, levels[k]))).toBeLessThanOrEqual(3 * 0.0005 + 1e-5);
    });
    const [, , highest] = regions(map(exponential, { levels }));
    expect(Math.max(...misses(withoutCorners(highest.rings), 10))).toBeGreaterThan(0.002);
  });

  it("follows a curve to the grid's interpolation and a tenth of a pixel", () => {
    const [{ rings }] = regions(map((x, y) => x * y, { levels: [1] }));
    const curve = withoutCorners(rings);
    expect(curve.length).toBeGreaterThan(5);
    // Along a grid line xy is linear, so the line's vertices are exact, but for 0.0005 in x (times y ≤ 4) and y (times 1).
    for (const [x, y] of curve) expect(Math.abs(x * y - 1)).toBeLessThanOrEqual(5 * 0.0005 + 1e-5);
  });

  it("encloses what lies above a level: a ring for each hill, a hole for a hollow, the whole map where all is above", () => {
    const hills = (x: number, y: number) =>
      Math.exp(-8 * x * x) * (Math.exp(-4 * (y - 1) ** 2) + Math.exp(-4 * (y - 3) ** 2));
    expect(regions(map(hills, { levels: [0.5] }))[0].rings).toHaveLength(2);

    const bowl = (x: number, y: number) => x * x + (y - 2) ** 2;
    const [whole, ring] = regions(map(bowl, { levels: [-1, 0.49] }));
    expect(whole.rings).toHaveLength(1);
    expect(Math.abs(area(whole.rings[0]))).toBeCloseTo(8, 9);
    const [outer, hole] = ring.rings.map(area);
    expect(outer * hole).toBeLessThan(0);
    expect(Math.abs(outer)).toBeCloseTo(8, 9);
    // Linear interpolation over h = 4/30 is off by h²/8·z'' = h²/4, which moves the line by that over |∇z| = 1.4; a chord
    // of length √2·h lies (√2h)²/(8·0.7) inside the circle; what is left out lies a tenth of a pixel, 0.001, beside it.
    const h = 4 / 30;
    const shift = h ** 2 / 4 / 1.4 + (2 * h ** 2) / 5.6 + 0.002;
    expect(Math.abs(Math.abs(hole) - Math.PI * 0.49)).toBeLessThan(2 * Math.PI * 0.7 * shift);
  });

  it("gives a level that nobody reaches no region, and the others their colours all the same", () => {
    const some = regions(map((x) => x, { levels: [-5, 0, 5] }));
    const all = regions(map((x) => 10 * x, { levels: [-5, 0, 5] }));
    expect(some.map(({ fill }) => fill)).toEqual(all.slice(0, 2).map(({ fill }) => fill));
    expect(new Set(all.map(({ fill }) => fill)).size).toBe(3);
  });

  it("explains its colours by a bar with the levels, also beside another figure with other levels", async () => {
    const one = map((x) => 50 * x, { levels: [1, 20, 30.5] });
    const other = map((x) => 50 * x, { levels: [3, 7] });
    const svg = await svgOf(sideBySide([one, other], { title: "Both", says: "Two maps." }));
    for (const text of ["1", "20", "30.5", "3", "7"]) expect(svg).toContain(`>${text}</text>`);
    expect(svg.match(/>loss L<\/text>/g)).toHaveLength(2);
    expect(svg.match(/class="mark-rect role-legend-band"/g)).toHaveLength(2);
  });

  it("lies under other layers, and ends where the grid does", () => {
    const [x, y] = [grid(0, 1, 3), grid(0, 1, 3)];
    const z = y.flatMap((b) => x.map((a) => a + b));
    const layers = [contours({ x, y, z, levels: [1], title: "L" }), points({ x: [2], y: [0.5], labels: ["GD"] })];
    const { spec } = figure({
      title: "T",
      x: { title: "x" },
      y: { title: "y" },
      layers,
      width: 200,
      height: 100,
      says: "S.",
    });
    const [{ encoding }] = spec.layer as { encoding: Record<string, { value: number }> }[];
    expect(encoding.x2.value - encoding.x.value).toBeCloseTo(100, 9);
  });

  it("stays below 8 kB for 41 × 41 points and seven levels", () => {
    const rough = (x: number, y: number) => x * x + y + 0.2 * Math.sin(9 * x) * Math.cos(7 * y);
    const { spec } = map(rough, { levels: [0.3, 0.6, 1, 1.5, 2, 3, 4] });
    expect(JSON.stringify(spec).length).toBeLessThan(8_000);
  });
});

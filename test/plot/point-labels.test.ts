import { figure, points } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { elementsOf } from "./elements";
import { svgOf } from "./samples";

/** The boxes, in pixels, of the texts of a picture that are among `labels`, by the letter width of 0.55 em. */
async function boxes(
  x: number[],
  y: number[],
  labels: string[],
): Promise<{ left: number; right: number; top: number }[]> {
  const [horizontal, vertical] = [
    { title: "x", domain: [0, 100] as const },
    { title: "y", domain: [0, 100] as const },
  ];
  const layers = [points({ x, y, labels })];
  const svg = await svgOf(
    figure({ title: "T", x: horizontal, y: vertical, layers, width: 400, height: 400, says: "Points." }),
  );
  return labels.map((label) => {
    const found = elementsOf(svg, "text").find(({ text }) => text === label)!;
    const [at, bottom] = /^translate\(([-\d.]+),([-\d.]+)\)$/.exec(found.transform)!.slice(1).map(Number);
    const anchor = found["text-anchor"];
    const width = 0.55 * 12 * label.length;
    const left = at - { start: 0, middle: width / 2, end: width }[anchor]!;
    return { left, right: left + width, top: bottom - 12 };
  });
}

describe("labels of points", () => {
  it("stay inside the plot at each edge and corner", async () => {
    const ends = [1, 50, 99];
    const x = ends.flatMap(() => ends);
    const y = ends.flatMap((value) => ends.map(() => value));
    const labels = x.map((_, i) => `label ${i}`);
    for (const { left, right, top } of await boxes(x, y, labels)) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(400);
      expect(top).toBeGreaterThanOrEqual(-4); // the first baseline is 0.25 em above the foot of the box
      expect(top + 12).toBeLessThanOrEqual(404);
    }
  });

  it("of close points do not cover each other", async () => {
    const [one, other, third] = await boxes([50, 52, 54], [50, 50, 50], ["first run", "second run", "third run"]);
    for (const [a, b] of [[one, other], [one, third], [other, third]]) {
      const apart = a.right <= b.left || b.right <= a.left || Math.abs(a.top - b.top) >= 11;
      expect(apart).toBe(true);
    } // prettier-ignore
  });
});

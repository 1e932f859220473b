import { figure, line, sideBySide } from "flat-minima/plot";
import type { Figure } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { svgOf } from "./samples";

function panel(title: string, name: string): Figure {
  const layers = [line({ x: [0, 1], y: [0, 1], name, role: "measurement" })];
  return figure({ title, x: { title: `x of ${title}` }, y: { title: "y" }, layers, width: 200, says: "It rises." });
}

describe("sideBySide", () => {
  it("shows each figure with its own title, axes and legend", async () => {
    const svg = await svgOf(sideBySide([panel("A", "gd"), panel("B", "sgd")], { title: "Both", says: "Two lines." }));
    for (const text of ["Both", "A", "B", "x of A", "x of B", "gd", "sgd"]) expect(svg).toContain(`>${text}</text>`);
    expect(svg.match(/role-legend"/g)).toHaveLength(2);
  });

  it("leaves the figures as they are", () => {
    const first = panel("A", "gd");
    const before = JSON.stringify(first.spec);
    sideBySide([first, panel("B", "sgd")], { title: "Both", says: "Two lines." });
    expect(JSON.stringify(first.spec)).toBe(before);
  });

  it("refuses a single figure, and empty words", () => {
    const single = [panel("A", "gd")];
    expect(() => sideBySide(single, { title: "T", says: "One." })).toThrow(
      "sideBySide: there must be at least two figures, got 1",
    );
    expect(() => sideBySide([...single, ...single], { title: "T", says: "" })).toThrow(
      'sideBySide: says must say what is seen, got ""',
    );
  });
});

import { describe, expect, it } from "vitest";
import { renderSvg } from "../../lib/plot/render";
import { elementsOf } from "./elements";

const spec = { description: 'a < b & "c"', data: { values: [{ a: 1 / 3, b: 2 }] }, mark: "point", encoding: {} };

describe("renderSvg", () => {
  it("makes each warning of Vega-Lite an error that names the figure", async () => {
    const encoding = { strokeWidth: { field: "a", type: "nominal" } };
    const warning = 'figure "Widths": Channel strokeWidth should not be used with an unsorted discrete field.';
    await expect(renderSvg({ ...spec, encoding }, "Widths")).rejects.toThrow(warning);
  });

  it("makes each warning of Vega an error that names the figure", async () => {
    const encoding = { x: { field: "missing", type: "quantitative" } };
    await expect(renderSvg({ ...spec, encoding }, "Nothing")).rejects.toThrow(/figure "Nothing": Infinite extent/);
  });

  it("escapes the description", async () => {
    expect(await renderSvg(spec, "T")).toContain('aria-label="a &#60; b &#38; &#34;c&#34;"');
  });

  it("draws no invisible points, which only the mouse needs", async () => {
    const encoding = { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } };
    const line = { ...spec, encoding, mark: { type: "line", point: "transparent" } };
    expect(await renderSvg(line, "T")).not.toContain("mark-symbol");
    expect(await renderSvg({ ...line, mark: { type: "line", point: true } }, "T")).toContain("mark-symbol");
  });

  it("says once what all marks of a group have alike, and takes from no mark what is its own", async () => {
    const values = [1, 2, 3].map((a) => ({ a, b: a * a, c: a < 3 ? "low" : "high" }));
    const encoding = { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } };
    const marks = { ...spec, data: { values }, mark: { type: "square", size: 100, stroke: "red", strokeWidth: 3 } };
    const color = {
      field: "c",
      type: "nominal",
      legend: null,
      scale: { domain: ["low", "high"], range: ["blue", "lime"] },
    };
    const svg = await renderSvg({ ...marks, encoding: { ...encoding, color } }, "T");
    const [, group, inside] = /<g( class="mark-symbol[^>]*)>(.*?)<\/g>/.exec(svg)!;
    expect(group).toContain(' stroke="red" stroke-width="3"');
    expect(inside).not.toContain("stroke");
    const drawn = elementsOf(svg, "path").filter((path) => path.class?.includes("mark-symbol"));
    expect(drawn.map(({ fill }) => fill)).toEqual(["blue", "blue", "lime"]);
    expect(drawn.map(({ stroke }) => stroke)).toEqual(["red", "red", "red"]);
  });

  it("draws a disc as a circle, in its place", async () => {
    const encoding = { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } };
    const disc = {
      ...spec,
      config: { aria: false },
      encoding,
      mark: { type: "point", filled: true, shape: "circle", size: 100 },
    };
    // The area of a point is its size up to a factor of 4/π: a radius of √100/2.
    expect(await renderSvg(disc, "T")).toMatch(/<circle cx="[\d.]+" cy="[\d.]+" r="5"/);
  });
});

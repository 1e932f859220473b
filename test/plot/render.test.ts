import { describe, expect, it } from "vitest";
import { renderSvg } from "../../lib/plot/render";

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
});

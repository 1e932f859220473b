import { JUPYTER_DISPLAY } from "../../lib/core/host";
import { figure, line, points, rule } from "flat-minima/plot";
import { describe, expect, it } from "vitest";
import { renderSvg } from "../../lib/plot/render";

const x = [0, 1, 2, 3];
const y = [3, 1, 2, 0];
const path = line({ x, y, name: "path", role: "measurement" });
const dots = points({ x, y, name: "dots", of: "path" });
const here = points({ x, y, name: "here" });
const half = rule({ y: 1.5, label: "half" });

const walk = (slider?: Parameters<typeof figure>[0]["slider"]) =>
  figure({
    title: "A walk",
    x: { title: "x" },
    y: { title: "y" },
    layers: [path, dots, here, half],
    says: "Four points.",
    ...(slider && { slider }),
  });

/** How many discs the picture has when the slider stands at a step. */
async function discsAt(step: number): Promise<number> {
  const { spec, title } = walk({ title: "step t", upTo: [path, dots], at: [here] });
  const [parameter] = spec.params as Record<string, unknown>[];
  const svg = await renderSvg({ ...spec, params: [{ ...parameter, value: step }] }, title);
  return svg.split("<circle").length - 1;
}

describe("the slider of a figure", () => {
  it("shows the points up to the step, and the point at it", async () => {
    for (const step of [0, 1, 3]) expect(await discsAt(step)).toBe(step + 1 + 1);
  });

  it("starts at the last step, with the whole picture", async () => {
    const { spec } = walk({ title: "step t", upTo: [path], at: [here] });
    expect(spec.params).toMatchObject([
      { value: 3, bind: { input: "range", min: 0, max: 3, step: 1, name: "step t " } },
    ]);
    const still = await walk({ title: "step t", upTo: [path, dots, here] })[JUPYTER_DISPLAY]();
    const plain = await walk()[JUPYTER_DISPLAY]();
    // But for the names of clip paths. Compared here, for a failure would print the pictures.
    const drawn = (bundle: typeof plain): string => bundle["image/svg+xml"].replace(/[0-9a-f]{8}-/g, "");
    expect(drawn(still) === drawn(plain)).toBe(true);
  });

  it("refuses layers of other figures and of other lengths", () => {
    const other = points({ x: [0, 1], y: [0, 1], name: "two" });
    expect(() => walk({ title: "t", upTo: [other] })).toThrow("figure: a slider must run over layers of the figure");
    expect(() => walk({ title: "t", upTo: [] })).toThrow("figure: a slider must run over layers of the figure");
    expect(() => walk({ title: "t", upTo: [path], at: [half] })).toThrow(
      "figure: the layers of a slider must have the same number of points, got 4, 1",
    );
  });
});

import Ajv from "ajv";
import schema from "vega-lite/build/vega-lite-schema.json";
import { describe, expect, it } from "vitest";
import { samples, svgOf } from "./samples";

// The schema's own formats (colours, URIs) are not checked; unknown keywords of its documentation are allowed.
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);

describe.each(Object.entries(samples))("%s", (_, shown) => {
  it("is plain JSON, valid by the schema of Vega-Lite", () => {
    expect(JSON.parse(JSON.stringify(shown.spec))).toStrictEqual(shown.spec);
    validate(shown.spec);
    expect(validate.errors).toBeNull();
  });

  it("compiles and renders without a warning, to the same bytes each time, also at the same time", async () => {
    const [first, second] = await Promise.all([svgOf(shown), svgOf(shown)]);
    expect(first).toContain("<svg ");
    expect(second).toBe(first);
    expect(await svgOf(shown)).toBe(first);
  });

  it("says what is seen, in the specification and in the picture", async () => {
    expect(shown.spec.description).toBe(shown.says);
    expect(await svgOf(shown)).toContain(`aria-label="${shown.says}"`);
  });

  it("has a white background and no text below 11 pixels", async () => {
    const svg = await svgOf(shown);
    expect(svg).toMatch(/<rect [^>]*fill="white"/);
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map((match) => Number(match[1]));
    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
  });
});

it("the schema refuses a misspelt mark, so that the checks above can fail", () => {
  expect(validate({ data: { values: [] }, mark: "lime" })).toBe(false);
});

import { createHash } from "node:crypto";
import type { Mark, Spec as VegaSpec } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { textWidth } from "./text";
import { labelSize } from "./theme";
import type { Spec } from "./types";

/** How Vega measures text; its types lack it. */
type TextMetrics = { width(item: { readonly fontSize?: number }, text?: string | number): number };

/**
 * Renders a Vega-Lite specification as SVG; the same specification always gives the same bytes.
 *
 * @throws Error with the title when Vega or Vega-Lite warns of anything or fails.
 */
export async function renderSvg(spec: Spec, title: string): Promise<string> {
  // Loaded here, since they take 0.3 s that a cell without figures should not wait for.
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const complaints: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, parts) => complaints.push(String(parts[0])));
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  // Text widths by estimate, so that an installed `canvas` changes no layout; Vega's own, 0.8 em, leaves wide gaps.
  textMetrics.width = (item, text) => textWidth(String(text ?? ""), item.fontSize ?? labelSize);
  const svg = await draw().catch((error: unknown) => void complaints.push(String(error)));
  if (typeof svg !== "string" || complaints.length > 0) throw new Error(`figure "${title}": ${complaints.join("; ")}`);
  return tidy(svg, spec);

  async function draw(): Promise<string> {
    const copy: unknown = structuredClone(spec); // Vega writes into the data it is given
    const compiled = vegaLite.compile(copy as TopLevelSpec, { logger }).spec;
    const view = new vega.View(vega.parse(withoutHoverTargets(compiled)), { renderer: "none", logger });
    return view.toSVG().finally(() => view.finalize());
  }
}

/** Takes out the invisible points that only the mouse needs: a picture is small without them. */
function withoutHoverTargets(compiled: VegaSpec): VegaSpec {
  const visible = (marks: readonly Mark[]): Mark[] =>
    marks
      .filter((mark) => JSON.stringify(mark.encode?.update?.opacity) !== '{"value":0}')
      .map((mark) => ("marks" in mark && mark.marks ? { ...mark, marks: visible(mark.marks) } : mark));
  return { ...compiled, marks: visible(compiled.marks ?? []) };
}

/** A circle as Vega writes it, by two arcs. */
const DISC = /<path transform="translate\(([^,)]*),([^,)]*)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/g;

/** A group of marks of one kind, and nothing else. */
const MARKS = /<g( class="mark-[^>]*)>((?:<(\w+)[^>]*(?:\/>|>[^<]*<\/\3>)){2,})<\/g>/g;

/** Attributes that a group hands down to what is in it. */
const INHERITED = /^(?:fill|stroke|stroke-width|stroke-dasharray|font-family|font-size|font-weight|text-anchor)$/;

/** The group with what all of its marks say alike said once. */
function withSharedAttributes(group: string, marks: string): string {
  const tags = marks.match(/<\w+[^>]*>/g)!;
  const shared = [...tags[0].matchAll(/ ([\w-]+)="[^"]*"/g)]
    .filter(([attribute, name]) => INHERITED.test(name) && tags.every((tag) => tag.includes(attribute)))
    .map(([attribute]) => attribute);
  return `<g${group}${shared.join("")}>${shared.reduce((text, attribute) => text.replaceAll(attribute, ""), marks)}</g>`;
}

/**
 * Shortens coordinates to 1/10 pixel, drops what says nothing, gives the picture its description, and makes its ids its own: several pictures
 * share a page, and Vega numbers ids by a counter of the process.
 */
function tidy(svg: string, spec: Spec): string {
  const own = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 8);
  const ids: string[] = [];
  const number = (id: string): number => (ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1);
  const description = String(spec.description).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return (
    svg
      .replace(/ (?:transform|d|x|y|x2|y2)="[^"]*"/g, (attribute) =>
        attribute.replace(/-?\d+\.\d{2,}(e-\d+)?/g, (digits) => String(Math.round(Number(digits) * 10) / 10 + 0)),
      )
      // What says nothing: values that are the default, and the empty paths in which Vega could draw a background.
      .replace(/<path class="(?:fore|back)ground"[^>]* d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, "")
      .replace(/<path class="background" d="[^"]*"\/>/g, "") // without a fill or a stroke
      .replace(/ (?:opacity|stroke-width)="1"| (?:x2|y2)="0"| pointer-events="none"| aria-hidden="true"/g, "")
      .replace(/ transform="translate\(0,0\)"/g, "")
      // The whole is an image with a label, whose parts no reader aloud visits.
      .replace(/ role="graphics-\w+"| aria-roledescription="[^"]*"/g, "")
      .replace(DISC, (_, x: string, y: string, radius: string) => `<circle cx="${x}" cy="${y}" r="${radius}"`)
      .replace(MARKS, (_, group: string, marks: string) => withSharedAttributes(group, marks))
      .replace(/( id="|url\(#)(\w+)/g, (_, before: string, id: string) => `${before}f${own}-${number(id)}`)
      .replace("<svg ", `<svg role="img" aria-label="${description}" `)
  );
}

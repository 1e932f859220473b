import { requireThat } from "../core/errors";
import { displayable, requireWords } from "./figure-object";
import type { Figure } from "./figure-object";
import { legendLayer } from "./legend";
import { choosePens } from "./pens";
import { pointBoxes } from "./point-labels";
import { ruleShifts } from "./rule-shifts";
import { ruler } from "./ruler";
import { type Slider, sliderParameter, underSlider } from "./slider";
import { wrap } from "./text";
import { labelSize, themeConfig, titleSize } from "./theme";
import type { Axis, Box, Frame, Layer, Spec } from "./types";

/** What a figure is made of. */
export interface FigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in this order, the first at the back. */
  readonly layers: readonly Layer[];
  /** Width of the plot in pixels, without axes; 560 unless given. */
  readonly width?: number;
  /** Height of the plot in pixels; 320 unless given. */
  readonly height?: number;
  /** A slider over the steps of some of the layers. */
  readonly slider?: Slider;
  /** A sentence or two that say what is seen, for readers who cannot see it. */
  readonly says: string;
}

/**
 * Builds a figure from data: a pure function to a Vega-Lite 5 specification. Numbers are rounded to six significant
 * digits. One legend names every layer that has a name; each role looks the same in all figures.
 *
 * @throws InvalidArgumentError when there is no layer, no title or no `says`, a size that is not positive or a scale that
 * does not exist, when two layers have one name, when a value is ≤ 0 on a log axis, a rule lies outside a given domain,
 * there are more layers than distinct pens, or a slider's layers are not the figure's or differ in length.
 *
 * @example
 * const steps = [0, 1, 2];
 * const decay = figure({
 *   title: "Gradient descent on a quadratic",
 *   x: { title: "step t" },
 *   y: { title: "loss L", scale: "log" },
 *   layers: [
 *     line({ x: steps, y: [1, 0.25, 0.0625], name: "measured", role: "measurement" }),
 *     line({ x: steps, y: [1, 0.25, 0.0625], name: "(1 − ηλ)²ᵗ", role: "theory" }),
 *   ],
 *   says: "The loss falls by a factor of four a step, as theory says.",
 * });
 * decay.spec.description; // "The loss falls by a factor of four a step, as theory says."
 */
export function figure(options: FigureOptions): Figure {
  const { title, subtitle, layers, width = 560, height = 320, slider, says } = options;
  requireThat(layers.length > 0, "figure", "there must be at least one layer", "none");
  const drawable = width > 0 && width < Infinity && height > 0 && height < Infinity;
  requireThat(drawable, "figure", "width and height must be positive and finite", `${width} × ${height}`);
  requireWords("figure", title, says);
  const x = ruler("x", options.x, layers, width);
  const y = ruler("y", options.y, layers, height);
  const pens = choosePens(layers);
  const keys = layers.flatMap((layer) => layer.keys(pens.get(layer)!));
  const repeated = keys.find((key, i) => keys.findIndex((other) => other.name === key.name) < i);
  requireThat(repeated === undefined, "figure", "the names in the legend must differ", `"${repeated?.name}" twice`);

  const shifts = ruleShifts(layers, { x, y });
  const roomForRuleLabels = Math.max(
    0,
    ...layers.map((one, i) => (one.kind === "rule" && one.columns[0].axis === "x" ? shifts[i] + 18 : 0)),
  );
  const clip = options.x.domain !== undefined || options.y.domain !== undefined;
  const taken: Box[] = layers
    .filter((layer) => layer.kind === "points")
    .flatMap((layer) => pointBoxes(layer, { x, y }));
  const drawn = layers.flatMap((layer, i): Spec[] => {
    const frame: Frame = { x, y, width, height, clip, ruleShift: shifts[i], taken };
    const specs = layer.draw(pens.get(layer)!, frame);
    return slider ? underSlider(slider, layer, specs) : specs;
  });
  const offset = 8 + roomForRuleLabels;
  const legend = keys.length > 0 ? [legendLayer(keys, { width, offset })] : [];
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: says,
    width,
    height,
    title: {
      text: wrap(title, { width, fontSize: titleSize }),
      ...(subtitle !== undefined && { subtitle: wrap(subtitle, { width, fontSize: labelSize }) }),
      ...(legend.length === 0 && { offset: 10 + roomForRuleLabels }),
    },
    ...(slider && { params: [sliderParameter(slider, layers)] }),
    encoding: { x: x.shared, y: y.shared },
    layer: [...drawn, ...legend],
    config: themeConfig,
  };
  return displayable({ spec, title, says });
}

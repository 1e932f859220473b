import { requireThat } from "../core/errors";
import type { Layer, Spec } from "./types";

/**
 * A slider under a figure, for readers with JupyterLab: it runs over the steps 0, 1, … of layers with one point a step,
 * and starts at the last one, which is what a still picture shows.
 */
export interface Slider {
  /** What it counts: "step t". */
  readonly title: string;
  /** Layers of the figure that are shown up to the step. */
  readonly upTo: readonly Layer[];
  /** Layers of the figure of which the step's own point is shown; none unless given. */
  readonly at?: readonly Layer[];
}

const STEP = "sliderStep";

/** The parameter of Vega-Lite that the slider is; refuses layers that are not the figure's or differ in length. */
export function sliderParameter({ title, upTo, at = [] }: Slider, layers: readonly Layer[]): Spec {
  const slid = [...upTo, ...at];
  const known = slid.length > 0 && slid.every((layer) => layers.includes(layer));
  requireThat(known, "figure", "a slider must run over layers of the figure", `${slid.length} layers`);
  const lengths = slid.map(({ columns }) => columns[0].values.length);
  const equal = lengths.every((length) => length === lengths[0]);
  requireThat(equal, "figure", "the layers of a slider must have the same number of points", lengths.join(", "));
  const last = lengths[0] - 1;
  return { name: STEP, value: last, bind: { input: "range", min: 0, max: last, step: 1, name: `${title} ` } };
}

/** What is drawn of a layer, of which the slider chooses the points: the first specification has them. */
export function underSlider({ upTo, at = [] }: Slider, layer: Layer, [points, ...others]: readonly Spec[]): Spec[] {
  const chosen = upTo.includes(layer) ? "<=" : at.includes(layer) ? "==" : undefined;
  if (!chosen) return [points, ...others];
  const transform = [
    ...((points.transform as Spec[] | undefined) ?? []),
    { window: [{ op: "row_number", as: "row" }] },
    { filter: `datum.row ${chosen} ${STEP} + 1` },
  ];
  return [{ ...points, transform }, ...others];
}

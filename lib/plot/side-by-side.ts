import { requireThat } from "../core/errors";
import { displayable, requireWords } from "./figure-object";
import type { Figure } from "./figure-object";
import { themeConfig } from "./theme";

/**
 * Puts figures beside each other under one title, each with its own axes and legend. Give each a width of about 250
 * pixels when there are two.
 *
 * @throws InvalidArgumentError when there are fewer than two figures, no title or no `says`.
 *
 * @example
 * const axes = { x: { title: "t" }, y: { title: "L" }, width: 250 };
 * const panel = (title: string, end: number) =>
 *   figure({ ...axes, title, layers: [line({ x: [0, 1], y: [1, end], role: "measurement" })], says: `To ${end}.` });
 * sideBySide([panel("GD", 0), panel("SGD", 0.5)], { title: "Two ways down", says: "SGD ends higher." }).says;
 * // "SGD ends higher."
 */
export function sideBySide(
  figures: readonly Figure[],
  options: { readonly title: string; readonly says: string },
): Figure {
  const { title, says } = options;
  requireThat(figures.length >= 2, "sideBySide", "there must be at least two figures", figures.length);
  requireWords("sideBySide", title, says);
  // Schema and theme belong to the whole.
  const panels = figures.map(({ spec }) =>
    Object.fromEntries(Object.entries(spec).filter(([key]) => key !== "$schema" && key !== "config")),
  );
  const independent = { shape: "independent", fill: "independent", stroke: "independent", strokeDash: "independent" };
  const spec = {
    $schema: figures[0].spec.$schema,
    description: says,
    title: { text: title, fontSize: 17, offset: 14 },
    hconcat: panels,
    spacing: 36,
    resolve: { scale: independent },
    config: themeConfig,
  };
  return displayable({ spec, title, says });
}

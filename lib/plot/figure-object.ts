import { requireThat } from "../core/errors";
import { JUPYTER_DISPLAY, NODE_INSPECT } from "../core/host";
import { renderSvg } from "./render";
import type { Spec } from "./types";

/** What a figure sends to a notebook: interactive in JupyterLab, a picture on GitHub and in HTML, a sentence in text. */
export interface FigureBundle extends Record<string, unknown> {
  readonly "application/vnd.vegalite.v5+json": Spec;
  readonly "image/svg+xml": string;
  readonly "text/plain": string;
}

/** A finished figure; made by `figure`, `sideBySide` and `imageGrid`. */
export interface Figure {
  /** The Vega-Lite 5 specification, plain JSON. */
  readonly spec: Spec;
  readonly title: string;
  /** What is seen, in words. */
  readonly says: string;
  /**
   * Renders the figure. Cost: a few 10 ms, and 0.3 s once for loading Vega.
   *
   * @throws Error with the figure's title when Vega or Vega-Lite warns of anything.
   */
  [JUPYTER_DISPLAY](): Promise<FigureBundle>;
  /** Prints what is seen. */
  [NODE_INSPECT](): string;
}

/** Refuses an empty title, and a figure that does not say what is seen. */
export function requireWords(functionName: string, title: string, says: string): void {
  requireThat(title.trim() !== "", functionName, "the title must not be empty", `"${title}"`);
  requireThat(says.trim() !== "", functionName, "says must say what is seen", `"${says}"`);
}

/** Makes a specification displayable. */
export function displayable({ spec, title, says }: Pick<Figure, "spec" | "title" | "says">): Figure {
  return {
    spec,
    title,
    says,
    [JUPYTER_DISPLAY]: async () => ({
      "application/vnd.vegalite.v5+json": spec,
      "image/svg+xml": await renderSvg(spec, title),
      "text/plain": says,
    }),
    [NODE_INSPECT]: () => says,
  };
}

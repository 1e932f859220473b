import { JUPYTER_DISPLAY, NODE_INSPECT } from "../core/host";

/** A MIME bundle with its text. */
export type Bundle = { readonly "text/plain": string } & Readonly<Record<string, unknown>>;

/** An object that a notebook shows as a MIME bundle, and a console as the bundle's text. */
export interface Displayable {
  [JUPYTER_DISPLAY](): Bundle;
  [NODE_INSPECT](): string;
}

/**
 * Makes a bundle displayable; spread into an object it makes that object displayable.
 *
 * @example
 * displayable({ "text/plain": "✓ W6" })[NODE_INSPECT](); // "✓ W6"
 */
export function displayable(bundle: Bundle): Displayable {
  return { [JUPYTER_DISPLAY]: () => bundle, [NODE_INSPECT]: () => bundle["text/plain"] };
}

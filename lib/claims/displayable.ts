/** Method that a kernel asks for an object's MIME bundle (Deno's convention). */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** Method that Node, and a kernel that knows no bundles, asks for an object's text. */
export const NODE_INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

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

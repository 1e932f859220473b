import { inspect } from "node:util";

/** MIME type -> representation: text, or JSON for a type that ends in +json. */
export type Bundle = Record<string, unknown>;

const jupyterDisplay = Symbol.for("Jupyter.display");

/**
 * How a value is shown: by its own method `Symbol.for("Jupyter.display")` (sync or async, Deno's convention), or as
 * `console.log` would print it.
 */
export async function toBundle(value: unknown): Promise<Bundle> {
  const show = value !== null && value !== undefined ? (value as Record<symbol, unknown>)[jupyterDisplay] : undefined;
  if (typeof show !== "function") {
    return { "text/plain": typeof value === "string" ? value : inspect(value, { depth: 4, breakLength: 100 }) };
  }
  const bundle: unknown = await show.call(value);
  if (typeof bundle !== "object" || bundle === null) {
    throw new TypeError(`Jupyter.display: must return an object from MIME types to data, got ${inspect(bundle)}`);
  }
  return bundle as Bundle;
}

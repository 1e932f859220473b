/**
 * What a running notebook kernel offers to the library. The kernel stores it at
 * `globalThis[Symbol.for("flat-minima.host")]`; outside a kernel there is none.
 */
export interface NotebookHost {
  /** Sends a MIME bundle to the notebook at once; with `update` it replaces the output of the same `displayId`. */
  display(data: Record<string, unknown>, options?: { displayId?: string; update?: boolean }): void;
  /** Aborted when the user interrupts the running cell; a fresh one for each cell. */
  readonly interruptSignal: AbortSignal;
}

const HOST = Symbol.for("flat-minima.host");

/** The method by which a notebook kernel asks an object for its MIME bundle (Deno's convention). */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** The method by which Node, and a kernel that knows no bundles, asks an object for its text. */
export const NODE_INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/**
 * The kernel that runs this code, or `undefined` outside a notebook.
 *
 * @example
 * notebookHost(); // undefined, in a plain Node program
 */
export function notebookHost(): NotebookHost | undefined {
  return (globalThis as { [HOST]?: NotebookHost })[HOST];
}

/**
 * Sends a MIME bundle to the notebook at once; outside a kernel prints its `text/plain`.
 *
 * @example
 * displayBundle({ "text/plain": "λ = 2", "text/html": "<i>λ</i> = 2" }); // prints "λ = 2" outside a kernel
 */
export function displayBundle(data: Record<string, unknown>): void {
  const host = notebookHost();
  if (host) host.display(data);
  else console.log(plainText(data));
}

/**
 * Shows a value below the running cell, before the cell has ended.
 *
 * An object with a method `[Symbol.for("Jupyter.display")]()`, which may be asynchronous, is shown as the MIME bundle
 * that the method returns; everything else as text. Outside a kernel the text is printed.
 *
 * @throws whatever the object's own display method throws
 *
 * @example
 * await display([1, 2]); // shows "[ 1, 2 ]"
 */
export async function display(x: unknown): Promise<void> {
  const method = displayMethod(x);
  displayBundle(method ? await method.call(x) : { "text/plain": inspect(x) });
}

type DisplayMethod = () => Record<string, unknown> | Promise<Record<string, unknown>>;

function displayMethod(x: unknown): DisplayMethod | undefined {
  if ((typeof x !== "object" && typeof x !== "function") || x === null) return undefined;
  const method = (x as { [JUPYTER_DISPLAY]?: unknown })[JUPYTER_DISPLAY];
  return typeof method === "function" ? (method as DisplayMethod) : undefined;
}

/** A bundle's own text, or the names of its types when it has none. */
function plainText(data: Record<string, unknown>): string {
  const text = data["text/plain"];
  return typeof text === "string" ? text : `[${Object.keys(data).join(", ")}]`;
}

function inspect(x: unknown): string {
  if (typeof x === "string") return x;
  // Asked for at the call: a browser, which has no node:util, must be able to load this file.
  const util = globalThis.process?.getBuiltinModule?.("node:util");
  return util ? util.inspect(x) : String(x);
}

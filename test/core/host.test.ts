import { display, displayBundle, notebookHost } from "flat-minima/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { installFakeHost, removeFakeHost } from "./fake-host";

const JUPYTER_DISPLAY = Symbol.for("Jupyter.display");
const bundle = { "text/plain": "λ = 2", "text/html": "<i>λ</i> = 2" };

afterEach(() => {
  removeFakeHost();
  vi.restoreAllMocks();
});

describe("in a kernel", () => {
  it("sends a bundle at once", () => {
    const { sent } = installFakeHost();
    displayBundle(bundle);
    expect(sent).toEqual([{ data: bundle, options: undefined }]);
  });

  it("sends what an object's display method returns, synchronously or not, with the right this", async () => {
    const { sent } = installFakeHost();
    class Shown {
      text = "λ = 2";
      [JUPYTER_DISPLAY](): Record<string, unknown> {
        return { "text/plain": this.text };
      }
    }
    await display(new Shown());
    await display({ [JUPYTER_DISPLAY]: () => Promise.resolve(bundle) });
    expect(sent.map(({ data }) => data)).toEqual([{ "text/plain": "λ = 2" }, bundle]);
  });

  it("sends everything else as text", async () => {
    const { sent } = installFakeHost();
    for (const x of [[1, 2], "text", null, undefined, Float64Array.of(1), { [JUPYTER_DISPLAY]: 3 }]) await display(x);
    expect(sent.map(({ data }) => data["text/plain"])).toEqual([
      "[ 1, 2 ]",
      "text",
      "null",
      "undefined",
      "Float64Array(1) [ 1 ]",
      // Node 24 writes the symbol without its brackets.
      expect.stringMatching(/^\{ \[?Symbol\(Jupyter\.display\)\]?: 3 \}$/),
    ]);
  });

  it("hands on what a display method throws", async () => {
    const { sent } = installFakeHost();
    const faulty = {
      [JUPYTER_DISPLAY]: () => {
        throw new Error("no figure");
      },
    };
    await expect(display(faulty)).rejects.toThrow("no figure");
    expect(sent).toEqual([]);
  });
});

describe("outside a kernel", () => {
  it("prints the text of a bundle, or the names of its types", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    expect(notebookHost()).toBeUndefined();
    displayBundle(bundle);
    displayBundle({ "image/png": "" });
    await display({ [JUPYTER_DISPLAY]: () => bundle });
    expect(log.mock.calls).toEqual([["λ = 2"], ["[image/png]"], ["λ = 2"]]);
  });
});

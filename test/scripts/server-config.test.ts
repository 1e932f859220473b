import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";

// Runs the configuration the way Jupyter does, and saves the notebook on its standard input through the hook.
const save = `
import json, sys
from traitlets.config import Config
config = Config()
exec(open("scripts/jupyter/jupyter_server_config.py").read(), {"get_config": lambda: config})
model = json.load(sys.stdin)
config.FileContentsManager.pre_save_hook(model=model, path="a.ipynb", contents_manager=None)
print(json.dumps(model))`;
import { python } from "../project";

it.skipIf(!existsSync(python))("saving drops the picture that JupyterLab adds to a figure, and nothing else", () => {
  const figure = { "application/vnd.vegalite.v5+json": {}, "image/svg+xml": "<svg/>", "text/plain": "a line" };
  const outputs = [
    { output_type: "display_data", data: { ...figure, "image/png": "added" } },
    { output_type: "display_data", data: { "image/png": "the reader's own" } },
    { output_type: "stream", name: "stdout", text: "hello" },
  ];
  const notebook = (...cell: object[]) => ({
    type: "notebook",
    content: { cells: [{ cell_type: "markdown" }, ...cell] },
  });
  const { stdout, stderr } = spawnSync(python, ["-c", save], {
    input: JSON.stringify(notebook({ cell_type: "code", outputs })),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const kept = [{ output_type: "display_data", data: figure }, ...outputs.slice(1)];
  expect(JSON.parse(stdout)).toEqual(notebook({ cell_type: "code", outputs: kept }));
});

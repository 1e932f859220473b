// A JupyterLab of its own for the tests, and a notebook in it, as a reader has it before them: in Chromium.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { expect, vi } from "vitest";
import { python, root } from "../project";

const browsers = ["chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`);
const browserProgram = (process.env.CHROMIUM ? [process.env.CHROMIUM] : browsers).find(existsSync);

/** What these tests need and this machine lacks. */
export const missing: string | undefined = !existsSync(python)
  ? "the project's Python environment (npm test makes it)"
  : browserProgram === undefined
    ? "Chromium (sudo apt install chromium, or name it: CHROMIUM=/path/to/chromium)"
    : undefined;

/** For one condition. Most take milliseconds; the longest, a run of the tour, some 10 s on an idle machine. */
const patience = 120_000;

/** Waits until the expectations inside hold. */
export const eventually = <T>(expectations: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(expectations, { timeout: patience, interval: 50 });

/** A cell as JupyterLab has it, with its outputs as they would be saved. */
export interface Cell {
  id: string;
  cell_type: "code" | "markdown";
  source: string;
  running: boolean;
  execution_count: number | null;
  outputs: { output_type: string; name?: string; data?: Record<string, any> }[];
}

/** A notebook that was never run. */
export function notebookOf(sources: readonly string[]): Record<string, any> {
  return {
    cells: sources.map((source, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      metadata: {},
      source,
      execution_count: null,
      outputs: [],
    })),
    metadata: { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The notebook in front. What is done with it goes through the mouse and the keyboard, what is read partly not. */
export class OpenNotebook {
  constructor(readonly page: Page) {}

  /** What JupyterLab's model holds of each cell. */
  cells(): Promise<Cell[]> {
    return this.page.evaluate(() => {
      const { model } = (globalThis as any).jupyterapp.shell.currentWidget.content;
      return [...model.cells].map((cell) => ({ ...cell.toJSON(), running: cell.executionState === "running" }));
    });
  }

  /** The cell on the page, counted from 0. */
  cell(index: number): Locator {
    return this.page.locator(".jp-Notebook .jp-Cell").nth(index);
  }

  /** Runs a cell by Ctrl-Enter. */
  async run(index: number): Promise<void> {
    const before = (await this.cells())[index].execution_count;
    await this.cell(index).locator(".cm-content").click();
    await this.page.keyboard.press("Control+Enter");
    await eventually(async () => {
      const { running, execution_count } = (await this.cells())[index];
      expect(running || execution_count !== before).toBe(true);
    });
  }

  /** Waits until a cell that was started has ended. */
  async ended(index: number): Promise<Cell> {
    return eventually(async () => {
      const cell = (await this.cells())[index];
      expect(cell).toMatchObject({ running: false, execution_count: expect.any(Number) });
      return cell;
    });
  }

  async runToEnd(index: number): Promise<Cell> {
    await this.run(index);
    return this.ended(index);
  }

  /** Takes a command from the menu Run. */
  async chooseInRunMenu(label: string): Promise<void> {
    await this.page.locator(".lm-MenuBar-itemLabel").getByText("Run", { exact: true }).click();
    await this.page.locator(".lm-Menu-itemLabel").getByText(label, { exact: true }).click();
  }

  /** The stop button. */
  async stop(): Promise<void> {
    await this.page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]').click();
  }

  /** The picture in a cell, once Vega has drawn it: its menu comes after that, an empty canvas before. */
  async figure(index: number): Promise<Locator> {
    const canvas = this.cell(index).locator(".jp-RenderedVegaCommon5 .vega-embed:has(.vega-actions) canvas");
    await canvas.scrollIntoViewIfNeeded();
    return canvas;
  }
}

/** A server, a browser and a folder of notebooks, which are all gone after `stop`. */
export class Lab {
  /** What the browser complained of since the last `open`: errors in the console, and requests to elsewhere. */
  readonly complaints: string[] = [];
  // Inside the repository: modules are looked up from the notebook's folder upwards.
  readonly folder: string = path.join(root, ".flat-minima", `lab-${process.pid}`);
  readonly #server: ChildProcess;
  #browser: Browser | undefined;
  #page: Page | undefined;
  #url = "";
  #token = "";
  #log = "";

  static async start(): Promise<Lab> {
    const lab = new Lab();
    try {
      await lab.#start();
    } catch (error) {
      await lab.stop();
      throw new Error(`JupyterLab did not start; it said:\n${lab.#log}`, { cause: error });
    }
    return lab;
  }

  private constructor() {
    // The user's own settings, workspaces and running servers are no part of the tests, nor these of theirs.
    const own = (name: string) => path.join(this.folder, ".jupyter", name);
    const env = {
      ...process.env,
      JUPYTER_CONFIG_DIR: own("config"),
      JUPYTER_DATA_DIR: own("data"),
      JUPYTER_RUNTIME_DIR: own("runtime"),
      JUPYTERLAB_SETTINGS_DIR: own("settings"),
      JUPYTERLAB_WORKSPACES_DIR: own("workspaces"),
    };
    mkdirSync(own("runtime"), { recursive: true });
    const settings = [
      `--ServerApp.root_dir=${this.folder}`,
      "--ServerApp.answer_yes=True",
      "--log-level=WARN",
      "--no-browser",
      "--ServerApp.port=0", // any free one
      "--expose-app-in-browser", // as window.jupyterapp
    ];
    if (process.getuid?.() === 0) settings.push("--allow-root");
    this.#server = spawn(python, ["-m", "jupyterlab", ...settings], { cwd: root, env, stdio: "pipe" });
    this.#server.on("error", (error) => (this.#log += String(error)));
    for (const stream of [this.#server.stdout, this.#server.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
  }

  async #start(): Promise<void> {
    const runtime = path.join(this.folder, ".jupyter/runtime");
    const ready = eventually(() => {
      const name = readdirSync(runtime).find((file) => /^jpserver-\d+\.json$/.test(file));
      ({ url: this.#url, token: this.#token } = JSON.parse(
        readFileSync(path.join(runtime, name ?? "none yet"), "utf8"),
      ));
    });
    const ended = once(this.#server, "exit").then(([code]) => Promise.reject(new Error(`it ended with ${code}`)));
    await Promise.race([ready, ended]);
    this.#browser = await chromium.launch({
      executablePath: browserProgram,
      args: [
        ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
        ...["--disable-component-update", "--disable-sync"],
      ],
    });
  }

  /** Writes an empty file into the folder, for a cell that waits for it. */
  signal(name: string): void {
    writeFileSync(path.join(this.folder, name), "");
  }

  /** Writes a notebook into the folder. */
  write(name: string, notebook: object): void {
    writeFileSync(path.join(this.folder, `${name}.ipynb`), JSON.stringify(notebook));
  }

  /** The notebook as the file has it. */
  read(name: string): Record<string, any> {
    return JSON.parse(readFileSync(path.join(this.folder, `${name}.ipynb`), "utf8"));
  }

  /** Opens a notebook in a window of its own, in place of the last one, and waits for its kernel. */
  async open(name: string, { theme = "JupyterLab Light" } = {}): Promise<OpenNotebook> {
    await this.close();
    const page = await this.#browser!.newPage({ viewport: { width: 1280, height: 900 } });
    this.#page = page;
    page.setDefaultTimeout(patience);
    this.complaints.length = 0;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(this.#url) && !/^(data|blob):/.test(request.url()))
        this.complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(`${this.#url}lab/tree/${name}.ipynb?reset&token=${this.#token}`);
    const open = async () => {
      await eventually(async () => {
        const kernel = await page.evaluate(() => {
          const panel = (globalThis as any).jupyterapp?.shell.currentWidget;
          return panel?.sessionContext?.isReady && panel.sessionContext.session?.kernel?.status;
        });
        expect(kernel).toBe("idle");
      });
    };
    await open();
    const dark = await page.locator('body[data-jp-theme-light="false"]').count();
    if (dark !== Number(theme === "JupyterLab Dark")) {
      await page.evaluate(
        (name) => (globalThis as any).jupyterapp.commands.execute("apputils:change-theme", { theme: name }),
        theme,
      );
      await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: "attached" });
      // A figure takes the theme that it finds when it is drawn.
      await page.reload();
      await open();
    }
    return new OpenNotebook(page);
  }

  /** Closes the window and ends the kernels, one of which a failed test may have left in an endless loop. */
  async close(): Promise<void> {
    if (!this.#page) return;
    await this.#page.close();
    this.#page = undefined;
    const headers = { Authorization: `token ${this.#token}` };
    const sessions = await (await fetch(`${this.#url}api/sessions`, { headers })).json();
    for (const { id } of sessions as { id: string }[])
      await fetch(`${this.#url}api/sessions/${id}`, { method: "DELETE", headers });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    const { pid, exitCode, signalCode } = this.#server;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const exited = once(this.#server, "exit");
      this.#server.kill("SIGTERM"); // ends the kernels, too
      if (!(await Promise.race([exited, sleep(30_000, false, { ref: false })]))) this.#server.kill("SIGKILL");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

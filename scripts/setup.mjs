// Set-up: from a fresh clone to a course that opens, and in milliseconds when nothing changed.
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findPython, isAtLeast } from "./python.mjs";
import { fingerprint, MissingPrerequisiteError, readIfThere, root, runQuietly, runStep } from "./steps.mjs";
import { SetupError, sourcesOf, stateFolder, withLock, writeAtomically } from "./steps.mjs";

const venv = join(root, ".venv");
const windows = process.platform === "win32";
const venvBin = join(venv, windows ? "Scripts" : "bin");
const venvPython = join(venvBin, windows ? "python.exe" : "python");

/** @param {string} output */
const lastLines = (output) => output.trimEnd().split("\n").slice(-15).join("\n");

/** @param {string} version */
export function checkNode(version) {
  if (isAtLeast(version, "20.19")) return;
  throw new MissingPrerequisiteError(`Node 20.19 or later is needed, this is ${version}.
  any system:  https://nodejs.org/en/download (the LTS version), or with nvm: nvm install --lts
  macOS:       brew install node
  Windows:     winget install OpenJS.NodeJS.LTS`);
}

const npmPackages = {
  name: "npm",
  inputs: () => fingerprint(root, ["package.json", "package-lock.json", "lib/package.json", ".npmrc"]),
  // The last thing that an installation makes, and the link of the workspace.
  result: () =>
    ["node_modules/.package-lock.json", "node_modules/flat-minima/package.json"].every((path) =>
      existsSync(join(root, path)),
    )
      ? "node_modules"
      : undefined,
  run: async () => {
    const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
    // Under `npm start` npm names its own program; otherwise it is what the shell finds (npm.cmd on Windows).
    const cli = process.env.npm_execpath?.endsWith("npm-cli.js") ? process.env.npm_execpath : undefined;
    const { ok, output } = cli
      ? await runQuietly("npm packages", process.execPath, [cli, ...args])
      : await runQuietly("npm packages", "npm", args, { shell: windows });
    if (!ok) {
      throw new SetupError(`${lastLines(output)}
npm could not install the packages; above is what it says. The first set-up needs the network (behind a proxy:
npm config set https-proxy http://…). Then run the same command again.`);
    }
  },
};

const build = {
  name: "build",
  inputs: () => {
    const settings = ["package-lock.json", "tsconfig.base.json", "lib/tsconfig.json", "kernel/tsconfig.json"];
    return fingerprint(root, [...settings, ...sourcesOf(root, "lib"), ...sourcesOf(root, "kernel")]);
  },
  result: () =>
    ["lib/dist", "kernel/dist"].every((path) => existsSync(join(root, path, "tsconfig.tsbuildinfo")))
      ? "dist"
      : undefined,
  run: async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    // --force: tsc goes by the files' dates, and those of an archive unpacked over an older one say nothing.
    const args = [tsc, "-b", "--force", "lib", "kernel"];
    const { ok, output } = await runQuietly("library and kernel", process.execPath, args);
    if (!ok) throw new SetupError(`${output}The sources do not compile.`);
  },
};

const pythonEnvironment = {
  name: "python",
  // The root, for a virtual environment does not survive being moved.
  inputs: () => fingerprint(root, ["requirements.txt"], root),
  // The program behind the link, for a new Python on the system may leave the link but not the packages.
  result: () => (existsSync(venvPython) ? realpathSync(venvPython) : undefined),
  run: async () => {
    const [python = "", ...args] = findPython();
    // --clear: what an interrupted pip leaves behind can stop the next one.
    const made = await runQuietly("Python environment", python, [...args, "-m", "venv", "--clear", venv]);
    if (!made.ok) throw new SetupError(`${lastLines(made.output)}\n${python} could not make ${venv}.`);
    const pip = ["-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-input"];
    const quiet = ["--progress-bar", "off", "--disable-pip-version-check", "-r", join(root, "requirements.txt")];
    const env = { ...process.env, PIP_USER: "0", PYTHONUTF8: "1" };
    const { ok, output } = await runQuietly("JupyterLab and nbgrader", venvPython, [...pip, ...quiet], { env });
    if (!ok) {
      throw new SetupError(`${lastLines(output)}
pip could not install the Python packages; above is what it says. The first set-up needs the network (behind a proxy:
set HTTPS_PROXY=http://…). Then run the same command again.`);
    }
  },
};

/** Kernelspec, server configuration and default settings: files in .venv that Jupyter finds without being told. */
function configureJupyter() {
  const source = join(root, "scripts/jupyter");
  const kernelspec = join(venv, "share/jupyter/kernels/tslab");
  writeAtomically(
    join(kernelspec, "kernel.json"),
    `${JSON.stringify(
      {
        argv: [
          process.execPath,
          // Cells are stopped by terminating their execution, which Node would otherwise take for a broken stack.
          "--no-force-async-hooks-checks",
          "{resource_dir}/../../../../../kernel/dist/main.js",
          "--config-path",
          "{connection_file}",
        ],
        display_name: "TypeScript",
        language: "typescript",
        interrupt_mode: "message",
      },
      undefined,
      2,
    )}\n`,
  );
  const copies = [
    ["logo-svg.svg", join(kernelspec, "logo-svg.svg")],
    ["jupyter_server_config.py", join(venv, "etc/jupyter/jupyter_server_config.py")],
    ["overrides.json", join(venv, "share/jupyter/lab/settings/overrides.json")],
  ];
  for (const [name = "", target = ""] of copies) writeAtomically(target, readIfThere(join(source, name)) ?? "");
}

/**
 * Installs and builds what is missing or out of date.
 *
 * @param {{ python: boolean | "if there", compile?: boolean }} wanted whether with JupyterLab ("if there": only where
 *   there is a Python), and whether to compile the library and the kernel
 * @returns {Promise<{ python?: string, missing?: string }>} the environment's Python, whose programs are then first on
 *   the PATH, or what to do about a missing one
 * @throws {SetupError} whose message says what to do
 */
export async function setup({ python, compile = true }) {
  checkNode(process.versions.node);
  return withLock(join(stateFolder, "setup.lock"), async () => {
    await runStep(npmPackages, stateFolder);
    if (compile) await runStep(build, stateFolder);
    if (!python) return {};
    try {
      await runStep(pythonEnvironment, stateFolder);
    } catch (error) {
      if (!(python === "if there" && error instanceof MissingPrerequisiteError)) throw error;
      return { missing: error.message };
    }
    configureJupyter();
    // nbgrader and Jupyter start their helpers by name.
    process.env.PATH = `${venvBin}${delimiter}${process.env.PATH ?? ""}`;
    return { python: venvPython };
  });
}

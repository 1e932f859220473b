// The Python environment of the peers: .venv-peers, made once, and again when its requirements change.
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { findPython } from "../scripts/python.mjs";
import { fingerprint, root, runQuietly, runStep, SetupError, stateFolder, withLock } from "../scripts/steps.mjs";

const requirements = "bench/peers/requirements.txt";
const windows = process.platform === "win32";

/**
 * @returns {Promise<string>} the environment's Python
 * @throws {SetupError} whose message says why there is none
 */
export async function peerPython() {
  const venv = join(root, ".venv-peers");
  const python = join(venv, windows ? "Scripts/python.exe" : "bin/python");
  await withLock(join(stateFolder, "peers.lock"), () =>
    runStep(
      {
        name: "peers",
        inputs: () => fingerprint(root, [requirements], root),
        result: () => (existsSync(python) ? realpathSync(python) : undefined),
        run: async () => {
          const [program = "", ...args] = findPython();
          const made = await runQuietly("Python environment of the peers", program, [
            ...args,
            "-m",
            "venv",
            "--clear",
            venv,
          ]);
          if (!made.ok) throw new SetupError(`${lastLines(made.output)}\n${program} could not make ${venv}.`);
          // --no-deps: the file names all that is imported. One retry: the index of CPU builds may be out of reach.
          const pip = ["-m", "pip", "install", "--no-deps", "--only-binary", ":all:", "--no-input", "--retries", "1"];
          const quiet = ["--progress-bar", "off", "--disable-pip-version-check", "-r", join(root, requirements)];
          const env = { ...process.env, PIP_USER: "0", PYTHONUTF8: "1" };
          const { ok, output } = await runQuietly("PyTorch, JAX, curvlinops, PyHessian", python, [...pip, ...quiet], {
            env,
          });
          if (!ok)
            throw new SetupError(`${lastLines(output)}\npip could not install the peers; above is what it says.`);
        },
      },
      stateFolder,
    ),
  );
  return python;
}

/** @param {string} output */
const lastLines = (output) => output.trimEnd().split("\n").slice(-5).join("\n");

// Finds the Python that .venv is made of.
import { spawnSync } from "node:child_process";
import { MissingPrerequisiteError } from "./steps.mjs";

const oldest = "3.10";

// ensurepip is what Debian's python3 lacks without python3-venv.
const probe = `import sys
try:
    import venv, ensurepip; complete = "complete"
except ImportError:
    complete = "without-venv"
print(*sys.version_info[:3], complete)`;

/**
 * Whether a dotted version is at least another, number by number.
 *
 * @param {string} version for example "3.9.18"
 * @param {string} minimum for example "3.10"
 */
export function isAtLeast(version, minimum) {
  const [have, want] = [version, minimum].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
  for (const [i, number] of (want ?? []).entries()) {
    const other = have?.[i] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}

/**
 * Reads the line that the probe prints.
 *
 * @param {string} line for example "3 11 7 complete"
 * @returns {{ version: string, complete: boolean } | undefined} undefined when it is no such line
 */
export function readProbe(line) {
  const match = /^(\d+) (\d+) (\d+) (complete|without-venv)\s*$/.exec(line);
  return match ? { version: `${match[1]}.${match[2]}.${match[3]}`, complete: match[4] === "complete" } : undefined;
}

/**
 * What to do about a system without a usable Python.
 *
 * @param {{ command: string, version: string, complete: boolean }[]} found what there is
 * @param {string | undefined} named by the variable PYTHON
 */
export function adviceFor(found, named) {
  const incomplete = found.find(({ version, complete }) => !complete && isAtLeast(version, oldest));
  if (incomplete) {
    const minor = incomplete.version.split(".").slice(0, 2).join(".");
    return `${incomplete.command} is Python ${incomplete.version} without the module venv.
  Debian, Ubuntu: sudo apt install python${minor}-venv
Then run the same command again.`;
  }
  const versions = found.map(({ command, version }) => `${command} is Python ${version}`).join(", ");
  const nothing = named === undefined ? "none was found" : `PYTHON=${named} is none`;
  return `JupyterLab needs Python ${oldest} or later: ${versions || nothing}.
  Debian, Ubuntu: sudo apt install python3 python3-venv
  macOS:          brew install python
  Windows:        winget install Python.Python.3.13
  others:         https://www.python.org/downloads/
If it lies somewhere unusual, name it: PYTHON=/path/to/python3. Then run the same command again.`;
}

/**
 * The first usable Python: the one named by the variable PYTHON and no other, or else what the system calls Python.
 *
 * @returns {string[]} the command and its first arguments
 */
export function findPython() {
  const named = process.env.PYTHON || undefined;
  const versioned = ["3.14", "3.13", "3.12", "3.11", "3.10"].map((version) => [`python${version}`]);
  const usual = process.platform === "win32" ? [["py", "-3"], ["python"]] : [["python3"], ["python"], ...versioned];
  const found = [];
  for (const command of named ? [[named]] : usual) {
    const [program = "", ...args] = command;
    const answer = readProbe(spawnSync(program, [...args, "-c", probe], { encoding: "utf8" }).stdout ?? "");
    if (answer?.complete && isAtLeast(answer.version, oldest)) return command;
    if (answer) found.push({ command: command.join(" "), ...answer });
  }
  throw new MissingPrerequisiteError(adviceFor(found, named));
}

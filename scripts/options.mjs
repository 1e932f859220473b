// Command lines of the scripts: strict, with an answer to every mistake.
import util from "node:util";
import { SetupError } from "./steps.mjs";

/** A command line that cannot be understood. */
export class UsageError extends Error {}

/**
 * Reads a command line strictly.
 *
 * @param {readonly string[]} args
 * @param {import("node:util").ParseArgsConfig["options"]} options
 * @param {{ allowPositionals?: boolean }} [settings]
 * @returns {{ values: Record<string, unknown>, positionals: string[] }}
 * @throws {UsageError}
 */
function read(args, options, { allowPositionals = false } = {}) {
  try {
    const { values, positionals } = util.parseArgs({ args: [...args], options, allowPositionals, strict: true });
    return { values, positionals };
  } catch (error) {
    // Node's message, without its advice on positional arguments.
    throw new UsageError(/** @type {Error} */ (error).message.split(". ")[0]);
  }
}

export const startUsage = `npm start [-- OPTIONS]     sets up what is missing and opens the course in JupyterLab

  --no-browser   only print the address (for servers)
  --port N       listen on port N; without it, on the first free one from 8888
  --ip IP        listen on this address; without it, only this machine can connect
  --help         this text

Mind the -- between "npm start" and the options: without it npm takes them for its own.`;

/**
 * @param {readonly string[]} args of `npm start`
 * @returns {{ help: boolean, jupyter: string[] }} and what they are for Jupyter
 */
export function readStartOptions(args) {
  const { values } = read(args, {
    "no-browser": { type: "boolean" },
    port: { type: "string" },
    ip: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  const jupyter = [];
  if (values["no-browser"]) jupyter.push("--no-browser");
  if (values.port !== undefined) {
    const port = String(values.port);
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
      throw new UsageError(`--port: an integer from 1 to 65535, got ${port}`);
    }
    // No other port instead: who names one has pointed something at it.
    jupyter.push(`--ServerApp.port=${Number(port)}`, "--ServerApp.port_retries=0");
  }
  if (values.ip !== undefined) {
    if (values.ip === "") throw new UsageError("--ip: an address, got nothing");
    jupyter.push(`--ServerApp.ip=${String(values.ip)}`);
  }
  return { help: values.help === true, jupyter };
}

export const testUsage = `npm test [-- OPTIONS]      sets up what is missing and runs every check

  --no-python    leave out all that needs Python (JupyterLab, nbgrader, the Python clients)
  --only NAME    only the stages whose name contains NAME; may be repeated
  --help         this text

Mind the -- between "npm test" and the options: without it npm takes them for its own.`;

/**
 * @param {readonly string[]} args of `npm test`
 * @param {readonly string[]} stages the names of the stages
 */
export function readTestOptions(args, stages) {
  const { values } = read(args, {
    "no-python": { type: "boolean" },
    only: { type: "string", multiple: true },
    help: { type: "boolean", short: "h" },
  });
  const only = /** @type {string[]} */ (values.only ?? []);
  for (const name of only) {
    if (!stages.some((stage) => stage.includes(name))) {
      throw new UsageError(`--only: part of a stage's name (${stages.join(", ")}), got ${name}`);
    }
  }
  return {
    help: values.help === true,
    python: values["no-python"] !== true,
    stages: stages.filter((stage) => only.length === 0 || only.some((name) => stage.includes(name))),
  };
}

export const resetUsage = `npm run reset -- NUMBER …  brings notebooks back to the committed version, for example: npm run reset -- 07

Your own version is kept beside it, as 07-….mine-<date>.ipynb.`;

/**
 * @param {readonly string[]} args of `npm run reset`
 * @param {readonly string[]} notebooks file names of the committed notebooks
 * @returns {{ help: boolean, chosen: string[] }} file names
 */
export function readResetOptions(args, notebooks) {
  const { values, positionals } = read(args, { help: { type: "boolean", short: "h" } }, { allowPositionals: true });
  if (values.help === true) return { help: true, chosen: [] };
  if (positionals.length === 0) throw new UsageError("which notebook?");
  return { help: false, chosen: chooseNotebooks(positionals, notebooks) };
}

/**
 * The file names that numbers stand for, each once.
 *
 * @param {readonly string[]} wanted numbers, or names
 * @param {readonly string[]} notebooks
 * @throws {UsageError} for a number without a notebook, with the nearest ones
 */
function chooseNotebooks(wanted, notebooks) {
  const chosen = wanted.map((wanted) => {
    const start = wanted.replace(/^.*[/\\]/, "").replace(/^\d$/, "0$&");
    const found = notebooks.filter(
      (name) => name === start || name.startsWith(`${start}-`) || name === `${start}.ipynb`,
    );
    const [name, another] = found;
    if (name === undefined || another !== undefined) {
      throw new UsageError(`${wanted} is no notebook. There are:\n${nearest(wanted, notebooks).join("\n")}`);
    }
    return name;
  });
  return [...new Set(chosen)];
}

/**
 * The five notebooks whose numbers are nearest to the wanted one, in their order; all when it has no number.
 *
 * @param {string} wanted
 * @param {readonly string[]} notebooks
 */
function nearest(wanted, notebooks) {
  const number = Number.parseInt(wanted, 10);
  if (Number.isNaN(number)) return notebooks;
  const distance = (/** @type {string} */ name) => Math.abs(Number.parseInt(name, 10) - number);
  return [...notebooks]
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, 5)
    .sort();
}

export const notebooksUsage = `npm run notebooks [-- OPTIONS] [NUMBER …]  runs notebooks on fresh kernels, all of them without a number

  --write          keep the outputs in the files of those that pass
  --time-limit S   seconds that one cell may take (120)
  --help           this text`;

/**
 * @param {readonly string[]} args of `npm run notebooks`
 * @param {readonly string[]} notebooks file names
 */
export function readNotebooksOptions(args, notebooks) {
  const { values, positionals } = read(
    args,
    { write: { type: "boolean" }, "time-limit": { type: "string" }, help: { type: "boolean", short: "h" } },
    { allowPositionals: true },
  );
  const cellTimeLimit = Number(values["time-limit"] ?? 120);
  if (!(cellTimeLimit > 0))
    throw new UsageError(`--time-limit: a positive number, got ${String(values["time-limit"])}`);
  return {
    help: values.help === true,
    write: values.write === true,
    cellTimeLimit,
    chosen: positionals.length > 0 ? chooseNotebooks(positionals, notebooks) : [...notebooks],
  };
}

export const verifyUsage = `npm run verify [-- OPTIONS] [NAME …]  runs notebooks and compares their verdicts with ledger.json

  NAME            a notebook (07) or a claim (W26), for which the notebooks with its checks run; without one, all run
  --scale SCALE   paper: at the sources' own sizes, which takes up to an hour; default: what takes minutes
  --update        write ledger.json instead (all notebooks), then LEDGER.md, ledger.html and SOURCES.md
  --help          this text

It fails when a verdict changed, a claim has no check, or a check rejects no wrong variant.`;

/**
 * @typedef {object} VerifyOptions
 * @property {boolean} help
 * @property {boolean} update
 * @property {"default" | "paper" | undefined} scale undefined: what the environment variable FLAT_MINIMA_SCALE says
 * @property {string[]} chosen file names of the notebooks to run
 * @property {string[]} claims ids of the claims asked for by name
 * @property {boolean} whole whether all claims of the chosen notebooks are asked for, not only those named
 */

/**
 * @param {readonly string[]} args of `npm run verify`
 * @param {readonly string[]} notebooks file names
 * @param {(name: string) => { id: string, notebooks: readonly string[] }} findClaim a claim's id and the numbers of the
 *   notebooks that check it; throws a {@link UsageError} for an unknown one
 * @returns {VerifyOptions}
 */
export function readVerifyOptions(args, notebooks, findClaim) {
  const { values, positionals } = read(
    args,
    { update: { type: "boolean" }, scale: { type: "string" }, help: { type: "boolean", short: "h" } },
    { allowPositionals: true },
  );
  const [help, update] = [values.help === true, values.update === true];
  const scale = /** @type {VerifyOptions["scale"]} */ (values.scale);
  if (scale !== undefined && scale !== "default" && scale !== "paper") {
    throw new UsageError(`--scale: default or paper, got ${String(scale)}`);
  }
  if (update && positionals.length > 0) throw new UsageError("--update: takes all notebooks, got a choice of them");
  if (update && scale === "paper") throw new UsageError("--update: ledger.json is of the default scale, got paper");
  const options = {
    help,
    update,
    scale: update ? "default" : scale,
    claims: /** @type {string[]} */ ([]),
    whole: true,
  };
  if (help || positionals.length === 0) return { ...options, chosen: [...notebooks] };
  // A notebook's name begins with its number, a claim's with a letter.
  const isNotebook = (/** @type {string} */ name) => /(^|[/\\])\d[^/\\]*$|\.ipynb$/.test(name);
  const claims = positionals.filter((name) => !isNotebook(name)).map(findClaim);
  const numbers = claims.flatMap((claim) => claim.notebooks);
  const chosen = new Set(chooseNotebooks([...positionals.filter(isNotebook), ...numbers], notebooks));
  return {
    ...options,
    chosen: notebooks.filter((name) => chosen.has(name)),
    claims: [...new Set(claims.map(({ id }) => id))],
    whole: positionals.some(isNotebook),
  };
}

export const reportUsage = `npm run report  makes LEDGER.md, ledger.html and SOURCES.md from the notebooks' outputs, without running them

  --help   this text`;

/** @param {readonly string[]} args of `npm run report` */
export function readReportOptions(args) {
  const { values } = read(args, { help: { type: "boolean", short: "h" } });
  return { help: values.help === true };
}

export const sweepUsage = `npm run sweep -- NAME [OPTIONS]  computes an experiment over all cores, and keeps the results

  --grid FILE   a JSON file, [{ "configuration": {…}, "seeds": [0, 1, …] }, …], instead of the experiment's own grid
  --out FILE    keep the results there, instead of in notebooks/results/NAME.jsonl
  --workers N   threads; without it, one for each core
  --list        the experiments
  --help        this text

What is in the file already is not computed again: after Ctrl-C the same command goes on from there.`;

/**
 * @param {readonly string[]} args of `npm run sweep`
 * @param {readonly string[]} experiments their names
 * @returns {{ help: boolean, list: boolean, name: string, grid?: string, out?: string, workers?: number }}
 */
export function readSweepOptions(args, experiments) {
  const { values, positionals } = read(
    args,
    {
      grid: { type: "string" },
      out: { type: "string" },
      workers: { type: "string" },
      list: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
    { allowPositionals: true },
  );
  const [help, list] = [values.help === true, values.list === true];
  if (help || list) return { help, list, name: "" };
  const [name, another] = positionals;
  if (name === undefined) throw new UsageError(`which experiment? There are:\n${experiments.join("\n")}`);
  if (another !== undefined) throw new UsageError(`one experiment at a time, got ${positionals.join(" and ")}`);
  if (!experiments.includes(name)) {
    throw new UsageError(`${name} is no experiment. The nearest there are:\n${similar(name, experiments).join("\n")}`);
  }
  const { grid, out, workers } = /** @type {Record<string, string | undefined>} */ (values);
  for (const [option, value] of Object.entries({ grid, out })) {
    if (value === "") throw new UsageError(`--${option}: a file, got nothing`);
  }
  if (workers !== undefined && !/^[1-9]\d{0,2}$/.test(workers)) {
    throw new UsageError(`--workers: an integer from 1 to 999, got ${workers}`);
  }
  return { help, list, name, grid, out, workers: workers === undefined ? undefined : Number(workers) };
}

/**
 * The five names that share most pairs of neighbouring letters with a text (Dice's coefficient), best first.
 *
 * @param {string} text
 * @param {readonly string[]} names
 */
function similar(text, names) {
  const pairs = (/** @type {string} */ word) => new Set(Array.from(word.slice(1), (letter, k) => word[k] + letter));
  const wanted = pairs(text);
  const share = (/** @type {string} */ name) => {
    const own = pairs(name);
    return (2 * [...own].filter((pair) => wanted.has(pair)).length) / (own.size + wanted.size || 1);
  };
  return [...names].sort((a, b) => share(b) - share(a)).slice(0, 5);
}

export const analyzeUsage = `npm run analyze -- --gram FILE --learning-rate η --batch-size B [OPTIONS]  what your own network's Gram matrix says

  --gram FILE          K (n×n) with the inner products of the gradients of your network's outputs, a NumPy file (.npy)
  --residuals FILE     e (n), output minus target, a NumPy file; at interpolation, where they vanish, leave it out: the
                       factors are then limits, along the direction that gradient flow leaves last
  --learning-rate η    of the SGD whose stability is asked
  --batch-size B       of that SGD
  --sampling HOW       with or without replacement: "with" (as in the theorems; so without the option) or "without"
  --parameters P       the number of parameters, which isotropic noise depends on
  --out FILE           draw the spectrum and the conditions there, as SVG
  --json               for machines: JSON on standard output
  --help               this text

How to write the files from PyTorch, JAX or NumPy: docs/analyze-your-own.md`;

/**
 * @param {readonly string[]} args of `npm run analyze`
 * @returns {{ help: true } | { help: false, gram: string, residuals?: string, learningRate: number, batchSize: number,
 *   sampling: "with replacement" | "without replacement", parameterCount?: number, out?: string, json: boolean }}
 */
export function readAnalyzeOptions(args) {
  const { values } = read(args, {
    gram: { type: "string" },
    residuals: { type: "string" },
    "learning-rate": { type: "string" },
    "batch-size": { type: "string" },
    sampling: { type: "string" },
    parameters: { type: "string" },
    out: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) return { help: true };
  const text = /** @type {Record<string, string | undefined>} */ (values);
  const needed = (/** @type {string} */ option, /** @type {string} */ what) => {
    const value = text[option];
    if (value === undefined) throw new UsageError(`--${option} is missing: ${what}`);
    return value;
  };
  const gram = needed("gram", "the NumPy file with the Gram matrix");
  const rate = needed("learning-rate", "the learning rate η");
  const size = needed("batch-size", "the batch size B");
  for (const option of ["gram", "residuals", "out"]) {
    if (text[option] === "") throw new UsageError(`--${option}: a file, got nothing`);
  }
  if (rate === "" || !(Number(rate) > 0 && Number(rate) < Infinity)) {
    throw new UsageError(`--learning-rate: a positive number, got ${rate}`);
  }
  const count = (/** @type {string} */ option, /** @type {string} */ value) => {
    if (!/^[1-9]\d{0,14}$/.test(value)) throw new UsageError(`--${option}: a positive integer, got ${value}`);
    return Number(value);
  };
  const { residuals, sampling = "with", parameters, out } = text;
  const how = sampling.replace(/ replacement$/, "");
  if (how !== "with" && how !== "without") throw new UsageError(`--sampling: "with" or "without", got ${sampling}`);
  return {
    help: false,
    gram,
    residuals,
    learningRate: Number(rate),
    batchSize: count("batch-size", size),
    sampling: how === "with" ? "with replacement" : "without replacement",
    parameterCount: parameters === undefined ? undefined : count("parameters", parameters),
    out,
    json: values.json === true,
  };
}

export const benchUsage = `npm run bench [-- OPTIONS] [CASE …]  times our computations, all cases without a name

  --peers      beside PyTorch, JAX, curvlinops, PyHessian and NumPy, in a Python environment that it makes (1.5 GB)
  --rounds N   turns of each contestant (5; 3 where one takes ten seconds)
  --json       for machines: JSON on standard output, all else on standard error
  --help       this text

A missed target does not make it fail; a peer that breaks, or computes something else than ours, does.`;

/**
 * @param {readonly string[]} args of `npm run bench`
 * @param {readonly string[]} cases their names
 * @returns {{ help: boolean, peers: boolean, json: boolean, rounds?: number, chosen: string[] }}
 */
export function readBenchOptions(args, cases) {
  const { values, positionals } = read(
    args,
    {
      peers: { type: "boolean" },
      json: { type: "boolean" },
      rounds: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
    { allowPositionals: true },
  );
  const stranger = positionals.find((name) => !cases.includes(name));
  if (stranger !== undefined) throw new UsageError(`${stranger} is no case. There are:\n${cases.join("\n")}`);
  const { rounds } = values;
  if (rounds !== undefined && !/^[1-9]\d{0,2}$/.test(String(rounds))) {
    throw new UsageError(`--rounds: an integer from 1 to 999, got ${String(rounds)}`);
  }
  return {
    help: values.help === true,
    peers: values.peers === true,
    json: values.json === true,
    rounds: rounds === undefined ? undefined : Number(rounds),
    chosen: cases.filter((name) => positionals.length === 0 || positionals.includes(name)),
  };
}

export const dataUsage = `npm run data -- SET [OPTIONS]  downloads a data set of real images: mnist, fashion-mnist or cifar-10

  --from FOLDER   take its files from there instead, gzipped or not
  --help          this text

It goes into data/, or into the folder that the environment variable FLAT_MINIMA_DATA names. After Ctrl-C the same
command goes on from there. Addresses, sizes and hashes: data/README.md`;

/**
 * @param {readonly string[]} args of `npm run data`
 * @param {readonly string[]} sets their names
 * @returns {{ help: boolean, set: string, from?: string }}
 */
export function readDataOptions(args, sets) {
  const { values, positionals } = read(
    args,
    { from: { type: "string" }, help: { type: "boolean", short: "h" } },
    { allowPositionals: true },
  );
  if (values.help === true) return { help: true, set: "" };
  const [set, another] = positionals;
  const all = sets.join(", ");
  if (set === undefined) throw new UsageError(`which data set? There are: ${all}`);
  if (another !== undefined) throw new UsageError(`one data set at a time, got ${positionals.join(" and ")}`);
  if (!sets.includes(set)) throw new UsageError(`${set} is no data set. There are: ${all}`);
  const from = /** @type {string | undefined} */ (values.from);
  if (from === "") throw new UsageError("--from: a folder, got nothing");
  return { help: false, set, from };
}

export const installTensorflowUsage = `npm run install-tensorflow [-- OPTIONS]  TensorFlow's C library behind TensorFlow.js, for Linux on x86-64

  --gpu      with CUDA 12.5, for NVIDIA cards (2.5 GB to fetch, 4.2 GB on disk, instead of 0.27 and 0.86)
  --remove   takes away what was installed, and half-fetched files
  --help     this text

Nothing needs it: without it the next backend serves, slower. After Ctrl-C the same command goes on from there.`;

/**
 * @param {readonly string[]} args of `npm run install-tensorflow`
 * @returns {{ help: boolean, gpu: boolean, remove: boolean }}
 */
export function readInstallTensorflowOptions(args) {
  const { values } = read(args, {
    gpu: { type: "boolean" },
    remove: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  const [help, gpu, remove] = [values.help === true, values.gpu === true, values.remove === true];
  if (gpu && remove) throw new UsageError("--remove: takes away either kind, got --gpu as well");
  return { help, gpu, remove };
}

const homeworkCommands = /** @type {const} */ ({
  release: `-- NAME [--due DATE]      makes what students get, without solutions and hidden tests

  --due DATE       with a time zone, for example 2027-01-15T23:59+01:00; kept in the gradebook`,
  collect: `-- NAME [--from FOLDER]   takes in what was handed in; without --from, from nbgrader's exchange

  --from FOLDER    with STUDENT.ipynb, or STUDENT/….ipynb, for each student`,
  grade: `-- NAME [OPTIONS]         grades what was handed in and not graded yet, or whose tests changed

  --student ID     only this one; may be repeated
  --workers N      at a time; without it, one for each core
  --again          also what was graded already
  --unsafe         without a sandbox: only if you trust every submission`,
  feedback: `-- NAME [OPTIONS]         a page for each student: marks, comments, errors; no hidden tests

  --student ID     only this one; may be repeated
  --workers N      at a time; without it, one for each core`,
  roster: `-- FILE.csv               takes students into the gradebook: columns id, first_name, last_name, email`,
  marks: `[-- NAME] [--out FILE]    a CSV of the marks, due dates and late days, of all assignments without a name

  --out FILE       write it there instead of printing it`,
});

/** @param {string} command */
export function homeworkUsage(command) {
  const names = /** @type {(keyof typeof homeworkCommands)[]} */ (Object.keys(homeworkCommands));
  const shown = names.filter((name) => name === command);
  if (shown.length === 0) return `npm run homework:NAME, where NAME is one of ${names.join(", ")}`;
  return `npm run homework:${command} ${homeworkCommands[/** @type {keyof typeof homeworkCommands} */ (command)]}
  --course FOLDER  the course's folder (homework)
  --help           this text

How homework is made, released and graded: homework/README.md`;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(course: string) => readonly string[]} assignmentsOf the assignments of a course
 */
export function readHomeworkOptions(command, args, assignmentsOf) {
  if (!Object.hasOwn(homeworkCommands, command)) {
    throw new UsageError(`which command? There are: ${Object.keys(homeworkCommands).join(", ")}`);
  }
  const text = /** @type {const} */ ({ type: "string" });
  const flag = /** @type {const} */ ({ type: "boolean" });
  const several = /** @type {const} */ ({ type: "string", multiple: true });
  const own = /** @type {Record<string, Record<string, typeof text | typeof flag | typeof several>>} */ ({
    release: { due: text },
    collect: { from: text },
    grade: { student: several, workers: text, again: flag, unsafe: flag },
    feedback: { student: several, workers: text },
    marks: { out: text },
  });
  const { values, positionals } = read(
    args,
    { course: text, help: { ...flag, short: "h" }, ...own[command] },
    { allowPositionals: true },
  );
  const { course = "homework", due, from, workers, out } = /** @type {Record<string, string | undefined>} */ (values);
  for (const [option, value] of Object.entries({ course, from, out })) {
    if (value === "") throw new UsageError(`--${option}: a ${option === "out" ? "file" : "folder"}, got nothing`);
  }
  if (due !== undefined && !(/T.*(Z|[+-]\d\d:?\d\d)$/.test(due) && !Number.isNaN(Date.parse(due)))) {
    throw new UsageError(`--due: a date with its time zone, for example 2027-01-15T23:59+01:00, got ${due}`);
  }
  if (workers !== undefined && !/^[1-9]\d?$/.test(workers)) {
    throw new UsageError(`--workers: an integer from 1 to 99, got ${workers}`);
  }
  const options = {
    help: values.help === true,
    command: /** @type {keyof typeof homeworkCommands} */ (command),
    course,
    name: "",
    file: "",
    due,
    from,
    out,
    workers: workers === undefined ? undefined : Number(workers),
    students: /** @type {string[]} */ (values.student ?? []),
    again: values.again === true,
    unsafe: values.unsafe === true,
  };
  if (options.help) return options;
  const [first, another] = positionals;
  if (another !== undefined) throw new UsageError(`one at a time, got ${positionals.join(" and ")}`);
  if (command === "roster") {
    if (first === undefined) throw new UsageError("which file? One with a line for each student");
    return { ...options, file: first };
  }
  if (first === undefined && command === "marks") return options;
  const assignments = assignmentsOf(course);
  if (assignments.length === 0)
    throw new UsageError(`${course}/source has no assignment: a folder NAME with NAME.ipynb`);
  if (first === undefined) throw new UsageError(`which assignment? There are:\n${assignments.join("\n")}`);
  if (!assignments.includes(first)) {
    throw new UsageError(
      `${first} is no assignment. The nearest there are:\n${similar(first, assignments).join("\n")}`,
    );
  }
  return { ...options, name: first };
}

/**
 * Runs a script; what the reader can act on is shown without a stack trace.
 *
 * @param {string} usage
 * @param {() => Promise<number>} script gives the exit code
 */
export async function main(usage, script) {
  try {
    process.exitCode = await script();
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
    else if (error instanceof SetupError) console.error(`\n${error.message}`);
    else throw error;
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

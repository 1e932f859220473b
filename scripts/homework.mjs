// npm run homework:…: releases, collects, grades and gives back homework, by nbgrader.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, copyFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { assignmentsOf, inspectSubmission, readStamp } from "./homework/submissions.mjs";
import { stampOf, submittedStudents } from "./homework/submissions.mjs";
import { withWorkers } from "./homework/workers.mjs";
import { homeworkUsage, main, readHomeworkOptions, UsageError } from "./options.mjs";
import { setup } from "./setup.mjs";
import { fingerprint, root, SetupError, withLock, writeAtomically } from "./steps.mjs";

/** @typedef {ReturnType<typeof readHomeworkOptions>} Options */
/** @typedef {(order: Record<string, unknown>, seconds?: number) => Promise<any>} Order */
/** @typedef {{ course: string, python: string, options: Options }} Context */

/** @param {any} answer */
function orFail(answer) {
  if (!answer.ok) throw new SetupError(answer.error);
  return answer;
}

/** All that decides about the marks of an unchanged submission. */
const testsOf = (/** @type {string} */ course, /** @type {string} */ name) =>
  fingerprint(course, [`source/${name}/${name}.ipynb`, "nbgrader_config.py"]);

const commands = {
  /** @param {Context} context */
  async release({ course, python, options: { name, due } }) {
    await withWorkers({ python, course }, async (order) =>
      orFail(await order({ order: "assign", assignment: name, release: true, due })),
    );
    console.log(`release/${name}/${name}.ipynb is what students get${due === undefined ? "" : `, due ${due}`}.`);
    return 0;
  },

  /** @param {Context} context */
  async collect({ course, python, options: { name, from } }) {
    if (from === undefined) {
      const args = ["-m", "nbgrader", "collect", name, "--update"];
      const child = spawn(python, args, { cwd: course, stdio: "inherit", env: environment(course) });
      return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code) => resolve(code ?? 1));
      });
    }
    if (!existsSync(from) || !statSync(from).isDirectory()) throw new UsageError(`--from: a folder, got ${from}`);
    let [taken, same, problems] = [0, 0, 0];
    for (const { student, files } of handedIn(from)) {
      const problem =
        files.length === 0
          ? "no notebook"
          : files.length > 1
            ? `there twice: ${files.map((file) => basename(file)).join(", ")}`
            : !/^[\w.@-]+$/.test(student)
              ? "a student's name has letters, digits, . _ - @ only"
              : undefined;
      if (problem !== undefined) {
        console.log(`  ✗ ${student}: ${problem}; left out`);
        problems++;
        continue;
      }
      const [file = ""] = files;
      const target = join(course, "submitted", student, name);
      const own = join(target, `${name}.ipynb`);
      if (existsSync(own) && readFileSync(own).equals(readFileSync(file))) {
        same++;
        continue;
      }
      // Finished beside its place, then moved: an interrupt leaves the old submission or the new one.
      const draft = join(course, ".draft", `collect-${process.pid}`);
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft, { recursive: true });
      copyFileSync(file, join(draft, `${name}.ipynb`));
      const when = statSync(file).mtime.toISOString().replace("T", " ").replace(/\..*/, " UTC");
      writeAtomically(join(draft, "timestamp.txt"), `${when}\n`);
      mkdirSync(dirname(target), { recursive: true });
      rmSync(target, { recursive: true, force: true });
      renameSync(draft, target);
      taken++;
      const found = inspectSubmission(course, name, student);
      if ("problem" in found) console.log(`  ! ${student}: taken, but ${found.problem}`);
    }
    console.log(`${taken} taken, ${same} there already, ${problems} left out`);
    return problems === 0 ? 0 : 1;
  },

  /** @param {Context} context */
  async grade({ course, python, options: { name, students: chosen, workers, unsafe, again } }) {
    if (!unsafe) {
      const check = ["-c", "import sandbox; print(sandbox.why_no_sandbox() or '')"];
      const { stdout } = spawnSync(python, check, { cwd: join(root, "scripts/homework"), encoding: "utf8" });
      const missing = stdout.trim();
      if (missing !== "") {
        throw new SetupError(`There is no sandbox here: ${missing}.
A submission is a program of somebody else; without a sandbox it can read and change all that you can, the gradebook
too. If you trust every one of them: --unsafe.`);
      }
    }
    const count = workers ?? Math.min(8, availableParallelism());
    return withLock(join(course, ".grading.lock"), () =>
      withWorkers({ python, course, count, unsafe }, async (order) => {
        const tests = testsOf(course, name);
        // The gradebook has the tests as of the last time; a repaired one comes in here.
        orFail(await order({ order: "assign", assignment: name, release: false }));
        const { students } = orFail(await order({ order: "students" }));
        const all = [...new Set([...students, ...submittedStudents(course)])].sort();
        for (const student of chosen) {
          if (!all.includes(student)) throw new UsageError(`--student: one of ${all.join(", ")}, got ${student}`);
        }
        const wanted = all.filter((student) => chosen.length === 0 || chosen.includes(student));
        let [graded, skipped, done] = [0, 0, 0];
        /** @type {string[]} */
        const problems = [];
        const start = performance.now();
        await Promise.all(
          wanted.map(async (student) => {
            const say = (/** @type {string} */ text) => console.log(`[${++done}/${wanted.length}] ${student}: ${text}`);
            const fail = (/** @type {string} */ problem) => {
              problems.push(student);
              say(`NOT GRADED: ${problem}`);
            };
            const found = inspectSubmission(course, name, student);
            if ("problem" in found) return fail(found.problem);
            const { fingerprint: submission } = found;
            const before = readStamp(course, name, student);
            const isThere = existsSync(join(course, "autograded", student, name, `${name}.ipynb`));
            if (!again && isThere && before?.submission === submission && before.tests === tests) {
              skipped++;
              return say("graded already");
            }
            const stamp = stampOf(course, name, student);
            // While it is being graded there is no stamp: what is cut short is done once more.
            rmSync(stamp, { force: true });
            const same = before?.submission === submission;
            const answer = await order({ order: "grade", assignment: name, student, same });
            if (!answer.ok) return fail(answer.error.trim().split("\n").at(-1));
            writeAtomically(stamp, `${JSON.stringify({ submission, tests })}\n`);
            graded++;
            const waits = Object.values(answer.cells).filter((cell) => cell.waits).length;
            say(`${answer.score} of ${answer.points}${waits > 0 ? `, ${waits} to mark by hand` : ""}`);
          }),
        );
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        console.log(`${graded} graded, ${skipped} graded already, ${problems.length} not, ${seconds} s`);
        if (problems.length > 0) console.log(`Not graded: ${problems.sort().join(", ")}`);
        return problems.length === 0 ? 0 : 1;
      }),
    );
  },

  /** @param {Context} context */
  async feedback({ course, python, options: { name, students: chosen, workers } }) {
    const graded = submittedStudents(course).filter((student) => readStamp(course, name, student) !== undefined);
    const wanted = graded.filter((student) => chosen.length === 0 || chosen.includes(student));
    const stranger = chosen.find((student) => !graded.includes(student));
    if (stranger !== undefined) throw new UsageError(`--student: one who was graded, got ${stranger}`);
    if (wanted.length === 0) throw new SetupError(`Nobody's ${name} was graded: npm run homework:grade -- ${name}`);
    const count = workers ?? Math.min(8, availableParallelism());
    let failed = 0;
    await withWorkers({ python, course, count }, (order) =>
      Promise.all(
        wanted.map(async (student) => {
          const answer = await order({ order: "feedback", assignment: name, student });
          if (!answer.ok) failed++;
          console.log(answer.ok ? `  ✓ ${answer.file}` : `  ✗ ${student}: ${answer.error.trim().split("\n").at(-1)}`);
        }),
      ),
    );
    return failed === 0 ? 0 : 1;
  },

  /** @param {Context} context */
  async roster({ course, python, options: { file } }) {
    if (!existsSync(file)) throw new UsageError(`a CSV file, got ${file}, which is not there`);
    const { added, updated } = await withWorkers({ python, course }, async (order) =>
      orFail(await order({ order: "roster", file: resolve(file) })),
    );
    console.log(`${added} students added, ${updated} updated`);
    return 0;
  },

  /** @param {Context} context */
  async marks({ course, python, options: { name, out } }) {
    const assignments = name === "" ? assignmentsOf(course) : [name];
    const { rows } = await withWorkers({ python, course }, async (order) =>
      orFail(await order({ order: "marks", assignments, handed_in: submittedStudents(course) })),
    );
    const columns = ["student", "assignment", "state", "score", "points", "submitted", "due", "late_days"];
    const lines = rows.map((/** @type {any} */ row) => {
      const handed = existsSync(join(course, "submitted", row.student, row.assignment));
      const state = !handed
        ? "missing"
        : readStamp(course, row.assignment, row.student) === undefined
          ? "not graded"
          : row.to_mark_by_hand
            ? "to mark by hand"
            : "graded";
      const shown = state === "missing" || state === "not graded" ? { ...row, score: undefined } : row;
      return columns.map((column) => quoted(String({ ...shown, state }[column] ?? ""))).join(",");
    });
    const text = `${[columns.join(","), ...lines].join("\n")}\n`;
    if (out === undefined) process.stdout.write(text);
    else {
      writeAtomically(resolve(out), text);
      console.log(`${lines.length} lines in ${out}`);
    }
    return 0;
  },
};

/** A field of a CSV file; a spreadsheet must not take a name for a formula. */
function quoted(/** @type {string} */ text) {
  const safe = /^[=+@\t]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * What a folder holds: notebooks named like students, or a folder for each student with a notebook in it.
 *
 * @param {string} from
 */
function handedIn(from) {
  /** @type {Map<string, string[]>} */
  const files = new Map();
  const add = (/** @type {string} */ student, /** @type {string[]} */ more) =>
    files.set(student, [...(files.get(student) ?? []), ...more]);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const path = join(from, entry.name);
    if (entry.isFile() && entry.name.endsWith(".ipynb")) add(entry.name.slice(0, -".ipynb".length), [path]);
    else if (entry.isDirectory() && !entry.name.startsWith(".")) {
      const inside = readdirSync(path, { withFileTypes: true });
      const notebooks = inside.filter((file) => file.isFile() && file.name.endsWith(".ipynb"));
      add(
        entry.name,
        notebooks.map((file) => join(path, file.name)),
      );
    }
  }
  return [...files].map(([student, files]) => ({ student, files })).sort((a, b) => (a.student < b.student ? -1 : 1));
}

/** For plain nbgrader. */
const environment = (/** @type {string} */ course) => ({
  ...process.env,
  FLAT_MINIMA_COURSE: course,
  FLAT_MINIMA_REPOSITORY: root.replace(/[\\/]$/, ""),
  FLAT_MINIMA_NODE: process.execPath,
});

const [command = "", ...args] = process.argv.slice(2);
const usage = homeworkUsage(command);
await main(usage, async () => {
  const options = readHomeworkOptions(command, args, (course) => assignmentsOf(resolve(course)));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { python = "" } = await setup({ python: true });
  const course = resolve(options.course);
  return commands[options.command]({ course, python, options });
});

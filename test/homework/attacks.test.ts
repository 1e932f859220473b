// What a submission may try: it earns nothing that its answers do not, reads nothing, and leaves the grader alive.
import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../project";
import { codeCell, Course, missing, withBody, type Notebook } from "./course";

if (missing !== undefined) console.log(`skipped: the tests of the sandbox need ${missing}`);

const nothing = { "trace-tests": 0, "norm-marks": 0 };
const everything = { "trace-tests": 3, "norm-marks": 4 };

interface Attack {
  does: string;
  /** A cell before the answers. */
  cell: string;
  /** Bodies that replace the right ones; without them the answers are right. */
  bodies?: Record<string, string>;
  marks: Record<string, number>;
  /** What the graded notebook must show of it. */
  shows?: RegExp;
}

const wrong = { trace: "return -1;", norm: "return { two: -1, one: -1 };" };
const quietly = (code: string) => `try { ${code} } catch (error) { console.log(String(error)); }`;

const attacks: Record<string, Attack> = {
  loop: { does: "never ends", cell: "for (;;) {}", marks: everything, shows: /did not end within 8 s/ },
  fork: {
    does: "starts processes",
    cell: `import { spawnSync, spawn } from "node:child_process";
console.log("SPAWN", spawnSync("/bin/sh", ["-c", ":(){ :|:& };:"]).error?.message);
for (let k = 0; k < 50; k++) ${quietly('spawn(process.execPath, ["-e", "for (;;) {}"]);')}`,
    marks: everything,
    shows: /SPAWN spawnSync \/bin\/sh EPERM.*Error: spawn EPERM/,
  },
  threads: {
    does: "starts threads without end",
    cell: `import { Worker } from "node:worker_threads";
for (let k = 0; k < 1000; k++) new Worker("setInterval(() => 0, 1000); new Uint8Array(1 << 24).fill(1)", { eval: true }).on("error", () => 0);
await new Promise((done) => setTimeout(done, 60000));`,
    bodies: wrong,
    marks: nothing,
  },
  output: {
    does: "prints 10 GB",
    cell: 'const line = "x".repeat(1 << 20);\nfor (let k = 0; k < 10000; k++) console.log(line);',
    marks: nothing,
    shows: /printed more than/,
  },
  memory: {
    does: "takes all memory",
    cell: "const hoard: Buffer[] = [];\nfor (;;) hoard.push(Buffer.alloc(1 << 26, 1));",
    bodies: wrong,
    marks: nothing,
    shows: /Array buffer allocation failed|Stopped|did not end/,
  },
  heap: {
    does: "takes all memory, in small pieces",
    cell: "const hoard: number[][] = [];\nfor (let k = 0; ; k++) hoard.push(Array.from({ length: 1000 }, () => k + 0.5));",
    bodies: wrong,
    marks: nothing,
    shows: /Stopped|did not end/,
  },
  disk: {
    does: "fills the disk",
    cell: `import { writeFileSync } from "node:fs";
${quietly('for (let k = 0; k < 1000; k++) writeFileSync("file" + k, Buffer.alloc(1 << 23));')}
await new Promise((done) => setTimeout(done, 2000));`,
    marks: nothing,
    shows: /files grew too large/,
  },
  exit: {
    does: "ends the process before the tests can fail",
    cell: "1;",
    bodies: { trace: "process.exit(0);", norm: "return { two: -1, one: -1 };" },
    marks: nothing,
    shows: /a cell cannot end the kernel/,
  },
  kill: {
    does: "kills the process before the tests can fail",
    cell: "1;",
    bodies: { trace: 'process.kill(process.pid, "SIGKILL"); return 1;', norm: wrong.norm },
    marks: nothing,
    shows: /its process died/,
  },
  assert: {
    does: "replaces assert, what tests calculate with, and their randomness",
    cell: `const nodeAssert = require("node:assert/strict");
${quietly("nodeAssert.equal = () => undefined;")}
${quietly("globalThis.crypto.getRandomValues = (values: any) => values.fill(0);")}
${quietly("Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues: (values: any) => values.fill(0) } });")}
${quietly("(globalThis as any).Math.abs = () => 0;")}
${quietly('delete require.cache[require.resolve("node:assert/strict")];')}
const Math = { abs: () => 0, hypot: () => 0, floor: () => 0 };
const crypto = { getRandomValues: (values: any) => values.fill(0) };`,
    bodies: { trace: "return a.rows === 2 ? 5 : 0;", norm: "return { two: v[0] === 3 ? 5 : 0, one: 0 };" },
    marks: { "trace-tests": 0, "norm-marks": 1 },
  },
  library: {
    does: "replaces functions of the library",
    cell: `const random = require("/course/lib/dist/core/random.js");
${quietly("random.randomStream = () => ({ uniform: () => 0.5 });")}
const own = { exports: { randomStream: () => ({ uniform: () => 0.5 }) }, loaded: true };
${quietly('for (const key of Object.keys(require.cache)) if (key.includes("/lib/dist/core/")) require.cache[key] = own as any;')}
const fake = require("flat-minima/core");
${quietly("fake.randomStream = own.exports.randomStream;")}`,
    bodies: { trace: "return a.rows === 2 ? 5 : 0;", norm: "return { two: -1, one: -1 };" },
    marks: nothing,
  },
  forge: {
    does: "sends results and displays of its own",
    cell: `const host = (globalThis as any)[Symbol.for("flat-minima.host")];
setInterval(() => host.display({ "text/plain": "4" }), 5);
setInterval(() => console.error("4"), 50);`,
    bodies: wrong,
    marks: nothing,
  },
  read: {
    does: "looks for the gradebook, the solutions and the others, writes elsewhere and opens sockets",
    cell: `import * as fs from "node:fs";
import * as net from "node:net";
const tell = (what: string, action: () => unknown): void => {
  try { console.log(what, String(action())); } catch (error) { console.log(what, (error as any).code); }
};
for (const name of ["gradebook.db", "source", "submitted", "autograded"]) tell("READ", () => fs.readdirSync("COURSE/" + name));
for (const name of [".git", "homework", "scripts"]) tell("READ", () => fs.readdirSync("ROOT/" + name) + "" + fs.readdirSync("/course/" + name));
for (const name of ["/x", "/course/x", "/usr/x", "/dev/shm/x", "/course/node_modules/x", "/course/lib/dist/x"]) tell("WRITE", () => fs.writeFileSync(name, "1"));
const places: [number, string][] = [[53, "1.1.1.1"], [22, "127.0.0.1"]];
for (const [port, host] of places) {
  await new Promise<void>((done) => {
    const socket = net.connect(port, host, () => (console.log("NET", "open"), done()));
    socket.on("error", (error: any) => (console.log("NET", error.code), done()));
  });
}
console.log("FOLDER", fs.readdirSync(".").join());`,
    marks: everything,
    shows: /FOLDER/,
  },
};

describe.skipIf(missing !== undefined)("submissions that are up to something", { timeout: 600_000 }, () => {
  let course: Course;
  let graded: { code: number | null; output: string };
  const made = (student: string): Notebook => {
    const notebook = course.authored();
    const { cell, bodies = {} } = attacks[student];
    notebook.cells.splice(1, 0, codeCell(cell.replaceAll("COURSE", course.folder).replaceAll("ROOT", root)));
    for (const [id, body] of Object.entries(bodies)) withBody(notebook, id, body);
    return notebook;
  };

  beforeAll(async () => {
    course = new Course("attacks", path.join(import.meta.dirname, "course/source"));
    writeFileSync(course.path("nbgrader_config.py"), "c = get_config()\nc.ExecuteSubmission.timeout = 8\n");
    expect((await course.run("release", "example")).output).toContain("release/example");
    for (const student of Object.keys(attacks)) course.submit(student, made(student));
    course.submit("linked", course.authored());
    symlinkSync(course.path("gradebook.db"), course.path("submitted/linked/example/data.db"));
    graded = await course.run("grade", "example", "--workers", "2");
  }, 600_000);
  afterAll(() => course?.remove());

  it.each(Object.entries(attacks).map(([student, { does }]) => [student, does]))(
    "%s, which %s, earns what its answers are worth",
    (student) => {
      expect(graded.output).toMatch(new RegExp(`${student}: \\d`));
      expect(course.marks(student)).toMatchObject(attacks[student].marks);
      const { shows } = attacks[student];
      if (shows) expect(course.graded(student)).toMatch(shows);
    },
  );

  it("finds nothing to read, nowhere to write but its folder, and nobody to talk to", () => {
    const text = course.graded("read");
    const said = (word: string) => [...text.matchAll(new RegExp(`${word} (\\w+)`, "g"))].map(([, answer]) => answer);
    expect(said("READ")).toEqual(Array.from({ length: 7 }, () => "ENOENT"));
    expect(said("WRITE")).toEqual(Array.from({ length: 6 }, () => "EROFS"));
    expect(said("NET")).toEqual(["ENETUNREACH", "ECONNREFUSED"]);
  });

  it("refuses a link to what lies elsewhere, and grades the others", () => {
    expect(graded.output).toMatch(/linked: NOT GRADED: the submission has links in it/);
    expect(graded.output).toMatch(new RegExp(`${Object.keys(attacks).length} graded, 0 graded already, 1 not`));
  });

  it("leaves no scratch folder", () => {
    expect(readdirSync(course.scratch)).toEqual([]);
  });
});

// Homework from its authored source to marks and feedback, by the commands that an instructor gives.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../project";
import { codeCell, Course, missing, readAnswers, sourceOf, withBody, type Notebook } from "./course";

if (missing !== undefined) console.log(`skipped: the tests of homework need ${missing}`);

const full = { "trace-tests": 3, "norm-marks": 4, why: 0 };
const answers = readAnswers(path.join(import.meta.dirname, "course/example.txt"));

describe.skipIf(missing !== undefined)("homework", { timeout: 600_000 }, () => {
  let course: Course;
  let graded: { code: number | null; output: string };
  const gradedCells = (notebook: Notebook) => notebook.cells.filter((cell) => cell.metadata.nbgrader?.grade);

  beforeAll(async () => {
    course = new Course("course", path.join(import.meta.dirname, "course/source"));
    writeFileSync(
      course.path("students.csv"),
      "id,first_name,last_name,email\nabsent,Ab,Sent,a@example.org\nright,,,\n",
    );
    expect((await course.run("roster", course.path("students.csv"))).output).toContain("2 students added, 0 updated");
    const due = await course.run("release", "example", "--due", "2026-11-20T00:00+01:00");
    expect(due.output).toContain("release/example/example.ipynb");

    course.submit("right", course.authored());
    course.submit("untouched", course.read("release/example/example.ipynb"));
    for (const { name, bodies } of answers) {
      const notebook = course.authored();
      for (const [id, body] of Object.entries(bodies)) withBody(notebook, id, body);
      course.submit(name, notebook);
    }
    const without = course.authored();
    without.cells = without.cells.filter((cell) => cell.id !== "example-setup" && cell.id !== "trace-tests");
    withBody(without, "trace", "return 0;");
    course.submit("deleted", without);
    const twice = course.authored();
    withBody(twice, "trace", "return 0;");
    const tests = twice.cells.find((cell) => cell.id === "trace-tests")!;
    twice.cells.push({ ...structuredClone(tests), source: "1;" });
    course.submit("duplicated", twice);
    const tampered = course.authored();
    withBody(tampered, "trace", "return 0;");
    withBody(tampered, "norm", "return { two: 0, one: 0 };");
    for (const cell of gradedCells(tampered)) {
      cell.metadata.tags = ["skip-execution", "raises-exception"];
      Object.assign(cell.metadata.nbgrader, { points: 100, solution: true, locked: false });
      cell.source = "100";
    }
    course.submit("tampered", tampered);
    course.submit("broken", '{"cells": [');
    course.submit("empty", "");
    const other = course.authored();
    for (const cell of other.cells) Object.assign(cell, { id: `other-${cell.id}`, metadata: {} });
    course.submit("other", other);
    course.submit("two", course.authored());
    course.submit("two", course.authored(), "example", "example (1).ipynb");
    graded = await course.run("grade", "example", "--workers", "2");
  }, 600_000);
  afterAll(() => course?.remove());

  it("releases neither solutions nor hidden tests", () => {
    expect(readdirSync(course.path("release/example"))).toEqual(["example.ipynb"]);
    const release = course.read("release/example/example.ipynb");
    const text = release.cells.map(sourceOf).join("\n");
    expect(text).not.toMatch(/SOLUTION|HIDDEN|getRandomValues|squares|eigenvalues/);
    expect(text.match(/throw new Error\("not implemented yet"\)/g)).toHaveLength(2);
    expect(release.cells.map(({ id }) => id)).toEqual(course.authored().cells.map(({ id }) => id));
  });

  it("gives the authored solution full marks and the untouched release none", () => {
    expect(course.marks("right")).toEqual(full);
    expect(course.marks("untouched")).toEqual({ "trace-tests": 0, "norm-marks": 0, why: 0 });
  });

  it.each(answers.map((answer) => [answer.name, answer] as const))(
    "gives the wrong answer %s its marks",
    (name, answer) => {
      expect(course.marks(name)).toEqual({ ...full, ...answer.marks });
    },
  );

  it("puts deleted cells back, and takes no duplicate, tag or changed metadata for the test", () => {
    expect(course.marks("deleted")).toEqual({ ...full, "trace-tests": 0 });
    expect(course.marks("duplicated")).toEqual({ ...full, "trace-tests": 0 });
    expect(course.marks("tampered")).toMatchObject({ "trace-tests": 0, "norm-marks": 0 });
    expect(graded.output).toContain("tampered: 0 of 12");
  });

  it("names what cannot be graded, and grades the others", () => {
    expect(graded.code).toBe(1);
    for (const line of [
      "absent: NOT GRADED: nothing was handed in",
      "broken: NOT GRADED: the notebook is broken: no JSON",
      "empty: NOT GRADED: the notebook is empty",
      "other: NOT GRADED: the notebook is of another assignment",
      "two: NOT GRADED: the submission is there twice: example.ipynb and example (1).ipynb",
    ]) {
      expect(graded.output).toContain(line);
    }
    expect(graded.output).toContain(`${answers.length + 5} graded, 0 graded already, 5 not`);
  });

  it("shows the student's own error and line, and nothing of the hidden tests", async () => {
    const thrown = course.authored();
    withBody(thrown, "trace", 'if (a.rows === 3) throw new RangeError("my own mistake");\n  return 5;');
    course.submit("thrown", thrown);
    await course.run("grade", "example", "--student", "thrown");
    const { code, output } = await course.run("feedback", "example", "--student", "thrown", "--student", "untouched");
    expect(output).toContain("feedback/thrown/example/example.html");
    expect(code).toBe(0);
    const types = await course.run("feedback", "example", "--student", "type-error");
    expect(types.code).toBe(0);
    const page = (student: string) =>
      readFileSync(course.path("feedback", student, "example/example.html"), "utf8")
        .replace(/<[^>]*>/g, "")
        .replaceAll("&#39;", "'");
    expect(page("thrown")).toMatch(/expected -?\d+, got 5|my own mistake/);
    expect(page("untouched")).toContain("Error: not implemented yet");
    expect(page("type-error")).toMatch(/TypeScriptError: cell 2, line 3, column \d+: Type 'string' is not assignable/);
    for (const student of ["thrown", "untouched", "type-error"]) {
      expect(page(student)).not.toMatch(/HIDDEN|getRandomValues|randomStream/);
    }
    expect(readdirSync(course.path("feedback/thrown/example"))).toEqual(["example.html"]);
  });

  it("grades nothing twice, and a repaired test once more, with the marks given by hand", async () => {
    const file = course.path("autograded/right/example/example.ipynb");
    const before = statSync(file).mtimeMs;
    const again = await course.run("grade", "example", "--student", "right", "--student", "sign");
    expect(again.output).toContain("0 graded, 2 graded already, 0 not");
    expect(statSync(file).mtimeMs).toBe(before);

    const program = `
import sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///" + sys.argv[1], "flat-minima") as gb:
    grade = gb.find_grade("why", "example", "example", "right")
    grade.manual_score, grade.needs_manual_grade = 4.5, False
    gb.db.commit()`;
    const { spawnSync } = await import("node:child_process");
    const { python } = await import("../project");
    expect(spawnSync(python, ["-c", program, course.path("gradebook.db")], { encoding: "utf8" }).stderr).toBe("");

    const repaired = course.authored();
    const test = repaired.cells.find((cell) => cell.id === "trace-tests")!;
    test.source = sourceOf(test).replace("the trace of [1 2; 3 4]", "the sum of 1 and 4");
    writeFileSync(course.path("source/example/example.ipynb"), JSON.stringify(repaired));
    const third = await course.run("grade", "example", "--student", "right", "--student", "hard-coded");
    expect(third.output).toContain("2 graded, 0 graded already, 0 not");
    expect(third.output).toMatch(/right: 11.5 of 12$/m);
    expect(course.marks("right")).toEqual({ ...full, why: 4.5 });
    expect(course.graded("right")).toContain("the sum of 1 and 4");
  });

  it("can be interrupted, and goes on from there", async () => {
    for (const name of ["late-1", "late-2"]) course.submit(name, course.authored());
    const args = ["scripts/homework.mjs", "grade", "--course", course.folder, "example"];
    const child = spawn(process.execPath, [...args, "--student", "late-1", "--student", "late-2", "--workers", "1"], {
      cwd: root,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (!output.includes("[1/2]")) await sleep(20);
    await sleep(1000);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    const on = await course.run("grade", "example", "--student", "late-1", "--student", "late-2");
    expect(on.output).toContain("1 graded, 1 graded already, 0 not");
    expect(course.marks("late-2")).toEqual(full);
    expect(existsSync(course.path(".grading.lock"))).toBe(false);
  });

  it("takes in a folder of downloads, and names who is there twice", async () => {
    const from = course.path("downloads");
    mkdirSync(path.join(from, "two-files"), { recursive: true });
    const text = JSON.stringify({ ...course.authored(), cells: [...course.authored().cells, codeCell("1;")] });
    writeFileSync(path.join(from, "newcomer.ipynb"), text);
    for (const name of ["a", "b"]) writeFileSync(path.join(from, "two-files", `${name}.ipynb`), text);
    const first = await course.run("collect", "example", "--from", from);
    expect(first.output).toContain("two-files: there twice: a.ipynb, b.ipynb; left out");
    expect(first.output).toContain("1 taken, 0 there already, 1 left out");
    rmSync(path.join(from, "two-files"), { recursive: true });
    expect((await course.run("collect", "example", "--from", from)).output).toContain("0 taken, 1 there already");
    expect(readFileSync(course.path("submitted/newcomer/example/example.ipynb"), "utf8")).toBe(text);
  });

  it("writes the marks with late days as CSV", async () => {
    const { output } = await course.run("marks", "example");
    const line = (student: string) => output.split("\n").find((line) => line.startsWith(`${student},`));
    expect(output).toContain("student,assignment,state,score,points,submitted,due,late_days\n");
    // The mark by hand was given above.
    expect(line("right")).toBe("right,example,graded,11.5,12,2026-11-21T12:00:00Z,2026-11-19T23:00:00Z,2");
    expect(line("absent")).toBe("absent,example,missing,,12,,2026-11-19T23:00:00Z,");
    expect(line("broken")).toMatch(/^broken,example,not graded,,12,/);
  });

  it("answers mistakes", async () => {
    const cases: [string[], RegExp][] = [
      [["grade", "exmaple"], /exmaple is no assignment\. The nearest there are:\nexample/],
      [["grade"], /which assignment\? There are:\nexample/],
      [["release", "example", "--due", "tomorrow"], /--due: a date with its time zone.*got tomorrow/],
      [["grade", "example", "--student", "nobody"], /--student: one of .*, got nobody/],
      [["grade", "example", "--workers", "0"], /--workers: an integer from 1 to 99, got 0/],
      [["roster", "none.csv"], /a CSV file, got none\.csv, which is not there/],
      [["collect", "example", "--from", "nowhere"], /--from: a folder, got nowhere/],
    ];
    for (const [[command, ...args], message] of cases) {
      const { code, output } = await course.run(command, ...args);
      expect(output).toMatch(message);
      expect(code).toBe(2);
    }
    writeFileSync(course.path("bad.csv"), "id,first_name\nada,Ada\nada,Ada\n");
    const bad = await course.run("roster", course.path("bad.csv"));
    expect(bad.output).toMatch(/bad\.csv, line 3: ada is there twice/);
    expect(bad.code).toBe(1);
  });
});

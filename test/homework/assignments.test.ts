// The course's own assignments: the authored solution, the untouched release, and every wrong answer of the rubric.
import path from "node:path";
import { randomStream } from "flat-minima/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assignmentsOf } from "../../scripts/homework/submissions.mjs";
import { root } from "../project";
import { Course, missing, type Notebook, readAnswers, readNotebook, sourceOf, withBody } from "./course";
import { quickMarks } from "./quick-marks";

if (missing !== undefined) console.log(`skipped: grading the assignments needs ${missing}`);

const today = Math.floor(Date.now() / 86_400_000);
const names = assignmentsOf(path.join(root, "homework"));

it("are the six", () => {
  expect(names).toEqual([
    "alignment",
    "pac-bayes",
    "sam",
    "sharpness-and-traces",
    "stability",
    "xor-and-benign-overfitting",
  ]);
});

describe.each(names)("%s", { timeout: 600_000 }, (name) => {
  const authored = (): Notebook => readNotebook(path.join(root, "homework/source", name, `${name}.ipynb`));
  const answers = readAnswers(path.join(root, "homework/answers", `${name}.txt`));
  const graded = authored().cells.filter((cell) => cell.metadata.nbgrader?.grade);
  const tests = graded.filter((cell) => cell.cell_type === "code");
  const points = Object.fromEntries(tests.map(({ id, metadata }) => [id, metadata.nbgrader.points as number]));
  const none = Object.fromEntries(tests.map(({ id }) => [id, 0]));
  const answered = (bodies: Record<string, string>): Notebook => {
    const notebook = authored();
    for (const [id, body] of Object.entries(bodies)) withBody(notebook, id, body);
    return notebook;
  };

  it("has twenty points, four to six tasks, partial credit and one text that is marked by hand", () => {
    const all = graded.map(({ metadata }) => metadata.nbgrader.points as number);
    expect(all.reduce((sum, some) => sum + some, 0)).toBe(20);
    expect(graded.length).toBeGreaterThanOrEqual(4);
    expect(graded.filter((cell) => cell.cell_type === "markdown")).toHaveLength(1);
    expect(tests.some(({ metadata }) => metadata.flat_minima?.partial)).toBe(true);
  });

  it("has wrong answers for each graded code cell, and the typical ones", () => {
    const lost = new Set(answers.flatMap(({ marks }) => Object.keys(marks)));
    expect([...lost].sort()).toEqual(Object.keys(points).sort());
    const kinds = answers.map(({ kind }) => kind).join("; ");
    for (const kind of ["sign", "factor", "off by one", "hard-coded", "type error"]) expect(kinds).toContain(kind);
  });

  describe("as its cells judge", () => {
    it("gives the authored solution full marks, ten times, as the hidden instances are drawn afresh", async () => {
      for (let k = 0; k < 10; k++) expect(await quickMarks(authored())).toEqual(points);
    });

    it("gives the untouched release nothing", async () => {
      const solutions = authored().cells.filter(
        (cell) => cell.metadata.nbgrader?.solution && cell.cell_type === "code",
      );
      const stubs = solutions.map(({ id }) => [id, 'throw new Error("not implemented yet");'] as const);
      expect(await quickMarks(answered(Object.fromEntries(stubs)))).toEqual(none);
    });

    // A type error is the compiler's to find: below.
    it.each(
      answers.filter(({ kind }) => kind !== "type error").map((answer) => [answer.name, answer.kind, answer] as const),
    )("marks %s (%s)", async (_, __, { bodies, marks }) => {
      expect(await quickMarks(answered(bodies))).toEqual({ ...points, ...marks });
    });
  });

  describe.skipIf(missing !== undefined)("as nbgrader grades it", () => {
    let course: Course;
    const stream = randomStream(today, "wrong answers", name);
    const others = answers.filter(({ kind }) => kind !== "type error");
    const typeErrors = answers.filter(({ kind }) => kind === "type error");
    // Others tomorrow.
    const chosen = [others, typeErrors].map((list) => list[stream.integer(list.length)]);

    beforeAll(async () => {
      course = new Course(name, path.join(root, "homework/source"));
      await course.run("release", name);
      course.submit("authored", authored(), name);
      course.submit("untouched", course.read("release", name, `${name}.ipynb`), name);
      for (const { name: student, bodies } of chosen) course.submit(student, answered(bodies), name);
      await course.run("grade", name, "--workers", "2");
    }, 600_000);
    afterAll(() => course?.remove());

    it("gives the authored solution full marks and the untouched release none", () => {
      const byHand = Object.fromEntries(graded.filter(({ id }) => !(id in points)).map(({ id }) => [id, 0]));
      expect(course.marks("authored", name)).toEqual({ ...points, ...byHand });
      expect(course.marks("untouched", name)).toEqual({ ...none, ...byHand });
    });

    it("releases no solution and no hidden test", () => {
      const text = course.read("release", name, `${name}.ipynb`).cells.map(sourceOf).join("\n");
      expect(text).not.toMatch(/SOLUTION|HIDDEN TESTS|getRandomValues/);
    });

    it.each(chosen.map((answer) => [answer.name, answer.kind, answer] as const))(
      "marks %s (%s), chosen by the day",
      (student, _, { marks }) => {
        expect(course.marks(student, name)).toMatchObject({ ...points, ...marks });
      },
    );
  });
});

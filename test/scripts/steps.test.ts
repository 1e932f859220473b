import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fingerprint, runStep, sourcesOf, takeLock, withLock, writeAtomically } from "../../scripts/steps.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flat ä minima-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a step", () => {
  let runs = 0;
  const step = (run = () => writeFileSync(join(folder, "made"), "")) => ({
    name: "example",
    inputs: () => fingerprint(folder, ["input"]),
    result: () => (existsSync(join(folder, "made")) ? "made" : undefined),
    run: () => {
      runs += 1;
      run();
      return Promise.resolve();
    },
  });
  beforeEach(() => {
    runs = 0;
    writeFileSync(join(folder, "input"), "1");
  });

  it("runs once while nothing changes, again when its input changes or its result is gone", async () => {
    expect(await runStep(step(), folder)).toBe(true);
    expect(await runStep(step(), folder)).toBe(false);
    writeFileSync(join(folder, "input"), "2");
    expect(await runStep(step(), folder)).toBe(true);
    rmSync(join(folder, "made"));
    expect(await runStep(step(), folder)).toBe(true);
    expect(await runStep(step(), folder)).toBe(false);
    expect(runs).toBe(3);
  });

  it("is not done when it fails half-way, even over an older success", async () => {
    await runStep(step(), folder);
    writeFileSync(join(folder, "input"), "2");
    const fails = step(() => {
      throw new Error("cut short");
    });
    await expect(runStep(fails, folder)).rejects.toThrow("cut short");
    // Back to the input that once succeeded: what is there now is the half-done work.
    writeFileSync(join(folder, "input"), "1");
    expect(await runStep(step(), folder)).toBe(true);
  });

  it("runs again when its input changed while it ran", async () => {
    await runStep(
      step(() => {
        writeFileSync(join(folder, "made"), "");
        writeFileSync(join(folder, "input"), "2");
      }),
      folder,
    );
    expect(await runStep(step(), folder)).toBe(true);
  });

  it("that leaves nothing is an error", async () => {
    await expect(
      runStep(
        step(() => {}),
        folder,
      ),
    ).rejects.toThrow('"example" ended without an error but left nothing');
  });
});

describe("fingerprint", () => {
  it("sees contents, names, missing files and facts, and where one ends", () => {
    writeFileSync(join(folder, "a"), "xy");
    writeFileSync(join(folder, "b"), "");
    const seen = [
      fingerprint(folder, ["a", "b"]),
      fingerprint(folder, ["b", "a"]),
      fingerprint(folder, ["a"]),
      fingerprint(folder, ["a", "missing"]),
      fingerprint(folder, ["a"], "b"),
      fingerprint(folder, ["a"], "b", "c"),
      fingerprint(folder, ["a"], "bc"),
    ];
    expect(new Set(seen).size).toBe(seen.length);
    writeFileSync(join(folder, "a"), "xz");
    expect(fingerprint(folder, ["a", "b"])).not.toBe(seen[0]);
  });

  it("is over sources, not over what is built from them", () => {
    mkdirSync(join(folder, "lib/core"), { recursive: true });
    mkdirSync(join(folder, "lib/dist/core"), { recursive: true });
    for (const file of ["core/b.ts", "a.ts", "dist/core/b.d.ts", "core/notes.md"]) {
      writeFileSync(join(folder, "lib", file), "");
    }
    expect(sourcesOf(folder, "lib")).toEqual(["lib/a.ts", "lib/core/b.ts"]);
  });
});

describe("writing", () => {
  it("leaves the whole text and no draft", () => {
    writeAtomically(join(folder, "deep/er/file"), "text");
    expect(readFileSync(join(folder, "deep/er/file"), "utf8")).toBe("text");
    expect(readdirSync(join(folder, "deep/er"))).toEqual(["file"]);
  });
});

describe("the lock", () => {
  const lock = () => join(folder, "setup.lock");

  it("is held by one, and free after work that fails", async () => {
    const failing = withLock(lock(), () => {
      expect(takeLock(lock())).toBe(process.pid);
      return Promise.reject(new Error("no network"));
    });
    await expect(failing).rejects.toThrow("no network");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is taken over from a process that died", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(lock(), String(dead));
    expect(takeLock(lock())).toBeUndefined();
    expect(readFileSync(lock(), "utf8")).toBe(String(process.pid));
    expect(readdirSync(folder)).toEqual(["setup.lock"]);
  });
});

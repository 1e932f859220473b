import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { python, root } from "../project";

const available = existsSync(python);
if (!available)
  console.log("skipped: the Jupyter client's tests need the project's Python environment (npm test makes it)");

describe.skipIf(!available)("a real Jupyter client", () => {
  it("sees results, errors, aborts, interrupts and restarts as the protocol says", { timeout: 180_000 }, async () => {
    const script = path.join(root, "test/kernel/jupyter_client_check.py");
    const { stdout } = await promisify(execFile)(python, [script], { cwd: root });
    const { tcp, ipc, nbclient } = JSON.parse(stdout);
    for (const seen of [tcp, ipc]) {
      expect(seen).toEqual({
        result: ["ok", "execute_result", { "text/plain": "42" }],
        error: ["error", "RangeError", "too far", "error"],
        lines: 10_000,
        stdin: expect.stringContaining("process.stdin: a cell cannot read from the keyboard"),
        interrupt: ["error", "Interrupted", true],
        abort: ["error", "aborted"],
        restart_within_15_s: true,
        after_restart: ["TypeScriptError", "line 1, column 1: Cannot find name 'before'. (TS2304)"],
        shutdown_within_3_s: true,
      });
    }
    expect(nbclient["must-pass/plain"][1][0].data["text/plain"]).toBe("[ 1, 4, 9 ]");
    expect(nbclient["must-fail/exception"]).toEqual(["RangeError", "no third root"]);
    expect(nbclient["must-fail/type-error"][0]).toBe("TypeScriptError");
  });
});

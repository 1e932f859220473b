import { describe, expect, it } from "vitest";
import { adviceFor, isAtLeast, readProbe } from "../../scripts/python.mjs";
import { checkNode } from "../../scripts/setup.mjs";

describe("versions", () => {
  it.each([
    ["3.10.0", "3.10", true],
    ["3.9.18", "3.10", false],
    ["4.0.0", "3.10", true],
    ["2.7.18", "3.10", false],
    ["20.19.0", "20.19", true],
    ["20.9.0", "20.19", false],
    ["24.0.0-nightly", "20.19", true],
  ])("%s is at least %s: %s", (version, minimum, answer) => {
    expect(isAtLeast(version, minimum)).toBe(answer);
  });

  it("tells how to get a newer Node", () => {
    expect(() => checkNode("20.19.0")).not.toThrow();
    expect(() => checkNode("18.20.4")).toThrow(/^Node 20\.19 or later is needed, this is 18\.20\.4\.\n.*nodejs\.org/);
  });
});

describe("the Python that is there", () => {
  it("is read from the probe's line", () => {
    expect(readProbe("3 11 7 complete\n")).toEqual({ version: "3.11.7", complete: true });
    expect(readProbe("3 12 3 without-venv\r\n")).toEqual({ version: "3.12.3", complete: false });
    expect(
      readProbe("Python was not found; run without arguments to install from the Microsoft Store"),
    ).toBeUndefined();
  });

  it("is named when it is too old, missing, or without venv", () => {
    const old = { command: "python3", version: "3.9.18", complete: true };
    const bare = { command: "python3.12", version: "3.12.3", complete: false };
    expect(adviceFor([old], undefined)).toMatch(
      /^JupyterLab needs Python 3\.10 or later: python3 is Python 3\.9\.18\./,
    );
    expect(adviceFor([], undefined)).toMatch(/later: none was found\./);
    expect(adviceFor([], "/opt/python")).toMatch(/later: PYTHON=\/opt\/python is none\./);
    expect(adviceFor([old, bare], undefined)).toMatch(
      /^python3\.12 is .* without the module venv\.\n.*python3\.12-venv/,
    );
  });
});

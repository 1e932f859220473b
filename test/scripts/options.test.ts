import { describe, expect, it } from "vitest";
import { readResetOptions, readStartOptions, readTestOptions, UsageError } from "../../scripts/options.mjs";

describe("npm start", () => {
  it("hands its options to JupyterLab", () => {
    expect(readStartOptions([])).toEqual({ help: false, jupyter: [] });
    expect(readStartOptions(["--no-browser", "--port", "8890", "--ip=0.0.0.0"]).jupyter).toEqual([
      "--no-browser",
      "--ServerApp.port=8890",
      "--ServerApp.port_retries=0",
      "--ServerApp.ip=0.0.0.0",
    ]);
    expect(readStartOptions(["-h"]).help).toBe(true);
  });

  it.each([
    [["--no-browsr"], "Unknown option '--no-browsr'"],
    [["8890"], "Unexpected argument '8890'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--port", "0"], "--port: an integer from 1 to 65535, got 0"],
    [["--port", "65536"], "--port: an integer from 1 to 65535, got 65536"],
    [["--port", "8e3"], "--port: an integer from 1 to 65535, got 8e3"],
    [["--ip="], "--ip: an address, got nothing"],
  ])("refuses %j", (args, message) => {
    const refused = () => readStartOptions(args);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(new UsageError(message));
  });
});

describe("npm test", () => {
  const stages = ["types", "types of the tests", "unit"];

  it("chooses stages by a part of their names", () => {
    expect(readTestOptions([], stages)).toEqual({ help: false, python: true, stages });
    expect(readTestOptions(["--no-python"], stages).python).toBe(false);
    expect(readTestOptions(["--only", "unit", "--only", "of the"], stages).stages).toEqual([
      "types of the tests",
      "unit",
    ]);
  });

  it("refuses a stage that does not exist", () => {
    expect(() => readTestOptions(["--only", "units"], stages)).toThrow(
      "--only: part of a stage's name (types, types of the tests, unit), got units",
    );
  });
});

describe("npm run reset", () => {
  const notebooks = [
    "00-tour.ipynb",
    "01-a.ipynb",
    "06-b.ipynb",
    "07-c.ipynb",
    "08-d.ipynb",
    "09-e.ipynb",
    "17-f.ipynb",
  ];

  it("finds notebooks by number, name or path, once each", () => {
    const args = ["7", "07", "07-c", "07-c.ipynb", "notebooks/07-c.ipynb", "00"];
    expect(readResetOptions(args, notebooks).chosen).toEqual(["07-c.ipynb", "00-tour.ipynb"]);
  });

  it("names the nearest ones to a number that is none", () => {
    expect(() => readResetOptions(["10"], notebooks)).toThrow(
      new UsageError("10 is no notebook. There are:\n06-b.ipynb\n07-c.ipynb\n08-d.ipynb\n09-e.ipynb\n17-f.ipynb"),
    );
    expect(() => readResetOptions(["tour"], notebooks)).toThrow(
      `tour is no notebook. There are:\n${notebooks.join("\n")}`,
    );
    expect(() => readResetOptions([], notebooks)).toThrow("which notebook?");
  });
});

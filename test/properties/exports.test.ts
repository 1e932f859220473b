import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { folders } from "../project";
import { benign } from "./benign";
import { claims } from "./claims";
import { core } from "./core";
import { data } from "./data";
import type { Registry } from "./entry";
import { experiments } from "./experiments";
import { landscape } from "./landscape";
import { models } from "./models";
import { optimizers } from "./optimizers";
import { pacbayes } from "./pacbayes";
import { plot } from "./plot";
import { namesAnOverflow, refusalsOf, refuses, takesWhatIsValid } from "./properties";
import { sam } from "./sam";
import { stability } from "./stability";
import { tensor } from "./tensor";

const registries: Readonly<Record<string, Registry>> = {
  benign,
  claims,
  core,
  data,
  experiments,
  landscape,
  models,
  optimizers,
  pacbayes,
  plot,
  sam,
  stability,
  tensor,
};

// Some exports show things.
beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe.each(folders)("the exports of %s", (folder) => {
  it("all have an entry, and no entry is of something else", async () => {
    const barrel: Record<string, unknown> = await import(`flat-minima/${folder}`);
    const functions = Object.keys(barrel).filter((name) => typeof barrel[name] === "function");
    const entries = Object.keys(registries[folder] ?? {}).map((name) => name.replace(/[.,].*/, ""));
    expect(
      functions.filter((name) => !entries.includes(name)),
      "without an entry",
    ).toEqual([]);
    expect(
      entries.filter((name) => !(name in barrel)),
      "entries of nothing",
    ).toEqual([]);
  });

  it("all refuse something, or say why there is nothing to refuse", () => {
    const silent = Object.entries(registries[folder] ?? {}).filter(
      ([, { refuses, refusesInUse, nothingToRefuse }]) =>
        Object.keys({ ...refuses, ...refusesInUse }).length > 0 === (nothingToRefuse !== undefined),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  describe.each(Object.entries(registries[folder] ?? {}))("%s", (_, entry) => {
    it("takes valid arguments: no NaN, nothing changed, the same again", () => takesWhatIsValid(entry));

    it("names what goes wrong, or nothing does, where all vectors are tiny or huge", () => namesAnOverflow(entry));

    it.each(refusalsOf(entry))("refuses $what", (refusal) => refuses(entry, refusal));
  });
});

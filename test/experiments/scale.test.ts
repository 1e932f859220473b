import { InvalidArgumentError } from "flat-minima/core";
import { experimentScale } from "flat-minima/experiments";
import { afterEach, describe, expect, it, vi } from "vitest";

describe("experimentScale", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ["paper", "paper"],
    ["default", "default"],
    ["", "default"],
    [undefined, "default"],
  ])("of %j is %s", (value, scale) => {
    vi.stubEnv("FLAT_MINIMA_SCALE", value);
    expect(experimentScale()).toBe(scale);
  });

  it("refuses what it does not know", () => {
    vi.stubEnv("FLAT_MINIMA_SCALE", "Paper");
    expect(experimentScale).toThrow(InvalidArgumentError);
    expect(experimentScale).toThrow(
      'experimentScale: FLAT_MINIMA_SCALE must be "paper", "default" or unset, got Paper',
    );
  });
});

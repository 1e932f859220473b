import * as fc from "fast-check";
import { type RandomStream, requireThat } from "flat-minima/core";
import { expect, it } from "vitest";
import { number, stream, vector } from "./arguments";
import { at, badNumber, type Corruption } from "./corruptions";
import { entry } from "./entry";
import { namesAnOverflow, refusalsOf, refuses, takesWhatIsValid } from "./properties";

// Planted faults, which the properties must find.

const plain = (call: (x: number) => unknown, bad: Record<string, Corruption> = {}) =>
  entry(call, fc.tuple(number), { refuses: bad });
const ofVector = (call: (x: Float64Array) => unknown) => entry(call, fc.tuple(vector(3)), { refuses: {} });
const firstRefusal = (tested: ReturnType<typeof plain>): Promise<void> => refuses(tested, refusalsOf(tested)[0]);

it.each([
  ["NaN in a result", plain((x) => ({ deep: [Float64Array.of(x, NaN)] })), "NaN"],
  ["NaN in a text", plain((x) => `${x},NaN`), "NaN"],
  ["NaN from a promise", plain((x) => Promise.resolve(x * NaN)), "NaN"],
  ["an infinite result", plain(() => Infinity), "not finite"],
  ["changed arguments", ofVector((x) => x.fill(7)), "changed arguments"],
  ["a result that is never the same", plain((x) => x + (calls += 1)), "the second result"],
  ["an error on what is valid", plain((x) => requireThat(x < 0, "f", "x must be negative", x)), "x must be negative"],
])("%s is found", async (_, tested, what) => {
  const error: unknown = await takesWhatIsValid(tested).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(`${String(error)} ${String((error as Error).cause)}`).toContain(what);
});
let calls = 0;

it("an overflow to NaN is found", async () => {
  await expect(namesAnOverflow(ofVector((x) => (x[0] * 1e200) / (x[0] * 1e200 + 1)))).rejects.toThrow("Counterexample");
});

it.each([
  ["what is not refused", plain(() => 1, badNumber("0"))],
  ["another error", plain((x) => new Float64Array(Number.isNaN(x) ? -1 : 1), badNumber("0"))],
  [
    "a message of another form",
    plain((x) => requireThat(!Number.isNaN(x), "no function", "a number", x), badNumber("0")),
  ],
  [
    "a number drawn before the refusal",
    entry(
      (x: number, of: RandomStream) => {
        of.uniform();
        requireThat(Number.isFinite(x), "f", "x must be finite", x);
      },
      fc.tuple(number, stream),
      { refuses: badNumber("0") },
    ),
  ],
  [
    "a function called before the refusal",
    entry(
      (x: number, f: (x: number) => number) => requireThat(Number.isFinite(f(x)), "f", "x must be finite", x),
      fc.tuple(
        number,
        fc.constant((x: number) => x),
      ),
      { refuses: badNumber("0") },
    ),
  ],
])("%s is found", async (_, tested) => {
  await expect(firstRefusal(tested)).rejects.toThrow("Counterexample");
});

it("a corruption that is never possible is found", async () => {
  const tested = plain((x) => requireThat(Number.isFinite(x), "f", "x must be finite", x), { never: () => undefined });
  await expect(firstRefusal(tested)).rejects.toThrow("lists that could be spoilt");
});

it("a refusal as it should be passes, thrown or as a rejected promise", async () => {
  const refuse = (x: number): void => requireThat(Number.isFinite(x), "f", "x must be finite", x);
  await firstRefusal(plain(refuse, badNumber("0")));
  await firstRefusal(plain((x) => Promise.resolve().then(() => refuse(x)), badNumber("0")));
  await firstRefusal(plain(refuse, { NaN: at("0", () => NaN) }));
});

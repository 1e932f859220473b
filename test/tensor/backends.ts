import { usableTensorBackends, useTensorBackend } from "../../lib/tensor/backend";
import { beforeAll, describe } from "vitest";

/** Without webgpu, whose results cannot be read synchronously in Node. */
const backends = (await usableTensorBackends()).filter((name) => name !== "webgpu");

/** The same tests on every backend that there is. */
export function onEveryBackend(tests: (name: string) => void): void {
  describe.each(backends)("on the backend %s", (name) => {
    beforeAll(async () => void (await useTensorBackend(name)));
    tests(name);
  });
}

/** Half the distance from 1 to the next number of single precision: the relative error of one rounding. */
export const ROUNDING = 2 ** -24;

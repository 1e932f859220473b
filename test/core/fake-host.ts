import { type NotebookHost } from "flat-minima/core";

/** What the library sent, and the switch behind the interrupt button. */
export interface FakeHost {
  readonly sent: {
    data: Record<string, unknown>;
    options: { displayId?: string; update?: boolean } | undefined;
  }[];
  interrupt(): void;
}

const HOST = Symbol.for("flat-minima.host");

/** Puts a kernel that only remembers where the library looks for one. */
export function installFakeHost(): FakeHost {
  const controller = new AbortController();
  const sent: FakeHost["sent"] = [];
  const host: NotebookHost = {
    display: (data, options) => void sent.push({ data, options }),
    interruptSignal: controller.signal,
  };
  (globalThis as Record<symbol, unknown>)[HOST] = host;
  return { sent, interrupt: () => controller.abort() };
}

export function removeFakeHost(): void {
  delete (globalThis as Record<symbol, unknown>)[HOST];
}

import { InterruptedError, requireThat } from "./errors";
import { escapeHtml } from "./escape-html";
import { notebookHost } from "./host";

/** Well under the 100 ms at which a button press or a bar starts to feel slow. */
const YIELD_AFTER_MS = 50;
const REDRAW_AFTER_MS = 100;
const BAR_CELLS = 30;

let lastYield = performance.now();
const resolved: Promise<void> = Promise.resolve();

/**
 * Lets the rest of the program run: to be awaited in every long loop.
 *
 * Hands control to the event loop when at least 50 ms have passed since it was last handed over (progress bars move,
 * the interrupt button is heard), and otherwise returns at once, for a fraction of a microsecond.
 *
 * @throws InterruptedError when the user has interrupted the running cell
 *
 * @example
 * for (let step = 0; step < 1e6; step++) await breathe(); // can be interrupted at any time
 */
export function breathe(): Promise<void> {
  if (performance.now() - lastYield >= YIELD_AFTER_MS) return yieldToEventLoop();
  return notebookHost()?.interruptSignal.aborted ? Promise.reject(new InterruptedError()) : resolved;
}

async function yieldToEventLoop(): Promise<void> {
  await new Promise<void>((resume) => {
    if (typeof setImmediate === "function") setImmediate(resume);
    else setTimeout(resume, 0);
  });
  lastYield = performance.now();
  if (notebookHost()?.interruptSignal.aborted) throw new InterruptedError();
}

/**
 * A bar below the running cell that moves in place: percentage and time left, redrawn at most every 100 ms.
 * Outside a kernel it draws nothing.
 *
 * The last drawing carries no time, so that a rerun of a notebook leaves the same output.
 *
 * @example
 * const bar = progressBar("training", 1000);
 * for (let step = 0; step < 1000; step++) await bar.advance();
 * bar.finish(); // shows "training [##############################] 100 %"
 */
export class ProgressBar {
  readonly label: string;
  readonly total: number;
  #done = 0;
  #finished = false;
  #lastDrawn = -Infinity;
  readonly #started = performance.now();
  readonly #displayId = `flat-minima-progress-${globalThis.crypto.randomUUID()}`;

  constructor(label: string, total: number) {
    requireThat(Number.isFinite(total) && total > 0, "progressBar", "the total must be positive and finite", total);
    this.label = label;
    this.total = total;
    this.#draw(false);
  }

  /** The share that is done, between 0 and 1. */
  get fraction(): number {
    return Math.min(1, this.#done / this.total);
  }

  /**
   * Moves the bar and breathes: await it once a step.
   *
   * @throws InvalidArgumentError when `by` is negative or not finite
   * @throws InterruptedError when the user has interrupted the running cell
   */
  advance(by: number = 1): Promise<void> {
    requireThat(Number.isFinite(by) && by >= 0, "ProgressBar.advance", "the step must be finite and at least 0", by);
    this.#done += by;
    if (performance.now() - this.#lastDrawn >= REDRAW_AFTER_MS) this.#draw(true);
    return breathe();
  }

  /** Draws the full bar. Further calls do nothing. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#done = this.total;
    this.#draw(true);
  }

  #draw(update: boolean): void {
    const host = notebookHost();
    if (!host) return;
    this.#lastDrawn = performance.now();
    const percent = `${Math.floor(100 * this.fraction)} %${this.#timeLeft()}`;
    const filled = Math.floor(BAR_CELLS * this.fraction);
    const bar = "#".repeat(filled) + ".".repeat(BAR_CELLS - filled);
    host.display(
      {
        "text/plain": `${this.label} [${bar}] ${percent}`,
        "text/html":
          `<div>${escapeHtml(this.label)} ` +
          `<progress value="${this.fraction.toFixed(3)}" max="1"></progress> ${percent}</div>`,
      },
      { displayId: this.#displayId, update },
    );
  }

  /** Time left if the rest goes as fast as what is done; nothing before the first step and after the last. */
  #timeLeft(): string {
    if (this.#done === 0 || this.fraction === 1) return "";
    const seconds = ((performance.now() - this.#started) / 1000) * (1 / this.fraction - 1);
    return `, ${inWords(seconds)} left`;
  }
}

/** A duration as one reads it: seconds up to a minute and a half, minutes up to an hour and a half, hours. */
export function inWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/**
 * Starts a progress bar for `total` steps.
 *
 * @throws InvalidArgumentError when `total` is not positive and finite
 *
 * @example
 * const bar = progressBar("seeds", 10); // shows "seeds [..............................] 0 %"
 */
export function progressBar(label: string, total: number): ProgressBar {
  return new ProgressBar(label, total);
}

/** At most this long, in ms, printed text waits; a loop that prints makes one message of what it printed meanwhile. */
const DELAY = 50;
/** A block of text that is sent at once, in characters. */
const BLOCK = 1 << 16;

/**
 * Gathers printed text into few messages, in the order in which it was printed. (One message a line makes 100,000
 * messages of a print loop, which neither ZeroMQ nor the browser likes.)
 */
export class StreamBatcher {
  #name: "stdout" | "stderr" = "stdout";
  #text: string[] = [];
  #length = 0;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (name: "stdout" | "stderr", text: string) => void) {}

  write(name: "stdout" | "stderr", text: string): void {
    if (text === "") return;
    if (name !== this.#name) this.flush();
    if (this.#text.length === 0) {
      this.#since = Date.now();
      this.#timer = setTimeout(() => this.flush(), DELAY);
    }
    this.#name = name;
    this.#text.push(text);
    this.#length += text.length;
    // A cell that never gives up the event loop starves the timer: so look at the clock, too.
    if (this.#length >= BLOCK || Date.now() - this.#since >= DELAY) this.flush();
  }

  /** Sends what is waiting; to be called before anything that must come after it. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#text.length === 0) return;
    const text = this.#text.join("");
    this.#text = [];
    this.#length = 0;
    this.send(this.#name, text);
  }
}

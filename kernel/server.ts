import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import * as path from "node:path";
import { Publisher, Router } from "zeromq";
import type { Bundle } from "./bundle";
import type { ControlData, ControlEvent } from "./control";
import type { Output, Session } from "./session";
import { StreamBatcher } from "./streams";
import type { ErrorReport } from "./traceback";
import { PROTOCOL_VERSION, address, answer, decode, encode, type ConnectionInfo, type Message } from "./wire";

/** After an error, what the client had already sent is still on its way through ZeroMQ for at most this long, in ms. */
const ABORT_WINDOW = 20;

interface Queued {
  message: Message;
  aborted: boolean;
}

/**
 * The kernel's side of Jupyter's protocol: shell requests one at a time in the order of their arrival, results and
 * printed text on iopub. The control channel and the heartbeat live in a thread of their own (control.ts), so that
 * the stop button works while a cell computes.
 */
export class KernelServer {
  readonly #connection: ConnectionInfo;
  readonly #session: Session;
  readonly #shell = new Router({ sendHighWaterMark: 0, receiveHighWaterMark: 0 });
  readonly #stdin = new Router();
  // Without a limit and without waiting: a loop that prints must not lose what does not go out at once.
  readonly #iopub = new Publisher({ sendHighWaterMark: 0, sendTimeout: 0 });
  readonly #streams = new StreamBatcher((name, text) => this.#publish("stream", { name, text }));
  readonly #queue: Queued[] = [];
  /** The number of the running cell, 0 between cells: what the control thread may stop. */
  readonly #runningCell = new Int32Array(new SharedArrayBuffer(4));
  #control: Worker | undefined;
  #draining = false;
  #closed = false;
  #executionCount = 0;
  #cellsStarted = 0;
  /** The request that output belongs to: the running one, or the last one for what comes late. */
  #parent: Message | undefined;

  constructor(connection: ConnectionInfo, createSession: (output: Output) => Session) {
    this.#connection = connection;
    this.#session = createSession({
      stream: (name, text) => this.#streams.write(name, text),
      display: (data, options) => this.#display(data, options),
      lateError: (error) => this.#publishError(error),
    });
  }

  /** Binds the sockets and serves until shutdown. */
  async start(): Promise<void> {
    const { shell_port, iopub_port, stdin_port, control_port, hb_port } = this.#connection;
    await Promise.all([
      this.#shell.bind(address(this.#connection, shell_port)),
      this.#iopub.bind(address(this.#connection, iopub_port)),
      this.#stdin.bind(address(this.#connection, stdin_port)),
    ]);
    const workerData: ControlData = {
      connection: this.#connection,
      control: address(this.#connection, control_port),
      heartbeat: address(this.#connection, hb_port),
      kernelInfo: this.#kernelInfo(),
      runningCell: this.#runningCell,
    };
    this.#control = new Worker(path.join(__dirname, "control.js"), { workerData });
    this.#control.on("message", (event: ControlEvent) => this.#onControl(event));
    await once(this.#control, "message");
    for await (const frames of this.#shell) {
      try {
        this.#queue.push({ message: decode(this.#connection.key, frames), aborted: false });
        void this.#drain();
      } catch (error) {
        // Not ours to answer: the sender did not sign it, or it is no message at all.
        this.#streams.write("stderr", `kernel: a message was refused: ${(error as Error).message}\n`);
      }
    }
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { message, aborted } = next;
      this.#publish("status", { execution_state: "busy" }, message);
      try {
        await this.#handle(message, aborted);
      } catch (error) {
        this.#streams.write("stderr", `kernel: ${message.header.msg_type} failed: ${String(error)}\n`);
      }
      this.#streams.flush();
      this.#publish("status", { execution_state: "idle" }, message);
    }
    this.#draining = false;
  }

  async #handle(message: Message, aborted: boolean): Promise<void> {
    const { content } = message;
    const reply = (type: string, body: Record<string, unknown>) => this.#send(answer(message, type, body));
    switch (message.header.msg_type) {
      case "execute_request":
        return this.#execute(message, aborted);
      case "kernel_info_request":
        return reply("kernel_info_reply", this.#kernelInfo());
      case "is_complete_request":
        return reply("is_complete_reply", this.#session.isComplete(String(content.code)));
      case "complete_request":
        return reply("complete_reply", this.#complete(String(content.code), Number(content.cursor_pos)));
      case "inspect_request":
        return reply("inspect_reply", this.#inspect(String(content.code), Number(content.cursor_pos)));
      case "comm_info_request":
        return reply("comm_info_reply", { status: "ok", comms: {} });
      case "history_request":
        return reply("history_reply", { status: "ok", history: [] });
      case "shutdown_request":
        await reply("shutdown_reply", { status: "ok", restart: Boolean(content.restart) });
        return this.#shutdown();
    }
    // Widgets' comm_open, comm_msg, comm_close and what later protocols add ask for no reply.
  }

  async #execute(message: Message, aborted: boolean): Promise<void> {
    const { code, silent, store_history, stop_on_error } = message.content;
    if (aborted) return this.#send(answer(message, "execute_reply", { status: "aborted" }));
    const counts = store_history !== false && !silent;
    const execution_count = counts ? ++this.#executionCount : this.#executionCount;
    this.#parent = message;
    if (!silent) this.#publish("execute_input", { code, execution_count });
    // Not in the callback in which ZeroMQ delivered the request: to terminate a cell there would stop the socket.
    await new Promise(setImmediate);
    Atomics.store(this.#runningCell, 0, ++this.#cellsStarted);
    const outcome = await this.#session.execute(String(code), execution_count);
    Atomics.store(this.#runningCell, 0, 0);
    this.#streams.flush();
    if (outcome.status === "ok") {
      if (outcome.result && !silent) {
        this.#publish("execute_result", { data: outcome.result, metadata: {}, execution_count });
      }
      return this.#send(
        answer(message, "execute_reply", { status: "ok", execution_count, user_expressions: {}, payload: [] }),
      );
    }
    if (!silent) this.#publishError(outcome.error);
    if (stop_on_error !== false) {
      // Jupyter's rule: an error cancels what the reader had queued behind it, exactly that and nothing later.
      await sleep(ABORT_WINDOW);
      for (const queued of this.#queue) queued.aborted = queued.message.header.msg_type === "execute_request";
    }
    return this.#send(answer(message, "execute_reply", { status: "error", execution_count, ...outcome.error }));
  }

  #complete(code: string, cursor: number): Record<string, unknown> {
    const { start, end, candidates } = this.#session.complete(code, toUtf16(code, cursor));
    return {
      status: "ok",
      matches: candidates,
      cursor_start: toCodePoints(code, start),
      cursor_end: toCodePoints(code, end),
      metadata: {},
    };
  }

  #inspect(code: string, cursor: number): Record<string, unknown> {
    return this.#session.inspect(code, toUtf16(code, cursor));
  }

  #kernelInfo(): Record<string, unknown> {
    return {
      status: "ok",
      protocol_version: PROTOCOL_VERSION,
      implementation: "flat-minima",
      implementation_version: "0.1.0",
      banner: `TypeScript ${this.#session.compilerVersion} on Node ${process.version} (tslab)`,
      language_info: {
        name: "typescript",
        version: this.#session.compilerVersion,
        // Both as strings: with tslab's own values JupyterLab colours the cells as JavaScript.
        mimetype: "application/typescript",
        codemirror_mode: "typescript",
        pygments_lexer: "typescript",
        nbconvert_exporter: "script",
        file_extension: ".ts",
      },
      help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/" }],
    };
  }

  #display(data: Bundle, { displayId, update }: { displayId?: string; update?: boolean }): void {
    this.#streams.flush();
    this.#publish(update ? "update_display_data" : "display_data", {
      data,
      metadata: {},
      transient: displayId ? { display_id: displayId } : {},
    });
  }

  #publishError(error: ErrorReport): void {
    this.#streams.flush();
    this.#publish("error", { ...error });
  }

  #publish(type: string, content: Record<string, unknown>, parent: Message | undefined = this.#parent): void {
    if (this.#closed) return;
    const message = answer(parent, type, content, [Buffer.from(type)]);
    void this.#iopub.send(encode(this.#connection.key, message));
  }

  #send(message: Message): Promise<void> {
    return this.#shell.send(encode(this.#connection.key, message));
  }

  #onControl(event: ControlEvent): void {
    if (event.type === "status") this.#publish("status", { execution_state: event.state }, event.parent);
    if (event.type === "shutdown") this.#shutdown();
  }

  #shutdown(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Sockets first: ZeroMQ aborts the process when they outlive it.
    for (const socket of [this.#shell, this.#iopub, this.#stdin]) socket.close();
    this.#control?.postMessage("close");
    this.#control?.once("exit", () => this.#session.exit(0));
  }
}

/** Jupyter counts cursor positions in code points, JavaScript in UTF-16 units. */
function toUtf16(code: string, codePoints: number): number {
  return [...code].slice(0, codePoints).join("").length;
}

function toCodePoints(code: string, position: number): number {
  return [...code.slice(0, position)].length;
}

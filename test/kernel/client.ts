import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Request, Subscriber } from "zeromq";
import { address, decode, encode, type ConnectionInfo, type Message } from "../../kernel/wire";
import { root } from "../project";

/** What came back for one request. */
export interface Answer {
  reply: Record<string, unknown> & { status: string };
  /** The iopub messages of the request, in order, without its busy and idle. */
  output: { type: string; content: Record<string, any> }[];
  /** Printed text, by stream. */
  stdout: string;
  stderr: string;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A bare client of Jupyter's protocol: ZeroMQ sockets and nothing else, so that nothing is repaired on the way. */
export class KernelClient {
  readonly #shell = new Dealer();
  readonly #control = new Dealer();
  readonly #iopub = new Subscriber();
  readonly #output = new Map<string, { type: string; content: Record<string, any> }[]>();
  readonly #replies = new Map<string, (message: Message) => void>();
  readonly #idle = new Map<string, () => void>();
  readonly #session = randomUUID();

  private constructor(
    readonly process: ChildProcess,
    readonly connection: ConnectionInfo,
    private readonly folder: string,
  ) {}

  static async start({
    transport = "tcp",
    cwd = path.join(root, "notebooks"),
  }: { transport?: "tcp" | "ipc"; cwd?: string } = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), "kernel-"));
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] =
      transport === "tcp" ? await freePorts(5) : [1, 2, 3, 4, 5];
    const connection: ConnectionInfo = {
      transport,
      ip: transport === "tcp" ? "127.0.0.1" : path.join(folder, "socket"),
      key: randomUUID(),
      shell_port,
      iopub_port,
      stdin_port,
      control_port,
      hb_port,
    };
    const file = path.join(folder, "connection.json");
    writeFileSync(file, JSON.stringify(connection));
    const main = path.join(root, "kernel/dist/main.js");
    const child = spawn(process.execPath, ["--no-force-async-hooks-checks", main, "--config-path", file], {
      cwd,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const client = new KernelClient(child, connection, folder);
    client.#iopub.connect(address(connection, iopub_port));
    client.#iopub.subscribe();
    client.#shell.connect(address(connection, shell_port));
    client.#control.connect(address(connection, control_port));
    void client.#listen();
    void client.#read(client.#shell);
    void client.#read(client.#control);
    // Ready is when a reply and the idle status have come: then the subscription is in force, too.
    for (;;) {
      const answered = client.request("kernel_info_request", {}).then(() => true);
      if (await Promise.race([answered, sleep(100, false)])) return client;
      if (child.exitCode !== null) throw new Error(`the kernel ended with ${child.exitCode}`);
    }
  }

  async #read(socket: Dealer) {
    for await (const frames of socket) {
      const message = decode(this.connection.key, frames);
      this.#replies.get((message.parent as { msg_id: string }).msg_id)?.(message);
    }
  }

  async #listen() {
    for await (const frames of this.#iopub) {
      const { header, parent, content } = decode(this.connection.key, frames);
      const id = (parent as { msg_id?: string }).msg_id ?? "";
      if (header.msg_type === "status") {
        if (content.execution_state === "idle") this.#idle.get(id)?.();
        continue;
      }
      if (!this.#output.has(id)) this.#output.set(id, []);
      this.#output.get(id)!.push({ type: header.msg_type, content });
    }
  }

  /** Sends a request and waits for its reply and for its idle status. */
  async request(
    type: string,
    content: Record<string, unknown>,
    channel: "shell" | "control" = "shell",
  ): Promise<Answer> {
    const id = randomUUID();
    const header = { msg_id: id, msg_type: type, session: this.#session, username: "test", date: "", version: "5.3" };
    const reply = new Promise<Message>((resolve) => this.#replies.set(id, resolve));
    const idle = new Promise<void>((resolve) => this.#idle.set(id, resolve));
    const socket = channel === "shell" ? this.#shell : this.#control;
    await socket.send(encode(this.connection.key, { identities: [], header, parent: {}, metadata: {}, content }));
    const [message] = await Promise.all([reply, idle]);
    const output = this.#output.get(id) ?? [];
    const text = (name: string) =>
      output
        .filter(({ type, content }) => type === "stream" && content.name === name)
        .map((o) => o.content.text)
        .join("");
    return { reply: message.content as Answer["reply"], output, stdout: text("stdout"), stderr: text("stderr") };
  }

  execute(code: string, options: Record<string, unknown> = {}): Promise<Answer> {
    return this.request("execute_request", {
      code,
      silent: false,
      store_history: true,
      allow_stdin: false,
      stop_on_error: true,
      ...options,
    });
  }

  /** The stop button. */
  interrupt(): Promise<Answer> {
    return this.request("interrupt_request", {}, "control");
  }

  async heartbeat(): Promise<string> {
    const socket = new Request();
    socket.connect(address(this.connection, this.connection.hb_port));
    await socket.send("beat");
    const [frame] = await socket.receive();
    socket.close();
    return frame.toString();
  }

  /** Asks for shutdown; gives the process's exit code and how long it took, in ms. */
  async shutdown(): Promise<{ code: number | null; signal: string | null; milliseconds: number }> {
    const start = performance.now();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, "exit");
      void this.request("shutdown_request", { restart: false }, "control");
      await exited;
    }
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket.close();
    rmSync(this.folder, { recursive: true, force: true });
    const { exitCode, signalCode } = this.process;
    return { code: exitCode, signal: signalCode, milliseconds: performance.now() - start };
  }
}

import { Session as Inspector } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Reply, Router } from "zeromq";
import { answer, decode, encode, type ConnectionInfo, type Message } from "./wire";

/** What the main thread gives the control thread. */
export interface ControlData {
  connection: ConnectionInfo;
  control: string;
  heartbeat: string;
  kernelInfo: Record<string, unknown>;
  /** Shared with the main thread: the number of the running cell, 0 between cells. */
  runningCell: Int32Array;
}

/** What the control thread tells the main thread. */
export type ControlEvent =
  { type: "ready" } | { type: "status"; state: "busy" | "idle"; parent: Message } | { type: "shutdown" };

/** How long SIGINT, which an event loop that turns obeys at once, gets before the thread is stopped from outside, in ms. */
const PATIENCE = 300;

const { connection, control, heartbeat, kernelInfo, runningCell } = workerData as ControlData;
const main = parentPort!;
const tell = (event: ControlEvent) => main.postMessage(event);

/**
 * Stops the running cell. SIGINT is tslab's own way: it ends a cell that awaits, and a synchronous cell. It does not
 * end a synchronous loop after an `await`, or in a timer, or `while (true) await 1`: those never let the signal's
 * handler run, so V8 is told to terminate what the main thread executes; then the handler runs.
 */
async function interrupt(): Promise<void> {
  const cell = Atomics.load(runningCell, 0);
  if (cell === 0) return;
  process.kill(process.pid, "SIGINT");
  for (let attempt = 0; attempt < 10; attempt++) {
    await sleep(PATIENCE);
    if (Atomics.load(runningCell, 0) !== cell) return;
    terminateMainThread();
  }
}

function terminateMainThread(): void {
  const inspector = new Inspector();
  inspector.connectToMainThread();
  inspector.post("Runtime.terminateExecution", () => inspector.disconnect());
}

/** Ends the process even where the main thread does not come back from its cell. */
async function shutdown(): Promise<void> {
  tell({ type: "shutdown" });
  await sleep(PATIENCE);
  terminateMainThread();
  await sleep(2 * PATIENCE);
  process.kill(process.pid, "SIGKILL");
}

async function serveControl(socket: Router): Promise<void> {
  for await (const frames of socket) {
    let message: Message;
    try {
      message = decode(connection.key, frames);
    } catch {
      // Not signed by our client.
      continue;
    }
    const reply = (type: string, content: Record<string, unknown>) =>
      socket.send(encode(connection.key, answer(message, type, content)));
    tell({ type: "status", state: "busy", parent: message });
    switch (message.header.msg_type) {
      case "interrupt_request":
        void interrupt();
        await reply("interrupt_reply", { status: "ok" });
        break;
      case "kernel_info_request":
        await reply("kernel_info_reply", kernelInfo);
        break;
      case "shutdown_request":
        await reply("shutdown_reply", { status: "ok", restart: Boolean(message.content.restart) });
        void shutdown();
        break;
    }
    tell({ type: "status", state: "idle", parent: message });
  }
}

async function serveHeartbeat(socket: Reply): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}

async function run(): Promise<void> {
  const controlSocket = new Router();
  const heartbeatSocket = new Reply();
  await Promise.all([controlSocket.bind(control), heartbeatSocket.bind(heartbeat)]);
  main.on("message", () => {
    controlSocket.close();
    heartbeatSocket.close();
    main.close();
    process.exit(0);
  });
  // A kernel whose server died without a word must not live on.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGKILL"), 1000).unref();
  tell({ type: "ready" });
  await Promise.all([serveControl(controlSocket), serveHeartbeat(heartbeatSocket)]);
}

void run();

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { KernelServer } from "./server";
import { Session } from "./session";
import type { ConnectionInfo } from "./wire";

/** The kernel as Jupyter starts it: `node --no-force-async-hooks-checks main.js --config-path <connection file>`. */
const { values } = parseArgs({ options: { "config-path": { type: "string" } } });
if (!values["config-path"]) throw new Error("main: --config-path must name Jupyter's connection file, got nothing");
const connection = JSON.parse(readFileSync(values["config-path"], "utf8")) as ConnectionInfo;
void new KernelServer(connection, (output) => new Session(output)).start();

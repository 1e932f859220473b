import { createHmac, randomUUID } from "node:crypto";

/**
 * Jupyter's wire protocol: one message is a list of ZeroMQ frames,
 * [identities…, "<IDS|MSG>", HMAC, header, parent header, metadata, content, buffers…].
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
export interface Message {
  identities: Buffer[];
  header: Header;
  parent: Header | Record<string, never>;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
}

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

/** What Jupyter writes into the connection file. */
export interface ConnectionInfo {
  transport: "tcp" | "ipc";
  ip: string;
  key: string;
  signature_scheme?: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
}

export const PROTOCOL_VERSION = "5.3";
const DELIMITER = Buffer.from("<IDS|MSG>");

/** The address of one channel. Jupyter writes `ipc://file-1`, with a dash, where TCP has `tcp://ip:port`. */
export function address({ transport, ip }: ConnectionInfo, port: number): string {
  return transport === "ipc" ? `ipc://${ip}-${port}` : `${transport}://${ip}:${port}`;
}

function sign(key: string, parts: readonly (Buffer | string)[]): string {
  // An empty key means that the client wants no signatures.
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Reads a message; throws where the delimiter is missing or the signature is wrong. */
export function decode(key: string, frames: readonly Buffer[]): Message {
  const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (delimiter < 0) throw new Error("decode: a message needs the delimiter <IDS|MSG>, got none");
  const [signature, ...parts] = frames.slice(delimiter + 1);
  if (parts.length < 4) throw new Error(`decode: a message needs 4 parts after its signature, got ${parts.length}`);
  const wanted = sign(key, parts);
  if (signature.toString() !== wanted) throw new Error("decode: a message needs a valid signature, got another");
  const [header, parent, metadata, content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()) as unknown);
  return { identities: frames.slice(0, delimiter), header, parent, metadata, content } as Message;
}

/** The frames of a message. */
export function encode(key: string, message: Message): (Buffer | string)[] {
  const { header, parent, metadata, content } = message;
  const parts = [header, parent, metadata, content].map((part) => JSON.stringify(part));
  return [...message.identities, DELIMITER, sign(key, parts), ...parts];
}

/** A new message of type `type` that answers `parent`; `identities` say to whom (for iopub: the topic). */
export function answer(
  parent: Message | undefined,
  type: string,
  content: Record<string, unknown>,
  identities: Buffer[] = parent?.identities ?? [],
): Message {
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: type,
    session: parent?.header.session ?? "",
    username: parent?.header.username ?? "",
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
  return { identities, header, parent: parent?.header ?? {}, metadata: {}, content };
}

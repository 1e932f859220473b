import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkedCounts, downloadSet, missingFiles, takeSet } from "../../scripts/data/bring.mjs";
import { download } from "../../scripts/data/download.mjs";
import { sources } from "../../scripts/data/sources.mjs";
import { filesOfTar } from "../../scripts/data/tar.mjs";
import { readDataOptions, UsageError } from "../../scripts/options.mjs";
import { SetupError } from "../../scripts/steps.mjs";
import { filesOfFolder } from "../../lib/dist/data/image-files.js";
import { cifarSet, idxImages, idxLabels, idxSet, temporaryFolder, write } from "../data/synthetic-images";
import { root } from "../project";

let folder = "";
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => rmSync(folder, { recursive: true }));
const place = (...names: string[]) => path.join(folder, ...names);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A server whose answers the test gives; what it was asked is kept. */
let server: Server;
let asked: IncomingMessage[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let address = "";
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const ranges = () => asked.map(({ url, headers }) => [url, headers.range]);

const content = Buffer.from(Array.from({ length: 5000 }, (_, k) => (k * k) % 251));

/** A file of the server, at one address or several. */
const fileAt = (...places: string[]) => ({
  name: "file",
  bytes: content.length,
  sha256: sha256(content),
  urls: places.map((at) => `${address}${at}`),
});

/** Serves some bytes as servers do that know ranges. */
function serve(response: ServerResponse, request: IncomingMessage, bytes: Uint8Array = content): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const rest = bytes.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-length": rest.length,
    ...(start > 0 && { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  response.end(rest);
}

/** Sends the first bytes of what is asked for, and breaks the connection. */
function breakAfter(sent: number, response: ServerResponse, request: IncomingMessage): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-length": content.length - start,
    ...(start > 0 && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
  response.write(content.subarray(start, start + sent), () => setTimeout(() => response.destroy(), 20));
}

/** The error of a download, which must leave no file. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(SetupError);
  expect(existsSync(place("file"))).toBe(false);
  return (error as SetupError).message;
}

describe("a download", () => {
  it("is the file, under its name only", async () => {
    answer = (request, response) => serve(response, request);
    const seen: number[][] = [];
    const progress = (done: number, total: number) => void seen.push([done, total]);
    expect(await download(fileAt("/a/file"), folder, { progress })).toBe(`${address}/a/file`);
    expect(readFileSync(place("file"))).toEqual(content);
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(seen.at(-1)).toEqual([5000, 5000]);
    expect(asked[0].headers["accept-encoding"]).toBe("identity");
  });

  it("follows a redirection", async () => {
    answer = (request, response) => {
      if (request.url === "/there") serve(response, request);
      else response.writeHead(302, { location: "/there" }).end();
    };
    await download(fileAt("/here"), folder);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it("goes on by itself where the connection broke", async () => {
    answer = (request, response) => breakAfter(2000, response, request);
    const told: string[] = [];
    await download(fileAt("/a"), folder, { tell: (line) => void told.push(line) });
    expect(ranges()).toEqual([
      ["/a", undefined],
      ["/a", "bytes=2000-"],
      ["/a", "bytes=4000-"],
    ]);
    expect(readFileSync(place("file"))).toEqual(content);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("the connection broke");
  });

  it("goes on where an earlier one was stopped, and keeps what has come when it is stopped itself", async () => {
    writeFileSync(place("file.part"), content.subarray(0, 1000));
    const stop = new AbortController();
    answer = (_, response) => {
      response.writeHead(206, { "content-range": "bytes 1000-4999/5000", "content-length": 4000 });
      response.write(content.subarray(1000, 3000));
    };
    const progress = (done: number) => done >= 3000 && stop.abort();
    await expect(download(fileAt("/a"), folder, { signal: stop.signal, progress })).rejects.toThrow(/abort/i);
    expect(readdirSync(folder)).toEqual(["file.part"]);
    expect(readFileSync(place("file.part"))).toEqual(content.subarray(0, 3000));
    answer = (request, response) => serve(response, request);
    await download(fileAt("/a"), folder);
    expect(asked.map(({ headers }) => headers.range)).toEqual(["bytes=1000-", "bytes=3000-"]);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it("needs no server when all had come before it was stopped", async () => {
    writeFileSync(place("file.part"), content);
    await download(fileAt("/a"), folder);
    expect([asked, readdirSync(folder)]).toEqual([[], ["file"]]);
  });

  it("begins again at a server that knows no ranges", async () => {
    writeFileSync(place("file.part"), content.subarray(0, 1000));
    answer = (_, response) => response.writeHead(200).end(content);
    await download(fileAt("/a"), folder);
    expect(asked).toHaveLength(1);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it.each([
    ["refuses the range", 416, {}],
    ["answers another one", 206, { "content-range": "bytes 0-4999/5000" }],
  ])("begins again at a server that %s", async (_, status, headers) => {
    writeFileSync(place("file.part"), content.subarray(0, 1000));
    answer = (request, response) => {
      if (request.headers.range === undefined) serve(response, request);
      else response.writeHead(status, headers).end();
    };
    await download(fileAt("/a"), folder);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it("begins again when what had come was of another file, or too much", async () => {
    answer = (request, response) => serve(response, request);
    writeFileSync(place("file.part"), Buffer.alloc(1000, 7));
    await download(fileAt("/a"), folder);
    expect(asked.map(({ headers }) => headers.range)).toEqual(["bytes=1000-", undefined]);
    rmSync(place("file"));
    writeFileSync(place("file.part"), Buffer.alloc(6000, 7));
    await download(fileAt("/a"), folder);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it("takes the mirror where the home has no such file, another one, or one with a wrong hash", async () => {
    const other = Buffer.from(content);
    other[4321] ^= 1;
    const told: string[] = [];
    answer = (request, response) => {
      if (request.url === "/404") response.writeHead(404).end("not here");
      else if (request.url === "/page") response.writeHead(200, { "content-length": 4 }).end("page");
      else if (request.url === "/long") response.writeHead(200).end(Buffer.alloc(9999));
      else serve(response, request, request.url === "/wrong" ? other : content);
    };
    const file = fileAt("/404", "/page", "/long", "/wrong", "/good");
    expect(await download(file, folder, { tell: (line) => void told.push(line) })).toBe(`${address}/good`);
    expect(readFileSync(place("file"))).toEqual(content);
    expect(told).toEqual([
      `${address}/404: HTTP 404 Not Found`,
      `${address}/page: another file: 4 bytes instead of 5000`,
      `${address}/long: another file: more than its 5000 bytes`,
      `${address}/wrong: wrong hash: SHA-256 ${sha256(other)} instead of ${sha256(content)}`,
    ]);
  });

  it("goes on at the mirror with what the home gave", async () => {
    answer = (request, response) => {
      if (request.url === "/good") serve(response, request);
      else if (request.headers.range === undefined) breakAfter(2000, response, request);
      else response.writeHead(503).end();
    };
    await download(fileAt("/home", "/good"), folder);
    expect(ranges()).toEqual([
      ["/home", undefined],
      ["/home", "bytes=2000-"],
      ["/good", "bytes=2000-"],
    ]);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it("says what was wrong at each address, and leaves nothing of a wrong file", async () => {
    const other = Buffer.alloc(5000, 1);
    answer = (request, response) => {
      if (request.url === "/a") response.writeHead(403).end();
      else serve(response, request, other);
    };
    const message = await refusal(download(fileAt("/a", "/b"), folder));
    expect(message).toContain("file could not be downloaded:\n");
    expect(message).toContain(`  ${address}/a: HTTP 403 Forbidden\n`);
    expect(message).toContain(`  ${address}/b: wrong hash: SHA-256 ${sha256(other)} instead of ${sha256(content)}\n`);
    expect(message).toContain("--from FOLDER");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("names a truncated file, and keeps it to go on from", async () => {
    // Without its length, an answer that ends too early looks whole.
    answer = (request, response) => response.writeHead(200).end(content.subarray(0, request.headers.range ? 0 : 3000));
    const message = await refusal(download(fileAt("/a"), folder));
    expect(message).toContain("truncated: it ended after ");
    expect(readdirSync(folder).filter((name) => name !== "file.part")).toEqual([]);
  });

  it("gives up a server that sends nothing, and one that encodes", async () => {
    answer = (request, response) => {
      if (request.url === "/encoded") response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(content));
      else response.writeHead(200).write(content.subarray(0, 10));
    };
    const message = await refusal(download(fileAt("/encoded", "/silent"), folder, { patience: 200 }));
    expect(message).toContain("/encoded: the server sends it encoded (gzip)\n");
    expect(message).toContain("/silent: no byte in 0.2 s\n");
    expect(message).toContain("0.000 MB of 0.005 MB are kept; the same command goes on from there.");
  });

  it("says so where there is no network", async () => {
    const { port } = server.address() as AddressInfo;
    const file = { ...fileAt(), urls: [`http://127.0.0.1:${port}/a`, "http://flat-minima.invalid/file"] };
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const message = await refusal(download(file, folder));
    expect(message).toContain("/a: no connection (ECONNREFUSED)\n");
    expect(message).toMatch(/invalid\/file: no network, or no such server \((ENOTFOUND|EAI_AGAIN)\)\n/);
    expect(message).toContain("Without a network bring the file here by other means");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  it("asks for the space first, less what is there", async () => {
    answer = (request, response) => serve(response, request);
    const need = (free: number) => download(fileAt("/a"), folder, { furtherSpace: 1000, freeBytes: () => free });
    expect(await refusal(need(5999))).toBe(
      `No space: 0.006 MB are needed in ${folder}, 0.006 MB are free. Free some, or name another folder: FLAT_MINIMA_DATA=/path/to/folder`,
    );
    expect(asked).toEqual([]);
    writeFileSync(place("file.part"), content.subarray(0, 4000));
    await need(2000);
    expect(readFileSync(place("file"))).toEqual(content);
  });

  it.skipIf(!existsSync("/dev/full"))("leaves nothing when the disk fills up on the way", async () => {
    answer = (request, response) => serve(response, request);
    symlinkSync("/dev/full", place("file.part"));
    const message = await refusal(download(fileAt("/a", "/b"), folder));
    expect(message).toContain(`No space left for ${place("file")} (ENOSPC); nothing half-written is left.`);
    expect([readdirSync(folder), asked.length]).toEqual([[], 1]);
  });
});

/** A tar archive, as its format says. */
function tar(files: Record<string, Uint8Array>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(`cifar-10-batches-bin/${name}`);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write(" ".repeat(8), 148);
    header.write("0", 156);
    header.write(
      `${[...header]
        .reduce((a, b) => a + b)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

describe("a tar archive", () => {
  const files = { one: Buffer.from("1".repeat(512)), two: Buffer.from("two"), none: Buffer.alloc(0) };

  it("gives its files", () => {
    expect(Object.fromEntries(filesOfTar(tar(files), "archive"))).toEqual(files);
  });

  it("is refused when it is truncated, damaged or none", () => {
    const whole = tar(files);
    expect(() => filesOfTar(whole.subarray(0, 700), "archive")).toThrow(
      "archive is truncated: cifar-10-batches-bin/one has 188 of 512 bytes",
    );
    expect(() => filesOfTar(whole.subarray(0, 1024), "archive")).toThrow(
      "archive is truncated: the archive has no end",
    );
    whole[3] ^= 1;
    expect(() => filesOfTar(whole, "archive")).toThrow(
      "archive is no tar archive, or a damaged one: no header at byte 0",
    );
    expect(() => filesOfTar(Buffer.alloc(600, 65), "archive")).toThrow("archive is no tar archive");
  });

  it("is read as the system's own tar writes it", (context) => {
    const made = spawnSync("tar", ["-C", write(place("in"), files), "-cf", "-", "."]);
    if (made.status !== 0) context.skip("there is no tar");
    expect(Object.fromEntries(filesOfTar(made.stdout, "archive"))).toEqual(files);
  });
});

/** What is downloaded for a set of these files. */
const sourceOf = (files: Record<string, Buffer>, unpacked?: Record<string, Buffer>) => ({
  files: Object.entries(files).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: sha256(bytes),
    urls: [`${address}/${name}`],
  })),
  unpacked:
    unpacked && Object.fromEntries(Object.entries(unpacked).map(([name, bytes]) => [name, sha256(bytes)] as const)),
});
const serveAll = (files: Record<string, Buffer>) => {
  answer = (request, response) => {
    const bytes = files[request.url!.slice(1)];
    if (bytes) serve(response, request, bytes);
    else response.writeHead(404).end();
  };
};
const counts = (set: "mnist" | "cifar-10") =>
  checkedCounts(
    "test",
    set,
    filesOfFolder(folder, (file) => new Error(`no ${file}`)),
  );

describe("a set", () => {
  it("is downloaded file by file, and only what is missing", async () => {
    const files = idxSet();
    serveAll(files);
    const source = sourceOf(files);
    write(folder, { "train-labels-idx1-ubyte.gz": files["train-labels-idx1-ubyte.gz"] });
    const missing = await missingFiles("mnist", folder, source);
    expect(missing).toEqual(Object.keys(files).filter((name) => name !== "train-labels-idx1-ubyte.gz"));
    await downloadSet(folder, source, missing, () => ({}));
    expect(asked.map(({ url }) => url)).toEqual(missing.map((name) => `/${name}`));
    expect(counts("mnist")).toEqual({ train: 3, test: 2 });
    expect(await missingFiles("mnist", folder, source)).toEqual([]);
  });

  it("keeps the files that came before one failed, whole", async () => {
    const files = idxSet();
    const { "t10k-images-idx3-ubyte.gz": lacking, ...others } = files;
    serveAll(others);
    const source = sourceOf(files);
    const work = async () => downloadSet(folder, source, await missingFiles("mnist", folder, source), () => ({}));
    await expect(work()).rejects.toThrow("t10k-images-idx3-ubyte.gz could not be downloaded");
    expect(readdirSync(folder).sort()).toEqual(["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]);
    serveAll({ ...others, "t10k-images-idx3-ubyte.gz": lacking });
    await work();
    expect(counts("mnist")).toEqual({ train: 3, test: 2 });
  });

  it("leaves a file of the reader's alone", async () => {
    write(folder, { "train-labels-idx1-ubyte.gz": idxLabels(1) });
    await expect(missingFiles("mnist", folder, sourceOf(idxSet()))).rejects.toThrow(
      `${place("train-labels-idx1-ubyte.gz")} is there already and is not the official file.`,
    );
  });

  it("is unpacked from its archive, which is then deleted", async () => {
    const files = cifarSet();
    const archive = { "cifar-10-binary.tar.gz": gzipSync(tar({ ...files, "readme.html": Buffer.from("x") })) };
    serveAll(archive);
    const source = sourceOf(archive, files);
    await downloadSet(folder, source, await missingFiles("cifar-10", folder, source), () => ({}));
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files));
    expect(counts("cifar-10")).toEqual({ train: 6, test: 2 });
    expect(await missingFiles("cifar-10", folder, source)).toEqual([]);
    // A batch that is lost comes back; a reader's own archive stays.
    rmSync(place("data_batch_4.bin"));
    write(folder, archive);
    await downloadSet(folder, source, await missingFiles("cifar-10", folder, source), () => ({}));
    expect(readdirSync(folder).sort()).toEqual(["cifar-10-binary.tar.gz", ...Object.keys(files)]);
    expect(asked).toHaveLength(1);
  });
});

describe("--from", () => {
  const from = () => place("mine");
  const into = () => (mkdirSync(place("data"), { recursive: true }), place("data"));
  const take = (set: "mnist" | "cifar-10", source = sourceOf(idxSet())) => takeSet(set, from(), into(), source);
  const cifarSource = (archive: Buffer) => sourceOf({ "cifar-10-binary.tar.gz": archive }, cifarSet());

  it("takes files gzipped or not, and says which are official", () => {
    const files = idxSet();
    write(from(), {
      ...files,
      "t10k-labels-idx1-ubyte.gz": gzipSync(idxLabels(7, 2)),
      "train-images-idx3-ubyte": gunzipSync(files["train-images-idx3-ubyte.gz"]),
    });
    rmSync(path.join(from(), "train-images-idx3-ubyte.gz"));
    const taken = take("mnist");
    expect(taken.map(({ name }) => name)).toEqual(Object.keys(files));
    // Whether gzip makes the same bytes again is not for us to say.
    expect(taken.slice(1).map(({ official }) => official)).toEqual([true, true, false]);
    expect(readdirSync(into()).sort()).toEqual(Object.keys(files).sort());
    const images = readFileSync(path.join(into(), "train-images-idx3-ubyte.gz"));
    expect(gunzipSync(images)).toEqual(idxImages(3));
    expect(take("mnist")).toEqual(taken);
  });

  it("takes an archive, or batches, of which only the first training batch must be there", () => {
    const archive = gzipSync(tar(cifarSet()));
    write(from(), { "cifar-10-binary.tar.gz": archive });
    expect(take("cifar-10", cifarSource(archive)).every(({ official }) => official)).toBe(true);
    expect(readdirSync(into()).sort()).toEqual(Object.keys(cifarSet()));
    rmSync(into(), { recursive: true });
    rmSync(from(), { recursive: true });
    const { "data_batch_1.bin": first, "test_batch.bin": test } = cifarSet();
    write(path.join(from(), "cifar-10-batches-bin"), {
      "data_batch_1.bin.gz": gzipSync(first),
      "test_batch.bin": test,
    });
    expect(take("cifar-10", cifarSource(archive))).toEqual([
      { name: "data_batch_1.bin", official: true },
      { name: "test_batch.bin", official: true },
    ]);
    expect(readFileSync(path.join(into(), "data_batch_1.bin"))).toEqual(first);
  });

  it.each<[what: string, change: () => void, message: string]>([
    [
      "bad magic",
      () => write(from(), { "train-images-idx3-ubyte.gz": idxLabels(1, 2, 3) }),
      "train-images-idx3-ubyte.gz: the file must have a header of 16 bytes, got 11 bytes",
    ],
    [
      "labels for images",
      () => write(from(), { "t10k-labels-idx1-ubyte.gz": idxImages(2) }),
      "t10k-labels-idx1-ubyte.gz: the magic number must be 2049, got 2051",
    ],
    [
      "a label out of range",
      () => write(from(), { "t10k-labels-idx1-ubyte.gz": idxLabels(1, 12) }),
      "t10k-labels-idx1-ubyte.gz: the labels must be from 0 to 9, got 12 at position 1",
    ],
    [
      "images of another size",
      () => write(from(), { "t10k-images-idx3-ubyte.gz": idxImages(2, 32, 32) }),
      "t10k-images-idx3-ubyte.gz: the images of mnist must be 28×28, got 32×32",
    ],
    [
      "a truncated gzip",
      () => write(from(), { "t10k-images-idx3-ubyte.gz": gzipSync(idxImages(2)).subarray(0, 100) }),
      "t10k-images-idx3-ubyte.gz: the gzipped file must be whole, got unexpected end of file",
    ],
    [
      "a missing file",
      () => rmSync(path.join(from(), "t10k-images-idx3-ubyte.gz")),
      " has no t10k-images-idx3-ubyte.gz; mnist consists of train-images-idx3-ubyte.gz, ",
    ],
  ])("takes nothing of a folder with %s", (_, change, message) => {
    write(from(), idxSet());
    change();
    const refused = () => take("mnist");
    expect(refused).toThrow(SetupError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^--from: /);
    expect(readdirSync(into())).toEqual([]);
  });

  it("takes nothing of a damaged archive", () => {
    const archive = gzipSync(tar(cifarSet()));
    const refused = () => take("cifar-10", cifarSource(archive));
    write(from(), { "cifar-10-binary.tar.gz": archive.subarray(0, -9) });
    expect(refused).toThrow("cifar-10-binary.tar.gz is no whole gzip: unexpected end of file");
    write(from(), { "cifar-10-binary.tar.gz": gzipSync(tar(cifarSet()).subarray(0, 9999)) });
    expect(refused).toThrow("cifar-10-binary.tar.gz is truncated: ");
    const { "test_batch.bin": _, ...others } = cifarSet();
    write(from(), { "cifar-10-binary.tar.gz": gzipSync(tar(others)) });
    expect(refused).toThrow("cifar-10-binary.tar.gz has no test_batch.bin");
    write(from(), { "cifar-10-binary.tar.gz": gzipSync(tar({ ...cifarSet(), "data_batch_5.bin": Buffer.alloc(9) })) });
    expect(refused).toThrow(
      `--from: data_batch_5.bin in ${path.join(from(), "cifar-10-binary.tar.gz")}: the file must be records of 3073 bytes, got 9 bytes`,
    );
    expect(readdirSync(into())).toEqual([]);
  });

  it("overwrites no other file, and takes nothing then", () => {
    write(from(), idxSet());
    write(into(), { "t10k-labels-idx1-ubyte.gz": idxLabels(3, 3) });
    expect(() => take("mnist")).toThrow(
      `${path.join(into(), "t10k-labels-idx1-ubyte.gz")} is there already and is another file. Nothing was taken`,
    );
    expect(readdirSync(into())).toEqual(["t10k-labels-idx1-ubyte.gz"]);
  });

  it("asks for the space first", () => {
    write(from(), idxSet());
    expect(() => takeSet("mnist", from(), into(), sourceOf(idxSet()), { freeBytes: () => 10 })).toThrow(/^No space: /);
    expect(readdirSync(into())).toEqual([]);
  });

  it("names a folder that is not there, or has nothing of the set", () => {
    expect(() => take("mnist")).toThrow(`--from: there is no folder ${from()}`);
    write(from(), { "data_batch_1.bin": Buffer.alloc(1) });
    expect(() => take("mnist")).toThrow(
      `--from: ${from()} has none of the files of mnist: train-images-idx3-ubyte.gz, `,
    );
  });
});

describe("the addresses", () => {
  const readme = readFileSync(path.join(root, "data/README.md"), "utf8");

  it("sizes and hashes are those of data/README.md", () => {
    const shown = [...readme.matchAll(/^\| `([\w.-]+)` +\| (\d+) +\| `([0-9a-f]{64})` \|$/gm)].map(
      ([, name, bytes, hash]) => `${name} ${bytes} ${hash}`,
    );
    const used = Object.values(sources).flatMap(({ files }) =>
      files.map(({ name, bytes, sha256 }) => `${name} ${bytes} ${sha256}`),
    );
    expect(shown).toEqual(used);
    const batches = [...readme.matchAll(/^\| `([\w.-]+\.bin)` +\| `([0-9a-f]{64})` \|$/gm)];
    expect(Object.fromEntries(batches.map(([, name, hash]) => [name, hash]))).toEqual(sources["cifar-10"].unpacked);
    const addresses = Object.values(sources).flatMap(({ files: [{ name, urls }] }) =>
      urls.map((url) => url.slice(0, -name.length)),
    );
    expect(addresses.length).toBeGreaterThan(5);
    expect(addresses.filter((url) => !readme.includes(url))).toEqual([]);
  });
});

describe("npm run data", () => {
  const script = path.join(root, "scripts/data.mjs");
  const sets = Object.keys(sources);

  /** The script, whose fetch asks our server; `spawn`, not `spawnSync`, for the server runs in this very process. */
  function run(...args: string[]) {
    const hook = `const real = fetch; globalThis.fetch = (url, options) => real("${address}/" + new URL(url).pathname.split("/").at(-1), options);`;
    const child = spawn(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, script, ...args],
      { cwd: folder, env: { ...process.env, FLAT_MINIMA_DATA: place("data") } },
    );
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.on("close", (code) => resolve({ code, output })),
    );
    return { child, ended };
  }

  it("takes a folder's files into the folder that FLAT_MINIMA_DATA names", async () => {
    write(place("mine"), idxSet());
    const { code, output } = await run("fashion-mnist", "--from", "mine").ended;
    expect(output).toContain("  train-images-idx3-ubyte.gz: not the official file, taken as it is\n");
    expect(output).toContain(`  3 training and 2 test images of 28×28, in ${place("data", "fashion-mnist")}\n`);
    expect([code, readdirSync(place("data", "fashion-mnist")).sort()]).toEqual([0, Object.keys(idxSet()).sort()]);
  });

  it("says what is wrong in a line without a stack, and leaves no folder", async () => {
    write(place("mine"), { ...idxSet(), "t10k-labels-idx1-ubyte.gz": idxLabels(1, 77) });
    const refused = await run("mnist", "--from", "mine").ended;
    expect(refused).toEqual({
      code: 1,
      output: `\n--from: ${place("mine", "t10k-labels-idx1-ubyte.gz")}: the labels must be from 0 to 9, got 77 at position 1\n`,
    });
    serveAll({});
    const { code, output } = await run("mnist").ended;
    expect([code, asked.length]).toEqual([1, 3]);
    expect(output).toContain("train-images-idx3-ubyte.gz could not be downloaded:\n");
    for (const url of sources.mnist.files[0].urls) expect(output).toContain(`  ${url}: HTTP 404 Not Found\n`);
    expect(output).not.toContain("    at ");
    expect(readdirSync(place("data"))).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("is stopped by Ctrl-C, and goes on where it stopped", async () => {
    const { bytes } = sources.mnist.files[0];
    answer = (_, response) => {
      response.writeHead(200, { "content-length": bytes });
      response.write(Buffer.alloc(1e6));
    };
    const { child, ended } = run("mnist");
    const part = place("data", "mnist", "train-images-idx3-ubyte.gz.part");
    while (!(existsSync(part) && readFileSync(part).length === 1e6) && child.exitCode === null) await sleep(10);
    child.kill("SIGINT");
    const { code, output } = await ended;
    expect(output).toContain("Interrupted. What has come is kept; the same command goes on from there.\n");
    expect([code, readdirSync(place("data", "mnist"))]).toEqual([130, ["train-images-idx3-ubyte.gz.part"]]);
    answer = (_, response) => response.writeHead(404).end();
    const again = await run("mnist").ended;
    expect(asked.at(-1)!.headers.range).toBe("bytes=1000000-");
    expect(again.output).toContain("1.0 MB of 9.9 MB are kept; the same command goes on from there.");
  });

  it("does not write beside another one", async () => {
    write(place("data", "mnist"), { "data.lock": Buffer.from(String(process.pid)) });
    const { code, output } = await run("mnist").ended;
    expect([code, asked.length]).toEqual([1, 0]);
    expect(output).toContain(
      `Another process (${process.pid}) writes into ${place("data", "mnist")}; if there is none`,
    );
    expect(existsSync(place("data", "mnist", "data.lock"))).toBe(true);
  });

  it("names a folder that cannot be written", async () => {
    copyFileSync(script, place("data"));
    const { code, output } = await run("mnist").ended;
    expect(code).toBe(1);
    expect(output).toMatch(/cannot be written \((ENOTDIR|EEXIST)\)/);
  });

  it("reads its options", () => {
    expect(readDataOptions(["mnist"], sets)).toEqual({ help: false, set: "mnist", from: undefined });
    expect(readDataOptions(["--from", "there", "cifar-10"], sets)).toMatchObject({ set: "cifar-10", from: "there" });
    expect(readDataOptions(["-h"], sets).help).toBe(true);
  });

  it.each([
    [[], "which data set? There are: mnist, fashion-mnist, cifar-10"],
    [["cifar"], "cifar is no data set. There are: mnist, fashion-mnist, cifar-10"],
    [["mnist", "cifar-10"], "one data set at a time, got mnist and cifar-10"],
    [["mnist", "--form", "x"], "Unknown option '--form'"],
    [["mnist", "--from"], "Option '--from <value>' argument missing"],
    [["mnist", "--from="], "--from: a folder, got nothing"],
  ])("refuses %j", (args, message) => {
    const refused = () => readDataOptions(args, sets);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(new UsageError(message));
  });
});

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readInstallTensorflowOptions, UsageError } from "../../scripts/options.mjs";
import { installTensorflow, refusalOf, removeTensorflow } from "../../scripts/tensorflow/install.mjs";
import { pinned } from "../../scripts/tensorflow/pinned.mjs";
import { root } from "../project";

type Plan = Parameters<typeof installTensorflow>[1];

/** A ZIP archive of deflated (or, where the name says so, stored) members, as PKWARE's APPNOTE describes it. */
function archive(members: Record<string, string>): Buffer {
  const [locals, directory]: Buffer[][] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const method = name.includes("stored") ? 0 : 8;
    const data = method === 0 ? Buffer.from(text) : deflateRawSync(text);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(text), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(Buffer.byteLength(text), 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), data]);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), fields, place, Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, list, Buffer.from("PK\x05\x06"), end]);
}

const library = "libtensorflow".repeat(20_000);
const wheel = archive({
  "tensorflow/libtensorflow_cc.so.2": library,
  "tensorflow/libtensorflow_framework.so.2": "framework",
  "tensorflow/include/tensorflow/c/stored.h": "header",
  "tensorflow/python/unwanted.py": "unwanted",
});

let folder = "";
let home = "";
let server: Server;
let asked: string[] = [];
/** How the server answers, where not as usual. */
let answer: ((request: IncomingMessage, response: ServerResponse, file: Buffer) => void) | undefined;
let files: Record<string, Buffer> = {};

/** The whole file, or the range that is asked for. */
function serve(request: IncomingMessage, response: ServerResponse, file: Buffer): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  const body = from === undefined ? file : file.subarray(Number(from));
  response.writeHead(from === undefined ? 200 : 206, { "content-length": body.length }).end(body);
}

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  folder = mkdtempSync(path.join(tmpdir(), "flat ä minima-"));
  home = path.join(folder, "tensorflow");
  mkdirSync(path.join(folder, "package/binding"), { recursive: true });
  writeFileSync(path.join(folder, "package/binding/tfjs_backend.cc"), "source");
  const packed = spawnSync("tar", ["-czf", "-", "-C", folder, "package"]).stdout;
  files = { "/fake.whl": wheel, "/tfjs-node-gpu.tgz": packed, "/node-api-headers.tgz": packed };
  [asked, answer] = [[], undefined];
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? "all"}`);
    const file = files[request.url ?? ""];
    if (file === undefined) response.writeHead(404).end();
    else if (request.url === "/fake.whl" && answer) answer(request, response, file);
    else serve(request, response, file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  script("compiler", 'for last; do :; done; [ "$1" = --version ] || echo binding > "$last"');
  writeFileSync(path.join(folder, "smoke-test.mjs"), "");
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** A program of the tests' own in place of g++. */
function script(name: string, text: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

function plan(changes: Partial<Plan> = {}): Plan {
  const { port } = server.address() as AddressInfo;
  const download = (name: string) => ({
    url: `http://127.0.0.1:${port}${name}`,
    size: files[name].length,
    sha256: createHash("sha256").update(files[name]).digest("hex"),
  });
  const take = [/^tensorflow\/lib.*\.so/, "tensorflow/include/tensorflow/c/stored.h"];
  return {
    version: "2.0.0",
    kind: "cpu",
    wheels: [{ ...download("/fake.whl"), take }],
    packages: [
      { ...download("/tfjs-node-gpu.tgz"), into: "node_modules/@tensorflow/tfjs-node-gpu" },
      { ...download("/node-api-headers.tgz"), into: "node_modules/node-api-headers" },
    ],
    installedSize: 1e6,
    ...changes,
  };
}

const tools = () => ({ compiler: path.join(folder, "compiler"), smokeTest: path.join(folder, "smoke-test.mjs") });
const install = (changes: Partial<Plan> = {}) => installTensorflow(home, plan(changes), tools());
const left = (where = home): string[] => (existsSync(where) ? readdirSync(where).sort() : []);

/** What the failed installation says; nothing of it is left but, at most, what was fetched. */
async function failure(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Error);
  expect(left().filter((name) => name !== "downloads")).toEqual([]);
  return (error as Error).message;
}

/** The tests' compiler is a shell script; the command itself is for Linux. */
const withShell = describe.skipIf(process.platform === "win32");

withShell("an installation", () => {
  it("has the libraries, the binding and the JavaScript side, and nothing else", async () => {
    const installed = path.join(home, "2.0.0");
    expect(await install()).toEqual({ installed, fresh: true });
    expect(left()).toEqual(["2.0.0"]);
    expect(left(installed)).toEqual(["installed.json", "node_modules", "tensorflow", "tfjs_binding.node"]);
    expect(left(path.join(installed, "tensorflow"))).toEqual(["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]);
    expect(readFileSync(path.join(installed, "tensorflow/libtensorflow_cc.so.2"), "utf8")).toBe(library);
    expect(left(path.join(installed, "node_modules"))).toEqual(["@tensorflow"]);
    expect(left(path.join(installed, "node_modules/@tensorflow"))).toEqual(["tfjs", "tfjs-node-gpu"]);
    expect(JSON.parse(readFileSync(path.join(installed, "installed.json"), "utf8"))).toMatchObject({
      tensorflow: "2.0.0",
      kind: "cpu",
      files: [{ file: "fake.whl" }, {}, {}],
    });
  });

  it("is made once, and again when it is to be another", async () => {
    await install();
    asked = [];
    expect((await install()).fresh).toBe(false);
    expect(asked).toEqual([]);
    expect((await install({ kind: "gpu" })).fresh).toBe(true);
    expect((await install({ version: "3.0.0" })).fresh).toBe(true);
    expect(left()).toEqual(["3.0.0"]);
  });

  it("stays as it is when its successor fails", async () => {
    await install();
    writeFileSync(tools().smokeTest, "throw new Error('wrong gradient')");
    await expect(install({ kind: "gpu" })).rejects.toThrow("wrong gradient");
    expect(left()).toEqual(["2.0.0", "downloads"]);
    expect((await install()).fresh).toBe(false);
  });

  it("clears away what a killed one left", async () => {
    mkdirSync(path.join(home, "draft-1/tensorflow"), { recursive: true });
    await install();
    expect(left()).toEqual(["2.0.0"]);
  });

  it("can be removed, with what was fetched", async () => {
    await install();
    mkdirSync(path.join(home, "downloads"));
    expect(await removeTensorflow(home)).toBe(true);
    expect(existsSync(home)).toBe(false);
    expect(await removeTensorflow(home)).toBe(false);
  });
});

withShell("a download", () => {
  const notThere = (_: IncomingMessage, response: ServerResponse) => response.writeHead(404).end();
  const cutOff = (_: IncomingMessage, response: ServerResponse, file: Buffer) => {
    response.writeHead(200, { "content-length": file.length });
    response.write(file.subarray(0, 100), () => response.destroy());
  };

  it("that is cut off is taken up again where it was", async () => {
    let times = 0;
    answer = (request, response, file) => (times++ === 0 ? cutOff : serve)(request, response, file);
    await install();
    expect(asked.filter((line) => line.startsWith("/fake"))).toEqual(["/fake.whl all", "/fake.whl bytes=100-"]);
    expect(readFileSync(path.join(home, "2.0.0/tensorflow/libtensorflow_cc.so.2"), "utf8")).toBe(library);
  });

  it("that never comes to its end is kept for the next run", async () => {
    answer = (request, response, file) => cutOff(request, response, request.headers.range ? file.subarray(0, 0) : file);
    expect(await failure(install())).toMatch(
      /fake\.whl\nwas cut off at 0\.0 MB of .*The same command goes on from there/s,
    );
    expect(left(path.join(home, "downloads"))).toContain("fake.whl.part");
    [asked, answer] = [[], undefined];
    await install();
    expect(asked).toEqual([expect.stringMatching(/^\/fake\.whl bytes=\d+-$/)]);
  });

  it("starts again where the server knows no ranges", async () => {
    let times = 0;
    answer = (request, response, file) => {
      if (times++ === 0) cutOff(request, response, file);
      else response.writeHead(200, { "content-length": file.length }).end(file);
    };
    await install();
    expect(readFileSync(path.join(home, "2.0.0/tensorflow/libtensorflow_cc.so.2"), "utf8")).toBe(library);
  });

  it("with another hash is named and deleted", async () => {
    const { wheels } = plan();
    files["/fake.whl"] = Buffer.concat([wheel.subarray(0, -1), Buffer.of(1)]);
    const message = await failure(install({ wheels }));
    const found = createHash("sha256").update(files["/fake.whl"]).digest("hex");
    expect(message).toMatch(`is not the file that is needed: its SHA-256 is\n  ${found}, not\n  ${wheels[0].sha256}`);
    expect(left(path.join(home, "downloads"))).toEqual(["node-api-headers.tgz", "tfjs-node-gpu.tgz"]);
  });

  it("that the server does not have, or without a server, says how to do without", async () => {
    const { wheels } = plan();
    answer = notThere;
    expect(await failure(install({ wheels }))).toMatch(/answers 404 Not Found\. .*put it into .*downloads:\n {2}http/s);
    const closed = "http://127.0.0.1:1/fake.whl";
    expect(await failure(install({ wheels: [{ ...wheels[0], url: closed }] }))).toMatch(
      /^127\.0\.0\.1:1 cannot be reached \(.*\)\.\nThis command needs the network\./,
    );
  });

  it("may be brought by hand, if it is the right file", async () => {
    const { wheels } = plan();
    answer = notThere;
    mkdirSync(path.join(home, "downloads"), { recursive: true });
    writeFileSync(path.join(home, "downloads/fake.whl"), "another");
    expect(await failure(install({ wheels }))).toMatch(/fake\.whl is not the file that is needed.*Delete it/s);
    writeFileSync(path.join(home, "downloads/fake.whl"), wheel);
    expect((await install({ wheels })).fresh).toBe(true);
  });

  it("does not start where the disk has no room", async () => {
    expect(await failure(install({ installedSize: 1e18 }))).toMatch(
      /^The disk is too full: .* MB are free\. Make room/s,
    );
    expect(asked).toEqual([]);
  });
});

withShell("a wheel that does not match", () => {
  const attempt = async (bytes: Buffer, take: Plan["wheels"][0]["take"]) => {
    files["/fake.whl"] = bytes;
    return failure(install({ wheels: [{ ...plan().wheels[0], take }] }));
  };

  it("is named with what it lacks", async () => {
    expect(await attempt(wheel, ["tensorflow/libtensorflow_cc.so.3"])).toMatch(
      /^fake\.whl is not the wheel that is needed: it has no tensorflow\/libtensorflow_cc\.so\.3\.\nDelete/,
    );
    expect(await attempt(wheel, [/^nvidia\//])).toMatch("it has no /^nvidia\\//");
  });

  it.each<[string, (whole: Buffer) => Buffer, string]>([
    ["no archive", () => Buffer.from("<html>not here</html>"), "it is no ZIP archive, or cut off"],
    ["an archive cut off", (whole) => whole.subarray(0, 400), "it is no ZIP archive, or cut off"],
    ["an archive without its beginning", (whole) => whole.subarray(200), "directory"],
    [
      "a member whose sum differs",
      () => archive({ "tensorflow/stored.so": "0123456789" }).fill("x", 55, 56),
      "tensorflow/stored.so does not unpack to what it should",
    ],
    ["a member that leads outside", () => archive({ "tensorflow/../../x.so": "x" }), "leads outside"],
  ])("is refused: %s", async (_, make, message) => {
    expect(await attempt(make(wheel), [/^tensorflow\/.*\.so/])).toContain(message);
  });
});

withShell("the compiler and the trial", () => {
  it("is asked for before anything is fetched", async () => {
    const missing = installTensorflow(home, plan(), { ...tools(), compiler: path.join(folder, "no-g++") });
    expect(await failure(missing)).toMatch(/there is no C\+\+ compiler \(.*no-g\+\+\)\.\n.*sudo apt install g\+\+/s);
    expect(asked).toEqual([]);
  });

  it("that fail leave only what was fetched, and say why", async () => {
    script("compiler", '[ "$1" = --version ] || { echo "no such header"; exit 1; }');
    expect(await failure(install())).toMatch(/^no such header\n.*could not compile tfjs-node's binding/s);
    script("compiler", 'for last; do :; done; [ "$1" = --version ] || echo binding > "$last"');
    writeFileSync(tools().smokeTest, "console.log('no AVX'); process.exit(1)");
    expect(await failure(install())).toMatch(/^no AVX\n.*does not compute here, so it was not installed/s);
    expect(left(path.join(home, "downloads"))).toHaveLength(3);
  });
});

withShell("an interrupt", () => {
  /** Starts an installation in a process of its own, interrupts it at the moment given, and waits for its end. */
  async function interrupted(
    moment: (output: () => string) => Promise<unknown>,
  ): Promise<{ code: number | null; output: string }> {
    const module = pathToFileURL(path.join(root, "scripts/tensorflow/install.mjs")).href;
    // Patterns do not survive JSON.
    const wheels = [{ ...plan().wheels[0], take: ["tensorflow/libtensorflow_cc.so.2"] }];
    const call = [home, plan({ wheels }), tools()].map((argument) => JSON.stringify(argument)).join();
    const code = `import { installTensorflow } from ${JSON.stringify(module)}; await installTensorflow(${call});`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const end = new Promise<number | null>((resolve) => child.on("close", resolve));
    await Promise.race([moment(() => output), end]);
    child.kill("SIGINT");
    return { code: await end, output };
  }

  it("while it downloads leaves nothing but the part, from which it goes on", async () => {
    const half = new Promise<void>((resolve) => {
      answer = (_, response, file) => {
        response.writeHead(200, { "content-length": file.length });
        response.write(file.subarray(0, 300));
        resolve();
      };
    });
    const part = path.join(home, "downloads/fake.whl.part");
    const written = () =>
      vi.waitUntil(() => existsSync(part) && readFileSync(part).length === 300, { timeout: 10_000 });
    const { code, output } = await interrupted(() => half.then(written));
    expect(output).toContain("Interrupted. The same command goes on from here.");
    expect(code).toBe(130);
    expect(left()).toEqual(["downloads"]);
    [asked, answer] = [[], undefined];
    await install();
    expect(asked).toEqual(["/fake.whl bytes=300-"]);
    expect(left()).toEqual(["2.0.0"]);
  });

  it("while it compiles stops the compiler, and leaves nothing half-installed", async () => {
    const sign = path.join(folder, "compiling");
    script("compiler", `[ "$1" = --version ] || { echo $$ > "${sign}"; sleep 60; }`);
    const running = () =>
      vi.waitUntil(() => existsSync(sign) && readFileSync(sign, "utf8") !== "", { timeout: 10_000 });
    const { code } = await interrupted(running);
    expect(code).toBe(130);
    expect(left()).toEqual(["downloads"]);
    // Gone, or dead and not yet collected by its new parent.
    const stat = `/proc/${readFileSync(sign, "utf8").trim()}/stat`;
    await vi.waitUntil(() => !existsSync(stat) || / Z /.test(readFileSync(stat, "utf8")));
  });
});

describe("the command", () => {
  it("reads its options", () => {
    expect(readInstallTensorflowOptions([])).toEqual({ help: false, gpu: false, remove: false });
    expect(readInstallTensorflowOptions(["--gpu"]).gpu).toBe(true);
    expect(readInstallTensorflowOptions(["--remove"]).remove).toBe(true);
    for (const args of [["--gpus"], ["2.21.0"], ["--gpu", "--remove"]]) {
      expect(() => readInstallTensorflowOptions(args)).toThrow(UsageError);
    }
  });

  it("says where there is no TensorFlow to install, and what serves instead", () => {
    expect(refusalOf("linux", "x64", "2.36")).toBeUndefined();
    const refused = { darwin: "arm64", win32: "x64", linux: "arm64" };
    for (const [platform, arch] of Object.entries(refused)) {
      expect(refusalOf(platform, arch, "2.36")).toContain(`this is ${platform} on ${arch}.\nNothing was installed`);
    }
    expect(refusalOf("linux", "x64", "2.17")).toContain("this is glibc 2.17.");
    expect(refusalOf("linux", "x64", undefined)).toContain("this is a Linux without glibc.");
  });

  it("takes pinned files from the registries' own hosts, each once, and takes the 14 headers that are compiled with", () => {
    for (const kind of ["cpu", "gpu"] as const) {
      const { wheels, packages, version } = pinned(kind);
      const all = [...wheels, ...packages];
      for (const { url, size, sha256 } of all) {
        expect(url).toMatch(/^https:\/\/(files\.pythonhosted\.org|registry\.npmjs\.org)\/.*\.(whl|tgz)$/);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(Number.isInteger(size) && size > 0).toBe(true);
      }
      expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(all.length);
      expect(wheels[0].url).toContain(`-${version}-`);
      expect(wheels[0].take.filter((name) => String(name).endsWith(".h"))).toHaveLength(14);
      expect(wheels).toHaveLength(kind === "cpu" ? 1 : 13);
    }
  });
});

import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CrispError } from "../../src/core/errors.js";
import { fetchCifar } from "../../src/node/cifar-archive.js";
import { type DownloadOptions, download } from "../../src/node/download.js";
import { bytesSha256, fileSha256 } from "../../src/node/files.js";
import { cifarFile, cifarNames, tarOf, temporaryFolder } from "./fixtures.js";

const content = Uint8Array.from({ length: 400_000 }, (_, i) => (i * i) % 253);
const archive = gzipSync(tarOf(cifarNames.map((name, file) => ({ name, bytes: cifarFile(2, 1, file) }))));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers a Range request as a server should. */
const ranged: Answer = (request, response) => {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start >= content.length) {
    response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
    return;
  }
  const range = { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
  response.writeHead(start > 0 ? 206 : 200, { "content-length": content.length - start, ...(start > 0 ? range : {}) });
  response.end(content.subarray(start));
};

/** Promises the whole, sends `count` bytes, hangs up. */
const cutAfter =
  (count: number): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, count), () => setTimeout(() => response.destroy(), 20));
  };

const send =
  (bytes: Uint8Array): Answer =>
  (_, response) =>
    response.writeHead(200, { "content-length": bytes.length }).end(bytes);

const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end("no");

let server: Server;
let base: string;
let folder: string;
let answers: Record<string, Answer[]>;
let requests: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? "whole"}`);
    const queue = answers[request.url ?? ""] ?? [status(404)];
    (queue.length > 1 ? queue.shift()! : queue[0])(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  folder = temporaryFolder();
  answers = {};
  requests = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const wanted = async (file: string) => {
  if ((await fileSha256(file)) !== bytesSha256(content)) throw new CrispError("checksum", "the sha256 differs.");
};
const fetchTo = (names: string[], options: Partial<DownloadOptions> = {}) =>
  download(join(folder, "file"), {
    urls: names.map((name) => base + name),
    accept: wanted,
    advice: "Fetch it by hand.",
    pauseSeconds: 0.01,
    ...options,
  });
const fetched = () => readFileSync(join(folder, "file")).equals(content);

describe("download", () => {
  it("follows a redirect and leaves the file alone in its folder", async () => {
    answers["/old"] = [(_, response) => response.writeHead(302, { location: "/new" }).end()];
    answers["/new"] = [ranged];
    const received: number[] = [];
    await fetchTo(["/old"], { onProgress: (bytes) => received.push(bytes) });
    expect(fetched()).toBe(true);
    expect(received.at(-1)).toBe(content.length);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("goes on where a connection broke", async () => {
    answers["/file"] = [cutAfter(150_000), ranged];
    await fetchTo(["/file"]);
    expect(fetched()).toBe(true);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatch(/bytes=[1-9]\d*-/);
  });

  it("starts again where a server knows no ranges", async () => {
    answers["/file"] = [cutAfter(150_000), send(content)];
    await fetchTo(["/file"]);
    expect(fetched()).toBe(true);
  });

  it("is resumed by a later run, and has no file under the final name before", async () => {
    answers["/file"] = [cutAfter(150_000), status(503)];
    await expect(fetchTo(["/file"], { attempts: 2 })).rejects.toMatchObject({ code: "data" });
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^file\.[0-9a-f]{8}\.part$/)]);
    answers["/file"] = [ranged];
    await fetchTo(["/file"]);
    expect(requests.at(-1)).toMatch(/bytes=[1-9]\d*-/);
    expect(fetched()).toBe(true);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("takes over what a killed process left, not what a living one writes", async () => {
    answers["/file"] = [cutAfter(150_000)];
    await expect(fetchTo(["/file"], { attempts: 1 })).rejects.toThrow();
    const [free] = readdirSync(folder);
    rmSync(join(folder, free));
    writeFileSync(join(folder, `.${free}.1-living.tmp`), content.subarray(0, 10));
    writeFileSync(join(folder, `.${free}.1-killed.tmp`), content.subarray(0, 1000));
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(folder, `.${free}.1-killed.tmp`), hourAgo, hourAgo);
    answers["/file"] = [ranged];
    await fetchTo(["/file"]);
    expect(requests.at(-1)).toBe("/file bytes=1000-");
    expect(readdirSync(folder).sort()).toEqual([`.${free}.1-living.tmp`, "file"]);
  });

  it("needs no byte more when the partial file is whole", async () => {
    answers["/file"] = [cutAfter(10)];
    await expect(fetchTo(["/file"], { attempts: 1 })).rejects.toThrow();
    const [free] = readdirSync(folder);
    writeFileSync(join(folder, free), content);
    answers["/file"] = [ranged];
    await fetchTo(["/file"]);
    expect(requests.at(-1)).toBe(`/file bytes=${content.length}-`);
    expect(fetched()).toBe(true);
  });

  it("takes a file that a server sent encoded", async () => {
    answers["/file"] = [
      (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(content)),
    ];
    await fetchTo(["/file"]);
    expect(fetched()).toBe(true);
    const zipped = gzipSync(content);
    const headers = { "content-encoding": "gzip", "content-length": zipped.length };
    answers["/file"] = [(_, response) => response.writeHead(200, headers).end(zipped)];
    await fetchTo(["/file"]);
    expect(fetched()).toBe(true);
  });

  it("tries the next address after a 404, without asking the first again", async () => {
    answers["/good"] = [ranged];
    await fetchTo(["/gone", "/good"]);
    expect(requests).toEqual(["/gone whole", "/good whole"]);
    expect(fetched()).toBe(true);
  });

  it("drops what has the wrong checksum and tries the next address", async () => {
    answers["/wrong"] = [send(content.subarray(1))];
    answers["/good"] = [ranged];
    await fetchTo(["/wrong", "/good"]);
    expect(fetched()).toBe(true);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("starts afresh when resumed bytes do not fit", async () => {
    answers["/file"] = [cutAfter(150_000)];
    await expect(fetchTo(["/file"], { attempts: 1 })).rejects.toThrow();
    const [free] = readdirSync(folder);
    writeFileSync(join(folder, free), new Uint8Array(1000));
    answers["/file"] = [ranged];
    await fetchTo(["/file"]);
    expect(requests.slice(-2)).toEqual(["/file bytes=1000-", "/file whole"]);
    expect(fetched()).toBe(true);
  });

  it("keeps nothing with the wrong checksum and says what each address gave", async () => {
    answers["/wrong"] = [send(content.subarray(1))];
    const failure = fetchTo(["/wrong", "/gone"]);
    await expect(failure).rejects.toMatchObject({ code: "checksum" });
    await expect(failure).rejects.toThrow(/wrong: the sha256 differs.*gone: the server answered 404.*Fetch it by hand/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says why no connection was made", async () => {
    await expect(fetchTo([], { urls: ["http://127.0.0.1:1/x"], attempts: 1 })).rejects.toThrow(/ECONNREFUSED|bad port/);
  });

  it("stops when told to", async () => {
    const stop = new AbortController();
    answers["/file"] = [() => stop.abort()]; // never answers
    await expect(fetchTo(["/file"], { signal: stop.signal })).rejects.toThrow(/abort/i);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("serves several at once without mixing their bytes", async () => {
    answers["/file"] = [ranged];
    await Promise.all([fetchTo(["/file"]), fetchTo(["/file"]), fetchTo(["/file"])]);
    expect(fetched()).toBe(true);
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});

describe("fetchCifar", () => {
  it("refuses an archive whose six files are not CIFAR-10's and leaves nothing", async () => {
    answers["/cifar.tar.gz"] = [send(archive)];
    const failure = fetchCifar(folder, { urls: [`${base}/cifar.tar.gz`] });
    await expect(failure).rejects.toMatchObject({ code: "checksum" });
    await expect(failure).rejects.toThrow(/data_batch_1\.bin in .*cee916563c.*--from/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses a web page in place of the archive", async () => {
    answers["/cifar.tar.gz"] = [send(Buffer.from("<html>Please log in</html>"))];
    await expect(fetchCifar(folder, { urls: [`${base}/cifar.tar.gz`] })).rejects.toThrow(
      /is not a tar archive|archive was cut/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

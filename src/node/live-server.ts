/**
 * Serves one page and what changes in it, to this machine only: bound to 127.0.0.1, other names of it refused (a page
 * of elsewhere may point a name of its own here), nothing but GET of two addresses. Changes go out as server-sent
 * events. Each part of the page knows the revision at which it last changed, so whoever comes back with the last
 * revision it saw is sent exactly the parts that changed since.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CrispError } from "../core/errors.js";
import { errorCode } from "./files.js";

/** Parts of the page by name. */
type Parts = Readonly<Record<string, string>>;

/** What is served. */
export type LiveSource = {
  /** Port, or 0 for a free one. */
  readonly port: number;
  /** The whole page with these parts; it asks for what comes after `revision`. */
  page(parts: Parts, revision: string): string;
};

export type LiveServer = {
  /** "http://127.0.0.1:40123/" */
  readonly address: string;
  /** Parts as they are now; those that differ are sent to who is there. */
  publish(parts: Parts): void;
  /** Ends; `last` tells pages that nothing more will come. */
  close(last: boolean): Promise<void>;
};

type Reader = { readonly response: ServerResponse; seen: number };

/** Milliseconds between signs of life, so that what lies between does not cut the line. */
const heartbeat = 15_000;

const security = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** @throws CrispError `usage` for a port that cannot be had */
export async function serveLive({ port, page }: LiveSource): Promise<LiveServer> {
  // Revisions of another server, an earlier one of this study, mean nothing here.
  const own = randomBytes(4).toString("hex");
  const parts = new Map<string, { html: string; changed: number }>();
  const readers = new Set<Reader>();
  let revision = 0;

  const current = () => Object.fromEntries([...parts].map(([name, { html }]) => [name, html]));

  /** What a reader has not seen; one that has not yet taken what was sent before waits for the next time. */
  function send(reader: Reader): void {
    if (reader.seen === revision || reader.response.writableNeedDrain) return;
    const news = [...parts].filter(([, { changed }]) => changed > reader.seen).map(([name, { html }]) => [name, html]);
    reader.seen = revision;
    const data = JSON.stringify(Object.fromEntries(news));
    reader.response.write(`id: ${own}-${revision}\nevent: parts\ndata: ${data}\n\n`);
  }

  function follow(request: IncomingMessage, response: ServerResponse, after: string | null): void {
    const [of, number] = String(request.headers["last-event-id"] ?? after ?? "").split("-");
    const seen = of === own && /^\d+$/.test(number) ? Math.min(Number(number), revision) : -1;
    const type = { "content-type": "text/event-stream; charset=utf-8" };
    response.writeHead(200, { ...security, ...type, "x-accel-buffering": "no" }).write("retry: 2000\n\n");
    const reader: Reader = { response, seen };
    readers.add(reader);
    response.on("drain", () => send(reader)).on("close", () => readers.delete(reader));
    send(reader);
  }

  const server = createServer((request, response) => {
    const refusal = refused(request, (server.address() as AddressInfo).port);
    // Cut by hand: a parser of addresses throws at "//", and whoever asks chooses what is asked.
    const [path, query] = (request.url ?? "/").split("?");
    if (refusal) return void response.writeHead(refusal.status, { ...security, ...refusal.headers }).end(refusal.words);
    if (path === "/events") return follow(request, response, new URLSearchParams(query).get("after"));
    if (path !== "/") return void response.writeHead(404, security).end("There is only this study's page, at /.\n");
    const type = { "content-type": "text/html; charset=utf-8" };
    response.writeHead(200, { ...security, ...type }).end(page(current(), `${own}-${revision}`));
  });
  await listening(server, port);
  const beat = setInterval(() => {
    for (const { response } of readers) response.write(": alive\n\n");
  }, heartbeat);
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    publish(next) {
      const changed = Object.entries(next).filter(([name, html]) => parts.get(name)?.html !== html);
      const gone = [...parts.keys()].filter((name) => !(name in next) && parts.get(name)!.html !== "");
      if (changed.length + gone.length === 0) return;
      revision++;
      for (const [name, html] of [...changed, ...gone.map((name) => [name, ""])])
        parts.set(name, { html, changed: revision });
      for (const reader of readers) send(reader);
    },
    async close(last) {
      clearInterval(beat);
      for (const { response } of readers) response.end(last ? "event: end\ndata: {}\n\n" : undefined);
      server.close();
      await new Promise((done) => setTimeout(done, 100)); // so that the last words go out
      server.closeAllConnections();
    },
  };
}

/** What a Host header of this machine says; browsers leave out 80, the port of http. */
export function ownHosts(port: number): readonly string[] {
  return ["127.0.0.1", "localhost"].map((name) => (port === 80 ? name : `${name}:${port}`));
}

/** Why a request is not answered; null where it is. */
function refused({ method, headers }: IncomingMessage, port: number) {
  const names = ownHosts(port);
  if (!names.includes(headers.host ?? ""))
    return { status: 403, headers: {}, words: `This page answers to ${names.join(" and ")} only.\n` };
  if (method === "GET") return null;
  return { status: 405, headers: { allow: "GET" }, words: "This page can be read and nothing else: use GET.\n" };
}

function listening(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", (error) => {
      const why =
        errorCode(error) === "EADDRINUSE" ? "is taken by another program" : `cannot be used (${error.message})`;
      fail(new CrispError("usage", `--port ${port} ${why}. Name another, or leave it out for a free one.`));
    });
    server.listen(port, "127.0.0.1", () => done());
  });
}

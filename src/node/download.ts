/**
 * Fetches one file over http(s) and keeps it only if it is accepted. Bytes go
 * to a partial file, which a later attempt or a later run resumes by a Range
 * request; several addresses are tried in turn; the final name appears by one
 * rename, after the whole file was accepted.
 *
 * A partial file belongs to one address (mirrors may pack differently) and to
 * one process at a time: it is claimed by renaming it.
 */
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CrispError } from "../core/errors.js";
import { contentKey } from "../core/key.js";
import { errorCode, makeFolder, temporaryName } from "./files.js";

export type DownloadOptions = {
  /** Tried in this order. */
  readonly urls: readonly string[];
  /** Throws unless the finished file is what was wanted; a CrispError's message is told to the user. */
  readonly accept: (file: string) => Promise<void>;
  /** What the user may do when every address failed. */
  readonly advice: string;
  /** Attempts at each address; default 3. */
  readonly attempts?: number;
  /** Pause before an address is tried again; default 1. */
  readonly pauseSeconds?: number;
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal;
};

/**
 * Fetches the file to `path`.
 *
 * @throws CrispError `checksum` if what came was refused as such, else `data`;
 *   the message tells for each address what went wrong
 */
export async function download(path: string, options: DownloadOptions): Promise<void> {
  await makeFolder(dirname(path));
  const failures: string[] = [];
  let code: "data" | "checksum" = "data";
  for (const url of options.urls) {
    try {
      await downloadFrom(url, path, options);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof CrispError && error.code === "checksum") code = "checksum";
      failures.push(`${url}: ${reasonOf(error)}`);
    }
  }
  throw new CrispError(code, `${basename(path)} could not be fetched. ${failures.join(" | ")} | ${options.advice}`);
}

/** One address, several attempts; what was received survives a failure, what was refused does not. */
async function downloadFrom(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { attempts = 3, pauseSeconds = 1, signal } = options;
  const partial = await claimPartial(url, path);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const resumed = await receive(url, partial, options);
        if (await accepted(partial, resumed && attempt < attempts, options)) break;
      } catch (error) {
        if (attempt >= attempts || error instanceof CrispError || signal?.aborted) throw error;
        await pause(1000 * pauseSeconds, undefined, { signal });
      }
    }
    await rename(partial, path);
  } catch (error) {
    await rename(partial, freePartial(url, path)).catch(() => {}); // there may be none yet
    throw error;
  }
}

/** Is the file accepted? A refused one is removed; false if it was resumed and deserves a fresh start. */
async function accepted(partial: string, again: boolean, options: DownloadOptions): Promise<boolean> {
  try {
    await options.accept(partial);
    return true;
  } catch (error) {
    await rm(partial, { force: true });
    if (!again) throw error;
    return false;
  }
}

/** Receives what is missing of a file; returns whether it went on from bytes already there. */
async function receive(url: string, partial: string, options: DownloadOptions): Promise<boolean> {
  const there = await sizeOf(partial);
  const range: Record<string, string> = there > 0 ? { range: `bytes=${there}-` } : {};
  // identity: the bytes of the file itself, so that ranges count them.
  const headers = { "accept-encoding": "identity", ...range };
  const response = await fetch(url, { headers, signal: options.signal });
  if (response.status === 416) {
    await response.body?.cancel();
    if (response.headers.get("content-range") === `bytes */${there}`) return true; // nothing is missing
    await rm(partial, { force: true });
    return receive(url, partial, options);
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    const message = `the server answered ${response.status} ${response.statusText}`.trim();
    // A refusal (4xx) is final; a server in trouble (5xx) may recover.
    throw response.status < 500 ? new CrispError("data", message) : new Error(message);
  }
  const resumed = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${there}-`);
  const file = await open(partial, resumed ? "a" : "w");
  try {
    await writeBody(response, file, resumed ? there : 0, options);
  } finally {
    await file.close();
  }
  return resumed === true;
}

async function writeBody(response: Response, file: FileHandle, start: number, options: DownloadOptions): Promise<void> {
  const announced = response.headers.get("content-length");
  // Some servers name a .gz itself as an encoding: fetch then unpacks it, and the length tells nothing.
  const encoded = (response.headers.get("content-encoding") ?? "identity") !== "identity";
  const total = announced === null || encoded ? undefined : start + Number(announced);
  let received = start;
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    await file.appendFile(piece);
    received += piece.length;
    options.onProgress?.(received, total);
  }
  await file.sync();
  if (total !== undefined && received !== total) throw new Error(`${received} of ${total} bytes came`);
}

/** Seconds without a write after which a partial file counts as left behind by a killed process. */
const abandonedSeconds = 60;

/** A name for this process's partial file; bytes that an earlier attempt left become its start. */
async function claimPartial(url: string, path: string): Promise<string> {
  const free = freePartial(url, path);
  const mine = temporaryName(free);
  const stem = `.${basename(free)}.`; // of the names given out by temporaryName
  const names = await readdir(dirname(path));
  for (const name of names.filter((name) => name === basename(free) || name.startsWith(stem))) {
    const candidate = join(dirname(path), name);
    if (candidate !== free && (await idleSeconds(candidate)) < abandonedSeconds) continue;
    try {
      await rename(candidate, mine);
      return mine;
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error; // another process was faster
    }
  }
  return mine;
}

/** Where a partial file waits for the next attempt. */
function freePartial(url: string, path: string): string {
  return `${path}.${contentKey(url).slice(0, 8)}.part`;
}

async function idleSeconds(file: string): Promise<number> {
  try {
    return (Date.now() - (await stat(file)).mtimeMs) / 1000;
  } catch {
    return 0; // gone: its owner has just finished
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}

/** fetch hides the reason of a failed connection in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message || errorCode(error.cause) : "";
  return cause && !(error instanceof CrispError) ? `${error.message} (${cause})` : error.message;
}

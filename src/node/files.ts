/**
 * Files that are whole or not there at all: written under another name in the
 * same folder, flushed to the disk, then linked (the first one wins) or renamed
 * (the last one wins) into place. A process killed at any instant leaves at
 * most a stray temporary file behind.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, readFile as readFileBack, readFileSync } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { folderGone, type GrowingFile, type OpenFile } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { headLength } from "../formats/format.js";

/**
 * Writes a file unless there is one of that name: "written", or "present" and
 * the existing file untouched. Creates the folder, but never the one named `within` or those above it.
 */
export async function writeFirst(
  path: string,
  content: Uint8Array | string,
  within?: string,
): Promise<"written" | "present"> {
  const temporary = await writeTemporary(path, content, within);
  try {
    return await placeFirst(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes a file, in place of the one of that name if there is one. Creates the folder as `writeFirst` does. */
export async function replaceFile(path: string, content: Uint8Array | string, within?: string): Promise<void> {
  const temporary = await writeTemporary(path, content, within);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(dirname(path));
}

/** Opens a file that is there whole after `finish`, and not at all before. Creates the folder. */
export async function growFile(path: string): Promise<GrowingFile> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  const file = await open(temporary, "wx");
  let isOpen = true;
  const close = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    append: (content) => file.appendFile(content),
    async finish() {
      await file.sync();
      await close();
      await rename(temporary, path);
      await flushFolder(dirname(path));
    },
    async discard() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/**
 * Gives a finished file in the same file system its name unless that name is
 * taken. `temporary` may remain: the caller removes it.
 */
export async function placeFirst(temporary: string, path: string): Promise<"written" | "present"> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return "present";
    if (!withoutLinks.has(errorCode(error))) throw error;
    // Some file systems know no links (exFAT, some network shares): look, then rename.
    if (await exists(path)) return "present";
    await rename(temporary, path);
  }
  await flushFolder(dirname(path));
  return "written";
}

const withoutLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** A name beside `path` that nobody else uses; it tells process and machine. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${hostDigits()}${randomBytes(6).toString("hex")}.tmp`);
}

const temporaryForm = /^\..+\.(\d+)-([0-9a-f]+)\.tmp$/;

/** The path that a temporary name stands beside; null where it is not such a name. */
export function targetOf(temporary: string): string | null {
  const name = basename(temporary);
  if (!temporaryForm.test(name)) return null;
  return join(dirname(temporary), name.slice(1).replace(/\.\d+-[0-9a-f]+\.tmp$/, ""));
}

function hostDigits(): string {
  return bytesSha256(Buffer.from(hostname())).slice(0, 8);
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** sha256 of a file as hexadecimal digits, read in pieces. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece);
  return hash.digest("hex");
}

/** sha256 of bytes by the machine's own code: 0.25 s for the 184 MB of CIFAR-10. */
export function bytesSha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Makes a folder and the folders it lies in, one by one from above: mkdir's own
 * `recursive` never comes back where a file system refuses with ENOENT although
 * the parent is there, as /proc does.
 *
 * @param within  must be there: neither it nor those above it are made
 */
export async function makeFolder(folder: string, within?: string): Promise<void> {
  if (await isFolder(folder)) return;
  if (folder === within) throw folderGone(folder);
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent, within);
  try {
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) !== "EEXIST" || !(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** The system's name for an error ("ENOENT"), or "" if it is not one of its. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

async function writeTemporary(path: string, content: Uint8Array | string, within?: string): Promise<string> {
  await makeFolder(dirname(path), within);
  const temporary = temporaryName(path);
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, "wx");
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file?.close();
  }
  return temporary;
}

/** Flushes a folder's list of names; where the system cannot (Windows), the names still are right. */
async function flushFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch {
    // Not a failure: only how soon the name reaches the disk is at stake.
  } finally {
    await handle?.close();
  }
}

/** The first bytes of a file, `headLength` of them or all there are. @throws CrispError `data` if it cannot be read */
export async function readHead(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(new Uint8Array(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file?.close();
  }
}

/** A file that is read in parts; each call opens it anew. @throws CrispError `data` if it cannot be read */
export async function openFile(path: string): Promise<OpenFile> {
  const readable = <T>(work: Promise<T>) => work.catch((error) => Promise.reject(unreadable(path, error)));
  return {
    bytes: (await readable(stat(path))).size,
    part: (from, to) => readable(readPart(path, from, to)),
    sha256: () => readable(fileSha256(path)),
  };
}

async function readPart(path: string, from: number, to: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(to - from);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at);
      if (bytesRead === 0) throw new Error(`it ends before byte ${to}`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** A small file that takes longer does not come from memory. */
const soonMilliseconds = 1;
/** Files that the thread pool reads after one that took longer; and every so many at any time, or timers and signals would wait. */
const [slowFiles, atOnce] = [16, 32];
let [pooled, count] = [0, 0];

/**
 * The bytes of a file, of which a study has many small ones. A turn of the thread pool for each of open, stat, read
 * and close takes 34 to 60 µs of a processor, or 150 on a busy machine, where 8 kB in memory take 13. So such are
 * read in place, and those of a slow file system by the pool, several at a time.
 */
export async function readSoon(path: string): Promise<Uint8Array> {
  if (pooled > 0) pooled--;
  else if (++count % atOnce > 0) {
    const began = performance.now();
    const bytes = readFileSync(path);
    if (performance.now() - began > soonMilliseconds) pooled = slowFiles;
    return bytes;
  }
  return readPooled(path);
}

/** That of fs/promises takes half as long again. */
const readPooled = promisify(readFileBack);

/** The bytes of a file. @throws CrispError `data` if there is none or it cannot be read */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * What killed processes left half-written: those of this machine that are gone, and after a day those of
 * others, which cannot be seen. Links are not followed, and none of the paths is one.
 */
export async function straysIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await straysIn(path)));
    else if (entry.isFile() && (await isStray(path))) found.push(path);
  }
  return found;
}

/** Removes what `straysIn` finds. */
export async function removeStrays(folder: string): Promise<void> {
  for (const path of await straysIn(folder)) await rm(path, { force: true });
}

const dayMilliseconds = 86_400_000;

async function isStray(path: string): Promise<boolean> {
  const [, pid, digits] = temporaryForm.exec(basename(path)) ?? [];
  if (pid === undefined) return false;
  // Names of the first versions do not tell the machine.
  if (digits.length !== 20) return true;
  if (digits.startsWith(hostDigits())) return !isAlive(Number(pid));
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > dayMilliseconds;
}

/** The error `data` for a path that could not be read; `advice` says which name to check. */
export function unreadable(path: string, cause: unknown, advice = "Check the path."): CrispError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const reason = reasons[errorCode(cause)] ?? said;
  return new CrispError("data", `${path} cannot be read: ${reason}; an input must be there and readable. ${advice}`, {
    cause,
  });
}

/** The system's codes in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it lies below something that is not a folder",
  EISDIR: "it is a folder",
  EACCES: "its permissions do not allow it",
  EPERM: "its permissions do not allow it",
};

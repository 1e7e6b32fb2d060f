/**
 * One process a study: STUDY/lock names the process that works in it. A lock
 * whose process is gone on this machine is taken over; one of another machine
 * never is.
 */
import { readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Files } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { errorCode, placeFirst, temporaryName, writeFirst } from "./files.js";

type Holder = { readonly pid: number; readonly host: string; readonly born: string };

/** The files of the folder: they refuse a lock that is a FIFO or a link. */
type Reader = Pick<Files, "readIfThere">;

/** Takes the lock; the function returned gives it back. @throws CrispError `busy` naming the holder, `store` for a lock that is no file */
export async function lockStudy(folder: string, files: Reader): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), born: await bornAt(process.pid) } satisfies Holder);
  if ((await writeFirst(path, mine)) === "present") await takeOver(path, mine, files);
  return async () => {
    if ((await textOf(path, files).catch(() => "")) === mine) await rm(path, { force: true });
  };
}

/** "" where there is no such file. */
async function textOf(path: string, files: Reader): Promise<string> {
  return new TextDecoder().decode((await files.readIfThere(path)) ?? undefined);
}

/**
 * Moves a dead holder's lock aside and takes its place. Of several that try at
 * once one moves it and one writes first; who moved a lock that was no longer
 * the dead one puts it back.
 */
async function takeOver(path: string, mine: string, files: Reader): Promise<void> {
  const found = await textOf(path, files);
  if (await alive(parsed(found))) throw busy(path, found);
  const aside = temporaryName(path);
  await rename(path, aside).catch(() => {});
  const moved = (await textOf(aside, files)) || found;
  if (moved !== found) await placeFirst(aside, path);
  await rm(aside, { force: true });
  if (moved !== found || (await writeFirst(path, mine)) === "present") throw busy(path, await textOf(path, files));
}

function parsed(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null; // Unreadable: written whole or not at all, so it is none of ours.
  }
}

async function alive(holder: Holder | null): Promise<boolean> {
  if (!holder) return false;
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
  }
  return (await bornAt(holder.pid)) === holder.born;
}

/** When a process began, in the kernel's ticks: a number given to another process later has another. "" where there is no /proc. */
async function bornAt(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function busy(path: string, text: string): CrispError {
  const holder = parsed(text);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new CrispError(
    "busy",
    `${who} is working in this study. Wait for it, or, if it is surely gone, remove ${path}.`,
  );
}

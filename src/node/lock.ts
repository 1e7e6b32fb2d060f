/**
 * One process a study: STUDY/lock names the process that works in it. A lock
 * whose process is gone on this machine is taken over; one of another machine
 * never is.
 */
import { readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { CrispError } from "../core/errors.js";
import { errorCode, replaceFile, writeFirst } from "./files.js";

type Holder = { readonly pid: number; readonly host: string; readonly born: string };

/** Takes the lock; the function returned gives it back. @throws CrispError `busy` naming the holder */
export async function lockStudy(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), born: await bornAt(process.pid) } satisfies Holder);
  if ((await writeFirst(path, mine)) === "present") await takeOver(path, mine);
  if ((await readFile(path, "utf8")) !== mine) throw await busy(path);
  return async () => {
    if ((await readFile(path, "utf8").catch(() => "")) === mine) await rm(path, { force: true });
  };
}

async function takeOver(path: string, mine: string): Promise<void> {
  if (await alive(await holderOf(path))) throw await busy(path);
  await replaceFile(path, mine);
  // Two processes may take over at once: the last to replace wins, both look again after a moment.
  await new Promise((done) => setTimeout(done, 50));
}

async function holderOf(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
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

async function busy(path: string): Promise<CrispError> {
  const holder = await holderOf(path);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new CrispError(
    "busy",
    `${who} is working in this study. Wait for it, or, if it is surely gone, remove ${path}.`,
  );
}

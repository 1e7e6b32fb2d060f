/**
 * Files that a process holds for as long as it works: STUDY/lock by the one that plans the study, and
 * STUDY/claims/ID by the one that makes an item. A holder writes its file again every 20 s. It is taken over
 * at once when its process is gone from this machine, and on another machine when the file is two minutes old
 * by the clock of the file system. They save work that would be done twice: no result depends on them.
 */
import { lstat, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Files } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { isAlive, makeFolder, placeFirst, temporaryName } from "./files.js";

/** `hold` tells two holds of one process apart; files of earlier versions have none, and are written once. */
type Holder = { readonly pid: number; readonly host: string; readonly born: string; readonly hold?: string };

/** The files of the folder: they refuse a lock that is a FIFO or a link. */
type Reader = Pick<Files, "readIfThere">;

/** Gives back what is held. */
type Release = () => Promise<void>;

const beatSeconds = 20;
const leaseSeconds = 120;

/** Takes the lock; the function returned gives it back. @throws CrispError `busy` naming the holder, `store` for a lock that is no file */
export async function lockStudy(folder: string, files: Reader): Promise<Release> {
  const path = join(folder, "lock");
  const release = await hold(path, files);
  if (release) return release;
  const holder = parsed(await textOf(path, files));
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  throw new CrispError(
    "busy",
    `${who} is working in this study. Wait for it, help it with --join, or, if it is surely gone, remove ${path}.`,
  );
}

/** Takes an item for this process; null while another one makes it. */
export function claimItem(folder: string, id: string, files: Reader): Promise<Release | null> {
  return hold(join(folder, "claims", id), files, folder);
}

/** Removes claims whose holder is gone. */
export async function removeClaims(folder: string, files: Reader): Promise<void> {
  const claims = join(folder, "claims");
  for (const name of await readdir(claims).catch(() => [])) {
    const release = name.startsWith(".") ? null : await hold(join(claims, name), files, folder);
    await release?.();
  }
}

/** Whether a living process holds the study or one of its items; nothing is written to find out. */
export async function isHeld(folder: string, files: Reader): Promise<boolean> {
  const names = (await readdir(join(folder, "claims")).catch(() => [])).filter((name) => !name.startsWith("."));
  const paths = [join(folder, "lock"), ...names.map((name) => join(folder, "claims", name))];
  // This machine's clock, where the file system's would have to be asked by writing: minutes are not told apart.
  for (const path of paths) if (await alive(parsed(await textOf(path, files)), path, Date.now())) return true;
  return false;
}

/** Claims whose holder is gone, of a study that this process has locked: the lock's date is the file system's time. */
export async function deadClaims(folder: string, files: Reader): Promise<string[]> {
  const names = (await readdir(join(folder, "claims")).catch(() => [])).filter((name) => !name.startsWith("."));
  const dead: string[] = [];
  const now = await dateOf(join(folder, "lock"));
  for (const path of names.map((name) => join(folder, "claims", name)))
    if (!(await alive(parsed(await textOf(path, files)), path, now))) dead.push(path);
  return dead;
}

/** Makes the file this process's; null where a living holder has it. Its folder is made, but not one named `within`. */
async function hold(path: string, files: Reader, within?: string): Promise<Release | null> {
  await makeFolder(dirname(path), within);
  const mine = temporaryName(path);
  const text = JSON.stringify({
    ...{ pid: process.pid, host: hostname(), born: await bornAt(process.pid) },
    hold: basename(mine),
  } satisfies Holder);
  await writeFile(mine, text, { flag: "wx" });
  try {
    if ((await placeFirst(mine, path)) === "present" && !(await takenOver(path, mine, files))) return null;
  } finally {
    await rm(mine, { force: true });
  }
  const beat = setInterval(() => beatOnce(path, text).catch(() => {}), 1000 * beatSeconds);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await textOf(path, files).catch(() => "")) === text) await rm(path, { force: true });
  };
}

/** Writes the same bytes again, so that the file system dates them by its own clock. */
async function beatOnce(path: string, text: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    if ((await file.readFile("utf8")) === text) await file.write(text, 0);
  } finally {
    await file.close();
  }
}

/** "" where there is no such file. */
async function textOf(path: string, files: Reader): Promise<string> {
  return new TextDecoder().decode((await files.readIfThere(path)) ?? undefined);
}

/**
 * Moves a dead holder's file aside and puts `mine` in its place. Of several that try at
 * once one moves it and one is first; who moved a file that was no longer the dead one
 * puts it back.
 */
async function takenOver(path: string, mine: string, files: Reader): Promise<boolean> {
  const found = await textOf(path, files);
  // `mine` was written just now: its date is the file system's time.
  if (await alive(parsed(found), path, await dateOf(mine))) return false;
  const aside = temporaryName(path);
  await rename(path, aside).catch(() => {});
  const moved = (await textOf(aside, files)) || found;
  if (moved !== found) await placeFirst(aside, path);
  await rm(aside, { force: true });
  return moved === found && (await placeFirst(mine, path)) === "written";
}

function parsed(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null; // Unreadable: written whole or not at all, so it is none of ours.
  }
}

/** `now` is the time, in milliseconds, by the clock that dates the file. */
async function alive(holder: Holder | null, path: string, now: number): Promise<boolean> {
  if (!holder) return false;
  if (holder.host === hostname()) return isAlive(holder.pid) && (await bornAt(holder.pid)) === holder.born;
  if (holder.hold === undefined) return true;
  const held = await lstat(path).catch(() => null);
  return held !== null && now - held.mtimeMs < 1000 * leaseSeconds;
}

async function dateOf(path: string): Promise<number> {
  return (await lstat(path)).mtimeMs;
}

/** When a process began, in the kernel's ticks: a number given to another process later has another. "" where there is no /proc. */
async function bornAt(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

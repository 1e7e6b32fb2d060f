/**
 * A study's folder as its memory. A result is two files: the part with the
 * numbers, then ID.json with the part's sha256 and its own; ID.json's existence
 * means done. Files are written whole and the first one wins, so processes may
 * be killed at any instant and started again, or meet, without harm.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { CrispError } from "../core/errors.js";
import { canonicalJson, contentKey } from "../core/key.js";
import { kindOf } from "../study/items/registry.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import { bytesSha256, errorCode, exists, replaceFile, writeFirst } from "./files.js";

/** What ID.json says, before its own checksum is added. */
type Summary = {
  readonly id: string;
  readonly kind: string;
  readonly part: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly result: Record<string, unknown>;
};

/** The store in `folder`; `onAlarm` hears of results that differ although their parameters agree. */
export function openStore(folder: string, onAlarm: (message: string) => void): ItemStore {
  return {
    recordRound: (round, items) => recordRound(folder, round, items),
    has: ({ id }) => exists(summaryPath(folder, id)),
    read: (item) => readResult(folder, item),
    write: (item, result) => writeResult({ folder, onAlarm }, item, result),
    readCheckpoints: (item) => readCheckpoints({ folder, onAlarm }, item),
    writeCheckpoint: (item, bytes) => replaceFile(checkpointPath(folder, item), sealed(bytes)),
  };
}

type Place = { readonly folder: string; onAlarm(message: string): void };

/**
 * Removes what killed processes left half-written. Only the holder of the
 * study's lock may call it: another process's files would look the same.
 */
export async function removeStrays(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const strays = names.filter((name) => basename(name).startsWith(".") && name.endsWith(".tmp"));
  for (const name of strays) await rm(join(folder, name), { force: true });
}

/** Where an item's summary lies: results/ab/ID.json. */
export function summaryPath(folder: string, id: string): string {
  return join(folder, "results", id.slice(0, 2), `${id}.json`);
}

/** Where an item's numbers lie. */
export function partPath(folder: string, item: Item): string {
  const { file } = kindOf(item);
  return join(folder, file.folder, item.id.slice(0, 2), `${item.id}.${file.ending}`);
}

async function recordRound(folder: string, round: number, items: readonly Item[]): Promise<void> {
  const path = join(folder, `units-${round}.ndjson`);
  const text = items.map((item) => `${canonicalJson(item)}\n`).join("");
  if ((await writeFirst(path, text)) === "written") return;
  if ((await readFile(path, "utf8")) !== text) {
    throw new CrispError(
      "store",
      `${path} records other items than the plan gives now. The file was changed, or another version made the study. Use another --out.`,
    );
  }
}

async function readResult<Result>(folder: string, item: Item<Result>): Promise<Result | null> {
  const path = summaryPath(folder, item.id);
  const text = await readIfThere(path);
  if (text === null) return null;
  const summary = parseSummary(text.toString("utf8"), path);
  const file = join(folder, summary.part.file);
  const bytes = await readIfThere(file);
  if (bytes === null) throw damaged(file, "is missing", path);
  const found = bytesSha256(bytes);
  if (found !== summary.part.sha256)
    throw damaged(file, `has sha256 ${found}, recorded was ${summary.part.sha256}`, path);
  return (await kindOf(item).file.decode({ bytes, summary: summary.result }, file)) as Result;
}

function parseSummary(text: string, path: string): Summary {
  try {
    const { checksum, ...summary } = JSON.parse(text) as Summary & { checksum: string };
    if (checksum === contentKey(summary)) return summary;
  } catch {
    // Falls through: text that does not parse is as damaged as text that does not match.
  }
  throw damaged(path, "does not match its own checksum", path);
}

function damaged(file: string, what: string, summary: string): CrispError {
  return new CrispError(
    "checksum",
    `${file} ${what}. The result is damaged. Remove ${summary}${summary === file ? "" : ` and ${file}`} and run again: only this item is computed anew.`,
  );
}

async function writeResult(at: Place, item: Item, result: unknown): Promise<void> {
  const { folder } = at;
  const form = kindOf(item).file.encode(result, item);
  const file = partPath(folder, item);
  const sha256 = bytesSha256(form.bytes);
  if ((await writeFirst(file, form.bytes)) === "present") await settlePart(file, { ...form, sha256 }, at);
  const part = { file: file.slice(folder.length + 1).replaceAll("\\", "/"), bytes: form.bytes.length, sha256 };
  const summary: Summary = { id: item.id, kind: item.kind, part, result: form.summary };
  await writeFirst(summaryPath(folder, item.id), `${canonicalJson({ ...summary, checksum: contentKey(summary) })}\n`);
  if (!kindOf(item).resumable) return;
  for (const path of await checkpointsOf(folder, item)) await rm(path, { force: true });
}

/** A part without a summary is left from a killed process: equal bytes are kept, others replaced, with an alarm. */
async function settlePart(
  file: string,
  { bytes, sha256 }: { readonly bytes: Uint8Array; readonly sha256: string },
  { onAlarm }: Place,
): Promise<void> {
  if (bytesSha256(await readFile(file)) === sha256) return;
  onAlarm(
    `${file} existed with other bytes although its parameters agree; replaced. If it happens again, report the machine.`,
  );
  await replaceFile(file, bytes);
}

function checkpointPath(folder: string, item: Item): string {
  return join(folder, "checkpoints", `${item.id}.${process.pid}`);
}

/** Bytes behind their own sha256 (64 digits), so a checkpoint proves itself. */
function sealed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(bytesSha256(bytes)), bytes]);
}

/** The checkpoints that prove themselves; damaged ones are passed over with an alarm, since work can begin again. */
async function readCheckpoints({ folder, onAlarm }: Place, item: Item): Promise<Uint8Array[]> {
  const sound: Uint8Array[] = [];
  for (const path of await checkpointsOf(folder, item)) {
    const bytes = await readFile(path);
    const body = bytes.subarray(64);
    if (bytes.subarray(0, 64).toString() === bytesSha256(body)) sound.push(body);
    else onAlarm(`${path} is damaged; training starts before it.`);
  }
  return sound;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Checkpoints of every attempt at an item. */
async function checkpointsOf(folder: string, item: Item): Promise<string[]> {
  const checkpoints = join(folder, "checkpoints");
  const names = (await exists(checkpoints)) ? await readdir(checkpoints) : [];
  return names.filter((name) => name.startsWith(`${item.id}.`)).map((name) => join(checkpoints, name));
}

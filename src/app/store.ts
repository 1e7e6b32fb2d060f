/**
 * A study's folder as its memory. A result is two files: the part with the
 * numbers, then ID.json with the part's sha256 and its own; ID.json's existence
 * means done. Files are written whole and the first one wins, so processes may
 * be killed at any instant and started again, or meet, without harm. In a packed
 * study (packed.ts) the pack has results too, and new ones lie beside it.
 */
import { CrispError } from "../core/errors.js";
import { canonicalJson, contentKey } from "../core/key.js";
import { kindOf } from "../study/items/registry.js";
import type { Item, Stored } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import { openPack, type Pack } from "./packed.js";
import type { Files, Platform } from "./platform.js";

/** What ID.json says, before its own checksum is added. */
type Summary = {
  readonly id: string;
  readonly kind: string;
  readonly part: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly result: Record<string, unknown>;
};

/** A folder's results, also by their IDs alone. */
export type StudyStore = ItemStore & {
  /** IDs of all results that are there. */
  ids(): Promise<readonly string[]>;
  /** A result as it lies in files of its own, verified; null if there is none. @throws CrispError `checksum` if it is damaged */
  stored(id: string): Promise<(Stored & { readonly kind: string }) | null>;
};

/** The store in `folder`; `onAlarm` hears of results that differ although their parameters agree. */
export function openStore(folder: string, onAlarm: (message: string) => void, platform: Platform): StudyStore {
  const { studies } = platform;
  const files = studies.files(folder);
  let opened: Promise<Pack | null> | undefined;
  const pack = () => {
    opened ??= openPack(folder, files);
    return opened;
  };
  const place: Place = { folder, onAlarm, files };
  return {
    recordRound: (round, items) => recordRound(place, round, items),
    claim: ({ id }) => studies.claim(folder, id),
    has: async ({ id }) =>
      (await pack())?.has(id) || (await files.kind(files.paths.join(folder, summaryPath(id)))) !== null,
    read: async (item) => (await (await pack())?.read(item)) ?? (await readResult(place, item)),
    write: (item, result) => writeResult(place, item, result),
    readCheckpoints: (item) => readCheckpoints(place, item),
    async writeCheckpoint({ id }, bytes) {
      const path = files.paths.join(folder, "checkpoints", `${id}.${studies.processId}`);
      await files.replace(path, await sealed(bytes, files));
    },
    ids: async () => [...new Set([...((await pack())?.ids() ?? []), ...(await resultIds(place))])],
    stored: async (id) => (await (await pack())?.stored(id)) ?? (await readStored(place, { id })),
  };
}

type Place = { readonly folder: string; readonly files: Files; onAlarm(message: string): void };

/** Where an item's summary lies, from the folder of the study. */
export function summaryPath(id: string): string {
  return `results/${id.slice(0, 2)}/${id}.json`;
}

/** Where an item's numbers lie, from the folder of the study. */
export function partPath(item: Pick<Item, "id" | "kind">): string {
  const { file } = kindOf(item);
  return `${file.folder}/${item.id.slice(0, 2)}/${item.id}.${file.ending}`;
}

async function recordRound({ folder, files }: Place, round: number, items: readonly Item[]): Promise<void> {
  const path = files.paths.join(folder, `items-${round}.ndjson`);
  const text = items.map((item) => `${canonicalJson(item)}\n`).join("");
  if ((await files.writeFirst(path, text)) === "written") return;
  if (textOf(await files.read(path)) !== text) {
    throw new CrispError(
      "store",
      `${path} records other items than the plan gives now. The file was changed, or another version made the study. Use another --out.`,
    );
  }
}

async function readResult<Result>(place: Place, item: Item<Result>): Promise<Result | null> {
  const stored = await readStored(place, item);
  return stored && ((await kindOf(item).file.decode(stored, stored.path)) as Result);
}

/** @param item  what is asked for; of another kind than the item it is no result of it */
async function readStored({ folder, files }: Place, item: { readonly id: string; readonly kind?: string }) {
  const path = files.paths.join(folder, summaryPath(item.id));
  const text = await files.readIfThere(path);
  if (text === null) return null;
  const { part, result: summary, kind, id } = demandOwn(parseSummary(textOf(text), path), item, path);
  const file = files.paths.join(folder, part.file);
  const bytes = await files.readIfThere(file);
  if (bytes === null) throw damaged(file, "is missing", path);
  const found = await files.sha256(bytes);
  if (found !== part.sha256) throw damaged(file, `has sha256 ${found}, recorded was ${part.sha256}`, path);
  return { bytes, summary, kind, id, path: file };
}

/** IDs of the summaries, in order. */
async function resultIds({ folder, files }: Place): Promise<readonly string[]> {
  const ids: string[] = [];
  const results = files.paths.join(folder, "results");
  for (const part of (await files.list(results)).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    for (const name of await files.list(files.paths.join(results, part))) {
      const [, id] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
      if (id !== undefined) ids.push(id);
    }
  return ids.sort();
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

/** A sound result under another's name is another's: it must be of this item, and its numbers where this item's lie. */
function demandOwn(summary: Summary, item: { readonly id: string; readonly kind?: string }, path: string): Summary {
  const { id, kind, part } = summary;
  if (id !== item.id) throw damaged(path, `is the result of another item, ${id}`, path);
  if (kind !== (item.kind ?? kind)) throw damaged(path, `is of kind ${kind}, this item is of kind ${item.kind}`, path);
  if (part?.file !== partPath(summary)) throw damaged(path, `names the numbers of another item, ${part?.file}`, path);
  return summary;
}

function damaged(file: string, what: string, summary: string): CrispError {
  return new CrispError(
    "checksum",
    `${file} ${what}. The result is damaged. Remove ${summary}${summary === file ? "" : ` and ${file}`} and run again: only this item is computed anew.`,
  );
}

async function writeResult(place: Place, item: Item, result: unknown): Promise<void> {
  const { folder, files } = place;
  const form = kindOf(item).file.encode(result, item);
  const file = partPath(item);
  const path = files.paths.join(folder, file);
  const sha256 = await files.sha256(form.bytes);
  if ((await files.writeFirst(path, form.bytes)) === "present") await settlePart(path, { ...form, sha256 }, place);
  const part = { file, bytes: form.bytes.length, sha256 };
  const summary: Summary = { id: item.id, kind: item.kind, part, result: form.summary };
  const text = `${canonicalJson({ ...summary, checksum: contentKey(summary) })}\n`;
  await files.writeFirst(files.paths.join(folder, summaryPath(item.id)), text);
  if (!kindOf(item).resumable) return;
  for (const checkpoint of await checkpointsOf(place, item)) await files.remove(checkpoint);
}

/** A part without a summary is left from a killed process: equal bytes are kept, others replaced, with an alarm. */
async function settlePart(
  file: string,
  { bytes, sha256 }: { readonly bytes: Uint8Array; readonly sha256: string },
  { onAlarm, files }: Place,
): Promise<void> {
  if ((await files.sha256(await files.read(file))) === sha256) return;
  onAlarm(
    `${file} existed with other bytes although its parameters agree; replaced. If it happens again, report the machine.`,
  );
  await files.replace(file, bytes);
}

/** Bytes behind their own sha256 (64 digits), so a checkpoint proves itself. */
async function sealed(bytes: Uint8Array, { sha256 }: Files): Promise<Uint8Array> {
  const whole = new Uint8Array(64 + bytes.length);
  whole.set(new TextEncoder().encode(await sha256(bytes)));
  whole.set(bytes, 64);
  return whole;
}

/** The checkpoints that prove themselves; damaged ones are passed over with an alarm, since work can begin again. */
async function readCheckpoints(place: Place, item: Item): Promise<Uint8Array[]> {
  const { onAlarm, files } = place;
  const sound: Uint8Array[] = [];
  for (const path of await checkpointsOf(place, item)) {
    const bytes = await files.read(path);
    const body = bytes.subarray(64);
    if (textOf(bytes.subarray(0, 64)) === (await files.sha256(body))) sound.push(body);
    else onAlarm(`${path} is damaged; training starts before it.`);
  }
  return sound;
}

/** Checkpoints of every attempt at an item. */
async function checkpointsOf({ folder, files }: Place, item: Item): Promise<string[]> {
  const checkpoints = files.paths.join(folder, "checkpoints");
  const names = await files.list(checkpoints);
  return names.filter((name) => name.startsWith(`${item.id}.`)).map((name) => files.paths.join(checkpoints, name));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

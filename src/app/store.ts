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

/**
 * The same for those who can make an item again: `has` proves each result once, and takes a damaged one away, with
 * an alarm that names it. The same bytes come back, since an item's ID holds all that decides its result. Checkpoints
 * of a proven result are removed.
 */
export function mendingStore(folder: string, onAlarm: (message: string) => void, platform: Platform): ItemStore {
  const place: Place = { folder, onAlarm, files: platform.studies.files(folder) };
  const store = openStore(folder, onAlarm, platform);
  const sound = new Set<string>();
  return {
    ...store,
    async has(item) {
      if (sound.has(item.id)) return true;
      const found = await sought(place, item);
      if (found && "damaged" in found) await discardDamaged(place, item, store.claim);
      else if (found) {
        await removeCheckpoints(place, item);
        sound.add(item.id);
      }
      return sound.has(item.id) || (!found && (await store.has(item))); // or in a pack, which proves itself as a whole
    },
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
      `${path} records other items than the plan gives now. The file is damaged, or another version made the study. Remove it if it is damaged, and run again: it is written anew. Otherwise use another --out.`,
    );
  }
}

/** What is asked for; of another kind it is no result of it. */
type Wanted = { readonly id: string; readonly kind?: string };
/** A result's two files, where each matches its checksum. */
type Sound = { readonly path: string; readonly bytes: Uint8Array; readonly summary: Summary };
/** Which file is damaged, and what shows it. */
type Damage = { readonly damaged: string; readonly what: string };

async function readResult<Result>(place: Place, item: Item<Result>): Promise<Result | null> {
  const stored = await readStored(place, item);
  return stored && ((await kindOf(item).file.decode(stored, stored.path)) as Result);
}

async function readStored(place: Place, item: Wanted) {
  const found = await sought(place, item);
  if (found === null) return null;
  if ("damaged" in found) throw damageError(found, place.files.paths.join(place.folder, summaryPath(item.id)));
  const { path, bytes, summary } = found;
  return { bytes, summary: summary.result, kind: summary.kind, id: summary.id, path };
}

/** IDs of the summaries, in order. */
async function resultIds({ folder, files }: Place): Promise<readonly string[]> {
  const ids: string[] = [];
  const results = files.paths.join(folder, "results");
  const parts = (await files.list(results)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const lists = await Promise.all(parts.map((part) => files.list(files.paths.join(results, part))));
  for (const name of lists.flat()) {
    const [, id] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
    if (id !== undefined) ids.push(id);
  }
  return ids.sort();
}

async function sought({ folder, files }: Place, item: Wanted): Promise<Sound | Damage | null> {
  const path = files.paths.join(folder, summaryPath(item.id));
  const text = await files.readIfThere(path);
  if (text === null) return null;
  const summary = parsedSummary(textOf(text));
  const wrong = summary ? foreignness(summary, item) : "does not match its own checksum";
  if (wrong || !summary) return { damaged: path, what: wrong };
  const file = files.paths.join(folder, summary.part.file);
  const bytes = await files.readIfThere(file);
  if (bytes === null) return { damaged: file, what: "is missing" };
  const found = await files.sha256(bytes);
  if (found === summary.part.sha256) return { path: file, bytes, summary };
  return { damaged: file, what: `has sha256 ${found}, recorded was ${summary.part.sha256}` };
}

/** Null for text that is not JSON, or does not match its checksum: both are damage. */
function parsedSummary(text: string): Summary | null {
  try {
    const { checksum, ...summary } = JSON.parse(text) as Summary & { checksum: string };
    return checksum === contentKey(summary) ? summary : null;
  } catch {
    return null;
  }
}

/** A sound result under another's name is another's: it must be of this item, and its numbers where this item's lie. */
function foreignness({ id, kind, part }: Summary, item: Wanted): string {
  if (id !== item.id) return `is the result of another item, ${id}`;
  if (item.kind !== undefined && kind !== item.kind) return `is of kind ${kind}, this item is of kind ${item.kind}`;
  return part?.file === partPath({ id, kind }) ? "" : `names the numbers of another item, ${part?.file}`;
}

function damageError({ damaged, what }: Damage, summary: string): CrispError {
  return new CrispError(
    "checksum",
    `${damaged} ${what}. The result is damaged. Remove ${summary}${summary === damaged ? "" : ` and ${damaged}`} and run again: only this item is computed anew.`,
  );
}

/** Takes a damaged result away: under a claim, so that of two that find it none removes what the other has made since. */
async function discardDamaged(place: Place, item: Item, claim: ItemStore["claim"]): Promise<void> {
  const { folder, files } = place;
  const release = await claim(item);
  if (release === null) return;
  try {
    const found = await sought(place, item);
    if (found === null || !("damaged" in found)) return;
    place.onAlarm(`${found.damaged} ${found.what}. The result is damaged: it is taken away, and its item done again.`);
    // The summary first: without it there is no result.
    for (const file of [summaryPath(item.id), partPath(item)]) await files.remove(files.paths.join(folder, file));
  } finally {
    await release();
  }
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
  await removeCheckpoints(place, item);
}

/** Nothing needs them once the result is there; a process killed between the two left them. */
async function removeCheckpoints(place: Place, item: Item): Promise<void> {
  if (!kindOf(item).resumable) return;
  for (const checkpoint of await checkpointsOf(place, item)) await place.files.remove(checkpoint);
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
    const bytes = await files.readIfThere(path);
    if (bytes === null) continue; // its training has ended since it was listed
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

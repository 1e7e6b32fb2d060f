/** Reading a study's folder: its record, and how far it is. */

import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import type { LawChoice } from "../scaling/law-choice.js";
import { expectedItems } from "../study/estimate.js";
import { trainItem } from "../study/plan.js";
import type { MinimumRecord, PredictionRecord, StudyRecord } from "../study/record.js";
import { readableRecord, recordVersion } from "../study/record-versions.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import { type Failure, failuresIn } from "./failures.js";
import { type Manifest, manifestIn, planOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { type RecordCheck, readRecordFile, writeRecordFile } from "./record-file.js";
import { openStore } from "./store.js";

/** How far a study is. */
export type StudyStatus = {
  readonly study: string;
  readonly name: string;
  /** Items planned so far; later rounds may add some. */
  readonly items: number;
  readonly done: number;
  /** Items that the study is expected to come to, with the rounds to come; absent once it is finished. */
  readonly expected?: number;
  readonly stage: string;
  readonly finished: boolean;
  readonly rows: readonly MinimumRecord[];
  /** Of a finished study, as its record has it. */
  readonly prediction: PredictionRecord | null;
  /** Results in a folder that lists no items: kept to be taken over, not a study under way; absent elsewhere. */
  readonly stored?: number;
  /** What a reader of the rows must know; mostly none. */
  readonly warnings: readonly string[];
  /** Items without a result whose making failed, on a cluster each with the log of its task; absent where none did. */
  readonly failed?: readonly Failure[];
  /** In the folder of a single training (`crisp train`): its atoms, and images seen once it is done; absent in a study's. */
  readonly training?: { readonly features: number; readonly imagesSeen: number | null };
};

/** Writes scaling.json. */
export async function writeRecord(out: string, record: StudyRecord, { studies }: Platform): Promise<void> {
  const files = studies.files(out);
  await writeRecordFile(files.paths.join(out, "scaling.json"), record, files);
}

/** The record of a finished study; one without a checksum says so in its warnings. @throws CrispError `incomplete` if it has none yet */
export async function readRecord(out: string, platform: Platform): Promise<StudyRecord> {
  const { record, unsealed } = await recordAndSeal(out, platform);
  return unsealed.length === 0 ? record : { ...record, warnings: [...record.warnings, ...unsealed] };
}

/** The laws of a study's analysis by its user's word, as its record has them: all where there is none, or none to be read. */
export async function recordedLaws(out: string, platform: Platform): Promise<LawChoice> {
  try {
    return (await recordAndSeal(out, platform)).record.laws ?? {};
  } catch (error) {
    if (error instanceof CrispError && (error.code === "incomplete" || error.code === "checksum")) return {};
    throw error;
  }
}

async function recordAndSeal(out: string, platform: Platform): Promise<{ record: StudyRecord; unsealed: string[] }> {
  const files = platform.studies.files(out);
  const unsealed: string[] = [];
  const manifest = await knownManifest(out, platform);
  refuseTraining(out, manifest);
  const check: RecordCheck<Record<string, unknown>> = {
    fault: (found) =>
      readableRecord(found) ? otherStudys(found, manifest) : `it holds no record of version 1 or ${recordVersion}`,
    advice: `Run "crisp fit ${out}" to make it again.`,
    onUnsealed: (warning) => void unsealed.push(warning),
  };
  const record = await readRecordFile(files.paths.join(files.paths.resolve(out), "scaling.json"), check, files);
  if (record) return { record: readableRecord(record)!, unsealed };
  throw new CrispError(
    "incomplete",
    `${out} is not finished: it has no scaling.json. Run the study's command again to finish it.`,
  );
}

/** What shows that a sound record is another study's, or null. Of a manifest of an earlier version the key is a new one. */
function otherStudys({ study }: Record<string, unknown>, manifest: Manifest): string | null {
  if (manifest.schemaVersion < 3 || typeof study !== "string" || study === manifest.study) return null;
  return `it is the record of another study, ${study.slice(0, 12)}…`;
}

/** The manifest of a folder that must be a study. */
export async function knownManifest(out: string, platform: Platform): Promise<Manifest> {
  const manifest = await manifestIn(platform.files.paths.resolve(out), platform);
  if (manifest) return manifest;
  throw new CrispError(
    "store",
    `${out} holds no study: there is no manifest.json. Name the folder that crisp run was given with --out.`,
  );
}

/** @throws CrispError `store` for the folder of a single training, which is never a study */
export function refuseTraining(out: string, manifest: Manifest): void {
  if (manifest.kind !== "training") return;
  throw new CrispError(
    "store",
    `${out} holds one dictionary of ${counted(manifest.settings.features[0], "atom")} made by crisp train; a study is needed here. Use it as --dictionary ${out}/dictionary.safetensors, or name the folder of a crisp run.`,
  );
}

/** Reads how far a study is, also while it runs. */
export async function studyStatus(out: string, platform: Platform): Promise<StudyStatus> {
  const files = platform.studies.files(out);
  const manifest = await knownManifest(out, platform);
  const folder = files.paths.resolve(out);
  const store = openStore(folder, () => {}, platform);
  const items = await plannedItems(folder, platform);
  // The names in 256 folders instead of a question per item: on a network each is a round trip.
  const there = new Set(await store.ids());
  const missing = new Set(items.map(({ id }) => id).filter((id) => !there.has(id)));
  const done = items.length - items.filter(({ id }) => missing.has(id)).length;
  const failed = (await failuresIn(folder, platform)).filter(({ id }) => missing.has(id));
  const finished = (await files.kind(files.paths.join(folder, "scaling.json"))) !== null;
  const training = manifest.kind === "training" ? await trainingStatus(manifest, store) : undefined;
  const stage = training
    ? training.imagesSeen === null
      ? "training"
      : "finished"
    : finished
      ? "finished"
      : done === items.length
        ? "analysis"
        : "work";
  const found = finished ? await recordAndSeal(out, platform) : null;
  return {
    study: manifest.study,
    name: files.paths.basename(folder),
    items: items.length,
    done,
    stage,
    finished: training ? training.imagesSeen !== null : finished,
    rows: found?.record.minima ?? [],
    prediction: found?.record.prediction ?? null,
    ...(items.length === 0 && there.size > 0 && { stored: there.size }),
    warnings: found?.unsealed ?? [],
    ...(!finished && !training && { expected: expectedItems(planOf(manifest), items.length) }),
    ...(failed.length > 0 && { failed }),
    ...(training && { training }),
  };
}

/** Of the folder of a single training; images seen are in its one item's summary. */
async function trainingStatus(manifest: Manifest, store: ItemStore) {
  const features = manifest.settings.features[0];
  const trained = await store.read(trainItem(planOf(manifest), features, 0));
  return { features, imagesSeen: trained?.imagesSeen ?? null };
}

/** Items of all rounds that a folder records. @throws CrispError `checksum` for a line that is not JSON */
export async function plannedItems(folder: string, { studies }: Platform): Promise<Item[]> {
  const files = studies.files(folder);
  const all = await files.list(folder);
  const called = (word: string) => all.filter((name) => new RegExp(`^${word}-\\d+\\.ndjson$`).test(name));
  // The first versions called items units.
  const names = called("items").length > 0 ? called("items") : called("units");
  const contents = await Promise.all(names.map((name) => files.read(files.paths.join(folder, name))));
  return contents.flatMap((bytes, n) => parsedItems(bytes, files.paths.join(folder, names[n])));
}

/** Items of a file, one a line; its path is for messages. @throws CrispError `checksum` for a line that is not JSON */
export function parsedItems(bytes: Uint8Array, path: string): Item[] {
  const lines = new TextDecoder().decode(bytes).split("\n").filter(Boolean);
  return lines.map((line) => parsedItem(line, path));
}

function parsedItem(line: string, path: string): Item {
  try {
    return JSON.parse(line) as Item;
  } catch (cause) {
    throw new CrispError(
      "checksum",
      `${path} holds a line that is not JSON: the file is damaged. Remove it; the next run of the study writes it again.`,
      { cause },
    );
  }
}

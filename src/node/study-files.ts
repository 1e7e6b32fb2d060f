/** Reading a study's folder: its record, and how far it is. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import { trainItem } from "../study/plan.js";
import type { MinimumRecord, StudyRecord } from "../study/record.js";
import { exists, replaceFile } from "./files.js";
import { type Manifest, manifestIn, planOf } from "./manifest.js";
import { readRecordFile } from "./record-file.js";
import { summaryPath } from "./store.js";

/** How far a study is. */
export type StudyStatus = {
  readonly study: string;
  readonly name: string;
  /** Units planned so far; later rounds may add some. */
  readonly units: number;
  readonly done: number;
  readonly stage: string;
  readonly finished: boolean;
  readonly rows: readonly MinimumRecord[];
  /** In the folder of a single training (`crisp train`): its atoms, and images seen once it is done; absent in a study's. */
  readonly training?: { readonly features: number; readonly imagesSeen: number | null };
};

/** scaling.json: canonical JSON on one line, so equal records are equal bytes; a NaN would throw. */
export async function writeRecord(out: string, record: StudyRecord): Promise<void> {
  await replaceFile(join(out, "scaling.json"), `${canonicalJson(record)}\n`);
}

/** The record of a finished study. @throws CrispError `incomplete` if it has none yet */
export async function readRecord(out: string): Promise<StudyRecord> {
  refuseTraining(out, await knownManifest(out));
  const record = await readRecordFile<StudyRecord>(join(resolve(out), "scaling.json"), {
    fault: ({ schemaVersion, minima }) =>
      schemaVersion === 1 && Array.isArray(minima) ? null : "it holds no record of version 1",
    advice: `Run "crisp fit ${out}" to make it again.`,
  });
  if (record) return record;
  throw new CrispError(
    "incomplete",
    `${out} is not finished: it has no scaling.json. Run the study's command again to finish it.`,
  );
}

/** The manifest of a folder that must be a study. */
export async function knownManifest(out: string): Promise<Manifest> {
  const manifest = await manifestIn(resolve(out));
  if (manifest) return manifest;
  throw new CrispError(
    "store",
    `${out} holds no study: there is no manifest.json. Name the folder that crisp run was given with --out.`,
  );
}

/** @throws CrispError `store` for the folder of a single training, which is never a study */
export function refuseTraining(out: string, manifest: Manifest): void {
  if (manifest.kind !== "training") return;
  const dictionary = join(out, "dictionary.safetensors");
  throw new CrispError(
    "store",
    `${out} holds a single dictionary of crisp train, ${manifest.settings.features[0]} atoms, and no study. Use it as --dictionary ${dictionary}, or name the folder of a crisp run.`,
  );
}

/** Reads how far a study is, also while it runs. */
export async function studyStatus(out: string): Promise<StudyStatus> {
  const manifest = await knownManifest(out);
  const ids = await plannedIds(resolve(out));
  let done = 0;
  for (const { id } of ids) if (await exists(summaryPath(resolve(out), id))) done++;
  const finished = await exists(join(resolve(out), "scaling.json"));
  const training = manifest.kind === "training" ? await trainingStatus(resolve(out), manifest) : undefined;
  const stage = training
    ? training.imagesSeen === null
      ? "training"
      : "finished"
    : finished
      ? "finished"
      : done === ids.length
        ? "analysis"
        : "work";
  const rows = finished ? (await readRecord(out)).minima : [];
  return {
    study: manifest.study,
    name: basename(resolve(out)),
    units: ids.length,
    done,
    stage,
    finished: training ? training.imagesSeen !== null : finished,
    rows,
    ...(training && { training }),
  };
}

/** Of the folder of a single training; images seen are in its one unit's summary. */
async function trainingStatus(out: string, manifest: Manifest) {
  const features = manifest.settings.features[0];
  const path = summaryPath(out, trainItem(planOf(manifest), features, 0).id);
  if (!(await exists(path))) return { features, imagesSeen: null };
  const { result } = JSON.parse(await readFile(path, "utf8")) as { result: { imagesSeen: number } };
  return { features, imagesSeen: result.imagesSeen };
}

async function plannedIds(folder: string): Promise<{ id: string; kind: string }[]> {
  const names = (await readdir(folder)).filter((name) => /^units-\d+\.ndjson$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.flatMap((text) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => parsedUnit(line, folder)),
  );
}

function parsedUnit(line: string, folder: string): { id: string; kind: string } {
  try {
    return JSON.parse(line) as { id: string; kind: string };
  } catch (cause) {
    throw new CrispError(
      "checksum",
      `a units file of ${folder} holds a line that is not JSON: the file is damaged. Remove that units-N.ndjson; the next run writes it again.`,
      { cause },
    );
  }
}

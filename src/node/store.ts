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
import type { TrainingState } from "../learning/train.js";
import type { ResultOf, ResultStore } from "../study/store.js";
import type { TrainUnit, Unit } from "../study/unit.js";
import { bytesSha256, errorCode, exists, replaceFile, writeFirst } from "./files.js";
import { decodeResult, decodeState, encodeResult, encodeState, partOf } from "./result-files.js";

/** What ID.json says, before its own checksum is added. */
type Summary = {
  readonly id: string;
  readonly kind: string;
  readonly part: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly result: Record<string, unknown>;
};

/** The store in `folder`; `onAlarm` hears of results that differ although their parameters agree. */
export function openStore(folder: string, onAlarm: (message: string) => void): ResultStore {
  return {
    recordRound: (round, units) => recordRound(folder, round, units),
    read: (unit) => readResult(folder, unit),
    write: (unit, result) => writeResult(folder, unit, result, onAlarm),
    readCheckpoint: (unit) => readCheckpoint(folder, unit, onAlarm),
    writeCheckpoint: (unit, state) => replaceFile(checkpointPath(folder, unit), sealed(encodeState(state))),
  };
}

/**
 * Removes what killed processes left half-written. Only the holder of the
 * study's lock may call it: another process's files would look the same.
 */
export async function removeStrays(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const strays = names.filter((name) => basename(name).startsWith(".") && name.endsWith(".tmp"));
  for (const name of strays) await rm(join(folder, name), { force: true });
}

/** Where a unit's summary lies: results/ab/ID.json. */
export function summaryPath(folder: string, id: string): string {
  return join(folder, "results", id.slice(0, 2), `${id}.json`);
}

/** Where a unit's numbers lie. */
export function partPath(folder: string, unit: Unit): string {
  const { folder: kind, extension } = partOf[unit.kind];
  return join(folder, kind, unit.id.slice(0, 2), `${unit.id}.${extension}`);
}

async function recordRound(folder: string, round: number, units: readonly Unit[]): Promise<void> {
  const path = join(folder, `units-${round}.ndjson`);
  const text = units.map((unit) => `${canonicalJson(unit)}\n`).join("");
  if ((await writeFirst(path, text)) === "written") return;
  if ((await readFile(path, "utf8")) !== text) {
    throw new CrispError(
      "store",
      `${path} records other units than the plan gives now. The file was changed, or another version made the study. Use another --out.`,
    );
  }
}

async function readResult<U extends Unit>(folder: string, unit: U): Promise<ResultOf<U> | null> {
  const path = summaryPath(folder, unit.id);
  const text = await readIfThere(path);
  if (text === null) return null;
  const summary = parseSummary(text.toString("utf8"), path);
  const file = join(folder, summary.part.file);
  const bytes = await readIfThere(file);
  if (bytes === null) throw damaged(file, "is missing", path);
  const found = bytesSha256(bytes);
  if (found !== summary.part.sha256)
    throw damaged(file, `has sha256 ${found}, recorded was ${summary.part.sha256}`, path);
  return decodeResult(unit, { bytes, summary: summary.result }, file);
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
    `${file} ${what}. The result is damaged. Remove ${summary}${summary === file ? "" : ` and ${file}`} and run again: only this unit is computed anew.`,
  );
}

async function writeResult<U extends Unit>(
  folder: string,
  unit: U,
  result: ResultOf<U>,
  onAlarm: (message: string) => void,
): Promise<void> {
  const form = encodeResult(unit, result);
  const file = partPath(folder, unit);
  const sha256 = bytesSha256(form.bytes);
  if ((await writeFirst(file, form.bytes)) === "present") await settlePart(file, form.bytes, sha256, onAlarm);
  const part = { file: file.slice(folder.length + 1).replaceAll("\\", "/"), bytes: form.bytes.length, sha256 };
  const summary: Summary = { id: unit.id, kind: unit.kind, part, result: form.summary };
  await writeFirst(summaryPath(folder, unit.id), `${canonicalJson({ ...summary, checksum: contentKey(summary) })}\n`);
  if (unit.kind === "train") for (const path of await checkpointsOf(folder, unit)) await rm(path, { force: true });
}

/** A part without a summary is left from a killed process: equal bytes are kept, others replaced, with an alarm. */
async function settlePart(
  file: string,
  bytes: Uint8Array,
  sha256: string,
  onAlarm: (message: string) => void,
): Promise<void> {
  if (bytesSha256(await readFile(file)) === sha256) return;
  onAlarm(
    `${file} existed with other bytes although its parameters agree; replaced. If it happens again, report the machine.`,
  );
  await replaceFile(file, bytes);
}

function checkpointPath(folder: string, unit: TrainUnit): string {
  return join(folder, "checkpoints", `${unit.id}.${process.pid}`);
}

/** Bytes behind their own sha256 (64 digits), so a checkpoint proves itself. */
function sealed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(bytesSha256(bytes)), bytes]);
}

/** The furthest checkpoint that proves itself; damaged ones are passed over with an alarm, since training can begin again. */
async function readCheckpoint(
  folder: string,
  unit: TrainUnit,
  onAlarm: (message: string) => void,
): Promise<TrainingState | null> {
  let furthest: TrainingState | null = null;
  for (const path of await checkpointsOf(folder, unit)) {
    const bytes = await readFile(path);
    const body = bytes.subarray(64);
    if (bytes.subarray(0, 64).toString() !== bytesSha256(body))
      onAlarm(`${path} is damaged; training starts before it.`);
    else furthest = further(furthest, decodeState(body, path));
  }
  return furthest;
}

function further(a: TrainingState | null, b: TrainingState): TrainingState {
  return a && a.imagesSeen >= b.imagesSeen ? a : b;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Checkpoints of every attempt at a training. */
async function checkpointsOf(folder: string, unit: TrainUnit): Promise<string[]> {
  const checkpoints = join(folder, "checkpoints");
  const names = (await exists(checkpoints)) ? await readdir(checkpoints) : [];
  return names.filter((name) => name.startsWith(`${unit.id}.`)).map((name) => join(checkpoints, name));
}

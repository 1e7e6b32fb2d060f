/**
 * A study packed for publication and for file systems that count files: the same folder, with all its results in
 * two files. Every command reads it as it reads the study, and a run goes on from it.
 */
import { CrispError } from "../core/errors.js";
import { type Column, growParquet, type TextColumn } from "../formats/parquet.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../formats/safetensors.js";
import { kindOf } from "../study/items/registry.js";
import { emptyPoints, type Points } from "../tasks/points.js";
import { columnsOfPoints, decodePoints } from "../tasks/points-file.js";
import { type PackedResult, type PackRecord, packFiles } from "./packed.js";
import type { Files, Platform } from "./platform.js";
import { writeRecordFile } from "./record-file.js";
import { openStore, type StudyStore } from "./store.js";
import { knownManifest, plannedItems } from "./study-files.js";

/** A study, and the new folder for its packed form. */
export type PackRequest = { readonly study: string; readonly out: string };

/** What was packed: results, of how many planned, and the bytes of the pack's files. */
export type PackResult = {
  readonly study: string;
  readonly out: string;
  readonly results: number;
  /** Items of the study that have no result yet. */
  readonly missing: number;
  readonly files: PackRecord["files"];
};

/** Copied as they are, in this order: a record is never newer than the results beside it. The manifest comes last of all. */
const copied = [/^(scaling|transition|protocol)\.json$/, /^events\.ndjson$/, /^(items|units)-\d+\.ndjson$/];

/** Written by a process that may be at work. */
const temporary = /^\..*\.tmp$/;

/**
 * Packs a study, which may be at work: what is finished is taken.
 *
 * @throws CrispError `usage` where `out` lies in the study, `store` where it holds something, `checksum` for a damaged result
 */
export async function packStudy(request: PackRequest, platform: Platform): Promise<PackResult> {
  const { paths } = platform.files;
  const [study, out] = [paths.resolve(request.study), paths.resolve(request.out)];
  const manifest = await knownManifest(study, platform);
  await demandOutside(out, study, platform);
  await demandFree(out, platform);
  await platform.studies.make(out);
  const places = {
    from: { folder: study, files: platform.studies.files(study) },
    files: platform.studies.files(out),
    out,
  };
  await removeUnfinished(places);
  await copyFiles(places);
  const planned = await plannedItems(study, platform);
  const store = openStore(study, () => {}, platform);
  const results = await packedResults({ ...places, store, first: planned.map(({ id }) => id) });
  const files = await Promise.all(Object.values(packFiles).map((file) => described(out, file, places.files)));
  const record: PackRecord = { schemaVersion: 1, study: manifest.study, files, results };
  await writeRecordFile(paths.join(out, "pack.json"), record, places.files);
  await copyFile("manifest.json", places);
  const there = new Set(results.map(({ id }) => id));
  const missing = planned.filter(({ id }) => !there.has(id)).length;
  return { study, out, results: results.length, missing, files };
}

/** @throws CrispError `usage` for a pack within the study: its folder is only read, and holds only files of its own */
async function demandOutside(out: string, study: string, { files }: Platform): Promise<void> {
  const { real, paths } = files;
  const studies = [study, await real(study)];
  const above = (path: string): string[] => {
    const parent = paths.dirname(path);
    return parent === path ? [] : [parent, ...above(parent)];
  };
  if (![...above(out), ...above(await real(out))].some((folder) => studies.includes(folder))) return;
  throw new CrispError(
    "usage",
    `--out is ${out}, which lies in the study ${study}; a packed study needs a folder outside. Name a folder beside it.`,
  );
}

/** @throws CrispError `store` for a folder that holds more than an unfinished pack: its manifest is written last */
async function demandFree(out: string, { studies }: Platform): Promise<void> {
  const own = [...copied, /^(results\.parquet|arrays\.safetensors|pack\.json)$/, temporary];
  const others = (await studies.files(out).list(out)).filter((name) => !own.some((form) => form.test(name)));
  if (others.length === 0) return;
  throw new CrispError(
    "store",
    `${out} holds files (${others.slice(0, 3).join(", ")}); a packed study needs a new or empty folder. Choose another --out.`,
  );
}

/** What an unfinished pack left may be of another study, or of this one before it was begun again. */
async function removeUnfinished({ out, files }: Pick<Places, "out" | "files">): Promise<void> {
  for (const name of await files.list(out)) if (!temporary.test(name)) await files.remove(files.paths.join(out, name));
}

type Places = {
  readonly from: { readonly folder: string; readonly files: Files };
  readonly out: string;
  /** Those of `out`. */
  readonly files: Files;
};

async function copyFiles(places: Places): Promise<void> {
  const { folder, files } = places.from;
  const names = await files.list(folder);
  for (const form of copied) for (const name of names) if (form.test(name)) await copyFile(name, places);
}

async function copyFile(name: string, { from, files, out }: Places): Promise<void> {
  const bytes = await from.files.read(from.files.paths.join(from.folder, name));
  await files.replace(files.paths.join(out, name), bytes);
}

type Packing = Places & { readonly store: StudyStore; readonly first: readonly string[] };

/** Writes both files. Items come in the order of the plan, then what belongs to no round. */
async function packedResults({ out, files, store, first }: Packing): Promise<readonly PackedResult[]> {
  const ids = new Set([...first, ...(await store.ids())]);
  const results: PackedResult[] = [];
  const tensors: Record<string, NamedTensor> = {};
  const table = await files.grow(files.paths.join(out, packFiles.points));
  try {
    const points = pointsWriter((bytes) => table.append(bytes));
    for (const id of ids) {
      const stored = await store.stored(id);
      if (stored === null) continue;
      const { kind, bytes, summary: result } = stored;
      const { ending } = kindOf({ kind }).file;
      const about = { id, kind, result };
      if (ending === "parquet") results.push({ ...about, rows: await points.add(id, bytes) });
      else if (ending === "safetensors") {
        const found = decodeSafetensors(bytes, id);
        for (const [name, tensor] of Object.entries(found.tensors)) tensors[`${id}/${name}`] = tensor;
        results.push({ ...about, arrays: { names: Object.keys(found.tensors), metadata: found.metadata } });
      } else results.push({ ...about, text: new TextDecoder().decode(bytes) });
    }
    await points.finish();
    await table.finish();
  } finally {
    await table.discard();
  }
  const metadata = { format: "crisp-pack-1" };
  await files.replace(files.paths.join(out, packFiles.arrays), encodeSafetensors({ tensors, metadata }));
  return results;
}

/** Rows of a group: what a reader of one sweep has to decode. 100,000 rows of a study's points take about 3 MB. */
const groupRows = 100_000;

/** Sweeps one after the other as one table: groups of whole sweeps, and a column that names the item. */
function pointsWriter(append: (bytes: Uint8Array) => Promise<void>) {
  const table = growParquet();
  let [group, rows] = [0, 0];
  let parts: Columns[] = [];
  async function flush(): Promise<void> {
    await append(table.group(joined(parts)));
    [group, rows, parts] = [group + 1, 0, []];
  }
  return {
    async add(id: string, bytes: Uint8Array) {
      const points = await decodePoints(bytes, id);
      const count = points.lambda.length;
      if (rows > 0 && rows + count > groupRows) await flush();
      const at = { group, from: rows, count, ...(points.power && { judged: true as const }) };
      parts.push(namedColumns(id, points));
      rows += count;
      return at;
    },
    async finish() {
      if (group === 0 && rows === 0) parts.push(namedColumns("", emptyPoints(0)));
      if (parts.length > 0) await flush();
      await append(table.finish());
    },
  };
}

type Columns = readonly (Column | TextColumn)[];

/** One table has one set of columns: `power` is NaN where a sweep has none. */
function namedColumns(id: string, points: Points): Columns {
  const count = points.lambda.length;
  const power = points.power ?? new Float64Array(count).fill(Number.NaN);
  return [
    { name: "item", type: "STRING", data: new Array<string>(count).fill(id) },
    ...columnsOfPoints({ ...points, power }),
  ];
}

function joined(parts: readonly Columns[]): Columns {
  return parts[0].map(
    (column, i) => ({ ...column, data: parts.flatMap((part) => part[i].data as number[]) }) as Column,
  );
}

async function described(folder: string, file: string, files: Files): Promise<PackRecord["files"][number]> {
  const { bytes, sha256 } = await files.open(files.paths.join(folder, file));
  return { file, bytes, sha256: await sha256() };
}

/**
 * A packed study, read: the results that `crisp pack` put into two files instead of two files each. pack.json tells
 * where each of them lies and the sha256 of both files, which are checked before anything is taken from them. Rows
 * and arrays are read as they are asked for.
 */
import { CrispError } from "../core/errors.js";
import { openParquet, type ParquetTable } from "../formats/parquet.js";
import { encodeSafetensors, openSafetensors, type SafetensorsFile } from "../formats/safetensors.js";
import { kindOf } from "../study/items/registry.js";
import type { Points } from "../tasks/points.js";
import { encodePoints, pointNames, pointsOfColumns } from "../tasks/points-file.js";
import type { Item, Stored } from "../work/item.js";
import type { Files } from "./platform.js";
import { type RecordCheck, readRecordFile } from "./record-file.js";

/** Points of all sweeps; tensors of all dictionaries, and of the report's pictures. */
export const packFiles = { points: "results.parquet", arrays: "arrays.safetensors" } as const;

/** Rows of a group in results.parquet; `judged` where they have a `power` of their own. */
type Rows = { readonly group: number; readonly from: number; readonly count: number; readonly judged?: true };

/** Tensors ID/NAME in arrays.safetensors, and what the file of their own had as metadata. */
type Arrays = { readonly names: readonly string[]; readonly metadata: Readonly<Record<string, string>> };

/** One result of a pack: its summary, and where its numbers lie; text is kept as it is. */
export type PackedResult = {
  readonly id: string;
  readonly kind: string;
  readonly result: Record<string, unknown>;
} & ({ readonly rows: Rows } | { readonly arrays: Arrays } | { readonly text: string });

/** pack.json. */
export type PackRecord = {
  readonly schemaVersion: 1;
  /** Key of the study. */
  readonly study: string;
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[];
  readonly results: readonly PackedResult[];
};

/** The results of a pack by ID. */
export type Pack = {
  has(id: string): boolean;
  ids(): readonly string[];
  /** A result of the pack; null if it has none. @throws CrispError `checksum` if a file of the pack is damaged */
  read<Result>(item: Item<Result>): Promise<Result | null>;
  /** The same as a file of its own would hold it. */
  stored(id: string): Promise<(Stored & { readonly kind: string }) | null>;
};

/** The pack in a folder, or null where there is none. @throws CrispError `checksum` if pack.json is damaged or missing */
export async function openPack(folder: string, files: Files): Promise<Pack | null> {
  const path = files.paths.join(folder, "pack.json");
  const check: RecordCheck<PackRecord> = {
    fault: ({ schemaVersion }) => (schemaVersion === 1 ? null : "it holds no pack of version 1"),
    advice: "Copy the packed study again.",
  };
  const record = await readRecordFile(path, check, files);
  if (record) return packOf(record, folder, files);
  if ((await files.kind(files.paths.join(folder, packFiles.points))) === null) return null;
  throw new CrispError(
    "checksum",
    `${path} is missing, and ${packFiles.points} beside it says nothing without it. Copy the packed study again.`,
  );
}

function packOf(record: PackRecord, folder: string, files: Files): Pack {
  const known = new Map(record.results.map((one) => [one.id, one]));
  const readers = readersOf(record, folder, files);
  async function pointsOf({ group, from, count, judged }: Rows): Promise<Points> {
    const columns = await readers.group(group);
    return pointsOfColumns((name) => columns.get(name)!.slice(from, from + count), judged === true);
  }
  async function storedOf(one: PackedResult): Promise<Stored> {
    const summary = one.result;
    if ("rows" in one) return { bytes: encodePoints(await pointsOf(one.rows)), summary };
    if ("text" in one) return { bytes: new TextEncoder().encode(one.text), summary };
    const { names, metadata } = one.arrays;
    const file = await readers.arrays();
    const tensors = Object.fromEntries(names.map((name) => [name, file.read(`${one.id}/${name}`)]));
    return { bytes: encodeSafetensors({ tensors, metadata }), summary };
  }
  return {
    has: (id) => known.has(id),
    ids: () => [...known.keys()],
    async read<Result>(item: Item<Result>) {
      const one = known.get(item.id);
      if (one === undefined) return null;
      // What lies as rows is points, of whatever kind the item is: to write them as a file first took twice the time.
      if ("rows" in one) return (await pointsOf(one.rows)) as Result;
      const name = files.paths.join(folder, packFiles.arrays);
      return (await kindOf(item).file.decode(await storedOf(one), name)) as Result;
    },
    async stored(id) {
      const one = known.get(id);
      return one === undefined ? null : { ...(await storedOf(one)), kind: one.kind };
    },
  };
}

/** Groups of rows that stay decoded: results are read in the order in which they were packed, or nearly. */
const keptGroups = 4;

function readersOf(record: PackRecord, folder: string, files: Files) {
  let table: Promise<ParquetTable> | undefined;
  let arrays: Promise<SafetensorsFile> | undefined;
  const groups = new Map<number, Promise<ReadonlyMap<string, Float64Array>>>();
  const sound = async (file: string) => {
    const path = files.paths.join(folder, file);
    await demandSound(record, path, files);
    return path;
  };
  async function readGroup(index: number) {
    table ??= sound(packFiles.points).then((path) => openTable(path, files));
    const found = await table;
    const names = found.names.includes("power") ? [...pointNames, "power"] : pointNames;
    const columns = await found.group(index, names);
    return new Map(names.map((name, i) => [name, Float64Array.from(columns[i] as ArrayLike<number>)]));
  }
  return {
    group(index: number) {
      const found = groups.get(index) ?? readGroup(index);
      groups.delete(index); // the newest stand last
      groups.set(index, found);
      for (const oldest of groups.keys()) if (groups.size > keptGroups) groups.delete(oldest);
      return found;
    },
    arrays() {
      arrays ??= sound(packFiles.arrays).then(async (path) => openSafetensors(await files.read(path), path));
      return arrays;
    },
  };
}

async function openTable(path: string, files: Files): Promise<ParquetTable> {
  const { bytes, part } = await files.open(path);
  const slice = async (from: number, to = bytes) => (await part(from, to)).buffer as ArrayBuffer;
  return openParquet({ byteLength: bytes, slice }, path);
}

/** @throws CrispError `checksum` naming the file */
async function demandSound({ files: listed }: PackRecord, path: string, files: Files): Promise<void> {
  const wanted = listed.find(({ file }) => file === files.paths.basename(path));
  const found = (await files.kind(path)) === null ? null : await (await files.open(path)).sha256();
  if (wanted !== undefined && found === wanted.sha256) return;
  const what = found === null ? "is missing" : `has sha256 ${found}, recorded was ${wanted?.sha256}`;
  throw new CrispError("checksum", `${path} ${what}. The packed study is damaged. Copy it again.`);
}

/**
 * NPZ, several arrays in one ZIP archive, as numpy.savez and savez_compressed
 * write it: entries `name.npy`, stored or deflated. The archive's own list is
 * read, each size is held against the bytes there are before anything is
 * unpacked, only the arrays that are asked for are, and each against its CRC-32.
 * Layout after PKWARE's APPNOTE, sizes in ZIP64 fields too; deflate by fflate,
 * whose own unzip asks for neither bounds nor checksums.
 */
import { inflateSync, zipSync } from "fflate";
import { CrispError } from "../core/errors.js";
import { crc32 } from "./crc.js";
import { decodeNpy, encodeNpy, type NumberArray } from "./npy.js";

/** An open archive: the names of its arrays, without ".npy", and each on demand. */
export type NpzFile = {
  readonly names: readonly string[];
  /** Unpacks an array that `names` holds; throws `data` if it is damaged or not of numbers that are read. */
  read(name: string): NumberArray;
};

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
};

/** Deflate shrinks at most 1032 to 1; a claim beyond it is damage or malice. */
const largestRatio = 1032;
/** In a field of 32 bits: the number stands in a field of 64 bits behind the name. */
const elsewhere = 0xffffffff;

/** The archive's bytes; arrays in alphabetical order and a fixed date, so equal content gives equal bytes. */
export function encodeNpz(arrays: Readonly<Record<string, NumberArray>>): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const name of Object.keys(arrays).sort()) files[`${name}.npy`] = encodeNpy(arrays[name]);
  return zipSync(files, { level: 6, mtime: new Date(1980, 0, 1) });
}

/**
 * All arrays of an archive by name, without ".npy".
 *
 * @param name  named in errors
 * @throws CrispError `data` as `openNpz` and `NpzFile.read`
 */
export function decodeNpz(bytes: Uint8Array, name: string): ReadonlyMap<string, NumberArray> {
  const { names, read } = openNpz(bytes, name);
  return new Map(names.map((array) => [array, read(array)]));
}

/**
 * Reads the list of an archive and unpacks nothing yet; entries that are not .npy are passed over.
 *
 * @param name  named in errors
 * @throws CrispError `data` for another kind of file or a damaged list
 */
export function openNpz(bytes: Uint8Array, name: string): NpzFile {
  const arrays = entriesOf(bytes, name).filter((entry) => entry.name.endsWith(".npy"));
  const entries = new Map(arrays.map((entry) => [entry.name.slice(0, -4), entry]));
  return {
    names: [...entries.keys()],
    read: (array) => decodeNpy(unpack(bytes, entries.get(array)!, name), `${name}: ${array.slice(0, 80)}.npy`),
  };
}

function damaged(name: string, what: string, cause?: unknown): CrispError {
  return new CrispError("data", `${name}: ${what}. It is damaged or not an .npz archive: save it with numpy.savez.`, {
    cause,
  });
}

function quoted({ name }: Entry): string {
  return `the entry "${name.slice(0, 80)}"`;
}

/** The archive's list of entries (central directory). */
function entriesOf(bytes: Uint8Array, name: string): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(view, name);
  const total = view.getUint16(end + 10, true);
  const entries: Entry[] = [];
  let [at, claimed, packed] = [view.getUint32(end + 16, true), 0, 0];
  if (total === 0xffff || at === elsewhere) {
    throw new CrispError(
      "data",
      `${name} is larger than 4 GiB or has 65,535 entries or more (a ZIP64 list); that is not read. Save the arrays as .npy files.`,
    );
  }
  for (let i = 0; i < total; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50)
      throw damaged(name, `entry ${i} of ${total} is missing`);
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > end) throw damaged(name, `entry ${i} of ${total} is cut off`);
    const entry = entryAt(bytes, { at, extra: at + 46 + nameLength, end: at + 46 + nameLength + extraLength });
    claimed += entry.size;
    packed += entry.packed;
    checkEntry(entry, { length: bytes.length, claimed, packed }, name);
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** The end record stands in the last 22 bytes, before a comment of at most 65,535. */
function endRecord(view: DataView, name: string): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65_535); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw damaged(name, `no end of a ZIP archive in ${view.byteLength} bytes`);
}

/** One entry of the list, whose extra fields stand from `extra` to `end`. */
function entryAt(bytes: Uint8Array, { at, extra, end }: { at: number; extra: number; end: number }): Entry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = longNumbers(view, extra, end);
  const number = (field: number) => {
    const short = view.getUint32(at + field, true);
    return short === elsewhere ? (long.shift() ?? short) : short;
  };
  // In this order they stand in the extra field, those that the entry itself does not hold.
  const [size, packed, start] = [number(24), number(20), number(42)];
  return {
    name: new TextDecoder().decode(bytes.subarray(at + 46, extra)),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    ...{ size, packed, at: start },
  };
}

/** The numbers of 64 bits in the extra field of kind 1 (ZIP64). */
function longNumbers(view: DataView, extra: number, end: number): number[] {
  for (let at = extra; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    const last = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    if (view.getUint16(at, true) !== 1) continue;
    return Array.from({ length: (last - at - 4) >> 3 }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)));
  }
  return [];
}

type Sums = { readonly length: number; readonly claimed: number; readonly packed: number };

/** Entries share no bytes, and all of them together unpack to no more than deflate can pack. */
function checkEntry(entry: Entry, { length, claimed, packed }: Sums, name: string): void {
  const { size, method } = entry;
  if (packed > length || claimed > largestRatio * length + 1024)
    throw damaged(name, `${quoted(entry)} claims ${size} bytes in an archive of ${length}`);
  if (entry.name.endsWith(".npy") && method !== 0 && method !== 8)
    throw damaged(name, `${quoted(entry)} is packed by method ${method}; 0 and 8 are read`);
}

/** The content of an entry, checked against its size and CRC-32. */
function unpack(bytes: Uint8Array, entry: Entry, name: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.at + 30 > bytes.length || view.getUint32(entry.at, true) !== 0x04034b50)
    throw damaged(name, `${quoted(entry)} is not where the list says`);
  const start = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  if (start + entry.packed > bytes.length) throw damaged(name, `${quoted(entry)} is cut off`);
  const packed = bytes.subarray(start, start + entry.packed);
  const content = entry.method === 0 ? packed : inflated(packed, entry, name);
  if (content.length !== entry.size || crc32(content) !== entry.crc)
    throw damaged(name, `${quoted(entry)} does not match its checksum`);
  return content;
}

function inflated(packed: Uint8Array, entry: Entry, name: string): Uint8Array {
  try {
    // One byte more than promised, so that too long a content shows.
    return inflateSync(packed, { out: new Uint8Array(entry.size + 1) });
  } catch (cause) {
    throw damaged(name, `${quoted(entry)} cannot be unpacked`, cause);
  }
}

/**
 * NPZ, several arrays in one ZIP archive, as numpy.savez and savez_compressed
 * write it: entries `name.npy`, stored or deflated. The archive's own list is
 * read, each size is held against the bytes there are before anything is
 * unpacked, and each entry against its CRC-32. Layout after PKWARE's APPNOTE;
 * deflate by fflate. Archives beyond 4 GiB (ZIP64) are refused.
 */
import { inflateSync, zipSync } from "fflate";
import { CrispError } from "../core/errors.js";
import { decodeNpy, encodeNpy, type NumberArray } from "./npy.js";

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
 * @throws CrispError `data` for a damaged archive or an entry that is no array of numbers
 */
export function decodeNpz(bytes: Uint8Array, name: string): ReadonlyMap<string, NumberArray> {
  const arrays = new Map<string, NumberArray>();
  for (const entry of entriesOf(bytes, name)) {
    if (!entry.name.endsWith(".npy")) throw damaged(name, `the entry "${entry.name.slice(0, 80)}" is no .npy array`);
    const content = unpack(bytes, entry, name);
    arrays.set(entry.name.slice(0, -4), decodeNpy(content, `${name}: ${entry.name}`));
  }
  return arrays;
}

function damaged(name: string, what: string, cause?: unknown): CrispError {
  return new CrispError("data", `${name}: ${what}. It is damaged or no .npz archive: save it with numpy.savez.`, {
    cause,
  });
}

/** The archive's list of entries (central directory). */
function entriesOf(bytes: Uint8Array, name: string): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(view, name);
  const total = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  let claimed = 0;
  for (let i = 0; i < total; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50)
      throw damaged(name, `entry ${i} of ${total} is missing`);
    const nameLength = view.getUint16(at + 28, true);
    const entry = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    claimed += entry.size;
    checkEntry(entry, { bytes, claimed }, name);
    entries.push(entry);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
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

function checkEntry(entry: Entry, { bytes, claimed }: { bytes: Uint8Array; claimed: number }, name: string): void {
  const { size, packed, method } = entry;
  if (size === 0xffffffff || packed === 0xffffffff || entry.at === 0xffffffff) {
    throw new CrispError(
      "data",
      `${name} is larger than 4 GiB (ZIP64); that is not read. Save the arrays as .npy files.`,
    );
  }
  if (packed > bytes.length || claimed > largestRatio * bytes.length + 1024) {
    throw damaged(name, `the entry "${entry.name.slice(0, 80)}" claims ${size} bytes in an archive of ${bytes.length}`);
  }
  if (method !== 0 && method !== 8)
    throw damaged(name, `the entry "${entry.name.slice(0, 80)}" is packed by method ${method}; 0 and 8 are read`);
}

/** The content of an entry, checked against its size and CRC-32. */
function unpack(bytes: Uint8Array, entry: Entry, name: string): Uint8Array {
  const what = `the entry "${entry.name.slice(0, 80)}"`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.at + 30 > bytes.length || view.getUint32(entry.at, true) !== 0x04034b50)
    throw damaged(name, `${what} is not where the list says`);
  const start = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  if (start + entry.packed > bytes.length) throw damaged(name, `${what} is cut off`);
  const packed = bytes.subarray(start, start + entry.packed);
  const content = entry.method === 0 ? packed : inflated(packed, entry, name);
  if (content.length !== entry.size || crc32(content) !== entry.crc)
    throw damaged(name, `${what} does not match its checksum`);
  return content;
}

function inflated(packed: Uint8Array, entry: Entry, name: string): Uint8Array {
  try {
    // One byte more than promised, so that too long a content shows.
    return inflateSync(packed, { out: new Uint8Array(entry.size + 1) });
  } catch (cause) {
    throw damaged(name, `the entry "${entry.name.slice(0, 80)}" cannot be unpacked`, cause);
  }
}

/** CRC-32 of ZIP, PNG and gzip: polynomial edb88320, bit-reversed. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * Numbers from checked pages of Parquet, of the kinds that Crisp writes: float64, float32 and int32 without nulls,
 * plain or by a dictionary. The library unpacks again what the check has unpacked, and makes a list of each column:
 * reading a sweep of 400 points took 0.53 ms of a processor with it, and takes 0.29.
 */
import { type Chunk, encodings, type Page } from "./parquet-check.js";
import { readVarint } from "./thrift.js";

const arrays = { DOUBLE: Float64Array, FLOAT: Float32Array, INT32: Int32Array };

type Numbers = Float64Array | Float32Array | Int32Array;

/** The numbers of a column; null where its pages are of another kind. @throws Error for an index that names no entry */
export function numbersIn(pages: readonly Page[], { type, rows }: Pick<Chunk, "type" | "rows">): Numbers | null {
  const kind = arrays[type as keyof typeof arrays];
  if (kind === undefined || !pages.every(isPlainOrIndexed)) return null;
  const [first] = pages;
  if (first?.encoding === encodings.plain && first.count === rows) return plain(first.body, rows, kind);
  const whole = new kind(rows);
  let entries: Numbers = new kind(0);
  let at = 0;
  for (const { body, count, encoding } of pages) {
    if (encoding === encodings.plain) whole.set(plain(body, count, kind), at);
    else if (encoding === null) entries = plain(body, count, kind);
    else lookUp(body, entries, whole.subarray(at, at + count));
    if (encoding !== null) at += count;
  }
  return whole;
}

function isPlainOrIndexed({ encoding, count, rows, body }: Page): boolean {
  if (encoding === null) return true;
  const indexed = encoding === encodings.dictionary || encoding === encodings.plainDictionary;
  return count === rows && (encoding === encodings.plain || (indexed && body[0] <= 24));
}

/** Little endian, as the machine is; the bytes of the page themselves where they lie right. */
function plain(body: Uint8Array, count: number, kind: (typeof arrays)[keyof typeof arrays]): Numbers {
  const size = kind.BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = body.byteOffset % size === 0 ? body : body.slice(0, count * size);
  return new kind(buffer as ArrayBuffer, byteOffset, count);
}

/** Fills `into` by indices: their width, then runs of one index and of indices packed by 8. */
function lookUp(body: Uint8Array, entries: Numbers, into: Numbers): void {
  const [width] = body;
  if (width === 0) {
    into.fill(entryOf(entries, 0));
    return;
  }
  for (let at = 1, seen = 0; seen < into.length; ) {
    const { value: header, end } = readVarint(body, at);
    const packed = header % 2 === 1;
    const length = packed ? 8 * Math.floor(header / 2) : header / 2;
    const last = Math.min(seen + length, into.length);
    if (packed) unpack({ body, start: end, width }, entries, into.subarray(seen, last));
    else into.fill(entryOf(entries, bitsAt(body, end, Math.ceil(width / 8))), seen, last);
    at = end + (packed ? (length / 8) * width : Math.ceil(width / 8));
    seen = last;
  }
}

type Packed = { readonly body: Uint8Array; readonly start: number; readonly width: number };

/** Indices of `width` bits, lowest bit first. */
function unpack({ body, start, width }: Packed, entries: Numbers, into: Numbers): void {
  const mask = 2 ** width - 1;
  for (let i = 0, bit = 0; i < into.length; i++, bit += width) {
    const index = (bitsAt(body, start + (bit >> 3), 4) >>> (bit & 7)) & mask;
    into[i] = entryOf(entries, index);
  }
}

/** So many bytes as a whole number; those behind the end are 0. */
function bitsAt(body: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = (value << 8) | (body[at + i] ?? 0);
  return value;
}

function entryOf(entries: Numbers, index: number): number {
  if (index < entries.length) return entries[index];
  throw new Error(`an index is ${index}; its dictionary has ${entries.length} entries`);
}

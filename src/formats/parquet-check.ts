/**
 * What must hold of a Parquet file before the library decodes it. hyparquet
 * takes sizes from the file as they are: a page without a size makes it read
 * one byte for ever, a negative block turns it back, a run of 2^31 levels fills
 * the memory. Here every page of a wanted column is walked first, without its
 * values: sizes against the bytes there are, counts against the rows.
 * What was unpacked for that is given back: parquet-numbers.ts takes numbers from it.
 * Layout after the Parquet format's Thrift definition and its Encodings page.
 */
import { snappyUncompress } from "hyparquet";
import { readStruct, readVarint, type ThriftStruct } from "./thrift.js";

/** A flat column of one row group. */
export type Chunk = {
  /** Physical type by its Parquet name. */
  readonly type: string;
  /** Bytes of one value of FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number | undefined;
  readonly codec: string;
  /** Beside none and Snappy, what this machine unpacks. */
  readonly unpackers?: Unpackers;
  /** Values may be null: levels stand before them. */
  readonly optional: boolean;
  readonly rows: number;
};

/** How pages are unpacked, by codec: `size` bytes, or an error. What a machine lacks is absent. */
export type Unpackers = Readonly<
  Partial<Record<"GZIP" | "BROTLI" | "ZSTD", (page: Uint8Array, size: number) => Uint8Array>>
>;

/** Largest page of those codecs: a kilobyte of Brotli may claim gigabytes. Writers make pages of about 1 MB. */
const largestPage = 2 ** 27;

/** Longest text or decimal that may be a number: its decoder takes time as its square. */
const longestText = 1024;
const widths: Readonly<Record<string, number>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12 };
const pageTypes = { data: 0, dictionary: 2, dataV2: 3 };

/** Numbers of the format's encodings. */
export const encodings = { plain: 0, plainDictionary: 2, rle: 3, delta: 5, dictionary: 8, split: 9 };

/** A page that was checked: unpacked, behind its levels. */
export type Page = {
  readonly body: Uint8Array;
  /** Values in `body`. */
  readonly count: number;
  /** Null for the entries of a dictionary, which are plain. */
  readonly encoding: number | null;
  /** Rows; fewer values where some are null. */
  readonly rows: number;
};

/**
 * The pages of a column chunk, if they can be decoded in time and memory in
 * proportion to its bytes and rows.
 *
 * @throws Error with what is wrong
 */
export function checkChunk(bytes: Uint8Array, chunk: Chunk): readonly Page[] {
  const pages: Page[] = [];
  let rows = 0;
  // As the library reads on: until all rows are there or the bytes end.
  for (let at = 0; rows < chunk.rows && at < bytes.length - 1; ) {
    const { value: header, end } = readStruct(bytes, at);
    const packed = sizeOf(header, 3, bytes.length - end);
    const page = checkPage(bytes.subarray(end, end + packed), header, { ...chunk, rows: chunk.rows - rows });
    pages.push(page);
    rows += page.rows;
    at = end + packed;
  }
  if (rows !== chunk.rows) throw new Error(`a column holds ${rows} values in a group of ${chunk.rows} rows`);
  return pages;
}

/** A count or size of a header: a whole number from 0 to `most`. */
function sizeOf(header: ThriftStruct, field: number, most: number): number {
  const value = header.get(field);
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  if (typeof value !== "number") throw new Error("a page states no size or count where it needs one");
  throw new Error(`a size or count of a page is ${value}; 0 to ${most} is possible`);
}

function partOf(header: ThriftStruct, field: number): ThriftStruct {
  const part = header.get(field);
  if (part instanceof Map) return part;
  throw new Error("a page has no header of its kind");
}

function checkPage(page: Uint8Array, header: ThriftStruct, chunk: Chunk): Page {
  switch (header.get(1)) {
    case pageTypes.dictionary: {
      const body = unpacked(page, sizeOf(header, 2, 2 ** 31), chunk);
      const count = sizeOf(partOf(header, 7), 1, 8 * body.length);
      checkPlain(body, count, chunk);
      return { body, count, encoding: null, rows: 0 };
    }
    case pageTypes.data: {
      const data = partOf(header, 5);
      const count = sizeOf(data, 1, chunk.rows);
      const body = unpacked(page, sizeOf(header, 2, 2 ** 31), chunk);
      const { start, present } = chunk.optional ? levels(body, count) : { start: 0, present: count };
      const values = body.subarray(start);
      const encoding = checkValues(values, { encoding: data.get(2), count: present, version: 1 }, chunk);
      return { body: values, count: present, encoding, rows: count };
    }
    case pageTypes.dataV2:
      return checkPageV2(page, header, chunk);
    default:
      throw new Error(`a page is of kind ${String(header.get(1))}`);
  }
}

/** Second version: the lengths of the levels stand in the header, and they are not compressed. */
function checkPageV2(page: Uint8Array, header: ThriftStruct, chunk: Chunk): Page {
  const data = partOf(header, 8);
  const count = sizeOf(data, 1, chunk.rows);
  const nulls = sizeOf(data, 2, count);
  sizeOf(data, 3, count);
  const start = sizeOf(data, 5, chunk.optional ? page.length : 0);
  sizeOf(data, 6, 0); // repetition: a flat column has none
  if (chunk.optional) checkRuns(page, { start: 0, width: 1, count });
  const whole = sizeOf(header, 2, 2 ** 31) - start;
  const rest = page.subarray(start);
  const body = data.get(7) === false ? rest : unpacked(rest, whole, chunk);
  const encoding = checkValues(body, { encoding: data.get(4), count: count - nulls, version: 2 }, chunk);
  return { body, count: count - nulls, encoding, rows: count };
}

/** The bytes of a page; Snappy makes at most 64 bytes of 3. */
function unpacked(page: Uint8Array, size: number, { codec, unpackers = {} }: Chunk): Uint8Array {
  if (codec === "UNCOMPRESSED") {
    if (size !== page.length) throw new Error(`a page states ${size} bytes and has ${page.length}`);
    return page;
  }
  const unpack = unpackers[codec as keyof Unpackers];
  if (codec !== "SNAPPY" && unpack === undefined)
    throw new Error(
      `it is compressed with ${codec}; ${["no compression", "SNAPPY", ...Object.keys(unpackers)].join(", ")} can be read here`,
    );
  const most = unpack === undefined ? 22 * page.length + 64 : largestPage;
  if (size < 0 || size > most) throw new Error(`a page of ${page.length} bytes claims to unpack to ${size}`);
  if (unpack !== undefined) {
    const body = unpack(page, size);
    if (body.length !== size) throw new Error(`a page states ${size} bytes and unpacks to ${body.length}`);
    return body;
  }
  checkSnappy(page);
  const body = new Uint8Array(size);
  snappyUncompress(page, body);
  return body;
}

/** Literals of 2^31 bytes and more are negative to the library, which then goes back and never ends. */
function checkSnappy(page: Uint8Array): void {
  let at = readVarint(page, 0).end;
  while (at < page.length) {
    const [kind, size] = [page[at] & 3, page[at] >> 2];
    const extra = kind === 0 && size >= 60 ? size - 59 : 0;
    let length = extra === 0 ? size : 0;
    for (let i = 0; i < extra; i++) length += page[at + 1 + i] * 256 ** i;
    at += kind === 0 ? 2 + extra + length : [0, 2, 3, 5][kind];
    if (!(at <= page.length)) throw new Error("the compressed data of a page are cut off");
  }
}

/** Definition levels of the first version: a length of four bytes, then runs; where they end, and how many values they leave. */
function levels(body: Uint8Array, count: number): { readonly start: number; readonly present: number } {
  if (body.length < 4) throw new Error("the levels of a page are cut off");
  const length = viewOf(body).getUint32(0, true);
  if (length > body.length - 4) throw new Error(`the levels of a page claim ${length} of ${body.length} bytes`);
  return { start: 4 + length, present: checkRuns(body, { start: 4, width: 1, count }) };
}

type Values = { readonly encoding: unknown; readonly count: number; readonly version: 1 | 2 };

/** Gives the encoding. */
function checkValues(body: Uint8Array, { encoding, count, version }: Values, chunk: Chunk): number {
  switch (encoding) {
    case encodings.plain:
      if (count > 0) checkPlain(body, count, chunk);
      return encoding;
    case encodings.split:
      demand(body, count * widthOf(chunk));
      return encoding;
    case encodings.delta:
      checkDeltas(body, count);
      return encoding;
    case encodings.rle: // truth values only, behind a length of four bytes
      if (chunk.type !== "BOOLEAN") break;
      checkRuns(body, { start: 4, width: 1, count });
      return encoding;
    case encodings.plainDictionary:
    case encodings.dictionary:
      demand(body, 1);
      if (body[0] > 32) throw new Error(`a page has indices of ${body[0]} bits`);
      // The first version takes a width of 0 as "all the first entry" and reads no runs.
      if (version === 2 || body[0] > 0) checkRuns(body, { start: 1, width: body[0], count });
      return encoding;
  }
  throw new Error(
    `a column has encoding ${String(encoding)}; plain, dictionary, delta of numbers and byte stream split are read`,
  );
}

function demand(body: Uint8Array, bytes: number): void {
  if (bytes > body.length) throw new Error(`a page needs ${bytes} bytes for its values and has ${body.length}`);
}

/** Bytes of a value of fixed size. */
function widthOf({ type, typeLength }: Chunk): number {
  const width = type === "FIXED_LEN_BYTE_ARRAY" ? typeLength : widths[type];
  if (width !== undefined && width >= 1 && width <= longestText) return width;
  throw new Error(`a column has values of type ${type} and ${typeLength ?? "no stated"} bytes`);
}

function checkPlain(body: Uint8Array, count: number, chunk: Chunk): void {
  if (chunk.type !== "BYTE_ARRAY") {
    demand(body, chunk.type === "BOOLEAN" ? Math.ceil(count / 8) : count * widthOf(chunk));
    return;
  }
  demand(body, 4 * count);
  const view = viewOf(body);
  for (let i = 0, at = 0; i < count; i++) {
    demand(body, at + 4);
    const length = view.getUint32(at, true);
    if (length > longestText)
      throw new Error(`a text of ${length} bytes stands where a number of at most ${longestText} is read`);
    at += 4 + length;
    demand(body, at);
  }
}

type Runs = { readonly start: number; readonly width: number; readonly count: number };

/**
 * Runs of equal values, and of values packed by 8: neither may reach behind the
 * bytes or beyond the count. Returns how many values are 1, for a width of 1.
 */
function checkRuns(body: Uint8Array, { start, width, count }: Runs): number {
  let [seen, ones] = [0, 0];
  for (let at = start; seen < count; ) {
    const { value: header, end } = readVarint(body, at);
    const packed = header % 2 === 1;
    const run = packed ? 8 * Math.floor(header / 2) : header / 2;
    at = end + (packed ? (run / 8) * width : Math.ceil(width / 8));
    // The library takes a byte for a packed run that has none, and reads what follows one byte off: no run may follow.
    const empty = packed && (run === 0 || (width === 0 && (run < count - seen || run > count - seen + 7)));
    if (at > body.length || empty || header >= 2 ** 31 || (!packed && run > count - seen))
      throw new Error(`a run of ${run} values stands where ${count - seen} are missing`);
    if (!packed && body[end] === 1) ones += run;
    if (packed && width === 1)
      for (let i = 0; i < Math.min(run, count - seen); i++) ones += (body[end + (i >> 3)] >> (i & 7)) & 1;
    seen += run;
  }
  return ones;
}

/** Differences in blocks: size, parts of a block, count, first value; per block the least difference and a width per part. */
function checkDeltas(body: Uint8Array, count: number): void {
  const [size, sizeEnd] = varint(body, 0);
  const [parts, partsEnd] = varint(body, sizeEnd);
  const [, countEnd] = varint(body, partsEnd);
  let at = longVarintEnd(body, countEnd);
  const each = size / parts;
  if (!(size <= 2 ** 20 && parts >= 1 && each >= 32 && each % 32 === 0)) {
    throw new Error(`a page has differences in blocks of ${size} in ${parts} parts`);
  }
  for (let seen = 1; seen < count; ) {
    const widthsAt = longVarintEnd(body, at);
    at = widthsAt + parts;
    for (let part = 0; part < parts && seen < count; part++, seen += each) {
      const width = body[widthsAt + part];
      at += (each * width) / 8;
      if (!(width <= 64) || at > body.length) throw new Error("the differences of a page are cut off");
    }
  }
}

function varint(body: Uint8Array, at: number): [value: number, end: number] {
  const { value, end } = readVarint(body, at);
  return [value, end];
}

/** The byte behind a varint of at most ten bytes. */
function longVarintEnd(body: Uint8Array, at: number): number {
  for (let i = 0; i < 10 && at + i < body.length; i++) if (body[at + i] < 0x80) return at + i + 1;
  throw new Error("the differences of a page are cut off");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Thrift's compact protocol, in which Parquet writes its footer and its page
 * headers: fields of (id difference, type) and value, integers as zigzag
 * varints, a zero byte at the end of a struct. Read here with bounds that the
 * Parquet library lacks: a list cannot be longer than the bytes that are left,
 * a varint has at most 10 bytes, structs nest at most 32 deep. So time and
 * memory stay in proportion to the bytes.
 */

/** A value of a field; structs are maps from field id to value. */
export type ThriftValue = boolean | number | Uint8Array | readonly ThriftValue[] | ThriftStruct;
/** The fields of a struct by their id. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const deepest = 32;

type Cursor = { readonly bytes: Uint8Array; at: number };

/**
 * The struct that begins at a byte, and the byte behind it.
 *
 * @throws Error for fields that end behind the bytes, nest too deep or are of no known type
 */
export function readStruct(bytes: Uint8Array, start: number): { readonly value: ThriftStruct; readonly end: number } {
  const cursor = { bytes, at: start };
  const value = structAt(cursor, 0);
  return { value, end: cursor.at };
}

/** An unsigned varint of at most five bytes, below 2^32, and the byte behind it. */
export function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0, unit = 1; i < 5 && start + i < bytes.length; i++, unit *= 128) {
    value += (bytes[start + i] & 0x7f) * unit;
    if (bytes[start + i] < 0x80) return { value, end: start + i + 1 };
  }
  throw new Error("a number is cut off or too long");
}

function structAt(cursor: Cursor, depth: number): ThriftStruct {
  if (depth > deepest) throw new Error(`its header nests more than ${deepest} deep`);
  const fields = new Map<number, ThriftValue>();
  let id = 0;
  for (let head = byteAt(cursor); (head & 15) !== 0; head = byteAt(cursor)) {
    id = head >> 4 === 0 ? zigzagAt(cursor) : id + (head >> 4);
    // Beyond 32 bits the library's numbers wrap, so that another field would come out of it.
    if (id < 0 || id > 0x7fff) throw new Error(`its header holds a field numbered ${id}`);
    fields.set(id, valueAt(cursor, head & 15, depth));
  }
  return fields;
}

/** Types: 1, 2 true and false, 3 byte, 4 … 6 integers, 7 double (its bytes), 8 bytes, 9 list, 12 struct. */
function valueAt(cursor: Cursor, type: number, depth: number): ThriftValue {
  if (type === 1 || type === 2) return type === 1;
  if (type === 3) return (byteAt(cursor) << 24) >> 24;
  if (type >= 4 && type <= 6) return zigzagAt(cursor);
  if (type === 7) return bytesAt(cursor, 8); // no size or count is one
  if (type === 8) return bytesAt(cursor, sizeAt(cursor));
  if (type === 9) return listAt(cursor, depth);
  if (type === 12) return structAt(cursor, depth + 1);
  throw new Error(`its header holds a field of type ${type}`);
}

function listAt(cursor: Cursor, depth: number): readonly ThriftValue[] {
  if (depth > deepest) throw new Error(`its header nests more than ${deepest} deep`);
  const head = byteAt(cursor);
  const length = head >> 4 === 15 ? sizeAt(cursor) : head >> 4;
  const type = head & 15;
  // Truth values take a byte each in a list, none in a struct.
  const values: ThriftValue[] = [];
  for (let i = 0; i < length; i++)
    values.push(type === 1 || type === 2 ? byteAt(cursor) === 1 : valueAt(cursor, type, depth + 1));
  return values;
}

function bytesAt(cursor: Cursor, length: number): Uint8Array {
  if (length > cursor.bytes.length - cursor.at) throw new Error("its header is cut off");
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

/** A length; each of its elements takes a byte at least. */
function sizeAt(cursor: Cursor): number {
  const { value, end } = readVarint(cursor.bytes, cursor.at);
  cursor.at = end;
  if (value > cursor.bytes.length - end)
    throw new Error(`its header claims ${value} bytes where ${cursor.bytes.length - end} are`);
  return value;
}

function byteAt(cursor: Cursor): number {
  if (cursor.at >= cursor.bytes.length) throw new Error("its header is cut off");
  return cursor.bytes[cursor.at++];
}

/** 0, −1, 1, −2 … from 0, 1, 2, 3 …; exact up to 2^53, which no size of a file reaches. */
function zigzagAt(cursor: Cursor): number {
  let value = 0;
  for (let i = 0, unit = 1; i < 10; i++, unit *= 128) {
    const byte = byteAt(cursor);
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw new Error("a number of its header is too long");
}

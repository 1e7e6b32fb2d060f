/**
 * safetensors, the file of dictionaries and other arrays: 8 bytes little-endian header length,
 * JSON header {name: {dtype, shape, data_offsets}, __metadata__}, then the raw
 * numbers. Readable by Hugging Face's library; layout after its format page.
 */
import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import { count } from "../core/tensor.js";
import { halfFloats, numberKinds } from "./numbers.js";

/** One array of a safetensors file, row-major. */
export type NamedTensor = {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** Written in 16 bits. */
  readonly half?: boolean;
};

/** A safetensors file: its arrays by name, and its metadata. */
export type Safetensors = {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
};

/** An open file: what its header says, and its tensors on demand. */
export type SafetensorsFile = {
  /** Shape of every tensor by name, of any type of number. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Decodes a tensor that `shapes` names; throws `data` for a type of number that is not read. */
  read(name: string): NamedTensor;
};

type Entry = {
  readonly dtype: unknown;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
};

/** Types of numbers that are read: the format's names, and NumPy's (numbers.ts). Floats of 8 bits are not. */
const kindOf: Readonly<Record<string, string>> = {
  ...{ F64: "f8", F32: "f4", F16: "f2", BF16: "bf2", BOOL: "b1" },
  ...{ I64: "i8", I32: "i4", I16: "i2", I8: "i1", U64: "u8", U32: "u4", U16: "u2", U8: "u1" },
};

/** Largest header that is read; the format itself allows 100 MB. */
const largestHeader = 1 << 24;

/** The file's bytes; tensors in alphabetical order, so equal content gives equal bytes. */
export function encodeSafetensors(file: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: file.metadata };
  const names = Object.keys(file.tensors).sort();
  let offset = 0;
  for (const name of names) {
    const { shape, data, half } = file.tensors[name];
    const dtype = half ? "F16" : data instanceof Float64Array ? "F64" : "F32";
    const length = half ? 2 * data.length : data.byteLength;
    header[name] = { dtype, shape, data_offsets: [offset, offset + length] };
    offset += length;
  }
  const text = new TextEncoder().encode(canonicalJson(header));
  const start = 8 + Math.ceil(text.length / 8) * 8; // padded with spaces, so numbers are aligned
  const bytes = new Uint8Array(start + offset).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const name of names) {
    const { data: values, half } = file.tensors[name];
    const data = half ? halfFloats(values) : values;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * All tensors of a file of ours, F32 and F64.
 *
 * @param name  named in errors
 * @throws CrispError `data` as `openSafetensors`, and for another type of number
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const file = openSafetensors(bytes, name);
  const tensors = Object.fromEntries([...file.shapes.keys()].map((key) => [key, file.read(key)]));
  return { tensors, metadata: file.metadata };
}

/**
 * Reads the header, checks it and decodes nothing yet.
 *
 * @param name  named in errors
 * @throws CrispError `data` for another kind of file, a damaged header, or tensors that do not tile
 *   the bytes behind it: as the format demands, each starts where the one before ends. So all of
 *   them together are never larger than the file.
 */
export function openSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const { body, metadata, record } = readHeader(bytes, name);
  const entries = new Map(
    Object.entries(record).map(([key, value]) => [key, entryOf(value, body.length, tensorName(name, key))]),
  );
  checkTiling(entries, body.length, name);
  return {
    shapes: new Map(Array.from(entries, ([key, { shape }]) => [key, shape])),
    metadata,
    read: (key) => readTensor(body, entries.get(key)!, tensorName(name, key)),
  };
}

function tensorName(name: string, key: string): string {
  return `${name}: tensor "${key.slice(0, 80)}"`;
}

function readHeader(bytes: Uint8Array, name: string) {
  const length = bytes.length < 8 ? -1n : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length < 2n || length > BigInt(Math.min(largestHeader, bytes.length - 8))) {
    throw new CrispError(
      "data",
      `${name}: no safetensors header (length ${length} in a file of ${bytes.length} bytes). The file is cut off or of another kind.`,
    );
  }
  const start = 8 + Number(length);
  const { __metadata__: metadata = {}, ...record } = parseRecord(
    new TextDecoder().decode(bytes.subarray(8, start)),
    name,
  );
  return { body: bytes.subarray(start), metadata: metadata as Record<string, string>, record };
}

/** In the order of their bytes, each tensor starts where the one before ends, and the last ends the file. */
function checkTiling(entries: ReadonlyMap<string, Entry>, length: number, name: string): void {
  const order = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const [key, { start, end }] of order) {
    if (start !== at) {
      throw new CrispError(
        "data",
        `${tensorName(name, key)} starts at byte ${start}; the one before it ends at ${at}, and tensors follow each other without gap or overlap. The file is damaged: save it again.`,
      );
    }
    at = end;
  }
  if (at === length) return;
  throw new CrispError(
    "data",
    `${name}: its tensors take ${at} bytes; ${length} follow the header. The file is damaged: save it again.`,
  );
}

function parseRecord(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw new CrispError("data", `${name}: the safetensors header is not JSON. The file is damaged; make it again.`, {
      cause,
    });
  }
  throw new CrispError(
    "data",
    `${name}: the safetensors header is not a JSON object. The file is damaged; make it again.`,
  );
}

/** An entry of the header, its offsets within the body; what its numbers are is asked when it is read. */
function entryOf(value: unknown, length: number, what: string): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0);
  if (whole(shape) && whole(offsets) && offsets.length === 2) {
    const [start, end] = offsets;
    if (start <= end && end <= length) return { dtype, shape, start, end };
  }
  throw misfit(what, { shape, offsets }, length);
}

function misfit(what: string, { shape, offsets }: { shape: unknown; offsets: unknown }, length: number): CrispError {
  return new CrispError(
    "data",
    `${what}: shape ${shown(shape)} and offsets ${shown(offsets)} do not fit a body of ${length} bytes. The file is cut off or damaged.`,
  );
}

function readTensor(body: Uint8Array, { dtype, shape, start, end }: Entry, what: string): NamedTensor {
  const kind = typeof dtype === "string" && Object.hasOwn(kindOf, dtype) ? numberKinds[kindOf[dtype]] : undefined;
  if (!kind)
    throw new CrispError(
      "data",
      `${what} has dtype ${shown(dtype)}; ${Object.keys(kindOf).join(", ")} are read. Save it as float32.`,
    );
  if (end - start !== count(shape) * kind.width) throw misfit(what, { shape, offsets: [start, end] }, body.length);
  // Not slice(): of a Node Buffer that would be a view of the whole file.
  const data = kind.read(new Uint8Array(body.subarray(start, end)).buffer);
  return { shape, data: data instanceof Float32Array || data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** A value of the header as JSON, cut to what a message can hold. */
function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 120);
}

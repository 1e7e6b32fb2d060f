/**
 * safetensors, the file of a dictionary: 8 bytes little-endian header length,
 * JSON header {name: {dtype, shape, data_offsets}, __metadata__}, then the raw
 * numbers. Readable by Hugging Face's library; layout after its format page.
 */
import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import { count } from "../core/tensor.js";

/** One array of a safetensors file, row-major. */
export type NamedTensor = { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array };

/** A safetensors file: its arrays by name, and its metadata. */
export type Safetensors = {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
};

type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };

/** Largest header that is read; the format itself allows 100 MB. */
const largestHeader = 1 << 24;

/** The file's bytes; tensors in alphabetical order, so equal content gives equal bytes. */
export function encodeSafetensors(file: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: file.metadata };
  const names = Object.keys(file.tensors).sort();
  let offset = 0;
  for (const name of names) {
    const { shape, data } = file.tensors[name];
    const dtype = data instanceof Float64Array ? "F64" : "F32";
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(canonicalJson(header));
  const start = 8 + Math.ceil(text.length / 8) * 8; // padded with spaces, so numbers are aligned
  const bytes = new Uint8Array(start + offset).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const name of names) {
    const { data } = file.tensors[name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads F32 and F64 tensors; every length is checked before anything is allocated. */
export function decodeSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const header = readHeader(bytes, name);
  const start = 8 + header.length;
  const tensors: Record<string, NamedTensor> = {};
  for (const [key, entry] of Object.entries(header.entries)) {
    tensors[key] = readTensor(bytes.subarray(start), entry, `${name}: tensor "${key}"`);
  }
  return { tensors, metadata: header.metadata };
}

function readHeader(bytes: Uint8Array, name: string) {
  const length = bytes.length < 8 ? -1n : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length < 2n || length > BigInt(Math.min(largestHeader, bytes.length - 8))) {
    throw new CrispError(
      "data",
      `${name}: no safetensors header (length ${length} in a file of ${bytes.length} bytes). The file is cut off or of another kind.`,
    );
  }
  const record = parseRecord(new TextDecoder().decode(bytes.subarray(8, 8 + Number(length))), name);
  const { __metadata__: metadata = {}, ...entries } = record;
  return {
    length: Number(length),
    metadata: metadata as Record<string, string>,
    entries: entries as Record<string, Entry>,
  };
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
    `${name}: the safetensors header is no JSON object. The file is damaged; make it again.`,
  );
}

function readTensor(body: Uint8Array, entry: Entry, what: string): NamedTensor {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  const width = dtype === "F32" ? 4 : dtype === "F64" ? 8 : 0;
  if (width === 0)
    throw new CrispError("data", `${what} has dtype ${shown(dtype)}; F32 and F64 are read. Save it as float32.`);
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const sound =
    Array.isArray(shape) &&
    shape.every(whole) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(whole);
  if (!sound || offsets[1] > body.length || offsets[1] - offsets[0] !== count(shape) * width) {
    throw new CrispError(
      "data",
      `${what}: shape ${shown(shape)} and offsets ${shown(offsets)} do not fit a body of ${body.length} bytes. The file is cut off or damaged.`,
    );
  }
  // Not slice(): of a Node Buffer that would be a view of the whole file.
  const copy = new Uint8Array(body.subarray(offsets[0], offsets[1])).buffer;
  return { shape, data: width === 4 ? new Float32Array(copy) : new Float64Array(copy) };
}

/** A value of the header as JSON, cut to what a message can hold. */
function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 120);
}

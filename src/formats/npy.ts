/**
 * NPY, NumPy's file of one array: magic \x93NUMPY, version, header length, a
 * Python dictionary {'descr', 'fortran_order', 'shape'}, then the raw numbers.
 * Versions 1.0, 2.0 and 3.0 are read, 1.0 is written. Layout after NumPy's
 * format page (numpy.lib.format). C order and little endian only; every length
 * is checked against the bytes there are before anything is allocated.
 */
import { CrispError } from "../core/errors.js";
import { count } from "../core/tensor.js";

/** Number types an .npy file may hold here. */
export type Numbers = Float32Array | Float64Array | Uint8Array | Int32Array;

/** Row-major, last index fastest. */
export type NumberArray = { readonly shape: readonly number[]; readonly data: Numbers };

/** What the header of a file says: the type of its numbers, and the byte at which they start. */
export type NpyHeader = {
  readonly type: NumberType;
  readonly shape: readonly number[];
  readonly start: number;
  /** Bytes of one number. */
  readonly width: number;
};

/** Names of the number types an .npy file may hold. */
export type NumberType = "<f4" | "<f8" | "|u1" | "<i4";

const widths: Readonly<Record<NumberType, number>> = { "<f4": 4, "<f8": 8, "|u1": 1, "<i4": 4 };
/** Longest header that is read; NumPy's own stay below 200 bytes. */
export const longestHeader = 1 << 16;
/** NumPy's own limit on dimensions. */
const mostDimensions = 64;

/** The bytes of a version 1.0 file; the numbers start at a multiple of 64. */
export function encodeNpy(array: NumberArray): Uint8Array {
  const { shape, data } = array;
  if (data.length !== count(shape)) {
    throw new CrispError("shape", `data holds ${data.length} values; shape [${shape}] needs ${count(shape)}.`);
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${typeOf(data)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

function typeOf(data: Numbers): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  return data instanceof Int32Array ? "<i4" : "|u1";
}

/**
 * The array of a file.
 *
 * @param name  named in errors
 * @throws CrispError `data` for another kind of file, another type of number,
 *   Fortran order, big-endian numbers, or a length that does not fit the shape
 */
export function decodeNpy(bytes: Uint8Array, name: string): NumberArray {
  const { type, shape, start } = readNpyHeader(bytes, bytes.length, name);
  // A copy of its own: numbers in a file need not be aligned.
  return { shape, data: numbersOf(type, new Uint8Array(bytes.subarray(start)).buffer) };
}

/**
 * The header alone, for a file whose numbers are read piece by piece.
 *
 * @param beginning  the first bytes of the file, all of them or at least `longestHeader` + 12
 * @param length     bytes of the whole file, which must be what the shape needs
 * @throws as `decodeNpy`
 */
export function readNpyHeader(beginning: Uint8Array, length: number, name: string): NpyHeader {
  const { text, start } = headerText(beginning, name);
  const { type, shape } = parseHeader(text, name);
  const needed = count(shape) * widths[type];
  if (needed !== length - start) {
    throw new CrispError(
      "data",
      `${name}: shape (${shape.join(", ")}) of ${type} needs ${needed} bytes; ${length - start} follow the header. The file is cut off or damaged: save it again.`,
    );
  }
  return { type, shape, start, width: widths[type] };
}

/** The numbers in the bytes of a buffer. */
export function numbersOf(type: NumberType, buffer: ArrayBuffer): Numbers {
  if (type === "<f4") return new Float32Array(buffer);
  if (type === "<f8") return new Float64Array(buffer);
  return type === "<i4" ? new Int32Array(buffer) : new Uint8Array(buffer);
}

/** The header as text and where the numbers start. */
function headerText(bytes: Uint8Array, name: string): { text: string; start: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new CrispError(
      "data",
      `${name} is not an .npy file: it does not start with \\x93NUMPY. Save it with numpy.save.`,
    );
  }
  const major = bytes[6];
  if (major < 1 || major > 3 || bytes[7] !== 0) {
    throw new CrispError(
      "data",
      `${name}: version ${major}.${bytes[7]} of the .npy format; 1.0, 2.0 and 3.0 are read. Save it again with numpy.save.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [length, from] = major === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  if (length > longestHeader || from + length > bytes.length) {
    throw new CrispError(
      "data",
      `${name}: the header claims ${length} bytes in a file of ${bytes.length}; at most ${longestHeader} are read. The file is cut off or damaged: save it again.`,
    );
  }
  return { text: new TextDecoder().decode(bytes.subarray(from, from + length)), start: from + length };
}

function parseHeader(text: string, name: string): { type: NumberType; shape: readonly number[] } {
  const type = /^\s*\{.*['"]descr['"]\s*:\s*(?:['"]([^'"]{0,80})['"]|([[{(]))/s.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)\b/.exec(text);
  const tuple = /['"]shape['"]\s*:\s*\(([\d\s,L]{0,2000})\)/.exec(text);
  if (!type || !order || !tuple) {
    throw new CrispError(
      "data",
      `${name}: the header ${JSON.stringify(text.slice(0, 120))} does not give descr, fortran_order and shape. The file is damaged: save it again.`,
    );
  }
  const found = type[1] ?? "a structured type";
  if (!isNumberType(found)) throw wrongType(found, name);
  const shape = shapeOf(tuple[1], name);
  if (order[1] === "True" && shape.filter((length) => length !== 1).length > 1) {
    throw new CrispError(
      "data",
      `${name} is in Fortran order; C order is read. Save it with numpy.save(file, numpy.ascontiguousarray(array)).`,
    );
  }
  return { type: found, shape };
}

function isNumberType(type: string): type is NumberType {
  return Object.hasOwn(widths, type);
}

function wrongType(found: string, name: string): CrispError {
  const big = found.startsWith(">") ? "big-endian " : "";
  return new CrispError(
    "data",
    `${name} holds ${big}numbers of type ${found}; <f4, <f8, |u1 and <i4 are read. Save it as array.astype("<f4").`,
  );
}

function shapeOf(tuple: string, name: string): readonly number[] {
  const lengths = tuple.split(",").map((part) => part.trim().replace(/L$/, ""));
  if (lengths.at(-1) === "") lengths.pop(); // "(3,)" and "()"
  const shape = lengths.map((part) => (/^\d{1,16}$/.test(part) ? Number(part) : Number.NaN));
  if (shape.length > mostDimensions || !shape.every(Number.isSafeInteger) || !Number.isSafeInteger(count(shape))) {
    throw new CrispError(
      "data",
      `${name}: the shape (${tuple.trim().slice(0, 120)}) is not a list of at most ${mostDimensions} whole lengths. The file is damaged: save it again.`,
    );
  }
  return shape;
}

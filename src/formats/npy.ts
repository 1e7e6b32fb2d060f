/**
 * NPY, NumPy's file of one array: magic \x93NUMPY, version, header length, a
 * Python dictionary {'descr', 'fortran_order', 'shape'}, then the raw numbers.
 * Versions 1.0, 2.0 and 3.0 are read, 1.0 is written, in C order and little
 * endian. Layout after NumPy's format page (numpy.lib.format). Every length is
 * checked against the bytes there are before anything is allocated.
 */
import { CrispError } from "../core/errors.js";
import { count } from "../core/tensor.js";
import { type Numbers, numberKinds } from "./numbers.js";

/** Row-major, last index fastest. */
export type NumberArray = { readonly shape: readonly number[]; readonly data: Numbers };

/** What the header of a file says: the type of its numbers, and the byte at which they start. */
export type NpyHeader = {
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** First index fastest (Fortran order), where that differs from last index fastest. */
  readonly fortran: boolean;
  readonly start: number;
  /** Bytes of one number. */
  readonly width: number;
};

/** NumPy's name of a type: order of bytes, kind, bytes of a number. */
export type NumberType = `${"<" | ">" | "|" | "=" | ""}${string}`;

/** Longest header that is read; NumPy's own stay below 200 bytes. */
export const longestHeader = 1 << 16;
/** NumPy's own limit on dimensions. */
const mostDimensions = 64;

/** The bytes of a version 1.0 file; the numbers start at a multiple of 64. Numbers of 8 bits may have a sign. */
export function encodeNpy(array: Pick<NumberArray, "shape"> & { readonly data: Numbers | Int8Array }): Uint8Array {
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

function typeOf(data: Numbers | Int8Array): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Int32Array) return "<i4";
  return data instanceof Int8Array ? "|i1" : "|u1";
}

/**
 * The array of a file.
 *
 * @param name  named in errors
 * @throws CrispError `data` for another kind of file, another type of number or
 *   a length that does not fit the shape
 */
export function decodeNpy(bytes: Uint8Array, name: string): NumberArray {
  const { type, shape, fortran, start } = readNpyHeader(bytes, bytes.length, name);
  // A copy of its own: numbers in a file need not be aligned.
  const data = numbersOf(type, new Uint8Array(bytes.subarray(start)).buffer);
  return { shape, data: fortran ? lastFastest(data, shape) : data };
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
  const { type, shape, fortran } = parseHeader(text, name);
  const { width } = numberKinds[type.slice(-2)];
  const needed = count(shape) * width;
  if (needed !== length - start) {
    throw new CrispError(
      "data",
      `${name}: shape (${shape.join(", ")}) of ${type} needs ${needed} bytes; ${length - start} follow the header. The file is cut off or damaged: save it again.`,
    );
  }
  return { type, shape, fortran, start, width };
}

/** From first index fastest to last index fastest. */
function lastFastest(data: Numbers, shape: readonly number[]): Numbers {
  const result = data.slice();
  const index = shape.map(() => 0);
  for (let from = 0; from < data.length; from++) {
    result[index.reduce((at, i, axis) => at * shape[axis] + i, 0)] = data[from];
    for (let axis = 0; axis < shape.length && ++index[axis] === shape[axis]; axis++) index[axis] = 0;
  }
  return result;
}

/** The numbers in the bytes of a buffer, which it may change. */
export function numbersOf(type: NumberType, buffer: ArrayBuffer): Numbers {
  const { width, read } = numberKinds[type.slice(-2)];
  if (type.startsWith(">"))
    for (let at = 0; at < buffer.byteLength; at += width) new Uint8Array(buffer, at, width).reverse();
  return read(buffer);
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

function parseHeader(text: string, name: string): Pick<NpyHeader, "type" | "shape" | "fortran"> {
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
  const fortran = order[1] === "True" && shape.filter((length) => length !== 1).length > 1;
  return { type: found, shape, fortran };
}

function isNumberType(type: string): type is NumberType {
  return /^[<>|=]?..$/.test(type) && Object.hasOwn(numberKinds, type.slice(-2));
}

function wrongType(found: string, name: string): CrispError {
  return new CrispError(
    "data",
    `${name} holds numbers of type ${found}; floats (f2, f4, f8), whole numbers (i1 to i8, u1 to u8) and b1 are read. ${/^[<>|=]?c\d/.test(found) ? "Of complex numbers save array.real or abs(array)" : 'Save it as array.astype("<f4")'}.`,
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

/**
 * PGM and PPM of Netpbm: "P2"/"P3" with values as text, "P5"/"P6" as bytes,
 * two of them, high first, where the largest value is above 255. Values are
 * scaled to 8 bits, round(255 · value / largest), and to 16 where the largest is above 255.
 */
import { CrispError } from "../core/errors.js";
import type { Picture } from "./picture.js";

/** What stands before the values. */
export type PnmHeader = {
  readonly channels: 1 | 3;
  readonly text: boolean;
  readonly height: number;
  readonly width: number;
  readonly largest: number;
  /** First byte of the values. */
  readonly start: number;
};

/** The header of a file. @throws CrispError `data` if it is damaged or of another kind (P1, P4: bitmaps) */
export function readPnmHeader(file: Uint8Array, name: string): PnmHeader {
  const kind = file[1] - 0x30;
  if (file[0] !== 0x50 || ![2, 3, 5, 6].includes(kind)) {
    throw new CrispError("data", `${name} is not a PGM or PPM picture (P2, P3, P5 or P6). Convert it to PNG.`);
  }
  const numbers = textNumbers(file, 2);
  const [width, height, largest] = [numbers.next(), numbers.next(), numbers.next()];
  if (!(width > 0 && height > 0 && largest > 0 && largest < 65536)) {
    throw new CrispError(
      "data",
      `${name}: the header gives width ${width}, height ${height}, largest value ${largest}; all must be at least 1, the last at most 65535. The file is damaged: remove or repair it.`,
    );
  }
  // One white space parts the header from the values, or a comment with its line end.
  const end = numbers.position();
  const start = 1 + (file[end] === 35 && file.includes(10, end) ? file.indexOf(10, end) : end);
  return { channels: kind % 3 === 0 ? 3 : 1, text: kind < 5, height, width, largest, start };
}

/** The picture of a file. @throws CrispError `data` if values are missing or above the largest */
export function decodePnm(file: Uint8Array, name: string): Picture {
  const header = readPnmHeader(file, name);
  const { height, width, channels, largest } = header;
  checkLength(file, header, name);
  const values = header.text ? textNumbers(file, header.start - 1).next : byteNumbers(file, header);
  const bytes = new Uint8Array(height * width * channels);
  const deep = largest > 255 ? new Uint16Array(bytes.length) : undefined;
  for (let i = 0; i < bytes.length; i++) {
    const value = values();
    if (!(value <= largest)) {
      const found = Number.isNaN(value) ? "is missing" : `is ${value}, above the largest ${largest}`;
      throw wrongValue(name, `${i} of ${bytes.length}`, found);
    }
    bytes[i] = Math.round((255 * value) / largest);
    if (deep) deep[i] = Math.round((65_535 * value) / largest);
  }
  return { height, width, channels, bytes, ...(deep && { deep }) };
}

/** Nothing is allocated for values that the bytes cannot hold: each takes one or two, in text a digit and a space. */
function checkLength(file: Uint8Array, header: PnmHeader, name: string): void {
  const { height, width, channels, text, largest, start } = header;
  const count = height * width * channels;
  const held = text
    ? Math.ceil((file.length - start) / 2)
    : Math.floor((file.length - start) / (largest < 256 ? 1 : 2));
  if (held < count) throw wrongValue(name, `${Math.max(0, held)} of ${count}`, "is missing");
}

function wrongValue(name: string, place: string, found: string): CrispError {
  return new CrispError("data", `${name}: value ${place} ${found}. The file is damaged: remove or repair it.`);
}

/** Whole numbers in text, parted by white space, with comments from # to the end of the line; NaN when there is none. */
function textNumbers(file: Uint8Array, start: number) {
  let at = start;
  const digit = () => file[at] >= 48 && file[at] <= 57;
  function next(): number {
    while (at < file.length && (file[at] <= 32 || file[at] === 35)) {
      if (file[at] === 35) while (at < file.length && file[at] !== 10) at++;
      at++;
    }
    if (!digit()) return Number.NaN;
    let value = 0;
    while (digit()) value = 10 * value + file[at++] - 48;
    return value;
  }
  return { next, position: () => at };
}

function byteNumbers(file: Uint8Array, { largest, start }: PnmHeader): () => number {
  let at = start;
  if (largest < 256) return () => (at < file.length ? file[at++] : Number.NaN);
  return () => {
    if (at + 1 >= file.length) return Number.NaN;
    at += 2;
    return 256 * file[at - 2] + file[at - 1];
  };
}

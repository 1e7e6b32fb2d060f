/**
 * PGM, PPM and PAM of Netpbm: "P2"/"P3" with values as text, "P5"/"P6"/"P7" as
 * bytes, two of them, high first, where the largest value is above 255. Values are
 * scaled to 8 bits, round(255 · value / largest), and to 16 where the largest is above 255.
 * A file may hold several pictures, of which the first is read.
 */
import { CrispError } from "../core/errors.js";
import type { DecodedPicture } from "./picture.js";

/** What stands before the values. */
export type PnmHeader = {
  readonly channels: 1 | 3;
  /** Values of a pixel: one more than the channels where the last is alpha. */
  readonly samples: number;
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
  if (file[0] !== 0x50 || ![2, 3, 5, 6, 7].includes(kind)) {
    throw new CrispError("data", `${name} is not a PGM, PPM or PAM picture (P2, P3, P5, P6 or P7). Convert it to PNG.`);
  }
  const header = kind === 7 ? pamHeader(file) : plainHeader(file, kind);
  const { width, height, samples, largest } = header;
  const sound = width > 0 && height > 0 && largest > 0 && largest < 65_536 && samples >= 1 && samples <= 4;
  if (sound) return header;
  throw new CrispError(
    "data",
    `${name}: the header gives width ${width}, height ${height}, ${samples} values per pixel, largest value ${largest}; all must be at least 1, the values at most 4 per pixel and 65535. The file is damaged: remove or repair it.`,
  );
}

function plainHeader(file: Uint8Array, kind: number): PnmHeader {
  const numbers = textNumbers(file, 2);
  const [width, height, largest] = [numbers.next(), numbers.next(), numbers.next()];
  // One white space parts the header from the values, or a comment with its line end.
  const end = numbers.position();
  const after = 1 + (file[end] === 35 && file.includes(10, end) ? file.indexOf(10, end) : end);
  const channels = kind % 3 === 0 ? 3 : 1;
  // Lines that end as on Windows: the line feed is no value where the values then end with the file.
  const bytes = width * height * channels * (largest < 256 ? 1 : 2);
  const isCrLf = kind > 4 && file[end] === 13 && file[end + 1] === 10 && file.length - after === bytes + 1;
  const start = isCrLf ? after + 1 : after;
  return { channels, samples: channels, text: kind < 5, height, width, largest, start };
}

/** Longest header of a PAM that is read; Netpbm's own take 70 bytes and their comments. */
const longestPamHeader = 1 << 16;

/** A word and its value per line, in any order, up to ENDHDR; a line left out is not a number. */
function pamHeader(file: Uint8Array): PnmHeader {
  let text = "";
  for (let i = 0; i < Math.min(file.length, longestPamHeader) && !text.endsWith("\nENDHDR\n"); i++)
    text += String.fromCharCode(file[i]);
  const numberOf = (word: string) => Number(new RegExp(`^${word}\\s+(\\d+)\\s*$`, "m").exec(text)?.[1]);
  const samples = text.endsWith("\nENDHDR\n") ? numberOf("DEPTH") : Number.NaN;
  const size = { height: numberOf("HEIGHT"), width: numberOf("WIDTH"), largest: numberOf("MAXVAL") };
  return { channels: samples < 3 ? 1 : 3, samples, text: false, ...size, start: text.length };
}

/** The first picture of a file. @throws CrispError `data` if values are missing or above the largest */
export function decodePnm(file: Uint8Array, name: string): DecodedPicture {
  const header = readPnmHeader(file, name);
  const { height, width, channels, samples, largest } = header;
  checkLength(file, header, name);
  const { next, position } = header.text ? textNumbers(file, header.start - 1) : byteNumbers(file, header);
  const bytes = new Uint8Array(height * width * channels);
  const deep = largest > 255 ? new Uint16Array(bytes.length) : undefined;
  const count = height * width * samples;
  let transparent = false;
  for (let i = 0, to = 0; i < count; i++) {
    const value = next();
    if (!(value <= largest)) {
      const found = Number.isNaN(value) ? "is missing" : `is ${value}, above the largest ${largest}`;
      throw wrongValue(name, `${i} of ${count}`, found);
    }
    if (i % samples >= channels) {
      transparent ||= value < largest;
      continue;
    }
    if (deep) deep[to] = Math.round((65_535 * value) / largest);
    bytes[to++] = Math.round((255 * value) / largest);
  }
  const picture = { height, width, channels, bytes, ...(deep && { deep }) };
  return { picture, transparent, ...(anotherAt(file, position()) && { besides: "another picture" }) };
}

/** Whether another picture begins here, perhaps after white space. */
function anotherAt(file: Uint8Array, end: number): boolean {
  return /^\s*P[1-7]\s/.test(String.fromCharCode(...file.subarray(end, end + 32)));
}

/** Nothing is allocated for values that the bytes cannot hold: each takes one or two, in text a digit and a space. */
function checkLength(file: Uint8Array, header: PnmHeader, name: string): void {
  const { height, width, samples, text, largest, start } = header;
  const count = height * width * samples;
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

/** Values of one byte or two; NaN when there is none. */
function byteNumbers(file: Uint8Array, { largest, start }: PnmHeader) {
  const step = largest < 256 ? 1 : 2;
  let at = start;
  function next(): number {
    if (at + step > file.length) return Number.NaN;
    at += step;
    return step === 1 ? file[at - 1] : 256 * file[at - 2] + file[at - 1];
  }
  return { next, position: () => at };
}

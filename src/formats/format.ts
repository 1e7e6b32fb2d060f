/**
 * The one list of file formats: what their names end in, and what their first
 * bytes are. A name decides what the user means, the content what there is; where
 * the two differ, the error says so.
 */
import { CrispError } from "../core/errors.js";
import { isWebp } from "./webp.js";

/** A format that is read. */
export type Format =
  | "npy"
  | "npz"
  | "safetensors"
  | "pvp"
  | "png"
  | "jpeg"
  | "tiff"
  | "webp"
  | "bmp"
  | "pnm"
  | "parquet"
  | "csv"
  | "ndjson";

/** What files hold, so far as their format tells. */
export type Family = "array" | "picture" | "table";

type Entry = {
  readonly family: Family;
  readonly endings: readonly string[];
  /** As messages call a file of it. */
  readonly words: string;
  /** Whether a file begins so; absent for text, which begins with anything. */
  readonly begins?: (head: Uint8Array) => boolean;
};

const formats: Readonly<Record<Format, Entry>> = {
  npy: { family: "array", endings: ["npy"], words: "a NumPy array", begins: starts("\x93NUMPY") },
  npz: {
    family: "array",
    endings: ["npz"],
    words: "a ZIP archive (.npz, a spreadsheet or other)",
    begins: starts("PK\x03\x04", "PK\x05\x06"),
  },
  safetensors: { family: "array", endings: ["safetensors"], words: "a safetensors file", begins: isSafetensors },
  pvp: {
    family: "array",
    endings: ["pvp"],
    words: "a PetaVision file",
    begins: starts("\x50\0\0\0\x14\0\0\0", "\x68\0\0\0\x1a\0\0\0"),
  },
  png: { family: "picture", endings: ["png"], words: "a PNG picture", begins: starts("\x89PNG\r\n\x1a\n") },
  jpeg: { family: "picture", endings: ["jpg", "jpeg"], words: "a JPEG picture", begins: starts("\xff\xd8\xff") },
  tiff: { family: "picture", endings: ["tif", "tiff"], words: "a TIFF picture", begins: starts("II*\0", "MM\0*") },
  webp: { family: "picture", endings: ["webp"], words: "a WebP picture", begins: isWebp },
  bmp: { family: "picture", endings: ["bmp"], words: "a BMP picture", begins: isBmp },
  pnm: {
    family: "picture",
    endings: ["pgm", "ppm", "pnm", "pam"],
    words: "a PGM, PPM or PAM picture",
    begins: (head) => /^(P[2356]\s+(\d|#)|P7\s)/.test(textOf(head)),
  },
  parquet: { family: "table", endings: ["parquet"], words: "a Parquet table", begins: starts("PAR1") },
  csv: { family: "table", endings: ["csv", "tsv", "txt", "dat"], words: "a text table" },
  ndjson: { family: "table", endings: ["ndjson", "jsonl"], words: "a table of JSON lines" },
};

/** Formats that are not read, so that the reason can be said. */
const strangers: Readonly<Record<string, (head: Uint8Array) => boolean>> = {
  "packed by gzip": starts("\x1f\x8b"),
  "packed by Zstandard": starts("\x28\xb5\x2f\xfd"),
  "an HDF5 file": starts("\x89HDF"),
  "a MATLAB file": starts("MATLAB 5.0 MAT"),
  "a Python pickle": starts("\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"),
  "a GIF picture": starts("GIF8"),
  "a BigTIFF picture": starts("II+\0", "MM\0+"),
  "an AVIF or HEIC picture": (head) => /^....ftyp(avi|hei|hev|mif)/s.test(textOf(head)),
  "a JPEG 2000 picture": starts("\0\0\0\x0cjP  "),
  "a JPEG XL picture": starts("\xff\x0a", "\0\0\0\x0cJXL "),
  "an OpenEXR picture": starts("\x76\x2f\x31\x01"),
  "a PFM picture of floating-point values": (head) => /^P[fF]\s/.test(textOf(head)),
  "a PBM picture of black and white": (head) => /^P[14]\s+(\d|#)/.test(textOf(head)),
  "a PDF document": starts("%PDF"),
  "a web page": (head) => /^\s*<(!doctype html|html)/i.test(textOf(head)),
};

/** Bytes of a file's beginning that tell its format. */
export const headLength = 32;

/**
 * The format of a file by the ending of its name, or, where the ending is of no
 * format, by its content; undefined where neither tells. Pictures go by content
 * alone: one named as another is read as what it is.
 *
 * @param head  the file's beginning, `headLength` bytes or more; without it the name alone decides
 * @throws CrispError `data` for a file whose content is of another format than its name says
 */
export function formatOf(name: string, head?: Uint8Array): Format | undefined {
  const named = byEnding(name);
  const [held, words] = head ? contentOf(head) : [];
  if (words === undefined || held === named) return named;
  if (named === undefined) return held;
  if (held && familyOf(held) === "picture" && familyOf(named) === "picture") return held;
  throw new CrispError(
    "data",
    `${name} is ${words} by its content, not ${formats[named].words} as its name says. ${held ? "Rename" : "Convert"} the file.`,
  );
}

/** What files of a format hold; undefined for none. */
export function familyOf(format: Format | undefined): Family | undefined {
  return format && formats[format].family;
}

/** Whether a file is named as one of a family: "array", "picture" or "table". */
export function isNamed(name: string, family: Family): boolean {
  return familyOf(byEnding(name)) === family;
}

/** Endings of a family, each with its dot, for messages: ".csv, .tsv, …". */
export function endingsOf(family: Family): string {
  const own = Object.values(formats).filter((format) => format.family === family);
  return own.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)).join(", ");
}

/** What files are passed over, by their endings, most of them first: "2 .gif, 1 .txt". */
export function countEndings(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const ending = /[^./\\](\.[^./\\]*)$/.exec(name)?.[1].toLowerCase() ?? "without an ending";
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked.map(([ending, count]) => `${count} ${ending}`).join(", ");
}

/** What a file is by its beginning, in words, such as "a GIF picture"; undefined where the beginning does not tell. */
export function contentWords(head: Uint8Array): string | undefined {
  return contentOf(head)[1];
}

function byEnding(name: string): Format | undefined {
  const ending = /\.([^./\\]*)$/.exec(name)?.[1].toLowerCase();
  if (ending === undefined) return undefined;
  return (Object.keys(formats) as Format[]).find((format) => formats[format].endings.includes(ending));
}

/** The format that a beginning tells, and its words; a stranger has words alone. */
function contentOf(head: Uint8Array): readonly [format?: Format, words?: string] {
  const format = (Object.keys(formats) as Format[]).find((one) => formats[one].begins?.(head));
  if (format) return [format, formats[format].words];
  return [undefined, Object.keys(strangers).find((words) => strangers[words](head))];
}

function starts(...texts: readonly string[]): (head: Uint8Array) => boolean {
  return (head) => texts.some((text) => textOf(head).startsWith(text));
}

/** The beginning, a character per byte. */
function textOf(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(0, headLength));
}

/** "BM", and a header of a known length behind the sizes. */
function isBmp(head: Uint8Array): boolean {
  return head[0] === 0x42 && head[1] === 0x4d && [12, 40, 52, 56, 64, 108, 124].includes(head[14]) && head[15] === 0;
}

/** Eight bytes of length, below 2^32, then the brace of JSON. */
function isSafetensors(head: Uint8Array): boolean {
  return head.length > 8 && head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0);
}

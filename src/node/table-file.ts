/**
 * A scaling table from a file, as columns of doubles: opened by its ending and
 * content and read in pieces (formats/table.ts).
 */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import * as zlib from "node:zlib";
import { asyncBufferFromFile } from "hyparquet";
import { CrispError } from "../core/errors.js";
import { endingsOf, familyOf, formatOf } from "../formats/format.js";
import { openParquet } from "../formats/parquet.js";
import type { Unpackers } from "../formats/parquet-check.js";
import { openRanges, type TableRanges } from "../formats/ranges.js";
import { type Rows, readCsv, readNdjson, readParquet } from "../formats/table.js";
import { decodedText } from "../formats/text.js";
import type { GivenColumns } from "../scaling/column-names.js";
import { openColumns, type TableFile } from "../scaling/column-reader.js";
import { readHead } from "./files.js";

/** As zlib of Node 22.15 and later has it. */
type Zstd = { readonly zstdDecompressSync?: typeof zlib.brotliDecompressSync };
const { zstdDecompressSync } = zlib as Zstd;

/** What this Node unpacks; never more bytes than a page states. */
const unpackers: Unpackers = {
  GZIP: (page, size) => zlib.gunzipSync(page, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (page, size) => zlib.brotliDecompressSync(page, { maxOutputLength: Math.max(1, size) }),
  ...(zstdDecompressSync === undefined
    ? {}
    : { ZSTD: (page: Uint8Array, size: number) => zstdDecompressSync(page, { maxOutputLength: Math.max(1, size) }) }),
};

/**
 * Reads a table.
 *
 * @param given  names of columns in the table; without it they are found
 * @throws CrispError `data` for a file of other content than its name says, a missing column, text
 *   in a number, a number out of range, with its line; `usage` for a name of no table
 */
export async function readTable(path: string, given?: GivenColumns): Promise<TableFile> {
  const columns = openColumns(basename(path), given);
  await readRows(path, columns);
  return columns.finish();
}

/** Names, rows and ranges of any table, whatever its columns are called. @throws CrispError `data`, `usage` as `readTable` */
export async function readRanges(path: string): Promise<TableRanges> {
  const ranges = openRanges();
  await readRows(path, ranges);
  return ranges.finish();
}

async function readRows(path: string, rows: Rows): Promise<void> {
  const name = basename(path);
  const format = formatOf(name, await readHead(path));
  if (familyOf(format) !== "table") {
    throw new CrispError(
      "usage",
      `${name} is not a table by its name or content; tables end in ${endingsOf("table")}. ${/\.json$/i.test(name) ? "Of JSON one object per line is read: write it so, as .ndjson." : "Rename it."}`,
    );
  }
  if (format === "csv") await readCsv(decodedText(createReadStream(path)), name, rows);
  else if (format === "ndjson") await readNdjson(decodedText(createReadStream(path)), name, rows);
  else await readParquet(await openParquet(await asyncBufferFromFile(path), name, unpackers), rows);
}

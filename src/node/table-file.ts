/**
 * A scaling table from a file, as columns of doubles: opened by its ending and
 * read in pieces (formats/table.ts).
 */
import { createReadStream } from "node:fs";
import { basename, extname } from "node:path";
import { asyncBufferFromFile } from "hyparquet";
import { CrispError } from "../core/errors.js";
import { readCsv, readNdjson, readParquet } from "../formats/table.js";
import { openColumns, type TableFile } from "../scaling/column-reader.js";

const endings: Readonly<Record<string, "csv" | "ndjson" | "parquet">> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".parquet": "parquet",
};

/** Whether a path is named as a table. */
export function isTableName(path: string): boolean {
  return extname(path).toLowerCase() in endings;
}

/**
 * Reads a table.
 *
 * @throws CrispError `data` for a missing column, text in a number, a number out of range, with its line
 */
export async function readTable(path: string): Promise<TableFile> {
  const name = basename(path);
  const kind = endings[extname(path).toLowerCase()];
  if (kind === undefined) {
    throw new CrispError(
      "usage",
      `${name} is no table by its name; tables end in ${Object.keys(endings).join(", ")}. Rename it.`,
    );
  }
  const columns = openColumns(name);
  if (kind === "csv") await readCsv(createReadStream(path, "utf8"), name, columns);
  else if (kind === "ndjson") await readNdjson(createReadStream(path, "utf8"), name, columns);
  else await readParquet(await asyncBufferFromFile(path), name, columns);
  return columns.finish();
}

/**
 * A scaling table from a file, as columns of doubles: opened by its ending and
 * content and read in pieces (formats/table.ts).
 */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { asyncBufferFromFile } from "hyparquet";
import { CrispError } from "../core/errors.js";
import { endingsOf, familyOf, formatOf } from "../formats/format.js";
import { readCsv, readNdjson, readParquet } from "../formats/table.js";
import { openColumns, type TableFile } from "../scaling/column-reader.js";
import { readHead } from "./files.js";

/**
 * Reads a table.
 *
 * @throws CrispError `data` for a file of other content than its name says, a missing column, text
 *   in a number, a number out of range, with its line; `usage` for a name of no table
 */
export async function readTable(path: string): Promise<TableFile> {
  const name = basename(path);
  const format = formatOf(name, await readHead(path));
  if (familyOf(format) !== "table") {
    throw new CrispError(
      "usage",
      `${name} is not a table by its name or content; tables end in ${endingsOf("table")}. Rename it.`,
    );
  }
  const columns = openColumns(name);
  if (format === "csv") await readCsv(createReadStream(path, "utf8"), name, columns);
  else if (format === "ndjson") await readNdjson(createReadStream(path, "utf8"), name, columns);
  else await readParquet(await asyncBufferFromFile(path), name, columns);
  return columns.finish();
}

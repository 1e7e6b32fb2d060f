/**
 * Tables as rows: CSV (csv.ts), NDJSON (an object per line) and Parquet. Read in
 * pieces: memory holds one (64 kB of text, one row group of Parquet).
 */
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { CrispError } from "../core/errors.js";
import { openCsv } from "./csv.js";

/** Who takes the rows of a table. */
export type Rows = {
  /** The names of the fields to come. */
  begin(names: readonly string[]): void;
  /** Names of the fields that are read. */
  read(): string[];
  /** The fields of a row, in the order of the names, and its place for messages. */
  add(fields: readonly unknown[], where: string): void;
};

/** Reads separated text: the first line names the fields. */
export async function readCsv(text: AsyncIterable<string>, name: string, rows: Rows): Promise<void> {
  let head: readonly string[] | undefined;
  const csv = openCsv(name, (fields, line) => {
    if (head === undefined) {
      refuseBytes(name, fields.join());
      head = fields;
      rows.begin(fields.map((field) => field.trim()));
    } else rows.add(fields, `line ${line}`);
  });
  for await (const piece of text) csv.push(piece);
  csv.end();
  if (head === undefined)
    throw new CrispError("data", `${name} is empty; a first line of column names is needed. Give size,control,value.`);
}

/** A first line with control characters is no line of names. */
function refuseBytes(name: string, line: string): void {
  const at = [...line].find((letter) => letter < " " || letter === "\u007f");
  if (at === undefined) return;
  const code = at.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new CrispError(
    "data",
    `${name} is no text table: its first line holds the character U+${code}; names of columns are needed there. Give CSV, NDJSON or Parquet by its own ending.`,
  );
}

/** Reads an object per line; the keys of the first one name the fields. */
export async function readNdjson(text: AsyncIterable<string>, name: string, rows: Rows): Promise<void> {
  let rest = "";
  let line = 0;
  let names: readonly string[] | undefined;
  const take = (whole: string): void => {
    line++;
    if (whole.trim() === "") return;
    const record = objectOf(whole, name, line);
    if (names === undefined) {
      names = Object.keys(record);
      rows.begin(names);
    }
    rows.add(
      names.map((key) => record[key]),
      `line ${line}`,
    );
  };
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
  if (names === undefined)
    throw new CrispError(
      "data",
      `${name} is empty; a line for each row is needed. Give {"size":…,"control":…,"value":…}.`,
    );
}

function objectOf(text: string, name: string, line: number): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch {
    // Said below, in the same words.
  }
  throw new CrispError(
    "data",
    `${name}, line ${line}: ${text.slice(0, 30)} is no JSON object; every line must be one. Correct the line.`,
  );
}

/** Reads a Parquet file, one row group at a time. */
export async function readParquet(file: AsyncBuffer, name: string, rows: Rows): Promise<void> {
  try {
    const metadata = await parquetMetadataAsync(file);
    const names = metadata.schema.slice(1).map((element) => element.name);
    rows.begin(names);
    let start = 0;
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows);
      const found = await parquetReadObjects({ file, metadata, columns: rows.read(), rowStart: start, rowEnd: end });
      found.forEach((row, i) => {
        rows.add(
          names.map((key) => row[key]),
          `row ${start + i + 1}`,
        );
      });
      start = end;
    }
  } catch (error) {
    if (error instanceof CrispError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CrispError("data", `${name} is no readable Parquet file (${reason}). Write it anew or give CSV.`);
  }
}

/**
 * A scaling table from a file, as columns of doubles: CSV (csv.ts), NDJSON (an
 * object a line) or Parquet. Read in pieces: beside the columns, 8 bytes a
 * number, memory holds one piece (64 kB of text, one row group of Parquet).
 * Columns are found by name, whatever their case and order.
 */
import { createReadStream } from "node:fs";
import { basename, extname } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { CrispError, nearestWord } from "../core/errors.js";
import { type ColumnName, faultOf, type TableColumns } from "../scaling/columns.js";
import { openCsv } from "./csv.js";

export type TableFile = { readonly columns: TableColumns; readonly warnings: readonly string[] };

const known: readonly ColumnName[] = ["size", "control", "value", "replicate", "error", "x"];
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
  const builder = openColumns(name);
  if (kind === "csv") await readCsv(path, name, builder);
  else if (kind === "ndjson") await readNdjson(path, name, builder);
  else await readParquet(path, builder);
  return builder.finish();
}

async function readCsv(path: string, name: string, builder: Builder): Promise<void> {
  let head: readonly string[] | undefined;
  const csv = openCsv(name, (fields, line) => {
    if (head === undefined) {
      refuseBytes(name, fields.join());
      head = fields;
      builder.begin(fields.map((field) => field.trim()));
    } else builder.add(fields, `line ${line}`);
  });
  for await (const piece of createReadStream(path, "utf8")) csv.push(piece);
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

async function readNdjson(path: string, name: string, builder: Builder): Promise<void> {
  let rest = "";
  let line = 0;
  let names: readonly string[] | undefined;
  const take = (text: string): void => {
    line++;
    if (text.trim() === "") return;
    const record = objectOf(text, name, line);
    if (names === undefined) {
      names = Object.keys(record);
      builder.begin(names);
    }
    builder.add(
      names.map((key) => record[key]),
      `line ${line}`,
    );
  };
  for await (const piece of createReadStream(path, "utf8")) {
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

async function readParquet(path: string, builder: Builder): Promise<void> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const names = metadata.schema.slice(1).map((element) => element.name);
    builder.begin(names);
    let start = 0;
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows);
      const rows = await parquetReadObjects({ file, metadata, columns: builder.read(), rowStart: start, rowEnd: end });
      rows.forEach((row, i) => {
        builder.add(
          names.map((key) => row[key]),
          `row ${start + i + 1}`,
        );
      });
      start = end;
    }
  } catch (error) {
    if (error instanceof CrispError || (error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CrispError(
      "data",
      `${basename(path)} is no readable Parquet file (${reason}). Write it anew or give CSV.`,
    );
  }
}

type Builder = {
  /** The names of the fields to come. */
  begin(names: readonly string[]): void;
  /** Names of the fields that are read. */
  read(): string[];
  add(fields: readonly unknown[], where: string): void;
  finish(): TableFile;
};

/** Numbers of a block after the first few: 8 MB. */
const longestBlock = 1 << 20;

/** A column under way: full blocks and the one that is filled. Doubling one array would hold three times the numbers. */
type Growing = {
  readonly name: ColumnName;
  readonly own: string;
  readonly at: number;
  readonly full: Float64Array[];
  block: Float64Array;
  used: number;
};

/** Columns that grow by blocks. */
function openColumns(file: string): Builder {
  let count = 0;
  let read: Growing[] = [];
  const warnings: string[] = [];
  return {
    begin(names) {
      read = columnsOf(file, names).map((column) => ({ ...column, full: [], block: new Float64Array(1024), used: 0 }));
      const unread = names.filter((_, i) => !read.some(({ at }) => at === i));
      if (unread.length > 0) warnings.push(`${file}: not read: ${unread.join(", ")}.`);
    },
    read: () => read.map(({ own }) => own),
    add(fields, where) {
      for (const column of read) {
        if (column.used === column.block.length) {
          column.full.push(column.block);
          column.block = new Float64Array(Math.min(longestBlock, 2 * column.block.length));
          column.used = 0;
        }
        column.block[column.used++] = numberOf(fields[column.at], column.name, `${file}, ${where}`);
      }
      count++;
    },
    finish() {
      if (count === 0)
        throw new CrispError("data", `${file} has no rows; at least one is needed. Give rows of size, control, value.`);
      const column = (name: ColumnName): Float64Array | null => {
        const found = read.find((one) => one.name === name);
        return found === undefined ? null : joined(found, count);
      };
      const optional = { control: column("control"), replicate: column("replicate"), error: column("error") };
      return { columns: { size: column("size")!, value: column("value")!, ...optional, x: column("x") }, warnings };
    },
  };
}

/** One array of a column, whose blocks are let go. */
function joined(column: Growing, count: number): Float64Array {
  const all = new Float64Array(count);
  let at = 0;
  for (const block of column.full.splice(0)) {
    all.set(block, at);
    at += block.length;
  }
  all.set(column.block.subarray(0, column.used), at);
  column.block = new Float64Array(0);
  return all;
}

/** Which field holds which column; a missing or misspelt one is an error that names the nearest. */
function columnsOf(file: string, names: readonly string[]): { name: ColumnName; own: string; at: number }[] {
  const lower = names.map((name) => name.toLowerCase());
  const twice = lower.find((name, i) => (known as readonly string[]).includes(name) && lower.indexOf(name) < i);
  if (twice !== undefined)
    throw new CrispError("data", `${file} has two columns ${twice}; one is allowed. Rename or remove one.`);
  const absent = known.filter((name) => !lower.includes(name));
  const others = names.filter((name) => !(known as readonly string[]).includes(name.toLowerCase()));
  for (const name of absent) {
    const near = name === "x" ? undefined : nearestWord(name, others);
    const needed = name === "size" || name === "value" || (name === "control" && others.length > 0);
    if (!needed && near === undefined) continue;
    const found = names.length === 0 ? "none" : names.join(", ");
    const advice = near === undefined ? `Name one of them ${name}.` : `Did you mean ${name} by ${near}? Rename it.`;
    throw new CrispError(
      "data",
      `${file} has no column ${name}; its columns are ${found}. ${needed ? "size, control and value are needed. " : ""}${advice}`,
    );
  }
  return known.flatMap((name) => {
    const at = lower.indexOf(name);
    return at < 0 ? [] : [{ name, own: names[at], at }];
  });
}

const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A cell as a number, or an error with its place. */
function numberOf(cell: unknown, name: ColumnName, where: string): number {
  const value = typeof cell === "string" ? textNumber(cell.trim()) : typeof cell === "bigint" ? Number(cell) : cell;
  if (typeof value === "number") {
    const fault = faultOf(name, value);
    if (fault === null) return value;
    throw new CrispError("data", `${where}: ${fault}`);
  }
  const found = cell === null || cell === undefined || cell === "" ? "missing" : JSON.stringify(cell);
  const advice =
    typeof cell === "string" && /^[+-]?\d+,\d+$/.test(cell.trim())
      ? "Write decimals with a point."
      : "Correct or remove the row.";
  throw new CrispError("data", `${where}: ${name} is ${found}; it must be a number. ${advice}`);
}

/** "nan" and "inf" are numbers that `faultOf` refuses by name; other text is none. */
function textNumber(text: string): number | string {
  if (plainNumber.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  return /^[+-]?inf(inity)?$/i.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : text;
}

/**
 * Tables as rows: CSV (csv.ts), NDJSON (an object per line) and Parquet. Read in
 * pieces: memory holds one (64 kB of text and a line of at most 2^20 characters,
 * or one row group of Parquet).
 */
import { CrispError } from "../core/errors.js";
import { isNumeric, longestRecord, openCsv } from "./csv.js";
import type { ParquetTable } from "./parquet.js";

/** Who takes the rows of a table. */
export type Rows = {
  /** The names of the fields to come, and whether commas stand between fields: then one inside a number is no decimal sign. */
  begin(names: readonly string[], commas?: boolean): void;
  /** Names of the fields that are read. */
  read(): string[];
  /** The fields of a row, in the order of the names, and its place for messages. */
  add(fields: readonly unknown[], where: string): void;
  /** Fields that a row has and the first one, at `first`, lacks. */
  late(names: readonly string[], first: string, where: string): void;
};

/** Reads separated text: the first line names the fields; where it has numbers alone, their names are 1, 2, 3, … */
export async function readCsv(text: AsyncIterable<string>, name: string, rows: Rows): Promise<void> {
  let head: readonly string[] | undefined;
  const csv = openCsv(name, (fields, line, separator) => {
    if (head !== undefined) return rows.add(fields, `line ${line}`);
    refuseBytes(name, fields.join());
    const numbers = fields.every(isNumeric);
    head = fields.map((field, i) => (numbers ? String(i + 1) : field.trim()));
    rows.begin(head, separator === ",");
    if (numbers) rows.add(fields, `line ${line}`);
  });
  for await (const piece of text) csv.push(piece);
  csv.end();
  if (head === undefined)
    throw new CrispError("data", `${name} is empty; a first line of column names is needed. Give size,control,value.`);
}

/** A first line with control characters is not a line of names. */
function refuseBytes(name: string, line: string): void {
  const at = [...line].find((letter) => letter < " " || letter === "\u007f");
  if (at === undefined) return;
  const code = at.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new CrispError(
    "data",
    `${name} is not a text table: its first line holds the character U+${code}; names of columns are needed there. Give CSV, NDJSON or Parquet by its own ending.`,
  );
}

/** Reads an object per line; the keys of the first one name the fields. */
export async function readNdjson(text: AsyncIterable<string>, name: string, rows: Rows): Promise<void> {
  let rest = "";
  let line = 0;
  let names: readonly string[] | undefined;
  let first = "";
  const seen = new Set<string>();
  const take = (whole: string): void => {
    line++;
    if (whole.trim() === "") return;
    const record = objectOf(whole, name, line);
    if (names === undefined) {
      names = Object.keys(record);
      first = `line ${line}`;
      names.forEach((key) => {
        seen.add(key);
      });
      rows.begin(names);
    }
    const late = Object.keys(record).filter((key) => !seen.has(key));
    if (late.length > 0) rows.late(late, first, `line ${line}`);
    late.forEach((key) => {
      seen.add(key);
    });
    rows.add(
      names.map((key) => record[key]),
      `line ${line}`,
    );
  };
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
    if (rest.length > longestRecord) {
      throw new CrispError(
        "data",
        `${name}, line ${line + 1}: a line of more than ${longestRecord} characters; lines must be shorter. Check that each row has its own line.`,
      );
    }
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
    `${name}, line ${line}: ${text.slice(0, 30)} is not a JSON object; every line must be one. ${adviceOn(text)}`,
  );
}

function adviceOn(text: string): string {
  const word = /:\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
  if (word !== undefined) return `JSON has no ${word}: correct or remove the line.`;
  return text.trimStart().startsWith("[") ? "Write each object of the array on its own line." : "Correct the line.";
}

/** Reads a Parquet table, one row group at a time. */
export async function readParquet(table: ParquetTable, rows: Rows): Promise<void> {
  rows.begin(table.names);
  const places = rows.read().map((own) => table.names.indexOf(own));
  const fields: unknown[] = Array.from(table.names, () => undefined);
  let row = 0;
  for await (const group of table.groups(rows.read())) {
    for (let i = 0; i < group[0].length; i++) {
      places.forEach((place, column) => {
        fields[place] = group[column][i];
      });
      rows.add(fields, `row ${++row}`);
    }
  }
}

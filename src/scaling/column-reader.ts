/**
 * The columns of a scaling table from rows of any table: found by name, whatever
 * their case and order, each cell checked as a number. Beside the columns, 8
 * bytes per number, memory holds one block per column.
 */
import { CrispError, nearestWord } from "../core/errors.js";
import { type ColumnName, faultOf, type TableColumns } from "./columns.js";

/** The columns of a table, and what was left unread. */
export type TableFile = { readonly columns: TableColumns; readonly warnings: readonly string[] };

const known: readonly ColumnName[] = ["size", "control", "value", "replicate", "error", "x"];

/** Takes the rows of a table one by one and keeps the columns that a fit reads. */
export type ColumnReader = {
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

/**
 * Columns that grow by blocks.
 *
 * @param file  named in errors
 * @throws CrispError `data` for a missing or misspelt column, text in a number, a number out of range, with its place
 */
export function openColumns(file: string): ColumnReader {
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

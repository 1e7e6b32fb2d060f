/**
 * The columns of a scaling table from rows of any table: found by name, whatever
 * their case and order, each cell checked as a number. Beside the columns, 8
 * bytes per number, memory holds one block per column.
 */
import { CrispError } from "../core/errors.js";
import { type CellReader, openCells, type Slot } from "./cell.js";
import { type FoundColumn, findColumns, type GivenColumns } from "./column-names.js";
import { type ColumnName, faultOf, type TableColumns } from "./columns.js";

/** The columns of a table, what was left unread, and what was taken for what. */
export type TableFile = {
  readonly columns: TableColumns;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
};

/** Takes the rows of a table one by one and keeps the columns that a fit reads. */
export type ColumnReader = {
  /** The names of the fields to come, and whether commas separate them. */
  begin(names: readonly string[], commas?: boolean): void;
  /** Names of the fields that are read. */
  read(): string[];
  add(fields: readonly unknown[], where: string): void;
  /** Fields of a row that the first one, at `first`, lacks: an error if a fit would read them. */
  late(names: readonly string[], first: string, where: string): void;
  finish(): TableFile;
};

/** Numbers of a block after the first few: 8 MB. */
const longestBlock = 1 << 20;

/** A column under way: full blocks and the one that is filled. Doubling one array would hold three times the numbers. */
type Growing = FoundColumn & { readonly full: Float64Array[]; block: Float64Array; used: number };

/**
 * Columns that grow by blocks.
 *
 * @param file  named in errors
 * @param given  names of columns in the table, as the caller states them
 * @throws CrispError `data` for a missing or misspelt column, text in a number, a number out of range, with its place
 */
export function openColumns(file: string, given?: GivenColumns): ColumnReader {
  let count = 0;
  let names: readonly string[] = [];
  let read: Growing[] = [];
  let pairs: Growing | undefined; // errors that stand in the cells of the value
  let cells: CellReader;
  const warnings: string[] = [];
  const notes: string[] = [];

  /** A value with its error in one cell: 2.634(6). */
  function addPair(text: string, value: Slot, place: string): boolean {
    const where = `${file}, ${place}`;
    const column = pairs ?? growing({ name: "error", own: "", at: -1 });
    const is = cells.readPair(text, { value, error: nextSlot(column) }, `${place}: value`);
    if (!is) return false;
    if (read.some(({ name }) => name === "error"))
      throw new CrispError(
        "data",
        `${where}: value is ${text}, and there is a column error; one error is allowed. Remove one.`,
      );
    if (pairs === undefined && count > 0)
      throw new CrispError(
        "data",
        `${where}: value is ${text}, and rows before state no error; all or none must. Add theirs.`,
      );
    pairs = column;
    pairs.used++;
    return true;
  }

  function addCell(column: Growing, cell: unknown, place: string): void {
    const where = `${file}, ${place}`;
    const slot = nextSlot(column);
    const text = typeof cell === "string" ? cell.trim() : null;
    const value = text === null ? plainNumber(cell) : cells.read(text, slot, `${place}: ${column.name}`);
    const paired = value === undefined && column.name === "value" && text !== null && addPair(text, slot, place);
    if (value === undefined && !paired) throw noNumber(cell, column.name, where);
    if (!paired && pairs !== undefined && column.name === "value")
      throw new CrispError(
        "data",
        `${where}: value is ${String(cell)} without an error; the rows before state one. Add it.`,
      );
    if (!paired) slot.block[slot.at] = value!;
    column.used++;
    const fault = faultOf(column.name, slot.block[slot.at]) ?? (paired ? faultOf("error", lastOf(pairs!)) : null);
    if (fault !== null) throw new CrispError("data", `${where}: ${fault}`);
  }

  return {
    begin(all, commas = false) {
      names = all;
      cells = openCells(file, commas);
      const { columns, note } = findColumns(file, names, given);
      read = columns.map(growing);
      if (note !== null) notes.push(note);
      const unread = names.filter((name, i) => name !== "" && !read.some(({ at }) => at === i));
      if (unread.length > 0) warnings.push(`${file}: not read: ${unread.join(", ")}.`);
    },
    read: () => read.map(({ own }) => own),
    add(fields, where) {
      if (count === 0 && notes.every((note) => !note.includes("units")) && areUnits(read, fields)) {
        notes.push(`${file}, ${where}: taken as units: ${fields.join(", ")}.`);
        return;
      }
      for (const column of read) addCell(column, fields[column.at], where);
      count++;
    },
    late(more, first, where) {
      const all = [...names, ...more];
      const wanted = findColumns(file, all, given).columns.find(({ at }) => at >= names.length)?.own;
      if (wanted !== undefined)
        throw new CrispError(
          "data",
          `${file}, ${first}: ${wanted} is missing; ${where} has it, and every row must. Add it, or remove it from all rows.`,
        );
      warnings.push(`${file}: not read: ${more.join(", ")}.`);
    },
    finish() {
      if (count === 0)
        throw new CrispError("data", `${file} has no rows; at least one is needed. Give rows of size, control, value.`);
      cells.finish();
      const column = (name: ColumnName): Float64Array | null => {
        const found = name === "error" && pairs !== undefined ? pairs : read.find((one) => one.name === name);
        return found === undefined ? null : joined(found, count);
      };
      const optional = { control: column("control"), replicate: column("replicate"), error: column("error") };
      const columns = { size: column("size")!, value: column("value")!, ...optional, x: column("x") };
      return { columns, warnings, notes };
    },
  };
}

function growing(column: FoundColumn): Growing {
  return { ...column, full: [], block: new Float64Array(1024), used: 0 };
}

/** Where the next number of a column goes. */
function nextSlot(column: Growing): Slot {
  if (column.used === column.block.length) {
    column.full.push(column.block);
    column.block = new Float64Array(Math.min(longestBlock, 2 * column.block.length));
    column.used = 0;
  }
  return { block: column.block, at: column.used };
}

function lastOf({ block, used }: Growing): number {
  return block[used - 1];
}

/** A first row without any number, such as "-, K, J/mol": "NaN" and a missing value are no units. */
function areUnits(read: readonly Growing[], fields: readonly unknown[]): boolean {
  const cells = read.map(({ at }) => (typeof fields[at] === "string" ? fields[at].trim() : "0"));
  return cells.every((cell) => !/\d|^[+-]?(nan|inf)|^n\/?a$/i.test(cell)) && cells.some((cell) => /\p{L}/u.test(cell));
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

function plainNumber(cell: unknown): number | undefined {
  return typeof cell === "bigint" ? Number(cell) : typeof cell === "number" ? cell : undefined;
}

/** A cell that is not a number, with the reason as far as it can be seen. */
function noNumber(cell: unknown, name: ColumnName, where: string): CrispError {
  const found = cell === null || cell === undefined || cell === "" ? "missing" : JSON.stringify(cell);
  const text = String(cell);
  const advice = text.includes("%")
    ? "Write the number without the percent sign, in one unit throughout."
    : /\d\s*\^\s*\d/.test(text)
      ? "Write the power out."
      : /[(±]|\+\/?-/.test(text)
        ? `An error is read beside the value alone. Write the number of ${name} alone.`
        : "Correct or remove the row.";
  return new CrispError("data", `${where}: ${name} is ${found}; it must be a number. ${advice}`);
}

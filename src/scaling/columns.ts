/**
 * A table as columns of doubles: 8 bytes a number, so that 10⁷ rows of size,
 * control, value and replicate are 320 MB. Rows are gathered into curves by a
 * counting sort over (size, replicate) and a sort by control within each.
 */
import { CrispError } from "../core/errors.js";
import type { Curve } from "./types.js";

export type ColumnName = "size" | "control" | "value" | "replicate" | "error" | "x";

/** Columns of equal length; those absent are null. */
export type TableColumns = Readonly<Record<"size" | "value", Float64Array>> &
  Readonly<Record<"control" | "replicate" | "error" | "x", Float64Array | null>>;

export type CleanTable = {
  /** Sizes ascending, replicates ascending. */
  readonly curves: Curve[];
  /** Rows in the curves. */
  readonly rows: number;
  readonly warnings: readonly string[];
};

/** What is wrong with a number of a row, as the three last parts of an error; null if nothing. */
export function faultOf(name: ColumnName, value: number): string | null {
  if (!Number.isFinite(value))
    return `${name} is ${String(value)}; it must be a finite number. Correct or remove the row.`;
  if (name === "size" && !(value > 0)) return `size is ${value}; it must be above 0. Correct or remove the row.`;
  if (name === "error" && value < 0)
    return `error is ${value}; a standard error must be at least 0. Correct it or leave the column out.`;
  return null;
}

/**
 * Curves of the sizes from `from` on: repeated rows dropped, sizes that differ
 * by rounding (a relative 1e-9) made one.
 *
 * @throws CrispError `data` for an empty table, numbers out of range, two values of one point
 */
export function curvesOf(table: TableColumns, from: number): CleanTable {
  const count = table.size.length;
  if (count === 0)
    throw new CrispError("data", "the table has no rows; at least one is needed. Give rows of size, control, value.");
  checkAll(table);
  const merged = mergedSizes(table.size);
  const groups = groupRows(table, merged, from);
  if (groups.length === 0)
    throw new CrispError(
      "data",
      `no size is at least ${from}; the largest is ${[...merged.values()].reduce((a, b) => Math.max(a, b))}. Lower sizes-from.`,
    );
  const errors = table.error?.every((value) => value > 0) ?? false;
  let duplicates = 0;
  const curves = groups.map((group) => {
    const kept = distinct(table, group);
    duplicates += group.rows.length - kept.length;
    return curveOf(table, group, kept, errors);
  });
  const rounded = new Set(merged.values()).size < merged.size;
  return {
    curves: commonGrids(curves),
    rows: curves.reduce((sum, { control }) => sum + control.length, 0),
    warnings: [
      ...(duplicates > 0 ? [`${duplicates} rows repeat another one and are left out.`] : []),
      ...(rounded ? ["sizes that differ by rounding are taken as one."] : []),
      ...(table.error !== null && !errors ? ["a stated error is 0: the column error is not used."] : []),
    ],
  };
}

function checkAll(table: TableColumns): void {
  for (const [name, column] of Object.entries(table) as [ColumnName, Float64Array | null][]) {
    column?.forEach((value, i) => {
      const fault = faultOf(name, value);
      if (fault !== null) throw new CrispError("data", `row ${i + 1}: ${fault}`);
    });
  }
}

/** Each size to the smallest one within a relative 1e-9 of its neighbour. */
function mergedSizes(column: Float64Array): Map<number, number> {
  const sizes = [...new Set(column)].sort((a, b) => a - b);
  const merged = new Map<number, number>();
  let last = Number.NEGATIVE_INFINITY;
  for (const size of sizes) {
    if (size - last > 1e-9 * size) last = size;
    merged.set(size, last);
  }
  return merged;
}

type Group = { readonly size: number; readonly replicate: number; readonly rows: Uint32Array };

/** Rows of each (size, replicate) in two passes: count, then fill. */
function groupRows(table: TableColumns, merged: Map<number, number>, from: number): Group[] {
  const count = table.size.length;
  const numbers = new Map<number, Map<number, number>>();
  const keys: { size: number; replicate: number }[] = [];
  const lengths: number[] = [];
  const group = new Int32Array(count).fill(-1);
  for (let i = 0; i < count; i++) {
    const size = merged.get(table.size[i])!;
    if (size < from) continue;
    const replicate = table.replicate === null ? 0 : table.replicate[i];
    let own = numbers.get(size);
    if (own === undefined) {
      own = new Map();
      numbers.set(size, own);
    }
    let id = own.get(replicate);
    if (id === undefined) {
      id = keys.push({ size, replicate }) - 1;
      own.set(replicate, id);
      lengths.push(0);
    }
    group[i] = id;
    lengths[id]++;
  }
  const rows = lengths.map((length) => new Uint32Array(length));
  for (let i = count - 1; i >= 0; i--) if (group[i] >= 0) rows[group[i]][--lengths[group[i]]] = i;
  return keys
    .map((key, id) => ({ ...key, rows: rows[id] }))
    .sort((a, b) => a.size - b.size || a.replicate - b.replicate);
}

/** The rows of a group by rising control, repeated ones once. */
function distinct(table: TableColumns, { size, replicate, rows }: Group): Uint32Array {
  const { control, value } = table;
  if (control !== null) rows.sort((a, b) => control[a] - control[b]);
  return rows.filter((row, i) => {
    if (i === 0) return true;
    const before = rows[i - 1];
    if (control !== null && control[row] !== control[before]) return true;
    if (value[row] === value[before]) return false;
    const at = control === null ? "" : `, control ${control[row]}`;
    throw new CrispError(
      "data",
      `size ${size}${at}, replicate ${replicate} has two values, ${Math.min(value[before], value[row])} and ${Math.max(value[before], value[row])}; one is allowed. Number repeated measurements in a column "replicate".`,
    );
  });
}

function curveOf(table: TableColumns, { size, replicate }: Group, rows: Uint32Array, errors: boolean): Curve {
  const column = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  return {
    size,
    replicate,
    control: table.control === null ? Float64Array.of(1) : column(table.control),
    items: 1,
    quantities: { value: column(table.value), ...(table.x === null ? {} : { x: column(table.x) }) },
    ...(errors ? { error: column(table.error!) } : {}),
  };
}

/** Controls that differ from the first replicate's by rounding (a relative 1e-9) become those: one grid a size. */
function commonGrids(curves: readonly Curve[]): Curve[] {
  let first = curves[0];
  return curves.map((curve) => {
    if (curve.size !== first.size) first = curve;
    const { control } = first;
    const near = (x: number, i: number): boolean => Math.abs(x - control[i]) <= 1e-9 * Math.abs(x);
    return curve.control.length === control.length && curve.control.every(near) ? { ...curve, control } : curve;
  });
}

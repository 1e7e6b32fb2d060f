/**
 * A table as columns of doubles: 8 bytes per number, so that 10⁷ rows of size,
 * control, value and replicate are 320 MB. Rows are gathered into curves by a
 * counting sort over (size, replicate) and a sort by control within each. A
 * curve's numbers are a view of one block that all curves share, and replicates
 * share their size's controls: an array of its own costs more than 15 numbers.
 */

import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
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
 * Curves of the sizes from `from` on: repeated rows dropped, several measurements of a point
 * with stated errors averaged, sizes that differ by rounding (a relative 1e-9) made one.
 *
 * @throws CrispError `data` for an empty table, numbers out of range, two values of one point
 */
export function curvesOf(table: TableColumns, from: number): CleanTable {
  const count = table.size.length;
  if (count === 0)
    throw new CrispError("data", "the table has no rows; at least one is needed. Give rows of size, control, value.");
  checkAll(table);
  const merged = mergedSizes(table.size);
  const { groups, order } = groupRows(table, merged, from);
  if (groups.length === 0)
    throw new CrispError(
      "data",
      `no size is at least ${from}; the largest is ${[...merged.values()].reduce((a, b) => Math.max(a, b))}. Lower --sizes-from (sizesFrom).`,
    );
  const errors = table.error?.every((value) => value > 0) ?? false;
  const { curves, rows, again } = curvesFrom(table, groups, order, errors);
  const repeated = order.length - rows - again;
  const rounded = new Set(merged.values()).size < merged.size;
  return {
    curves,
    rows,
    warnings: [
      ...(repeated > 0 ? [`${counted(repeated, "row")} left out: each repeats another one.`] : []),
      ...(again > 0
        ? [
            `${counted(again, "row")} measured a point again: its value is the mean by 1/error², its error that of the mean.`,
          ]
        : []),
      ...(rounded ? ["sizes that differ by rounding are taken as one."] : []),
      ...nearSizes(curves),
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

/** Sizes a relative 1e-3 or less apart are hardly meant as two. */
function nearSizes(curves: readonly Curve[]): string[] {
  const sizes = [...new Set(curves.map(({ size }) => size))];
  const near = sizes.findIndex((size, i) => i > 0 && size - sizes[i - 1] <= 1e-3 * size);
  if (near < 0) return [];
  return [
    `sizes ${sizes[near - 1]} and ${sizes[near]} differ by less than 0.1 % and count as two; if they are one size, write them alike.`,
  ];
}

/** Rows start … end − 1 of the order belong to this curve. */
type Group = { readonly size: number; readonly replicate: number; readonly start: number; readonly end: number };

/** Rows ordered by (size, replicate) as they first come, in two passes: count, then fill. Groups ascend. */
function groupRows(
  table: TableColumns,
  merged: Map<number, number>,
  from: number,
): { groups: Group[]; order: Uint32Array } {
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
  let used = 0;
  const groups = keys.map((key, id): Group => {
    const start = used;
    used += lengths[id];
    return { ...key, start, end: used };
  });
  const order = new Uint32Array(used);
  for (let i = count - 1; i >= 0; i--) if (group[i] >= 0) order[groups[group[i]].start + --lengths[group[i]]] = i;
  return { groups: groups.sort((a, b) => a.size - b.size || a.replicate - b.replicate), order };
}

/** All curves, their numbers copied into one block a column; how many points they have, and rows that measured one again. */
function curvesFrom(
  table: TableColumns,
  groups: readonly Group[],
  order: Uint32Array,
  errors: boolean,
): { curves: Curve[]; rows: number; again: number } {
  const value = new Float64Array(order.length);
  const x = table.x === null ? null : new Float64Array(order.length);
  const error = errors ? new Float64Array(order.length) : null;
  let [rows, again] = [0, 0];
  let grid: { readonly size: number; readonly control: Float64Array } | undefined;
  const curves = groups.map((group): Curve => {
    const { size, replicate, start } = group;
    const { kept, means } = distinct(errors ? table : { ...table, error: null }, group, order);
    for (const { count } of means.values()) again += count - 1;
    const take = (name: "value" | "error" | "x", block: Float64Array): Float64Array => {
      for (let i = 0; i < kept.length; i++) block[start + i] = table[name]![kept[i]];
      for (const [i, mean] of means) block[start + i] = mean[name];
      return block.subarray(start, start + kept.length);
    };
    if (grid?.size !== size) grid = { size, control: controlsOf(table, kept) };
    rows += kept.length;
    return {
      size,
      replicate,
      control: onGrid(table, kept, grid.control) ? grid.control : controlsOf(table, kept),
      items: 1,
      quantities: { value: take("value", value), ...(x === null ? {} : { x: take("x", x) }) },
      ...(error === null ? {} : { error: take("error", error) }),
    };
  });
  return { curves, rows, again };
}

function controlsOf({ control }: TableColumns, rows: Uint32Array): Float64Array {
  return control === null ? Float64Array.of(1) : new Float64Array(rows.length).map((_, i) => control[rows[i]]);
}

/** Whether controls differ from the grid's by rounding at most (a relative 1e-9): then they are the grid's. */
function onGrid({ control }: TableColumns, rows: Uint32Array, grid: Float64Array): boolean {
  if (rows.length !== grid.length) return false;
  for (let i = 0; i < rows.length; i++)
    if (control !== null && !(Math.abs(control[rows[i]] - grid[i]) <= 1e-9 * Math.abs(grid[i]))) return false;
  return true;
}

/** Several measurements of one point as one: Σ y/e² / Σ 1/e², with error (Σ 1/e²)^(−1/2). */
type Mean = { readonly value: number; readonly error: number; readonly x: number; readonly count: number };

/**
 * The rows of a group by rising control, repeated ones once: the front of its part of the order. Where one of them
 * stands for several measurements, their mean, by its index.
 */
function distinct(
  table: TableColumns,
  group: Group,
  order: Uint32Array,
): { kept: Uint32Array; means: ReadonlyMap<number, Mean> } {
  const { control, value } = table;
  const rows = order.subarray(group.start, group.end);
  if (control !== null && rows.some((row, i) => i > 0 && control[row] < control[rows[i - 1]]))
    rows.sort((a, b) => control[a] - control[b]);
  const means = new Map<number, Mean>();
  let kept = 1;
  for (let i = 1; i < rows.length; i++) {
    const [row, before] = [rows[i], rows[kept - 1]];
    if (control !== null && control[row] !== control[before]) rows[kept++] = row;
    else if (value[row] !== value[before]) {
      const mean = together(means.get(kept - 1) ?? measured(table, before), measured(table, row));
      if (mean === null) throw twoValues(table, group, [before, row]);
      means.set(kept - 1, mean);
    }
  }
  return { kept: rows.subarray(0, kept), means };
}

function measured({ value, error, x }: TableColumns, row: number): Mean {
  return { value: value[row], error: error?.[row] ?? Number.NaN, x: x?.[row] ?? Number.NaN, count: 1 };
}

/** Null without errors, and where the two differ by more than five of theirs: they are not of one point. */
function together(a: Mean, b: Mean): Mean | null {
  if (!(Math.abs(a.value - b.value) <= 5 * Math.hypot(a.error, b.error))) return null;
  const [v, w] = [a.error ** -2, b.error ** -2];
  const mean = (name: "value" | "x") => (v * a[name] + w * b[name]) / (v + w);
  return { value: mean("value"), error: (v + w) ** -0.5, x: mean("x"), count: a.count + b.count };
}

function twoValues({ control, value, error }: TableColumns, { size, replicate }: Group, rows: readonly number[]) {
  const [low, high] = [...rows].sort((a, b) => value[a] - value[b]);
  const text = (row: number) => `${value[row]}${error === null ? "" : ` ±${error[row]}`}`;
  const at = control === null ? "" : `, control ${control[low]}`;
  const rest =
    error === null
      ? `; one is allowed. Number repeated measurements of whole curves in a column "replicate", or state errors in a column "error": several values of a point are then averaged.`
      : ", which differ by more than five of their errors. Correct or remove one.";
  // Rows as they were given: the head and empty lines of a file are not counted.
  const [first, second] = [...rows].sort((a, b) => a - b).map((row) => row + 1);
  const message = `size ${size}${at}, replicate ${replicate} (rows ${first} and ${second} of numbers) has two values, ${text(low)} and ${text(high)}${rest}`;
  return new CrispError("data", message);
}

/** Any table by its columns alone: their names, how many rows, and of each column the least and the largest number. */
import type { Rows } from "./table.js";

/** A column; null ends where no cell is a number. */
export type ColumnRange = { readonly name: string; readonly smallest: number | null; readonly largest: number | null };

/** What a table holds whose columns have no meaning known here. */
export type TableRanges = { readonly rows: number; readonly columns: readonly ColumnRange[] };

/** Takes the rows of any table. Cells that are no finite numbers are passed over. */
export function openRanges(): Rows & { finish(): TableRanges } {
  let names: readonly string[] = [];
  let ends: [low: number, high: number][] = [];
  let rows = 0;
  return {
    begin(all) {
      names = all;
      ends = all.map(() => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    },
    read: () => [...names],
    add(fields) {
      rows++;
      ends.forEach((own, i) => {
        const value = numberIn(fields[i]);
        if (value < own[0]) own[0] = value;
        if (value > own[1]) own[1] = value;
      });
    },
    late() {},
    finish: () => ({
      rows,
      columns: names.map((name, i) => {
        const [low, high] = ends[i];
        return low > high ? { name, smallest: null, largest: null } : { name, smallest: low, largest: high };
      }),
    }),
  };
}

/** NaN, which no comparison takes, for what is no finite number. */
function numberIn(cell: unknown): number {
  if (typeof cell === "string" && cell.trim() === "") return Number.NaN;
  const value = typeof cell === "string" || typeof cell === "bigint" ? Number(cell) : cell;
  return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
}

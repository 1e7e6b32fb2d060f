/**
 * Aligned text tables: numbers stand decimal point under decimal point, rows
 * may come all at once (final tables) or one by one at fixed widths (rows that
 * land while a study runs).
 */

/** Lines of a table; every cell is split at its decimal point and the points are set one below the other. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const columns = head.map((title, c) =>
    alignedColumn(
      title,
      rows.map((row) => row[c] ?? ""),
    ),
  );
  return Array.from({ length: rows.length + 1 }, (_, r) =>
    columns
      .map((column) => column[r])
      .join("   ")
      .trimEnd(),
  );
}

/** A column whose title is right-aligned over cells aligned at the point. */
function alignedColumn(title: string, cells: readonly string[]): readonly string[] {
  const split = cells.map(atPoint);
  const left = Math.max(0, ...split.map(([before]) => before.length));
  const right = Math.max(0, ...split.map(([, after]) => after.length));
  const width = Math.max(title.length, left + right);
  const body = split.map(([before, after]) => (before.padStart(left) + after.padEnd(right)).padStart(width));
  // A column without a title holds remarks, which start at the left.
  return title === "" ? ["", ...cells] : [title.padStart(width), ...body];
}

/** A cell in two parts: up to the last digit before the first decimal point, and the rest. */
function atPoint(cell: string): readonly [string, string] {
  const number = /^[−-]?[\d,]+/.exec(cell);
  return number ? [number[0], cell.slice(number[0].length)] : [cell, ""];
}

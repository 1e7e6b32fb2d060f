/**
 * The circular boundary: patches that reach over one edge go on at the opposite one. Such a
 * patch has up to four rectangles on the canvas, two lines of each table. The canvas around
 * the image (the halo) stays zero, so that energies count each pixel once; only Φᵀr, which
 * wants whole patches in one piece, sees it filled with the opposite side for a moment.
 *
 * Kept out of the loops of passes.ts, so that other boundaries do not pay for it.
 */
import {
  canvasColumns, canvasLength, channels, columns, columnTable, features, Line, line, maskedAtoms, patchRows, residual,
  rows, rowStep, rowStride, rowTable,
} from "./layout";
import { addScaled, dot } from "./vector";

/** Whether the geometry wraps. */
export let wraps: bool = false;

let top: i32 = 0; // the image's first row and column on the canvas, in lines and values
let left: i32 = 0;
let height: i32 = 0;
let width: i32 = 0;

/** Where the image lies on the canvas, in pixels; no height for a boundary that does not wrap. */
export function setPeriod(firstRow: i32, firstColumn: i32, imageRows: i32, imageColumns: i32): void {
  wraps = imageRows > 0;
  top = firstRow;
  left = firstColumn * channels;
  height = imageRows;
  width = imageColumns * channels;
}

// @ts-ignore: decorator
@inline
function canvasAt(row: Line, column: Line): usize {
  return residual + (<usize>((row.start + row.from) * rowStride + column.start * channels) << 2);
}

// @ts-ignore: decorator
@inline
function atomAt(row: Line, column: Line, feature: i32): usize {
  return maskedAtoms + (<usize>((column.kind * features + feature) * patchRows + row.from) * rowStep << 2);
}

/** φ·r over all rectangles of a unit's patch. */
export function dotWrapped(unit: i32): f32 {
  const position = unit / features, feature = unit - position * features;
  const rowBytes = <usize>rowStep << 2, rowSkip = (<usize>rowStride << 2) - rowBytes;
  let sum: f32 = 0;
  for (let y = position / columns; y < 2 * rows; y += rows) {
    const row = line(rowTable, y);
    for (let x = position % columns; x < 2 * columns; x += columns) {
      const column = line(columnTable, x);
      if (column.from < column.to) sum += dot(canvasAt(row, column), atomAt(row, column, feature), row.to - row.from, rowBytes, rowSkip);
    }
  }
  return sum;
}

/** r ← r + weight · φ over all rectangles of a unit's patch. */
export function addWrapped(unit: i32, weight: f32): void {
  const position = unit / features, feature = unit - position * features;
  const rowBytes = <usize>rowStep << 2, rowSkip = (<usize>rowStride << 2) - rowBytes;
  for (let y = position / columns; y < 2 * rows; y += rows) {
    const row = line(rowTable, y);
    for (let x = position % columns; x < 2 * columns; x += columns) {
      const column = line(columnTable, x);
      if (column.from < column.to) addScaled(canvasAt(row, column), atomAt(row, column, feature), row.to - row.from, weight, rowBytes, rowSkip);
    }
  }
}

/** Copies the opposite side of the residual into its halo. */
export function fillHalo(): void {
  const end = canvasColumns * channels;
  for (let y = top; y < top + height; y++) {
    const row = residual + (<usize>y * rowStride << 2);
    memory.copy(row, row + (<usize>width << 2), <usize>left << 2);
    memory.copy(row + (<usize>(left + width) << 2), row + (<usize>left << 2), <usize>(end - left - width) << 2);
  }
  const rowBytes = <usize>rowStride << 2;
  for (let y = 0; y < canvasLength / rowStride; y++) {
    const from = y < top ? y + height : y - height;
    if (y < top || y >= top + height) memory.copy(residual + <usize>y * rowBytes, residual + <usize>from * rowBytes, rowBytes);
  }
}

/** Empties the halo. */
export function clearHalo(): void {
  const end = canvasColumns * channels;
  const rowBytes = <usize>rowStride << 2;
  for (let y = 0; y < canvasLength / rowStride; y++) {
    const row = residual + <usize>y * rowBytes;
    if (y < top || y >= top + height) {
      memory.fill(row, 0, rowBytes);
    } else {
      memory.fill(row, 0, <usize>left << 2);
      memory.fill(row + (<usize>(left + width) << 2), 0, <usize>(end - left - width) << 2);
    }
  }
}

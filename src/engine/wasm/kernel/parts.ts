/**
 * What most codings do without and passes.ts keeps out of its loops, so that they do not pay:
 *
 * The circular boundary. A patch that reaches over an edge goes on at the opposite one, in up
 * to four rectangles on the canvas, two lines of each table. The canvas around the image (the
 * halo) stays zero, so that energies count each pixel once; only Φᵀr, which wants whole
 * patches in one piece, sees it filled with the opposite side for a moment.
 *
 * Weights w of the data term ½ Σ w (s − Φa)². The kernel then holds √w s and √w r, and √w φ
 * in place of each atom, multiplied out as it goes.
 */
import {
  canvasColumns, canvasLength, channels, columns, columnTable, features, Line, line, maskedAtoms, patchRows, residual,
  root, rows, rowStep, rowStride, rowTable, savedResidual,
} from "./layout";
import { addScaled, addWeighted, dot, dotWeighted, multiplyBy, normWeighted } from "./vector";

/** Whether the geometry wraps. */
export let wraps: bool = false;
/** Whether the image has weights. */
export let isWeighted: bool = false;
/** Neither: the fast loops serve. */
export let isPlain: bool = true;

let top: i32 = 0; // the image's first row and column on the canvas, in lines and values
let left: i32 = 0;
let height: i32 = 0;
let width: i32 = 0;

/** Where the image lies on the canvas, in pixels; no height for a boundary that does not wrap. */
export function setPeriod(firstRow: i32, firstColumn: i32, imageRows: i32, imageColumns: i32): void {
  wraps = imageRows > 0;
  isPlain = !wraps && !isWeighted;
  top = firstRow;
  left = firstColumn * channels;
  height = imageRows;
  width = imageColumns * channels;
}

/** Whether the caller has written √w to `root` for the image that comes. */
export function setWeighted(is: bool): void {
  isWeighted = is;
  isPlain = !wraps && !isWeighted;
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

/** √w of a canvas value. */
// @ts-ignore: decorator
@inline
function rootAt(canvas: usize): usize {
  return canvas - residual + root;
}

/** Σ √w φ · residual over all rectangles of a unit's patch. */
export function dotParts(unit: i32): f32 {
  const position = unit / features, feature = unit - position * features;
  const rowBytes = <usize>rowStep << 2, rowSkip = (<usize>rowStride << 2) - rowBytes;
  const end = wraps ? 2 : 1;
  let sum: f32 = 0;
  for (let y = position / columns; y < end * rows; y += rows) {
    const row = line(rowTable, y), count = row.to - row.from;
    for (let x = position % columns; x < end * columns; x += columns) {
      const column = line(columnTable, x);
      if (column.from == column.to) continue;
      const canvas = canvasAt(row, column), atom = atomAt(row, column, feature);
      if (isWeighted) sum += dotWeighted(canvas, atom, rootAt(canvas), count, rowBytes, rowSkip);
      else sum += dot(canvas, atom, count, rowBytes, rowSkip);
    }
  }
  return sum;
}

/** residual ← residual + weight · √w φ over all rectangles of a unit's patch. */
export function addParts(unit: i32, weight: f32): void {
  const position = unit / features, feature = unit - position * features;
  const rowBytes = <usize>rowStep << 2, rowSkip = (<usize>rowStride << 2) - rowBytes;
  const end = wraps ? 2 : 1;
  for (let y = position / columns; y < end * rows; y += rows) {
    const row = line(rowTable, y), count = row.to - row.from;
    for (let x = position % columns; x < end * columns; x += columns) {
      const column = line(columnTable, x);
      if (column.from == column.to) continue;
      const canvas = canvasAt(row, column), atom = atomAt(row, column, feature);
      if (isWeighted) addWeighted(canvas, atom, rootAt(canvas), count, weight, rowBytes, rowSkip);
      else addScaled(canvas, atom, count, weight, rowBytes, rowSkip);
    }
  }
}

/** Σ w φ² over all rectangles of a unit's patch. */
export function normParts(unit: i32): f32 {
  const position = unit / features, feature = unit - position * features;
  const rowBytes = <usize>rowStep << 2, rowSkip = (<usize>rowStride << 2) - rowBytes;
  const end = wraps ? 2 : 1;
  let sum: f32 = 0;
  for (let y = position / columns; y < end * rows; y += rows) {
    const row = line(rowTable, y), count = row.to - row.from;
    for (let x = position % columns; x < end * columns; x += columns) {
      const column = line(columnTable, x);
      if (column.from == column.to) continue;
      sum += normWeighted(atomAt(row, column, feature), rootAt(canvasAt(row, column)), count, rowBytes, rowSkip);
    }
  }
  return sum;
}

/** Makes the residual what Φᵀ is to be taken of: √w times itself, with its halo filled. `settle` undoes it. */
export function unsettle(): void {
  memory.copy(savedResidual, residual, <usize>canvasLength << 2);
  if (isWeighted) multiplyBy(residual, root, canvasLength);
  if (wraps) fillHalo();
}

/** Puts the residual back. */
export function settle(): void {
  memory.copy(residual, savedResidual, <usize>canvasLength << 2);
}

/** Copies the opposite side of the residual into its halo. */
function fillHalo(): void {
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

/**
 * A dictionary made ready: the same atoms in the two orders the loops want.
 *
 *   maskedAtoms  one copy for each way the left and right border clip a patch, what
 *                is hidden set to zero, so that `dot` and `addScaled` need no columns;
 *                rows are clipped by where the loops start and end
 *   panels       groups of 8 features, values of one patch pixel side by side (correlate.ts)
 *   norms        ‖φ‖² of what is visible, for each way both borders clip
 */
import {
  channels, columnClasses, columns, columnTable, features, groupNorms, line, maskedAtoms, norms, panels, patchOffsets, patchRows,
  positions, rawAtoms, rowClasses, rows, rowStep, rowStride, rowTable, rowValues, tapGroups, trueFeatures,
} from "./layout";
import { prepareSpectra } from "./toom-cook";
import { wraps } from "./parts";

/** Fills every array of the dictionary from rawAtoms and the tables. */
export function prepareAtoms(): void {
  const parts = wraps ? 2 : 1;
  for (let kind = 0; kind < columnClasses; kind++) maskAtoms(kind, representative(columnTable, parts * columns, kind));
  for (let kind = 0; kind < rowClasses; kind++) measureAtoms(kind, representative(rowTable, parts * rows, kind));
  measureWhole();
  packPanels();
  locatePatches();
  if (tapGroups > 0) prepareSpectra();
}

/** Some line of the table with this class. */
function representative(table: usize, count: i32, kind: i32): i32 {
  for (let i = 0; i < count; i++) if (line(table, i).kind == kind) return i;
  return 0;
}

function maskAtoms(kind: i32, column: i32): void {
  const from = line(columnTable, column).from * channels;
  const to = line(columnTable, column).to * channels;
  for (let f = 0; f < trueFeatures; f++) {
    for (let y = 0; y < patchRows; y++) {
      const source = rawAtoms + ((<usize>f * patchRows + y) * rowValues << 2);
      const goal = maskedAtoms + (((<usize>kind * features + f) * patchRows + y) * rowStep << 2);
      for (let x = from; x < to; x++) store<f32>(goal + (<usize>x << 2), load<f32>(source + (<usize>x << 2)));
    }
  }
}

function measureAtoms(kind: i32, row: i32): void {
  const from = line(rowTable, row).from;
  const to = line(rowTable, row).to;
  for (let columnKind = 0; columnKind < columnClasses; columnKind++) {
    for (let f = 0; f < features; f++) {
      const atom = maskedAtoms + ((<usize>columnKind * features + f) * patchRows * rowStep << 2);
      let sum: f64 = 0;
      for (let i = from * rowStep; i < to * rowStep; i++) {
        const value = <f64>load<f32>(atom + (<usize>i << 2));
        sum += value * value;
      }
      store<f32>(norms + ((<usize>kind * columnClasses + columnKind) * features + f << 2), <f32>sum);
    }
  }
}

/** ‖φ‖ of whole atoms, the largest of eight; where patches wrap, every unit sees its whole atom. */
function measureWhole(): void {
  for (let f: usize = 0; f < <usize>trueFeatures; f++) {
    let sum: f64 = 0;
    for (let i: usize = 0; i < <usize>patchRows * rowValues; i++) {
      const value = <f64>load<f32>(rawAtoms + (f * patchRows * rowValues + i << 2));
      sum += value * value;
    }
    const group = groupNorms + (f >> 3 << 3);
    store<f64>(group, max(load<f64>(group), Math.sqrt(sum)));
    if (!wraps) continue;
    for (let kind: usize = 0; kind < <usize>rowClasses * columnClasses; kind++) store<f32>(norms + (kind * features + f << 2), <f32>sum);
  }
}

function packPanels(): void {
  const length = <usize>patchRows * rowValues;
  for (let f: usize = 0; f < <usize>trueFeatures; f++) {
    for (let i: usize = 0; i < length; i++) {
      store<f32>(panels + (((f >> 3) * length + i) * 8 + (f & 7) << 2), load<f32>(rawAtoms + (f * length + i << 2)));
    }
  }
}

/** The last position is repeated to fill the last tile of four. */
function locatePatches(): void {
  for (let i = 0; i < positions + 3; i++) {
    const position = min(i, positions - 1);
    const row = position / columns;
    const start = line(rowTable, row).start * rowStride + line(columnTable, position - row * columns).start * channels;
    store<u32>(patchOffsets + (<usize>i << 2), <u32>(start << 2));
  }
}

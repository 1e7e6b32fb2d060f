/**
 * The units that a pass visits, W = {a ≠ 0} ∪ {the largest violators g > λ of each
 * position}, in raster order of positions: neighbours share canvas lines in cache
 * and forward sweeps carry a change across the image.
 */
import {
  capacity, code, columnClasses, columns, columnTable, features, gradient, line, maskedAtoms, member, norms,
  patchOffsets, patchRows, positions, recordBytes, residual, rowClasses, rowStep, rowStride, rowTable, setA, setB, units,
} from "./layout";
import { addParts, isPlain, isWeighted, normParts } from "./parts";
import { addScaled } from "./vector";

/** Violators taken at each position in one round: 2 is 4 to 14 % faster than 4, but 7 % slower on clean paths at F = 512 (bench/README.md). */
const nominees = 2;
/** Visible ‖φ‖² below which a unit is left out: dividing by it would lose all digits. */
const invisible: f32 = 1e-12;

/** One unit with all a step needs. */
@unmanaged
export class Member {
  code: u32; // address of a
  canvas: u32; // address of the first visible residual value, start of the patch row
  atom: u32; // address of the first visible row of the masked atom
  rows: i32; // visible rows
  norm: f32; // ‖φ‖² of the visible part
  unit: u32;
}

export let set: usize = 0; // records of the current working set
export let size: i32 = 0;

// @ts-ignore: decorator
@inline
export function memberAt(record: usize): Member {
  return changetype<Member>(record);
}

/** Address past the last record. */
// @ts-ignore: decorator
@inline
export function setEnd(): usize {
  return set + <usize>size * recordBytes;
}

/** Empties the set. */
export function clearSet(): void {
  set = setA;
  size = 0;
  memory.fill(member, 0, units);
}

/** Keeps what is active, drops what is zero, adds the violators of `gradient`. */
export function renewSet(lambda: f32, rectified: bool): void {
  let old = set;
  const oldEnd = setEnd();
  set = set == setA ? setB : setA;
  size = 0;
  let left = capacity - activeCount(old, oldEnd); // room for nominees
  for (let position = 0; position < positions; position++) {
    const next = <u32>((position + 1) * features);
    for (; old < oldEnd && memberAt(old).unit < next; old += recordBytes) keepActive(old);
    left -= nominate(position, lambda, rectified, min(left, nominees));
  }
}

/** Makes the set the active units of `code`, all of them that fit. */
export function activateSet(): void {
  size = 0;
  for (let position = 0; position < positions; position++) {
    const first = <usize>position * features;
    for (let unit = first; unit < first + features; unit += 4) {
      if (!v128.any_true(f32x4.ne(v128.load(code + (unit << 2)), f32x4.splat(0)))) continue;
      for (let i = unit; i < unit + 4; i++) {
        if (load<f32>(code + (i << 2)) != 0 && size < capacity) addMember(position, <u32>i);
      }
    }
  }
}

/** r ← r + weight · φ for one member. */
export function addMemberAtom(unit: Member, weight: f32): void {
  const rowBytes = <usize>rowStep << 2;
  if (!isPlain) addParts(unit.unit, weight);
  else addScaled(unit.canvas, unit.atom, unit.rows, weight, rowBytes, (<usize>rowStride << 2) - rowBytes);
}

function activeCount(from: usize, end: usize): i32 {
  let count = 0;
  for (; from < end; from += recordBytes) count += <i32>(load<f32>(memberAt(from).code) != 0);
  return count;
}

// @ts-ignore: decorator
@inline
function keepActive(record: usize): void {
  if (load<f32>(memberAt(record).code) != 0) {
    memory.copy(setEnd(), record, recordBytes);
    size++;
  } else {
    store<u8>(member + memberAt(record).unit, 0);
  }
}

/** Adds up to `most` violators of one position, largest first; returns how many. */
function nominate(position: i32, lambda: f32, rectified: bool, most: i32): i32 {
  const first = <usize>position * features;
  for (let taken = 0; taken < most; taken++) {
    const unit = largestViolator(first, lambda, rectified);
    if (unit < 0) return taken;
    addMember(position, <u32>unit);
  }
  return most;
}

/** The unit of a position with the largest violation that is not in the set, or −1. */
function largestViolator(first: usize, lambda: f32, rectified: bool): i32 {
  const end = first + features;
  const row = line(rowTable, <i32>(first / features) / columns).kind;
  const column = line(columnTable, <i32>(first / features) % columns).kind;
  const norm = norms + ((<usize>row * columnClasses + column) * features << 2);
  let best = lambda;
  let found = -1;
  for (let unit = first; unit < end; unit += 4) {
    let g = v128.load(gradient + (unit << 2));
    if (!rectified) g = f32x4.abs(g);
    if (!v128.any_true(f32x4.gt(g, f32x4.splat(best)))) continue;
    for (let i = unit; i < unit + 4; i++) {
      const value = load<f32>(gradient + (i << 2));
      const excess = rectified ? value : abs(value);
      if (excess > best && !load<u8>(member + i) && load<f32>(norm + (i - first << 2)) > invisible) {
        best = excess;
        found = <i32>i;
      }
    }
  }
  return found;
}

function addMember(position: i32, unit: u32): void {
  const feature = unit - position * features;
  const row = line(rowTable, position / columns);
  const column = line(columnTable, position % columns).kind;
  const record = memberAt(setEnd());
  record.code = <u32>(code + (<usize>unit << 2));
  record.canvas = <u32>(residual + load<u32>(patchOffsets + (<usize>position << 2)) + (<usize>row.from * rowStride << 2));
  record.atom = <u32>(maskedAtoms + (((<usize>column * features + feature) * patchRows + row.from) * rowStep << 2));
  record.rows = row.to - row.from;
  record.norm = load<f32>(norms + ((<usize>row.kind * columnClasses + column) * features + feature << 2));
  record.unit = unit;
  if (isWeighted) record.norm = max<f32>(normParts(unit), invisible);
  store<u8>(member + unit, 1);
  size++;
}

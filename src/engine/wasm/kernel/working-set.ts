/**
 * The units that a pass visits, W = {a ≠ 0} ∪ {the largest violators g > λ of each
 * position}, in raster order of positions: neighbours share canvas lines in cache
 * and forward sweeps carry a change across the image.
 */
import {
  capacity, code, columnClasses, columns, columnTable, features, gradient, groupList, line, maskedAtoms, member, norms,
  patchOffsets, patchRows, positions, recordBytes, residual, rowClasses, rowStep, rowStride, rowTable, setA, setB, units,
} from "./layout";
import { bound, quadOf } from "./analysis";
import { addParts, isPlain, isWeighted, normParts } from "./parts";
import { addScaled } from "./vector";

/** Violators taken at each position in one round: 2 is 4 to 14 % faster than 4, but 7 % slower on clean paths at F = 512 (bench/README.md). */
const nominees: i32 = 2;
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
  listed = -1;
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

/** Adds up to `most` of the two largest violators of one position; returns how many. */
function nominate(position: i32, lambda: f32, rectified: bool, most: i32): i32 {
  const count = listGroups(quadOf(position), lambda);
  if (count == 0 || most == 0) return 0;
  findViolators(position, lambda, rectified, count);
  if (first < 0) return 0;
  addMember(position, <u32>first);
  if (second < 0 || most == 1) return 1;
  addMember(position, <u32>second);
  return 2;
}

let listed: i32 = -1; // the quad whose groups `groupList` names
let listedCount: i32 = 0;
let first: i32 = -1; // the largest violator of a position that is not in the set, or −1
let second: i32 = -1;

/** Names the groups of eight features that may hold a violator at a quad; returns how many. */
function listGroups(quad: i32, lambda: f32): i32 {
  if (quad == listed) return listedCount;
  listed = quad;
  listedCount = 0;
  for (let group = 0; group < features >> 3; group++) {
    store<i32>(groupList + (<usize>listedCount << 2), group);
    listedCount += <i32>(bound(quad, group) > <f64>lambda);
  }
  return listedCount;
}

/** Sets `first` and `second`. */
function findViolators(position: i32, lambda: f32, rectified: bool, count: i32): void {
  const row = line(rowTable, position / columns).kind;
  const column = line(columnTable, position % columns).kind;
  const norm = norms + (<usize>((row * columnClasses + column) * features) << 2);
  let most = lambda, next = lambda;
  first = second = -1;
  for (let k = 0; k < count; k++) {
    const f = load<i32>(groupList + (<usize>k << 2)) << 3;
    const unit = position * features + f;
    for (let i = 0; i < 8; i++) {
      const value = load<f32>(gradient + (<usize>(unit + i) << 2));
      const excess = rectified ? value : abs(value);
      if (!(excess > next) || load<u8>(member + unit + i) || load<f32>(norm + (<usize>(f + i) << 2)) <= invisible) continue;
      if (excess > most) {
        next = most;
        second = first;
        most = excess;
        first = unit + i;
      } else {
        next = excess;
        second = unit + i;
      }
    }
  }
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

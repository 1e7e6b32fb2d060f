/**
 * g = Φᵀr where it can matter. A tile is a quad (four neighbouring positions) by a group
 * (eight features). Since it was last computed, when its largest g was M, no g of it can
 * have grown by more than
 *
 *   φ·(r − r₀) ≤ ‖φ‖ · Σ ‖change of the patch‖ = ‖φ‖ · (clock − clock₀)
 *
 * A tile with M + ‖φ‖·(clock − clock₀) ≤ λ holds neither a violator nor the largest g of
 * the certificate, so it keeps its old values: every result is the one that all of Φᵀr
 * gives (35 to 50 % of the tiles of a warm path are left out, bench/README.md).
 */
import { tile } from "./correlate";
import {
  canvasLength, ceilings, clocks, columns, features, gradient, groupNorms, patchOffsets, patchRows, positions, quads,
  residual, rowStride, rowValues, seen, tapGroups, tiles, waiting,
} from "./layout";
import { isPlain, settle, unsettle } from "./parts";
import { multiplyTiles, transformResidual } from "./toom-cook";
import { multiplyAdd, sumLanes } from "./vector";

/** A level below every g: all tiles are computed. */
export const everything: f64 = -Infinity;
/** Covers the rounding of float32 norms: 192 squares are summed to 1e-6. */
const slack: f64 = 1.00001;

let knowsNothing: bool = true;

/** Forgets what earlier images left; the next call computes all tiles. */
export function forget(): void {
  memory.fill(clocks, 0, <usize>quads << 3);
  knowsNothing = true;
}

/** Makes `gradient` Φᵀ(residual) wherever it may exceed `level` (signed: in size); elsewhere it stays at most that. */
export function analyse(level: f64, rectified: bool): void {
  if (!isPlain) unsettle();
  const all = knowsNothing || level == everything;
  if (!all) moveClocks();
  memory.copy(seen, residual, <usize>canvasLength << 2);
  knowsNothing = false;
  if (tapGroups > 0) transformResidual();
  for (let group: usize = 0; group < <usize>features >> 3; group++) computeGroup(group, all ? everything : level, rectified);
  if (!isPlain) settle();
}

/**
 * Makes `gradient` all of Φᵀ(residual), for solvers that want no bounds: it notes none, and
 * those there are stay behind until `analyse(everything)`.
 */
export function analyseAll(): void {
  if (!isPlain) unsettle();
  if (tapGroups > 0) transformResidual();
  for (let quad = 0; quad < quads; quad++) store<i32>(waiting + (<usize>quad << 2), quad);
  for (let group: usize = 0; group < <usize>features >> 3; group++) multiplyWaiting(quads, group);
  if (!isPlain) settle();
}

/** The bound on g of a tile, its largest g if it has just been computed. */
// @ts-ignore: decorator
@inline
export function bound(quad: i32, group: usize): f64 {
  const clock = load<f64>(clocks + (<usize>quad << 3));
  return load<f64>(ceilingAt(quad, group)) + load<f64>(groupNorms + (group << 3)) * clock;
}

/** The quad of a position: of four columns of a map row, or four in sequence for the direct product. */
// @ts-ignore: decorator
@inline
export function quadOf(position: i32): i32 {
  if (tapGroups == 0) return position >> 2;
  const row = position / columns;
  return row * tiles + (position - row * columns >> 2);
}

/** The largest g, at least 0 and right where it exceeds the level asked for. */
export function largestBound(): f64 {
  let most: f64 = 0;
  for (let quad = 0; quad < quads; quad++) {
    for (let group: usize = 0; group < <usize>features >> 3; group++) most = max(most, bound(quad, group));
  }
  return most;
}

// @ts-ignore: decorator
@inline
function ceilingAt(quad: i32, group: usize): usize {
  return ceilings + (<usize>quad * (features >> 3) + group << 3);
}

// @ts-ignore: decorator
@inline
function firstOf(quad: i32): i32 {
  if (tapGroups == 0) return quad << 2;
  const row = quad / tiles;
  return row * columns + (quad - row * tiles << 2);
}

/** Positions of a quad. */
// @ts-ignore: decorator
@inline
function countOf(quad: i32): i32 {
  if (tapGroups == 0) return min(4, positions - (quad << 2));
  return min(4, columns - (quad % tiles << 2));
}

/** Adds to each quad's clock the largest norm of what its patches changed by. */
function moveClocks(): void {
  // In place: the caller writes `seen` anew.
  for (let i: usize = 0, end = <usize>canvasLength << 2; i < end; i += 16) {
    v128.store(seen + i, f32x4.sub(v128.load(residual + i), v128.load(seen + i)));
  }
  for (let quad = 0; quad < quads; quad++) {
    const first = firstOf(quad);
    let most: f32 = 0;
    for (let i = 0; i < countOf(quad); i++) most = max(most, patchPower(seen + load<u32>(patchOffsets + (<usize>(first + i) << 2))));
    const clock = clocks + (<usize>quad << 3);
    store<f64>(clock, load<f64>(clock) + slack * Math.sqrt(<f64>most));
  }
}

/** Σ of squares over one patch. */
function patchPower(at: usize): f32 {
  const rowBytes = <usize>rowValues << 2;
  let sums = f32x4.splat(0);
  let rest: f32 = 0;
  for (let y = 0; y < patchRows; y++, at += <usize>rowStride << 2) {
    let x: usize = 0;
    for (; x + 16 <= rowBytes; x += 16) {
      const value = v128.load(at + x);
      sums = multiplyAdd(value, value, sums);
    }
    for (; x < rowBytes; x += 4) rest += load<f32>(at + x) * load<f32>(at + x);
  }
  return sumLanes(sums) + rest;
}

/** Computes the tiles of eight features that may exceed the level, four at a time where that is faster. */
function computeGroup(group: usize, level: f64, rectified: bool): void {
  let count = 0;
  for (let quad = 0; quad < quads; quad++) {
    store<i32>(waiting + (<usize>count << 2), quad);
    count += <i32>(level == everything || bound(quad, group) > level);
  }
  multiplyWaiting(count, group);
  for (let i = 0; i < count; i++) noteLargest(load<i32>(waiting + (<usize>i << 2)), group, rectified);
}

/** Φᵀr of eight features at the first `count` quads of `waiting`. */
function multiplyWaiting(count: i32, group: usize): void {
  if (tapGroups > 0) {
    for (let i = 0; i < count; i += 4) multiplyTiles(waiting + (<usize>i << 2), min(4, count - i), group);
  } else {
    for (let i = 0; i < count; i++) tile(load<i32>(waiting + (<usize>i << 2)) << 2, group);
  }
}

/** Writes down a computed tile's largest g, at least 0. */
function noteLargest(quad: i32, group: usize, rectified: bool): void {
  const step = <usize>features << 2;
  let g = gradient + <usize>firstOf(quad) * step + (group << 5);
  let most = f32x4.splat(0);
  for (let i = countOf(quad); i > 0; i--, g += step) {
    const low = v128.load(g), high = v128.load(g, 16);
    most = f32x4.pmax(most, rectified ? f32x4.pmax(low, high) : f32x4.pmax(f32x4.abs(low), f32x4.abs(high)));
  }
  const pair = f32x4.pmax(most, v128.shuffle<i32>(most, most, 2, 3, 2, 3));
  const largest = max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
  const clock = load<f64>(clocks + (<usize>quad << 3));
  store<f64>(ceilingAt(quad, group), <f64>largest - load<f64>(groupNorms + (group << 3)) * clock);
}

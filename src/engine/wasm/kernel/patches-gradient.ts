/**
 * The gradient of a loss of the denoised image, exact through the minimum of each
 * patch (Mairal, Bach and Ponce 2012). With S the active units, g = ∂loss/∂x̂, r = x − Φa:
 *
 *   β = (Φ_SᵀΦ_S)⁻¹ Ψ_Sᵀ g,   ∂Φ_S = r βᵀ − (Φ_S β) a_Sᵀ,   ∂Ψ_S = g a_Sᵀ,   ∂t_S = −β sign(a_S),
 *
 * since Φ_Sᵀ(x − Φ_S a_S) = t sign(a_S) holds at the minimum and S does not change nearby.
 */
import { mostActive } from "./patch-descent";
import {
  addTimes, atomSlope, beta, count, decoderSlope, factor, gram, outputs, outputValues, patchAtoms, patchDecoder,
  patches, patchSlope, patchValues, recordBytes, records, recordUnit, recordValue, side, slope, takePatch, thresholdSlope,
  through, weightOf, width,
} from "./patches";
import { multiplyAdd, sumLanes } from "./vector";

let record: usize = 0;
/** Sets all gradients to zero. */
export function clearSlopes(): void {
  memory.fill(atomSlope, 0, <usize>(count * patchValues) << 2);
  memory.fill(decoderSlope, 0, <usize>(count * outputValues) << 2);
  memory.fill(thresholdSlope, 0, <usize>count << 2);
}

/** Back to the first record: `gradePatches` is then called for the rows that were coded, in their order. */
export function beginGrading(): void {
  record = records;
}

/** Adds the gradient of one row of patches; `row` and `step` as they were coded. */
export function gradePatches(row: i32, step: i32): void {
  const last = width - side;
  for (let left = 0; ; left = min(left + step, last)) {
    if (load<i32>(record) > 0) gradePatch(row, left);
    record += recordBytes;
    if (left == last) break;
  }
}

function gradePatch(row: i32, left: i32): void {
  const active = load<i32>(record);
  takePatch(row, left, 0);
  takeSlope(row, left);
  leaveResidual(active);
  factorise(active);
  for (let q = 0; q < active; q++) {
    store<f64>(beta + (<usize>q << 3), dot(slope, decoderOf(q), <usize>outputValues << 2));
  }
  solve(active);
  memory.fill(through, 0, <usize>patchValues << 2);
  for (let q = 0; q < active; q++) addTimes(through, atomOf(q), betaOf(q), <usize>patchValues << 2);
  for (let q = 0; q < active; q++) gradeUnit(q);
}

/** g: the slope of the image at this patch, times its weight. */
function takeSlope(row: i32, left: i32): void {
  const line = side * outputs;
  const weight = weightOf(load<i32>(record));
  for (let y = 0; y < side; y++) {
    const from = patchSlope + (<usize>(((row + y) * width + left) * outputs) << 2);
    const to = slope + (<usize>(y * line) << 2);
    for (let i: usize = 0, end = <usize>line << 2; i < end; i += 4) store<f32>(to + i, weight * load<f32>(from + i));
  }
}

/** r = x − Φa in the place of x. */
function leaveResidual(active: i32): void {
  for (let q = 0; q < active; q++) addTimes(patches, atomOf(q), -load<f32>(recordValue(record, q)), <usize>patchValues << 2);
}

function gradeUnit(q: i32): void {
  const f = load<i32>(recordUnit(record, q));
  const a = load<f32>(recordValue(record, q));
  const b = betaOf(q);
  const bytes = <usize>patchValues << 2;
  addTimes(atomSlope + <usize>f * bytes, patches, b, bytes);
  addTimes(atomSlope + <usize>f * bytes, through, -a, bytes);
  addTimes(decoderSlope + (<usize>(f * outputValues) << 2), slope, a, <usize>outputValues << 2);
  const threshold = thresholdSlope + (<usize>f << 2);
  store<f32>(threshold, load<f32>(threshold) - (a > 0 ? b : -b));
}

/** Φ_SᵀΦ_S = L Lᵀ; a tiny ridge keeps atoms that have grown alike apart. */
function factorise(active: i32): void {
  for (let i = 0; i < active; i++) {
    const row = gram + (<usize>(load<i32>(recordUnit(record, i)) * count) << 2);
    for (let j = 0; j <= i; j++) {
      const product = <f64>load<f32>(row + (<usize>load<i32>(recordUnit(record, j)) << 2));
      const rest = product - inner(cell(i, 0), cell(j, 0), j);
      store<f64>(cell(i, j), i == j ? Math.sqrt(max(rest, 1e-4)) : rest / load<f64>(cell(j, j)));
    }
  }
}

/** β ← (L Lᵀ)⁻¹ β: by rows of L both ways. */
function solve(active: i32): void {
  for (let i = 0; i < active; i++) {
    const at = beta + (<usize>i << 3);
    store<f64>(at, (load<f64>(at) - inner(cell(i, 0), beta, i)) / load<f64>(cell(i, i)));
  }
  for (let i = active - 1; i >= 0; i--) {
    const own = load<f64>(beta + (<usize>i << 3)) / load<f64>(cell(i, i));
    store<f64>(beta + (<usize>i << 3), own);
    for (let k = 0; k < i; k++) {
      const at = beta + (<usize>k << 3);
      store<f64>(at, load<f64>(at) - load<f64>(cell(i, k)) * own);
    }
  }
}

/** Σ a·b over `length` float64 values: the most of a gradient's time where many units are active. */
// @ts-ignore: decorator
@inline
function inner(a: usize, b: usize, length: i32): f64 {
  let even = f64x2.splat(0), odd = even;
  const end = a + (<usize>(length & ~3) << 3);
  for (; a < end; a += 32, b += 32) {
    even = f64x2.add(even, f64x2.mul(v128.load(a), v128.load(b)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
  }
  even = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
  for (let k = length & 3; k > 0; k--, a += 8, b += 8) sum += load<f64>(a) * load<f64>(b);
  return sum;
}

// @ts-ignore: decorator
@inline
function cell(i: i32, j: i32): usize {
  return factor + (<usize>(i * mostActive + j) << 3);
}

// @ts-ignore: decorator
@inline
function betaOf(q: i32): f32 {
  return <f32>load<f64>(beta + (<usize>q << 3));
}

function atomOf(q: i32): usize {
  return patchAtoms + (<usize>(load<i32>(recordUnit(record, q)) * patchValues) << 2);
}

function decoderOf(q: i32): usize {
  return patchDecoder + (<usize>(load<i32>(recordUnit(record, q)) * outputValues) << 2);
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) sum = multiplyAdd(v128.load(a + i), v128.load(b + i), sum);
  return sumLanes(sum);
}

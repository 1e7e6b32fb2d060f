/**
 * Denoising by patches: each patch x of an image, the mean of each channel taken off, is coded by itself,
 *
 *   a = argmin ½‖x − Φa‖² + Σ t|a|,   x̂ = mean + Ψa,
 *
 * and the image is the mean of all x̂ that cover a pixel, weighted by 1 / (1 + active units): a patch
 * that few units describe has less noise (0.03 to 0.05 dB on photographs). Atoms have norm 1. The
 * descent is in patch-descent.ts, the gradient of all this in patches-gradient.ts.
 */
import { allocate, commit, floats, reset } from "./memory";
import { descend, layOutSet, mostActive } from "./patch-descent";
import { multiplyAdd } from "./vector";

export let patchAtoms: usize = 0; // Φ, [features, patchValues], written by the caller
export let patchDecoder: usize = 0; // Ψ, [features, outputValues], written by the caller
export let patchThresholds: usize = 0; // t, [features], written by the caller
export let patchImage: usize = 0; // [height, width, inputs], written by the caller
export let patchSum: usize = 0; // Σ w x̂, [height, width, outputs]
export let patchCount: usize = 0; // Σ w over the patches that cover a pixel, [height, width]
export let patchSlope: usize = 0; // ∂loss/∂Σ w x̂, [height, width, outputs], written by the caller (patches-gradient.ts)
export let atomSlope: usize = 0; // ∂loss/∂Φ, ∂loss/∂Ψ and ∂loss/∂t, shaped as these
export let decoderSlope: usize = 0;
export let thresholdSlope: usize = 0;

export let side: i32 = 0; // pixels of a patch's side
export let inputs: i32 = 0; // channels coded, and of the result: the first ones
export let outputs: i32 = 0;
export let count: i32 = 0; // features, a multiple of 16
export let width: i32 = 0; // pixels of an image row
export let patchValues: i32 = 0; // side² · inputs, a multiple of 4
export let outputValues: i32 = 0;

let pixels: i32 = 0;
let across: usize = 0; // Φ transposed, [patchValues, features]
export let gram: usize = 0; // ΦᵀΦ
export let patches: usize = 0; // two patches, means taken off
let means: usize = 0; // of their channels, 8 per patch
let correlations: usize = 0; // Φᵀ(x − Φa) of two patches
let codes: usize = 0; // a
let estimate: usize = 0; // x̂
export let factor: usize = 0; // patches-gradient.ts: L, β in float64, Φ_S β, g
export let beta: usize = 0;
export let through: usize = 0;
export let slope: usize = 0;

/** One record per patch since `rewindPatches`: active units, their numbers, their values. */
export const recordBytes: usize = <usize>(1 + 2 * mostActive) << 2;
export let records: usize = 0;
let record: usize = 0;
export let activeUnits: i32 = 0; // since rewindPatches

/** Lays memory out for images of height × width and `kept` records; false where 4 GiB do not suffice. */
export function layOutPatches(
  size: i32, inputChannels: i32, outputChannels: i32, features: i32, height: i32, imageWidth: i32, kept: i32,
): bool {
  side = size;
  inputs = inputChannels;
  outputs = outputChannels;
  count = features;
  width = imageWidth;
  pixels = height * width;
  patchValues = size * size * inputs;
  outputValues = size * size * outputs;
  reset();
  patchAtoms = floats(count * patchValues);
  patchDecoder = floats(count * outputValues);
  patchThresholds = floats(count);
  across = floats(count * patchValues);
  gram = floats(count * count);
  patches = floats(2 * patchValues);
  means = floats(16);
  correlations = floats(2 * count);
  codes = floats(2 * count);
  estimate = floats(outputValues);
  patchImage = floats(pixels * inputs);
  patchSum = floats(pixels * outputs);
  patchCount = floats(pixels);
  patchSlope = floats(pixels * outputs);
  atomSlope = floats(count * patchValues);
  decoderSlope = floats(count * outputValues);
  thresholdSlope = floats(count);
  factor = floats(2 * mostActive * mostActive);
  beta = floats(2 * mostActive);
  through = floats(patchValues);
  slope = floats(outputValues);
  layOutSet(features, gram, patchThresholds);
  records = allocate(<u64>recordBytes * kept);
  return commit();
}

/** Φᵀ for the correlation and ΦᵀΦ for the descent, from `patchAtoms`. */
export function preparePatches(): void {
  for (let f = 0; f < count; f++) {
    for (let i = 0; i < patchValues; i++) {
      store<f32>(across + (<usize>(i * count + f) << 2), load<f32>(patchAtoms + (<usize>(f * patchValues + i) << 2)));
    }
  }
  const bytes = <usize>patchValues << 2;
  for (let f = 0; f < count; f += 2) {
    const atom = patchAtoms + <usize>f * bytes;
    correlatePair(atom, atom + (f + 1 < count ? bytes : 0), gram + (<usize>f * count << 2));
  }
}

/** Clears the sums of the image and forgets its records. */
export function rewindPatches(): void {
  memory.fill(patchSum, 0, <usize>(pixels * outputs) << 2);
  memory.fill(patchCount, 0, <usize>pixels << 2);
  record = records;
  activeUnits = 0;
}

/** Codes the patches of one row, `step` pixels apart and one at the right border; |Δa| ends below `finest`. */
export function codePatches(row: i32, step: i32, finest: f32): void {
  const last = width - side;
  for (let left = 0; ; left = min(left + 2 * step, last)) {
    const next = min(left + step, last);
    takePatch(row, left, 0);
    takePatch(row, next, 1);
    correlatePair(patches, patches + (<usize>patchValues << 2), correlations);
    finish(row, left, 0, finest);
    if (next > left) finish(row, next, 1, finest);
    if (next == last) break;
  }
}

/** Copies the patch at (row, left) to slot 0 or 1 and takes the mean of each channel off. */
export function takePatch(row: i32, left: i32, slot: i32): void {
  const line = side * inputs;
  const patch = patches + (<usize>(slot * patchValues) << 2);
  for (let y = 0; y < side; y++) {
    const from = patchImage + (<usize>(((row + y) * width + left) * inputs) << 2);
    memory.copy(patch + (<usize>(y * line) << 2), from, <usize>line << 2);
  }
  for (let c = 0; c < inputs; c++) takeMean(patch + (<usize>c << 2), means + (<usize>(8 * slot + c) << 2));
}

function takeMean(channel: usize, mean: usize): void {
  const skip = <usize>inputs << 2;
  const end = channel + (<usize>patchValues << 2);
  let sum: f32 = 0;
  for (let at = channel; at < end; at += skip) sum += load<f32>(at);
  sum /= <f32>(side * side);
  for (let at = channel; at < end; at += skip) store<f32>(at, load<f32>(at) - sum);
  store<f32>(mean, sum);
}

/** Φᵀ of two patches, one after the other in `out`: 16 atoms at a time, so that a loaded value serves both. */
function correlatePair(first: usize, second: usize, out: usize): void {
  const row = <usize>count << 2;
  const end = first + (<usize>patchValues << 2);
  for (let f: usize = 0; f < row; f += 64) {
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    let atom = across + f;
    for (let x = first, y = second; x < end; x += 4, y += 4, atom += row) {
      const v = v128.load32_splat(x);
      const w = v128.load32_splat(y);
      const p0 = v128.load(atom), p1 = v128.load(atom, 16), p2 = v128.load(atom, 32), p3 = v128.load(atom, 48);
      a0 = multiplyAdd(v, p0, a0);
      a1 = multiplyAdd(v, p1, a1);
      a2 = multiplyAdd(v, p2, a2);
      a3 = multiplyAdd(v, p3, a3);
      b0 = multiplyAdd(w, p0, b0);
      b1 = multiplyAdd(w, p1, b1);
      b2 = multiplyAdd(w, p2, b2);
      b3 = multiplyAdd(w, p3, b3);
    }
    v128.store(out + f, a0);
    v128.store(out + f, a1, 16);
    v128.store(out + f, a2, 32);
    v128.store(out + f, a3, 48);
    v128.store(out + row + f, b0);
    v128.store(out + row + f, b1, 16);
    v128.store(out + row + f, b2, 32);
    v128.store(out + row + f, b3, 48);
  }
}

/** Codes the patch in a slot and adds what it gives to the sums. */
function finish(row: i32, left: i32, slot: i32, finest: f32): void {
  const correlation = correlations + (<usize>(slot * count) << 2);
  const code = codes + (<usize>(slot * count) << 2);
  descend(correlation, code, finest);
  keepRecord(code);
  synthesise(slot);
  addEstimate(row, left);
  record += recordBytes;
}

function keepRecord(code: usize): void {
  let active = 0;
  for (let f = 0; f < count && active < mostActive; f++) {
    const a = load<f32>(code + (<usize>f << 2));
    if (a == 0) continue;
    store<i32>(recordUnit(record, active), f);
    store<f32>(recordValue(record, active++), a);
  }
  store<i32>(record, active);
  activeUnits += active;
}

// @ts-ignore: decorator
@inline
export function recordUnit(from: usize, i: i32): usize {
  return from + (<usize>(1 + i) << 2);
}

// @ts-ignore: decorator
@inline
export function recordValue(from: usize, i: i32): usize {
  return from + (<usize>(1 + mostActive + i) << 2);
}

/** x̂ = mean + Ψa; the means are those of the last `outputs` channels (the pilot's, where there is one). */
function synthesise(slot: i32): void {
  const mean = means + (<usize>(8 * slot + inputs - outputs) << 2);
  for (let i = 0; i < outputValues; i += outputs) {
    for (let c = 0; c < outputs; c++) store<f32>(estimate + (<usize>(i + c) << 2), load<f32>(mean + (<usize>c << 2)));
  }
  for (let i = 0, active = load<i32>(record); i < active; i++) {
    const atom = patchDecoder + (<usize>(load<i32>(recordUnit(record, i)) * outputValues) << 2);
    addTimes(estimate, atom, load<f32>(recordValue(record, i)), <usize>outputValues << 2);
  }
}

/** goal ← goal + weight · source. */
// @ts-ignore: decorator
@inline
export function addTimes(goal: usize, source: usize, weight: f32, bytes: usize): void {
  const w = f32x4.splat(weight);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(goal + i, multiplyAdd(w, v128.load(source + i), v128.load(goal + i)));
  }
}

/** w: the fewer units, the less noise is left. */
// @ts-ignore: decorator
@inline
export function weightOf(active: i32): f32 {
  return 1 / (1 + <f32>active);
}

function addEstimate(row: i32, left: i32): void {
  const line = side * outputs;
  const weight = weightOf(load<i32>(record));
  for (let y = 0; y < side; y++) {
    const pixel = (row + y) * width + left;
    const sum = patchSum + (<usize>(pixel * outputs) << 2);
    const from = estimate + (<usize>(y * line) << 2);
    for (let i: usize = 0, end = <usize>line << 2; i < end; i += 4) {
      store<f32>(sum + i, load<f32>(sum + i) + weight * load<f32>(from + i));
    }
    for (let x = 0; x < side; x++) {
      const cover = patchCount + (<usize>(pixel + x) << 2);
      store<f32>(cover, load<f32>(cover) + weight);
    }
  }
}

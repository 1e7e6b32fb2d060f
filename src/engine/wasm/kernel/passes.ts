/**
 * Passes of coordinate descent over the working set. Each step is the exact minimum
 * over one unit, h = φ·r + a·‖φ‖² with the atom's visible part:
 *
 *   v = max(0, h − λ) / ‖φ‖²  (rectified)   v = sign(h)·max(0, |h| − λ) / ‖φ‖²  (signed)
 *   r ← r − (v − a)·φ,  a ← v
 *
 * Until a pass gains less than `fraction` of the first one or less than is worth having at
 * the tolerance, or no unit of the set was as far above λ as the tolerance lets one be. Every
 * five passes the iterates are extrapolated.
 */
import { extrapolate } from "./anderson";
import { history, historyLength, recordBytes, rowStep, rowStride } from "./layout";
import { addParts, dotParts, isPlain } from "./parts";
import { addScaled, addScaledThenDot, dot } from "./vector";
import { memberAt, set, setEnd, size } from "./working-set";

const fraction: f64 = 0.05;
/** Least gain worth a pass, as a part of the energy; a fine tolerance needs less, since the gap falls like its root. */
const resolution: f64 = 3e-9;
const mostPasses: i32 = 200;

/** A gap of (1 − λ/max g)·(λ Σ|a|)/P is left where r and a balance: the set may use half of the tolerance, at most 2 % of λ. */
const share: f64 = 0.5;
const mostExcess: f64 = 0.02;

let excess: f32 = 0; // the largest g − λ that the pass met (signed: |g| − λ)

/** Lowers the energy over the working set; `energy` and its part `penalty` set the scale of what is worth gaining. */
export function descend(lambda: f32, rectified: bool, energy: f64, penalty: f64, tolerance: f64): void {
  const least = energy * min(resolution, 0.01 * tolerance * tolerance);
  const allowed = <f32>(lambda * min(mostExcess, penalty > 0 ? share * tolerance * energy / penalty : mostExcess));
  let first: f64 = 0;
  let iterate = 0;
  for (let count = 0; count < mostPasses; count++) {
    if (iterate == 0) {
      recordStart();
      iterate = 1;
    }
    const h = history + (<usize>iterate * size << 2);
    const gain = isPlain ? pass(lambda, rectified, h) : passParts(lambda, rectified, h);
    iterate++;
    if (count == 0) first = gain;
    if (iterate == historyLength) {
      extrapolate(lambda, rectified);
      iterate = 0;
    }
    if (gain <= fraction * first || gain <= least || excess <= allowed) return;
  }
}

/** The iterate before the first pass. */
function recordStart(): void {
  let h = history;
  for (let record = set, end = setEnd(); record < end; record += recordBytes, h += 4) {
    store<f32>(h, load<f32>(memberAt(record).code));
  }
}

/**
 * One pass; writes the codes to `h` and returns Σ ‖φ‖²·change², at most twice the fall
 * in energy. Units of one position share their canvas, so the update after one unit and
 * the product of the next are one trip over it; the bits are those of two trips.
 */
function pass(lambda: f32, rectified: bool, h: usize): f64 {
  const rowBytes = <usize>rowStep << 2;
  const rowSkip = (<usize>rowStride << 2) - rowBytes;
  let gain: f64 = 0;
  excess = 0;
  let product: f32 = 0; // φ·r of this unit, if the trip for the unit before has made it
  let isMade = false;
  for (let record = set, end = setEnd(); record < end; record += recordBytes, h += 4) {
    const unit = memberAt(record);
    const canvas = <usize>unit.canvas, atom = <usize>unit.atom, count = unit.rows, norm = unit.norm;
    if (!isMade) product = dot(canvas, atom, count, rowBytes, rowSkip);
    const old = load<f32>(unit.code);
    const next = shrink(old * norm + product, lambda, rectified) / norm;
    const change = next - old;
    isMade = false;
    store<f32>(h, next);
    if (change == 0) continue;
    store<f32>(unit.code, next);
    gain += <f64>(norm * change * change);
    excess = max<f32>(excess, copysign<f32>(norm * change, next * change));
    const after = memberAt(record + recordBytes);
    // Two rows of the map clipped at the top may start on one canvas row: compare the extent too.
    isMade = record + recordBytes < end && <usize>after.canvas == canvas && after.rows == count;
    if (isMade) product = addScaledThenDot(canvas, atom, after.atom, count, -change, rowBytes, rowSkip);
    else addScaled(canvas, atom, count, -change, rowBytes, rowSkip);
  }
  return gain;
}

/** The same pass where patches may wrap or pixels have weights. */
function passParts(lambda: f32, rectified: bool, h: usize): f64 {
  let gain: f64 = 0;
  excess = 0;
  for (let record = set, end = setEnd(); record < end; record += recordBytes, h += 4) {
    const unit = memberAt(record);
    const old = load<f32>(unit.code);
    const next = shrink(old * unit.norm + dotParts(unit.unit), lambda, rectified) / unit.norm;
    const change = next - old;
    store<f32>(h, next);
    if (change == 0) continue;
    store<f32>(unit.code, next);
    gain += <f64>(unit.norm * change * change);
    excess = max<f32>(excess, copysign<f32>(unit.norm * change, next * change));
    addParts(unit.unit, -change);
  }
  return gain;
}

/** Soft threshold. */
// @ts-ignore: decorator
@inline
function shrink(h: f32, lambda: f32, rectified: bool): f32 {
  if (rectified) return max<f32>(h - lambda, 0);
  return copysign<f32>(max<f32>(abs(h) - lambda, 0), h);
}

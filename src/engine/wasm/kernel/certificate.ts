/**
 * Energy and relative duality gap of the current code, sums in float64:
 *
 *   P = ½‖r‖² + λ Σ|a|,  θ = r·min(1, λ / max g),  D = ½‖s‖² − ½‖s − θ‖²,  gap = (P − D) / P
 *
 * `residual` must be s − Φa as rebuilt from the code, and `gradient` Φᵀ of it.
 */
import { setEnergy } from "./anderson";
import { canvasLength, gradient, image, recordBytes, residual, units } from "./layout";
import { inner } from "./vector";
import { addMemberAtom, memberAt, set, setEnd } from "./working-set";

export let energy: f64 = 0;
export let gap: f64 = 0;

/** Sets `energy` and `gap`; both are 0 for a perfect code of energy 0. */
export function certify(lambda: f64, rectified: bool): void {
  energy = setEnergy(lambda);
  gap = 0;
  if (energy == 0) return;
  const scale = lambda / max(lambda, <f64>largestGradient(rectified));
  const dual = scale * inner(image, residual, canvasLength) - 0.5 * scale * scale * inner(residual, residual, canvasLength);
  gap = max(0, (energy - dual) / energy);
}

/** r ← s − Φa from the code alone, which drops the rounding errors of all steps so far. */
export function rebuildResidual(): void {
  memory.copy(residual, image, <usize>canvasLength << 2);
  for (let record = set, end = setEnd(); record < end; record += recordBytes) {
    const unit = memberAt(record);
    const value = load<f32>(unit.code);
    if (value != 0) addMemberAtom(unit, -value);
  }
}

/** max g, at least 0 (signed: max |g|). */
function largestGradient(rectified: bool): f32 {
  let best = f32x4.splat(0);
  for (let g = gradient, end = gradient + (<usize>units << 2); g < end; g += 16) {
    const value = v128.load(g);
    best = f32x4.pmax(best, rectified ? value : f32x4.abs(value));
  }
  const pair = f32x4.pmax(best, v128.shuffle<i32>(best, best, 2, 3, 2, 3));
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

/**
 * Energy and relative duality gap of the current code, sums in float64:
 *
 *   P = ½‖r‖² + λ Σ|a|,  θ = r·min(1, λ / max g),  D = ½‖s‖² − ½‖s − θ‖²,  gap = (P − D) / P
 *
 * `residual` must be s − Φa as rebuilt from the code, and `gradient` Φᵀ of it wherever that exceeds λ.
 */
import { largestBound } from "./analysis";
import { canvasLength, image, recordBytes, residual } from "./layout";
import { inner } from "./vector";
import { addMemberAtom, memberAt, set, setEnd } from "./working-set";

export let energy: f64 = 0;
export let gap: f64 = 0;
/** λ Σ|a|, a part of the energy. */
export let penalty: f64 = 0;

/** Sets `energy`, `penalty` and `gap`; all are 0 for a perfect code of energy 0. */
export function certify(lambda: f64): void {
  const power = inner(residual, residual, canvasLength);
  penalty = lambda * setSum();
  energy = 0.5 * power + penalty;
  gap = 0;
  if (energy == 0) return;
  const scale = lambda / max(lambda, largestBound());
  const dual = scale * inner(image, residual, canvasLength) - 0.5 * scale * scale * power;
  gap = max(0, (energy - dual) / energy);
}

/** ½‖r‖² + λ Σ|a|: all that is active is in the set. */
export function setEnergy(lambda: f64): f64 {
  return 0.5 * inner(residual, residual, canvasLength) + lambda * setSum();
}

function setSum(): f64 {
  let sum: f64 = 0;
  for (let record = set, end = setEnd(); record < end; record += recordBytes) sum += <f64>abs(load<f32>(memberAt(record).code));
  return sum;
}

/** r ← s − Φa from only the code, which drops the rounding errors of all steps so far. */
export function rebuildResidual(): void {
  memory.copy(residual, image, <usize>canvasLength << 2);
  for (let record = set, end = setEnd(); record < end; record += recordBytes) {
    const unit = memberAt(record);
    const value = load<f32>(unit.code);
    if (value != 0) addMemberAtom(unit, -value);
  }
}

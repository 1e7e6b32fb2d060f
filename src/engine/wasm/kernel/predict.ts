/**
 * Where a code will be at the next λ. The codes of a lasso path are piecewise linear in λ:
 *
 *   a(λ₂) ≈ a₁ + β (a₁ − a₀),  β = ω (λ₂ − λ₁)/(λ₁ − λ₀),  no unit past zero, none woken
 *
 * Taken only if it has less energy at λ₂ than a₁ has. The slopes flatten as units join, so
 * ω < 1 (bench/README.md). `potential` holds a₀.
 */
import { moveTo } from "./anderson";
import { setEnergy } from "./certificate";
import { canvasLength, code, history, potential, recordBytes, residual, savedResidual, units } from "./layout";
import { memberAt, set, setEnd } from "./working-set";

const damping: f64 = 0.8;

let lastLambda: f64 = 0; // λ₁, 0 before the first
let priorLambda: f64 = 0; // λ₀, 0 before the second

/** Begins an image. */
export function beginPath(): void {
  lastLambda = 0;
  priorLambda = 0;
}

/** Ends the work at a λ. */
export function leave(lambda: f64): void {
  lastLambda = lambda;
}

/** Moves code and residual to what is expected at λ; false, and all as it was, where that is no gain. */
export function predict(lambda: f64): bool {
  const isThird = priorLambda > lastLambda;
  const beta = isThird ? <f32>(damping * (lambda - lastLambda) / (lastLambda - priorLambda)) : 0;
  priorLambda = lastLambda;
  if (!isThird) {
    memory.copy(potential, code, <usize>units << 2);
    return false;
  }
  const before = setEnergy(lambda);
  memory.copy(savedResidual, residual, <usize>canvasLength << 2);
  foresee(beta);
  memory.copy(potential, code, <usize>units << 2);
  for (let record = set, end = setEnd(), h = history; record < end; record += recordBytes, h += 4) moveTo(record, load<f32>(h));
  if (setEnergy(lambda) < before) return true;
  memory.copy(residual, savedResidual, <usize>canvasLength << 2);
  memory.copy(code, potential, <usize>units << 2);
  return false;
}

/** `history` ← the codes expected of the set. */
function foresee(beta: f32): void {
  for (let record = set, end = setEnd(), h = history; record < end; record += recordBytes, h += 4) {
    const at = <usize>memberAt(record).code;
    const now = load<f32>(at);
    const next = now + beta * (now - load<f32>(at - code + potential));
    store<f32>(h, next * now > 0 ? next : 0);
  }
}

/**
 * Anderson extrapolation of the last iterates x₀ … x_K of the working set:
 *
 *   minimise ‖Σ c_i (x_{i+1} − x_i)‖ subject to Σ c_i = 1,  x = Σ c_i x_{i+1}
 *
 * by solving G z = 1, c = z / Σz with G the Gram matrix of the differences, slightly
 * regularised. The result is clipped to the rule and kept only if the energy falls,
 * so it can never do harm. Source: Bertrand and Massias, AISTATS 2021.
 */
import { setEnergy } from "./certificate";
import { canvasLength, history, historyLength, recordBytes, residual, savedResidual } from "./layout";
import { addMemberAtom, memberAt, set, setEnd, size } from "./working-set";

const order: i32 = historyLength - 1;
const side: usize = 8; // row length of the small matrix, in values
const matrix: usize = memory.data(8 * 8 * 8); // G and the right-hand side, float64
const solution: usize = memory.data(8 * 8);

/** Tries the extrapolated code in place of the current one. */
export function extrapolate(lambda: f32, rectified: bool): void {
  fillGram();
  if (!solve()) return;
  const before = setEnergy(lambda);
  memory.copy(savedResidual, residual, <usize>canvasLength << 2);
  combine(rectified);
  if (setEnergy(lambda) < before) return;
  memory.copy(residual, savedResidual, <usize>canvasLength << 2);
  restore();
}

// @ts-ignore: decorator
@inline
function entry(i: usize, j: usize): usize {
  return matrix + (i * side + j << 3);
}

function fillGram(): void {
  let trace: f64 = 0;
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = differenceProduct(i, j);
      store<f64>(entry(i, j), sum);
      store<f64>(entry(j, i), sum);
      if (i == j) trace += sum;
    }
  }
  for (let i = 0; i < order; i++) {
    store<f64>(entry(i, i), load<f64>(entry(i, i)) + 1e-7 * trace + 1e-30);
    store<f64>(entry(i, order), 1);
  }
}

/** (x_{i+1} − x_i)·(x_{j+1} − x_j), float32 products, four running sums. */
function differenceProduct(i: i32, j: i32): f64 {
  const bytes = <usize>size << 2;
  let a = history + <usize>i * bytes;
  let b = history + <usize>j * bytes;
  let sums = f32x4.splat(0);
  const end = a + bytes;
  for (; a + 16 <= end; a += 16, b += 16) {
    const x = f32x4.sub(v128.load(a + bytes), v128.load(a));
    const y = f32x4.sub(v128.load(b + bytes), v128.load(b));
    sums = f32x4.add(sums, f32x4.mul(x, y));
  }
  let sum = <f64>f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (; a < end; a += 4, b += 4) sum += (load<f32>(a + bytes) - load<f32>(a)) * (load<f32>(b + bytes) - load<f32>(b));
  return sum;
}

/** Gaussian elimination (G is positive definite), then c = z / Σz; false if Σz is not positive. */
function solve(): bool {
  for (let i = 0; i < order; i++) {
    for (let j = i + 1; j < order; j++) {
      const factor = load<f64>(entry(j, i)) / load<f64>(entry(i, i));
      for (let c = i; c <= order; c++) store<f64>(entry(j, c), load<f64>(entry(j, c)) - factor * load<f64>(entry(i, c)));
    }
  }
  let total: f64 = 0;
  for (let i = order - 1; i >= 0; i--) {
    let z = load<f64>(entry(i, order));
    for (let c = i + 1; c < order; c++) z -= load<f64>(entry(i, c)) * load<f64>(solution + (<usize>c << 3));
    z /= load<f64>(entry(i, i));
    store<f64>(solution + (<usize>i << 3), z);
    total += z;
  }
  if (!(total > 0) || total == Infinity) return false;
  for (let i = 0; i < order; i++) store<f64>(solution + (<usize>i << 3), load<f64>(solution + (<usize>i << 3)) / total);
  return true;
}

/** Sets the code to Σ c_i x_{i+1}, clipped, and follows it with the residual. */
function combine(rectified: bool): void {
  const bytes = <usize>size << 2;
  let h = history + bytes;
  for (let record = set, end = setEnd(); record < end; record += recordBytes, h += 4) {
    let sum: f64 = 0;
    for (let i = 0; i < order; i++) sum += load<f64>(solution + (<usize>i << 3)) * load<f32>(h + <usize>i * bytes);
    moveTo(record, rectified ? max<f32>(<f32>sum, 0) : <f32>sum);
  }
}

/** Changes one unit of the set and the residual with it. */
export function moveTo(record: usize, next: f32): void {
  const unit = memberAt(record);
  const change = next - load<f32>(unit.code);
  if (change == 0) return;
  addMemberAtom(unit, -change);
  store<f32>(unit.code, next);
}

/** Puts the last recorded iterate back. */
function restore(): void {
  let h = history + (<usize>order * size << 2);
  for (let record = set, end = setEnd(); record < end; record += recordBytes, h += 4) {
    store<f32>(memberAt(record).code, load<f32>(h));
  }
}

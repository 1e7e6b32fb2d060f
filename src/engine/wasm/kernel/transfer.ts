/**
 * The transfer function a = T(u) as a polyline, and its cost C(a) as quadratics (threshold.ts
 * makes both tables). With vertices (u_i, a_i) and the slope s_i after each,
 *
 *   T(u) = a_0 + s_−1 (u − u_0) below u_0, else a_i + s_i (u − u_i) of the last u_i ≤ u
 *   C(a) = C_i + (b_i + c_i d) d, d = a − f_i, of the last piece that begins at or below a
 *
 * At a jump two vertices share their u: the later one, the upper value, counts.
 */
import { code, features, positions, recordBytes, trueFeatures } from "./layout";
import { memberAt, set, setEnd } from "./working-set";

/** float32: u_0, a_0, s_−1; then u_i, a_i, s_i of each vertex, at most 16; written by the caller. */
export const polyline: usize = memory.data(17 * 3 * 4);
/** float64: from, f, C, b, c of each piece; written by the caller. */
export const pieces: usize = memory.data(17 * 5 * 8);

let vertexCount: i32 = 0;
let pieceCount: i32 = 0;

/** How much of the tables the caller has written. */
export function setTransfer(vertices: i32, costs: i32): void {
  vertexCount = vertices;
  pieceCount = costs;
}

/** T of four potentials. */
// @ts-ignore: decorator
@inline
export function transfer(u: v128): v128 {
  let line = polyline;
  let a = pointOn(line, u);
  for (let i = 0; i < vertexCount; i++) {
    line += 12;
    a = v128.bitselect(pointOn(line, u), a, f32x4.ge(u, v128.load32_splat(line)));
  }
  return a;
}

// @ts-ignore: decorator
@inline
function pointOn(line: usize, u: v128): v128 {
  const run = f32x4.sub(u, v128.load32_splat(line));
  return f32x4.add(v128.load32_splat(line, 4), f32x4.mul(v128.load32_splat(line, 8), run));
}

/** The zero atoms that fill up the last eight features stay silent whatever T(0) is. */
export function silencePadding(): void {
  if (features == trueFeatures) return;
  const at = code + (<usize>trueFeatures << 2);
  const bytes = <usize>(features - trueFeatures) << 2;
  for (let position: usize = 0; position < <usize>positions; position++) {
    memory.fill(at + (position * features << 2), 0, bytes);
  }
}

/** Σ C(a) over the set, which must hold all that is active; C(0) is 0. */
export function totalCost(): f64 {
  let sum: f64 = 0;
  for (let record = set, end = setEnd(); record < end; record += recordBytes) sum += costOf(<f64>load<f32>(memberAt(record).code));
  return sum;
}

function costOf(a: f64): f64 {
  if (a == 0) return 0;
  let piece = pieces + <usize>(pieceCount - 1) * 40;
  while (piece > pieces && a < load<f64>(piece)) piece -= 40;
  const d = a - load<f64>(piece, 8);
  return load<f64>(piece, 16) + (load<f64>(piece, 24) + load<f64>(piece, 32) * d) * d;
}

/**
 * FISTA with restart on the same arrays, the independent check at the kernel's speed:
 *
 *   x⁺ = T(y + Φᵀ(s − Φy)/B, λ/B),  t⁺ = (1 + √(1 + 4t²))/2,  y = x⁺ + (t − 1)/t⁺ · (x⁺ − x)
 *
 * B bounds ‖Φ‖²; t = 1 again when (y − x⁺)·(x⁺ − x) > 0. Between calls `code` holds x and
 * `potential` y; within one they trade places, since the residual follows `code`.
 */
import { analyse, analyseAll, everything } from "./analysis";
import { certify, rebuildResidual } from "./certificate";
import { code, gradient, potential, units } from "./layout";
import { activateSet } from "./working-set";

let t: f64 = 1;

/** Starts afresh from the current code. */
export function beginFista(): void {
  memory.copy(potential, code, <usize>units << 2);
  t = 1;
}

/** `steps` steps; leaves energy, gap and a residual that matches the code. */
export function accelerate(lambda: f64, rectified: bool, bound: f64, steps: i32): void {
  tradePlaces();
  for (let i = 0; i < steps; i++) {
    activateSet();
    rebuildResidual();
    analyseAll();
    shrinkAll(<f32>lambda, rectified, <f32>bound);
    move();
  }
  tradePlaces();
  activateSet();
  rebuildResidual();
  analyse(everything, rectified);
  certify(lambda);
}

function tradePlaces(): void {
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) {
    const x = v128.load(code + i);
    v128.store(code + i, v128.load(potential + i));
    v128.store(potential + i, x);
  }
}

/** `gradient` ← x⁺. */
function shrinkAll(lambda: f32, rectified: bool, bound: f32): void {
  const scale = f32x4.splat(1 / bound), level = f32x4.splat(lambda / bound), zero = f32x4.splat(0);
  const sign = i32x4.splat(0x80000000);
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) {
    const u = f32x4.add(v128.load(code + i), f32x4.mul(scale, v128.load(gradient + i)));
    const size = f32x4.pmax(zero, f32x4.sub(rectified ? u : f32x4.abs(u), level));
    v128.store(gradient + i, rectified ? size : v128.or(size, v128.and(u, sign)));
  }
}

/** y ← x⁺ + push·(x⁺ − x), x ← x⁺. */
function move(): void {
  let uphill: f64 = 0;
  const end = <usize>units << 2;
  for (let i: usize = 0; i < end; i += 4) {
    const next = <f64>load<f32>(gradient + i);
    uphill += (<f64>load<f32>(code + i) - next) * (next - <f64>load<f32>(potential + i));
  }
  const grown = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
  const push = f32x4.splat(uphill > 0 ? 0 : <f32>((t - 1) / grown));
  t = uphill > 0 ? 1 : grown;
  for (let i: usize = 0; i < end; i += 16) {
    const next = v128.load(gradient + i);
    v128.store(code + i, f32x4.add(next, f32x4.mul(push, f32x4.sub(next, v128.load(potential + i)))));
    v128.store(potential + i, next);
  }
}

/**
 * The LCA on the same arrays, one step at a time; the caller says how long each step is:
 *
 *   u ← u + η·(Φᵀr + a − u),  a = T(u),  r = s − Φa,  η = 1 − exp(−dt/τ)
 *
 * Plain and explicit: every step computes all of Φᵀr and rebuilds r from the active
 * units. Stable for η < 2/‖Φ‖²; what a step too long does shows in the energy.
 */
import { analyse, analyseAll, everything } from "./analysis";
import { certify, rebuildResidual } from "./certificate";
import { canvasLength, code, features, gradient, positions, potential, residual, trueFeatures, units } from "./layout";
import { silencePadding, totalCost, transfer } from "./transfer";
import { inner } from "./vector";
import { activateSet } from "./working-set";

/** ½‖r‖² of the residual that entered the last step with `read`, and Σ C(a) of the code that left it. */
export let stepData: f64 = 0;
export let stepCost: f64 = 0;
/** Least and greatest g among the units a = 0, after `rank`. */
export let leastIdle: f32 = 0;
export let mostIdle: f32 = 0;

let gradientFits: bool = false; // gradient = Φᵀr everywhere

/** All potentials at `level`, where an image starts. */
export function fillPotential(level: f32): void {
  const value = f32x4.splat(level);
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) v128.store(potential + i, value);
}

/** a = T(u) by the transfer that has been set, and the residual of it. */
export function enter(): void {
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) {
    v128.store(code + i, transfer(v128.load(potential + i)));
  }
  follow();
}

/** One step by the transfer that has been set. */
export function stepTransfer(rate: f32, read: bool): void {
  fitGradient();
  const eta = f32x4.splat(rate);
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) {
    const next = relaxed(i, eta);
    v128.store(potential + i, next);
    v128.store(code + i, transfer(next));
  }
  silencePadding();
  finish(read);
}

/** One step by the soft threshold at λ, which needs no table. */
export function stepSoft(rate: f32, lambda: f32, rectified: bool, read: bool): void {
  fitGradient();
  const eta = f32x4.splat(rate), level = f32x4.splat(lambda), zero = f32x4.splat(0), sign = i32x4.splat(0x80000000);
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) {
    const next = relaxed(i, eta);
    v128.store(potential + i, next);
    if (rectified) {
      v128.store(code + i, f32x4.pmax(zero, f32x4.sub(next, level)));
    } else {
      const size = f32x4.pmax(zero, f32x4.sub(f32x4.abs(next), level));
      v128.store(code + i, v128.or(size, v128.and(next, sign)));
    }
  }
  finish(read);
}

/** Energy and gap of the current code by the soft threshold. */
export function proveGap(lambda: f64, rectified: bool): void {
  analyse(everything, rectified);
  gradientFits = true;
  certify(lambda);
}

/** Makes `gradient` Φᵀr and finds its extremes among the silent units: what a stationarity needs. */
export function rank(): void {
  fitGradient();
  let least = f32x4.splat(Infinity), most = f32x4.splat(-Infinity);
  const whole = trueFeatures & ~3;
  leastIdle = Infinity;
  mostIdle = -Infinity;
  for (let position = 0; position < positions; position++) {
    const at = <usize>(position * features) << 2;
    let f = 0;
    for (; f < whole; f += 4) {
      const i = at + (<usize>f << 2), g = v128.load(gradient + i);
      const isIdle = f32x4.eq(v128.load(code + i), f32x4.splat(0));
      least = v128.bitselect(f32x4.pmin(least, g), least, isIdle);
      most = v128.bitselect(f32x4.pmax(most, g), most, isIdle);
    }
    for (; f < trueFeatures; f++) {
      const i = at + (<usize>f << 2), g = load<f32>(gradient + i);
      if (load<f32>(code + i) != 0) continue;
      leastIdle = min(leastIdle, g);
      mostIdle = max(mostIdle, g);
    }
  }
  leastIdle = min(leastIdle, min(min(lane(least, 0), lane(least, 1)), min(lane(least, 2), lane(least, 3))));
  mostIdle = max(mostIdle, max(max(lane(most, 0), lane(most, 1)), max(lane(most, 2), lane(most, 3))));
}

/** ½‖r‖² of the current residual. */
export function dataTerm(): f64 {
  return 0.5 * inner(residual, residual, canvasLength);
}

function lane(v: v128, i: i32): f32 {
  if (i == 0) return f32x4.extract_lane(v, 0);
  if (i == 1) return f32x4.extract_lane(v, 1);
  return i == 2 ? f32x4.extract_lane(v, 2) : f32x4.extract_lane(v, 3);
}

// @ts-ignore: decorator
@inline
function relaxed(i: usize, eta: v128): v128 {
  const u = v128.load(potential + i), a = v128.load(code + i);
  return f32x4.add(u, f32x4.mul(eta, f32x4.sub(f32x4.add(v128.load(gradient + i), a), u)));
}

function fitGradient(): void {
  if (!gradientFits) analyseAll();
  gradientFits = true;
}

/** Reads the energy between the new code and the new residual, as PetaVision's probe does. */
function finish(read: bool): void {
  activateSet();
  if (read) {
    stepData = dataTerm();
    stepCost = totalCost();
  }
  rebuildResidual();
  gradientFits = false;
}

function follow(): void {
  silencePadding();
  activateSet();
  rebuildResidual();
  gradientFits = false;
}

/**
 * Fixed-step LCA on the same arrays, the mode that the solver of record is compared with:
 *
 *   u ← u + η·(Φᵀr + a − u),  a = T(u),  r = s − Φa
 *
 * Plain and explicit: every step computes all of Φᵀr and rebuilds r from the active
 * units. Stable for η < 2/‖Φ‖²; what a step too long does shows in the energy.
 */
import { analyse, everything } from "./analysis";
import { certify, rebuildResidual } from "./certificate";
import { code, gradient, potential, units } from "./layout";
import { activateSet } from "./working-set";

/** `steps` steps at rate η from the current potentials; leaves energy, gap and a matching residual. */
export function relax(lambda: f64, rectified: bool, rate: f32, steps: i32): void {
  for (let i = 0; i < steps; i++) {
    analyse(everything, rectified);
    step(<f32>lambda, rectified, rate);
    activateSet();
    rebuildResidual();
  }
  analyse(everything, rectified);
  certify(lambda);
}

function step(lambda: f32, rectified: bool, rate: f32): void {
  const eta = f32x4.splat(rate), level = f32x4.splat(lambda), zero = f32x4.splat(0), sign = i32x4.splat(0x80000000);
  for (let i: usize = 0, end = <usize>units << 2; i < end; i += 16) {
    const u = v128.load(potential + i), a = v128.load(code + i);
    const next = f32x4.add(u, f32x4.mul(eta, f32x4.sub(f32x4.add(v128.load(gradient + i), a), u)));
    v128.store(potential + i, next);
    if (rectified) {
      v128.store(code + i, f32x4.pmax(zero, f32x4.sub(next, level)));
    } else {
      const size = f32x4.pmax(zero, f32x4.sub(f32x4.abs(next), level));
      v128.store(code + i, v128.or(size, v128.and(next, sign)));
    }
  }
}

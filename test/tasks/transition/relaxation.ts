/**
 * How long the LCA takes from rest to its fixed point. Its energy above the
 * least falls in the end as
 *
 *   E(t) − E* ~ exp(−2 t/t₁),   t₁ = τ/λ_min(Φ_SᵀΦ_S)
 *
 * because active units near the fixed point obey τ δȧ = −M δa. t₁ comes from a
 * straight line through ln(E − E*) here, from the eigenvalue in
 * susceptibility.ts; critical slowing is its growth with the network's size.
 */
import type { Dictionary } from "../../../src/coding/dictionary.js";
import { lcaCoder } from "../../../src/coding/lca.js";
import { networkOf } from "../../../src/coding/operator.js";
import { spectralNorm } from "../../../src/coding/spectral.js";

export type Relaxation = {
  /** t₁/τ, from the slope of ln(E − E*) over its last stretch; null when too few steps lie there. */
  readonly slowest: number | null;
  /** Time in units of τ until E − E* ≤ tolerance · E*; null when it is not reached. */
  readonly settled: number | null;
  readonly steps: number;
};

export type RelaxationTask = {
  readonly image: Float32Array;
  readonly lambda: number;
  readonly rectified: boolean;
  /** E*, the least energy. */
  readonly least: number;
  readonly steps: number;
  /** Relative excess that counts as settled; the line is fitted from there to 1e-4 of it. */
  readonly tolerance: number;
};

/** The LCA from V = 0 in steps of dt = τ/(2‖Φ‖²): float64, all units, so for small networks. */
export function relaxation(dictionary: Dictionary, task: RelaxationTask): Relaxation {
  const { image, lambda, rectified, least, steps, tolerance } = task;
  const dt = 0.5 / spectralNorm(networkOf(dictionary));
  const residuals: number[] = [];
  const costs: number[] = [];
  const coder = lcaCoder(dictionary, {
    timeStep: { kind: "fixed", dt, tau: 1 },
    steps,
    probe(record) {
      residuals.push(record.squaredResidual);
      costs.push(record.cost);
    },
  });
  const rule = { threshold: { kind: "soft", rectified } as const, tolerance: 1e-12 };
  for (const _ of coder.path(image, [lambda], rule));
  // A record's residual is of the code before its step: a step's energy needs the next one's.
  const excess = costs.slice(0, -1).map((cost, t) => 0.5 * residuals[t + 1] + cost - least);
  const within = excess.findIndex((e) => e <= tolerance * least);
  return {
    slowest: within < 0 ? null : decayTime(excess, { from: within, floor: 1e-4 * tolerance * least, dt }),
    settled: within < 0 ? null : (within + 1) * dt,
    steps,
  };
}

/**
 * t₁/τ from the line through ln(excess) from `from` until it meets the floor; null
 * with fewer than 10 steps. An explicit step takes the slowest mode down by the
 * factor f = 1 − (1 − e)/t₁, its energy by f², so t₁ does not depend on dt.
 */
function decayTime(excess: readonly number[], of: { from: number; floor: number; dt: number }): number | null {
  const end = excess.findIndex((e, t) => t > of.from && e <= of.floor);
  const tail = excess.slice(of.from, end < 0 ? undefined : end);
  // The last half: faster modes have left it.
  const y = tail.slice(tail.length >> 1).map(Math.log);
  if (y.length < 10 || !y.every(Number.isFinite)) return null;
  const centre = (y.length - 1) / 2;
  let [above, below] = [0, 0];
  y.forEach((value, t) => {
    above += (t - centre) * value;
    below += (t - centre) ** 2;
  });
  return Math.expm1(-of.dt) / Math.expm1((0.5 * above) / below);
}

/**
 * How far a code can be from the best one, without knowing the best one.
 *
 *   P = ½‖r‖² + λ Σ|a|,  r = s − Φa          the energy
 *   θ = r · min(1, λ / max g),  g = Φᵀr      a feasible point of the dual (signed: max |g|)
 *   D = ½‖s‖² − ½‖s − θ‖² ≤ min P            so (P − D)/P bounds the relative excess
 *
 * Soft threshold only; with weights w of the data term all products are Σ w x y and g is Φᵀwr,
 * the same statement about √w s and √w Φ. Source: Fenchel duality of the lasso, as used by
 * Ndiaye et al. (JMLR 2017). Other thresholds are not convex: `fixedPoint` says how well
 * u = g + a meets a = T(u), which a point that is not the best one can do perfectly.
 */
import type { Coding } from "./engine.js";
import { cost, mismatch, type Transfer } from "./threshold.js";

export type Certificate = Pick<Coding, "energy" | "certificate" | "gap" | "stationarity">;

/** What a certificate looks at: residual = s − Φa, gradient = Φᵀ(w · residual). */
export type Evidence = {
  readonly image: Float64Array;
  readonly residual: Float64Array;
  readonly gradient: Float64Array;
  readonly code: Float64Array;
  readonly weights?: Float64Array | undefined;
};

/** Energy and relative duality gap, ≥ 0; the gap is 0 when the energy is. `residual` must be s − Φa. */
export function certificate(of: Evidence, lambda: number, rectified: boolean): Certificate {
  const power = inner(of.residual, of.residual, of.weights);
  const energy = 0.5 * power + lambda * sumAbsolute(of.code);
  if (energy === 0) return { energy, certificate: "gap", gap: 0 };
  const scale = Math.min(1, lambda / Math.max(largest(of.gradient, rectified), Number.MIN_VALUE));
  const dual = scale * inner(of.image, of.residual, of.weights) - 0.5 * scale * scale * power;
  return { energy, certificate: "gap", gap: Math.max(0, (energy - dual) / energy) };
}

/** P = ½ Σ w r² + λ Σ|a| of the soft threshold; w is 1 if left out. */
export function energy(residual: Float64Array, code: Float64Array, lambda: number, weights?: Float64Array): number {
  return 0.5 * inner(residual, residual, weights) + lambda * sumAbsolute(code);
}

/**
 * Energy ½ Σ w r² + Σ C(a) and the largest distance of the drive (1 + m)(g + a) from T⁻¹(a),
 * in units of the threshold's level. It is 0 exactly at the fixed points of the LCA
 * with momentum m. The gap is 1: nothing is proven about the best energy.
 */
export function fixedPoint(of: Evidence, transfer: Transfer, momentum = 0): Certificate {
  let worst = 0;
  of.code.forEach((a, i) => {
    worst = Math.max(worst, mismatch(transfer, a, (1 + momentum) * (of.gradient[i] + a)));
  });
  const energy = dataTerm(of) + totalCost(transfer, of.code);
  return { energy, certificate: "stationarity", gap: 1, stationarity: worst / transfer.level };
}

/** ½ Σ w r². */
export function dataTerm(of: Pick<Evidence, "residual" | "weights">): number {
  return 0.5 * inner(of.residual, of.residual, of.weights);
}

/** Σ C(a). */
export function totalCost(transfer: Transfer, code: Float64Array): number {
  const ofZero = cost(transfer, 0);
  return code.reduce((sum, a) => sum + (a === 0 ? ofZero : cost(transfer, a)), 0);
}

/** The smallest λ whose code is zero: max Φᵀs (signed: max |Φᵀs|), or 0. */
export function largest(gradient: Float64Array, rectified: boolean): number {
  let max = 0;
  for (const g of gradient) max = Math.max(max, rectified ? g : Math.abs(g));
  return max;
}

/** Σ w a b, or Σ a b. */
function inner(a: Float64Array, b: Float64Array, weights: Float64Array | undefined): number {
  let sum = 0;
  if (weights) for (let i = 0; i < a.length; i++) sum += weights[i] * a[i] * b[i];
  else for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function sumAbsolute(a: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]);
  return sum;
}

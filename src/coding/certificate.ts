/**
 * How far a code can be from the best one, without knowing the best one.
 *
 *   P = ½‖r‖² + λ Σ|a|,  r = s − Φa          the energy
 *   θ = r · min(1, λ / max g),  g = Φᵀr      a feasible point of the dual (signed: max |g|)
 *   D = ½‖s‖² − ½‖s − θ‖² ≤ min P            so (P − D)/P bounds the relative excess
 *
 * Soft threshold only. Source: Fenchel duality of the lasso, as used by Ndiaye et al. (JMLR 2017).
 */
export type Certificate = { readonly energy: number; readonly gap: number };

/** E(a) = ½‖r‖² + λ Σ|a|. */
export function energy(residual: ArrayLike<number>, code: ArrayLike<number>, lambda: number): number {
  return 0.5 * inner(residual, residual) + lambda * sumAbsolute(code);
}

/** Energy and relative duality gap, ≥ 0; the gap is 0 when the energy is. `residual` must be s − Φa. */
export function certificate(
  state: { image: Float64Array; residual: Float64Array; gradient: Float64Array; code: Float64Array },
  lambda: number,
  rectified: boolean,
): Certificate {
  const primal = energy(state.residual, state.code, lambda);
  if (primal === 0) return { energy: 0, gap: 0 };
  const scale = Math.min(1, lambda / Math.max(largest(state.gradient, rectified), Number.MIN_VALUE));
  const dual = scale * inner(state.image, state.residual) - 0.5 * scale * scale * inner(state.residual, state.residual);
  return { energy: primal, gap: Math.max(0, (primal - dual) / primal) };
}

/** The smallest λ whose code is zero: max Φᵀs (signed: max |Φᵀs|), or 0. */
export function largest(gradient: Float64Array, rectified: boolean): number {
  let max = 0;
  for (const g of gradient) max = Math.max(max, rectified ? g : Math.abs(g));
  return max;
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function sumAbsolute(a: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]);
  return sum;
}

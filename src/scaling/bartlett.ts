/**
 * Bartlett's test that samples share one variance:
 * T = [N ln s² − Σ ν_i ln s_i²] / C,  C = 1 + (Σ 1/ν_i − 1/N) / (3(n − 1)),
 * N = Σ ν_i, s² the pooled variance; T ~ χ²(n − 1) for normal samples.
 */
import { chiSquareTail } from "./special.js";

/** p of equal variances; 1 with fewer than two samples of two or more, 0 if only some vanish. */
export function bartlettP(variances: readonly number[], dofs: readonly number[]): number {
  const kept = variances.map((variance, i) => ({ variance, dof: dofs[i] })).filter(({ dof }) => dof > 0);
  if (kept.length < 2 || kept.every(({ variance }) => variance === 0)) return 1;
  if (kept.some(({ variance }) => variance === 0)) return 0;
  const total = kept.reduce((sum, { dof }) => sum + dof, 0);
  const pooled = kept.reduce((sum, { variance, dof }) => sum + dof * variance, 0) / total;
  const spread = total * Math.log(pooled) - kept.reduce((sum, { variance, dof }) => sum + dof * Math.log(variance), 0);
  const inverse = kept.reduce((sum, { dof }) => sum + 1 / dof, 0) - 1 / total;
  return chiSquareTail(spread / (1 + inverse / (3 * (kept.length - 1))), kept.length - 1);
}

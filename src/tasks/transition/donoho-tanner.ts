/**
 * The line beyond which noise-free sparse codes can no longer be recovered by
 * the ℓ1 norm. N units, n values of the image, δ = n/N; k active units are
 * recovered, for random atoms, almost always if k/n < ρ(δ) and almost never
 * above:
 *
 *   ρ(δ) = max_z [1 − (κ/δ) ψ(z)] / [1 + z² − κ ψ(z)],  ψ(z) = (1 + z²)Φ(−z) − zφ(z)
 *
 * κ = 1 for codes a ≥ 0, 2 for signed ones (Donoho, Maleki and Montanari, PNAS
 * 2009, for the weak thresholds of Donoho and Tanner). As a fraction of all
 * units the line is p_DT = k/N = δρ(δ). A denoising optimum need not lie on it.
 */
import { normalCdf } from "../../scaling/special.js";

/** ρ(δ), the largest k/n, for 0 < δ < 1. */
export function recoveryRatio(delta: number, rectified: boolean): number {
  const kappa = rectified ? 1 : 2;
  const ratio = (z: number): number => {
    const psi = (1 + z * z) * normalCdf(-z) - (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
    return (1 - (kappa / delta) * psi) / (1 + z * z - kappa * psi);
  };
  // One maximum: golden section between 0 and 8, where the ratio is below 1/65. For a ≥ 0 and δ > ½ it lies at z < 0.
  let [low, high] = [rectified ? -8 : 0, 8];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 120; i++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (ratio(a) > ratio(b)) high = b;
    else low = a;
  }
  return ratio((low + high) / 2);
}

/**
 * p_DT in percent of all units; null when there are no more units than values
 * in the image (δ ≥ 1): then any code is recovered.
 */
export function recoveryPercent(values: number, units: number, rectified: boolean): number | null {
  const delta = values / units;
  return delta >= 1 ? null : 100 * delta * recoveryRatio(delta, rectified);
}

/**
 * The soft threshold, T(u) = max(0, u − λ) when rectified, else sign(u)·max(0, |u| − λ):
 * the minimiser of ½(a − u)² + λ|a|.
 */
export function softThreshold(u: number, lambda: number, rectified: boolean): number {
  if (u > lambda) return u - lambda;
  return !rectified && u < -lambda ? u + lambda : 0;
}

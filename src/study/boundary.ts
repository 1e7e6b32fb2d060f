/**
 * Growing images: is the optimum intensive? An n×n image has a boundary of about
 * 4n units and an inside of n², so an intensive quantity differs from its limit
 * by the boundary's share,
 *
 *   p*(n) = p∞ · (1 + c/n),
 *
 * two parameters, by generalised least squares: sizes share dictionaries and
 * images, so their errors are correlated, and the line is judged by χ² with the
 * whole covariance, as the other laws are (F = χ²/(sizes − 2), docs/scaling.md).
 */
import { cholesky, linearFit, matrix } from "../scaling/linear.js";
import { fTail, tQuantile } from "../scaling/special.js";
import type { SizeData } from "../scaling/types.js";
import type { BoundaryRecord } from "./record.js";

/**
 * @param data   of percent active, of the fitted sizes
 * @param sides  n of each of `data.sizes`
 * @returns null below four sizes, without errors, or where the limit is not above 0
 */
export function boundaryFit(data: SizeData, sides: readonly number[]): BoundaryRecord | null {
  const { length } = sides;
  if (length < 4 || data.errors === "none") return null;
  const y = data.logs.map(Math.exp);
  const g = cholesky(matrix(length, length, (i, j) => y[i] * y[j] * data.covariance[i][j]));
  if (g === null) return null;
  const design = sides.map((n) => [1, 1 / n]);
  const { parameters, covariance, chi2 } = linearFit(design, y, g);
  const [limit, slope] = parameters;
  if (!(limit > 0)) return null;
  const half = tQuantile(0.975, data.dof) * Math.sqrt(covariance[0][0]);
  const dof = length - 2;
  return {
    limit: { value: limit, low: limit - half, high: limit + half },
    pixels: slope / limit,
    chi2,
    dof,
    p: fTail(chi2 / dof, dof, data.dof),
  };
}

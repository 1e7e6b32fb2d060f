/**
 * An extrema set seen from a critical point: its location becomes the distance
 * |location − x_c|, d ln|x − x_c| = x/(x − x_c) · d ln x, and every covariance
 * with it follows.
 */
import { CrispError } from "../core/errors.js";
import type { ExtremaSet, SizeData } from "./types.js";

/** @throws CrispError `data` if a location is the critical point itself */
export function aboutCritical(set: ExtremaSet, critical: number): ExtremaSet {
  const data = set.data.location;
  if (data === undefined || data.sizes.length === 0) return set;
  const x = data.logs.map(Math.exp);
  const touching = x.findIndex((value) => Math.abs(value - critical) <= 1e-12 * Math.abs(value));
  if (touching >= 0) {
    throw new CrispError(
      "data",
      `size ${data.sizes[touching]} has its extremum at the critical point ${critical}; the distance must differ from 0. Give another critical point.`,
    );
  }
  const factor = x.map((value) => value / (value - critical));
  const moved = (name: string, i: number): number => (name === "location" ? factor[i] : 1);
  const distance: SizeData = {
    ...data,
    logs: x.map((value) => Math.log(Math.abs(value - critical))),
    covariance:
      data.errors === "none"
        ? data.covariance
        : data.covariance.map((row, i) => row.map((c, j) => c * factor[i] * factor[j])),
    replicateVariance:
      data.replicateVariance === null
        ? null
        : (data.replicateVariance * factor.reduce((sum, f) => sum + f * f, 0)) / factor.length,
  };
  const away = x.every((value) => value > critical) || x.every((value) => value < critical);
  return {
    ...set,
    data: { ...set.data, location: distance },
    cross: (a, b) => set.cross(a, b).map((row, i) => row.map((c, j) => c * moved(a, i) * moved(b, j))),
    warnings: away
      ? set.warnings
      : [
          ...set.warnings,
          `extrema lie on both sides of the critical point ${critical}: no law of their distance can hold.`,
        ],
  };
}

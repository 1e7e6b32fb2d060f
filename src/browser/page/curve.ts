/** The curve of one dictionary size over λ, as far as it is measured, and where its least error lies. */
import { localMinimum } from "../../scaling/minimum.js";
import type { PathPoint } from "../path.js";

/** λ's of a curve, 4 to 0.02, falling by a factor of 1.14; it ends where the error has risen again. */
export const curveLambdas: readonly number[] = Array.from({ length: 41 }, (_, i) => 4 / 1.14 ** i);

/** Points of falling λ; `done` once no more will come. */
export type SizeCurve = { readonly features: number; readonly points: readonly PathPoint[]; readonly done: boolean };

/** The least of a curve. */
export type Least = { readonly lambda: number; readonly percentActive: number; readonly value: number };

/** What of a point is made small: the error that the clean picture tells, or its estimate without the picture. */
export type Judge = "percentError" | "surePercent";

/** Half width in ln λ of the cubic's window: eight points. A picture's curve has no noise that asks for a wider one. */
const halfWidth = 0.5;

/** Factor over the least error at which a curve has risen enough. */
const risen = 1.3;

/** Whether the path may end: two points in a row are far above the least, which lies at a larger λ. */
export function hasRisen(points: readonly PathPoint[]): boolean {
  const errors = points.map(({ percentError }) => percentError ?? 0);
  const limit = risen * Math.min(...errors);
  return points.length > 6 && errors.slice(-2).every((error) => error > limit) && errors.at(-1)! >= errors.at(-2)!;
}

/** The local cubic's minimum (scaling/minimum.ts) in ln λ; null while the curve has none inside. */
export function leastOf({ points }: SizeCurve, by: Judge): Least | null {
  const known = points.filter((point) => point[by] !== null && point.active > 0).reverse();
  if (known.length < 5) return null;
  const t = known.map(({ lambda }) => Math.log(lambda));
  const found = localMinimum({ t, y: known.map((point) => point[by]!) }, halfWidth);
  if (found.status !== "interior") return null;
  const lambda = Math.exp(found.location);
  const active = between(t, { at: found.location, values: known.map((point) => Math.log(point.percentActive)) });
  return { lambda, value: found.value, percentActive: Math.exp(active) };
}

/** Straight between the two values around a place. */
function between(t: readonly number[], { at, values }: { at: number; values: readonly number[] }): number {
  const right = Math.max(
    1,
    t.findIndex((one) => one >= at),
  );
  const share = (at - t[right - 1]) / (t[right] - t[right - 1]);
  return values[right - 1] + share * (values[right] - values[right - 1]);
}

/**
 * What the results so far say of a size that is still being measured. Of each item only sums per λ are kept, so that
 * ten thousand of them fit (60 numbers each), and the mean curve is made of those:
 *
 *   mean = Σv/N,  95% half width = 1.96 √((Σv²/N − mean²)/n)
 *
 * v is the study's measure of an image, N the codings at that λ, n the different images among them: dictionaries that
 * code one image do not count twice.
 */
import { percentActive } from "../coding/metrics.js";
import { imageLength, systemSize } from "../core/geometry.js";
import type { Points } from "../tasks/points.js";
import { problemOf } from "../tasks/problems/registry.js";
import { nameOf, type SizeName } from "./axis.js";
import type { SweepItem } from "./items/sweep.js";
import { geometryOf, type PlanContext } from "./plan.js";
import type { CurveRecord } from "./record.js";

/** Sums over the images of one item at one λ. */
export type LambdaSums = { count: number; value: number; squares: number; active: number };

/** An item's sums by λ. */
export type ItemSums = ReadonlyMap<number, LambdaSums>;

/** A mean curve, with the 95% half widths of its values. */
export type CurveSoFar = { readonly curve: CurveRecord; readonly half: readonly number[] };

/** The sums of one item's points. */
export function sumsOf(points: Points, item: SweepItem, plan: PlanContext): ItemSums {
  const { measure } = problemOf(plan.settings.task);
  const values = imageLength(geometryOf(plan, item));
  const sums = new Map<number, LambdaSums>();
  points.lambda.forEach((lambda, n) => {
    const at = sums.get(lambda) ?? { count: 0, value: 0, squares: 0, active: 0 };
    sums.set(lambda, at);
    const value = measure.of(points, n, values);
    at.count++;
    at.value += value;
    at.squares += value * value;
    at.active += points.active[n];
  });
  return sums;
}

/** The mean curve of one size from items of one role; null where there are none. */
export function curveSoFar(
  size: SizeName,
  done: readonly { readonly item: SweepItem; readonly sums: ItemSums }[],
  plan: PlanContext,
): CurveSoFar | null {
  const totals = new Map<number, LambdaSums & { readonly images: Map<number, number> }>();
  for (const { item, sums } of done)
    for (const [lambda, { count, value, squares, active }] of sums) {
      const at = totals.get(lambda) ?? { count: 0, value: 0, squares: 0, active: 0, images: new Map() };
      totals.set(lambda, at);
      at.count += count;
      at.value += value;
      at.squares += squares;
      at.active += active;
      at.images.set(item.range.from, item.range.to - item.range.from);
    }
  if (totals.size === 0) return null;
  const L = systemSize(geometryOf(plan, size));
  const falling = [...totals].sort(([a], [b]) => b - a);
  const units = falling.map(([, { active, count }]) => active / count);
  return {
    curve: {
      ...nameOf(size),
      lambda: falling.map(([lambda]) => lambda),
      percentActive: units.map((k) => percentActive(k, L)),
      activeUnits: units,
      value: falling.map(([, { value, count }]) => value / count),
    },
    half: falling.map(([, { value, squares, count, images }]) => {
      const variance = Math.max(0, squares / count - (value / count) ** 2);
      const different = [...images.values()].reduce((sum, n) => sum + n, 0);
      return 1.96 * Math.sqrt(variance / different);
    }),
  };
}

/**
 * Curves checked and gathered by size: replicates of a size share its control
 * grid, all curves share their items. Sizes ascend, replicates ascend, so the
 * order in which curves arrive never matters.
 */
import { CrispError } from "../core/errors.js";
import type { Curve } from "./types.js";

/** On which axis of the control curves are smooth. */
export type ControlScale = "log" | "linear";

/** Means over items at each control of one replicate, by quantity. */
export type ReplicateMeans = {
  readonly replicate: number;
  readonly means: Readonly<Record<string, readonly number[]>>;
};

/** All that extrema need of the curves of one size: no replicate's single items. */
export type PooledCurves = {
  readonly size: number;
  /** Strictly increasing. */
  readonly control: Float64Array;
  readonly items: number;
  readonly replicates: readonly ReplicateMeans[];
  /** Every quantity averaged over replicates, [control, item]. */
  readonly average: Readonly<Record<string, Float64Array>>;
  /** At each control 1 where every value is above 0, −1 where every one is below, else 0. */
  readonly signs: readonly number[];
  /** Standard error of the averaged value at each control, where the curves carry one. */
  readonly error: Float64Array | null;
};

/** The curves of one size on the axis on which they are smooth. */
export type SizeGroup = PooledCurves & {
  /** ln(control) or control. */
  readonly t: number[];
};

/** Curves by ascending size; throws `data` on curves that do not fit together. */
export function groupCurves(curves: readonly Curve[], scale: ControlScale): SizeGroup[] {
  return groupPooled(poolCurves(curves, scale), scale);
}

/** The curves of each size taken together; throws as `groupCurves`. */
export function poolCurves(curves: readonly Curve[], scale: ControlScale): PooledCurves[] {
  if (curves.length === 0) throw withoutCurves();
  for (const curve of curves) checkCurve(curve, scale, curves[0].items);
  const sizes = [...new Set(curves.map(({ size }) => size))];
  return sizes.map((size) => {
    const replicates = curves.filter((curve) => curve.size === size).sort((a, b) => a.replicate - b.replicate);
    const pool = openPool(replicates.length);
    for (const curve of replicates) pool.add(curve);
    return pool.close();
  });
}

/** Pooled curves by ascending size; throws `data` where there are none, or their items are not the same. */
export function groupPooled(pooled: readonly PooledCurves[], scale: ControlScale): SizeGroup[] {
  if (pooled.length === 0) throw withoutCurves();
  const odd = pooled.find(({ items }) => items !== pooled[0].items || items < 1);
  if (odd) throw otherItems(`size ${odd.size}`, odd.items, pooled[0].items);
  const t = ({ control }: PooledCurves) => Array.from(control, (x) => (scale === "log" ? Math.log(x) : x));
  return pooled.map((one) => ({ ...one, t: t(one) })).sort((a, b) => a.size - b.size);
}

/**
 * Takes the curves of one size together, of which each may be forgotten when it was added: replicates rising, in
 * all `count` of them, since sums have one order. Throws `data` on a replicate that is there or has another grid.
 */
export function openPool(count: number): { add(curve: Curve): void; close(): PooledCurves } {
  let first: Curve | undefined;
  const replicates: ReplicateMeans[] = [];
  const average: Record<string, Float64Array> = {};
  const errors: (Float64Array | undefined)[] = [];
  let signs: number[] = [];
  return {
    add(curve) {
      demandSameGrid(curve, first, replicates.at(-1)?.replicate);
      const own = signsOf(curve);
      signs = first ? signs.map((sign, i) => (sign === own[i] ? sign : 0)) : own;
      first ??= curve;
      for (const name of Object.keys(first.quantities)) {
        const values = quantity(curve, name);
        average[name] ??= new Float64Array(values.length);
        const sum = average[name];
        for (let i = 0; i < sum.length; i++) sum[i] += values[i] / count;
      }
      const means = meansOf(curve.quantities, curve.items);
      demandFinite(curve, means);
      replicates.push({ replicate: curve.replicate, means });
      errors.push(curve.error);
    },
    close() {
      const { size, control, items } = first!;
      return { size, control, items, replicates, average, signs, error: errorOf(errors) };
    },
  };
}

function withoutCurves(): CrispError {
  return new CrispError("data", "there are no curves; at least one is needed. Give measured curves.");
}

function otherItems(where: string, items: number, others: number): CrispError {
  return new CrispError(
    "data",
    `${where} has ${items} items, another curve ${others}; items are paired and must agree. Measure all curves on the same items.`,
  );
}

/** @throws CrispError `data` unless a curve can stand beside the first of its size, and behind the last */
function demandSameGrid(curve: Curve, first: Curve | undefined, last: number | undefined): void {
  if (first === undefined) return;
  const { size } = curve;
  if (curve.replicate === last) {
    throw new CrispError(
      "data",
      `size ${size} has replicate ${last} twice; each may occur once. Remove one or number it anew.`,
    );
  }
  const apart = gridDifference(first, curve);
  if (apart === null) return;
  throw new CrispError(
    "data",
    `size ${size}: replicates ${first.replicate} and ${curve.replicate} lie on different control grids, ${apart}; the replicates of a size must share one. Measure them at equal controls, or leave out the controls that not all have.`,
  );
}

/** A value that is not finite makes no finite mean. */
function demandFinite({ size, replicate }: Curve, means: ReplicateMeans["means"]): void {
  const odd = Object.keys(means).find((name) => !means[name].every(Number.isFinite));
  if (odd === undefined) return;
  throw new CrispError(
    "data",
    `size ${size}, replicate ${replicate}: ${odd} holds a value that is not finite. Remove that control or item.`,
  );
}

function signsOf({ control, items, quantities: { value } }: Curve): number[] {
  return Array.from(control, (_, i) => {
    let [above, below] = [true, true];
    for (let j = i * items; j < (i + 1) * items; j++) {
      if (!(value[j] > 0)) above = false;
      if (!(value[j] < 0)) below = false;
    }
    return above ? 1 : below ? -1 : 0;
  });
}

/** How two grids differ, in words; null if they do not. */
function gridDifference(a: Curve, b: Curve): string | null {
  const at = a.control.findIndex((x, j) => x !== b.control[j]);
  if (a.control.length === b.control.length && at < 0) return null;
  const counts = a.control.length === b.control.length ? "" : `${a.control.length} and ${b.control.length} controls`;
  if (at < 0 || at >= b.control.length) return counts;
  const first = `${a.control[at]} against ${b.control[at]} at place ${at + 1}`;
  return counts === "" ? first : `${counts}, ${first}`;
}

/** A quantity of a curve, which every replicate must have. */
function quantity(curve: Curve, name: string): Float64Array {
  const found = curve.quantities[name];
  if (found !== undefined) return found;
  throw new CrispError(
    "data",
    `size ${curve.size}, replicate ${curve.replicate} lacks the quantity ${name} that others have. Give it for all or none.`,
  );
}

/** √(Σ e²)/R at each control, or null unless every replicate carries errors. */
function errorOf(errors: readonly (Float64Array | undefined)[]): Float64Array | null {
  if (errors.some((error) => error === undefined)) return null;
  return errors[0]!.map((_, i) => Math.sqrt(errors.reduce((sum, error) => sum + error![i] ** 2, 0)) / errors.length);
}

function checkCurve(curve: Curve, scale: ControlScale, items: number): void {
  const where = `size ${curve.size}, replicate ${curve.replicate}`;
  if (!(curve.size > 0 && Number.isFinite(curve.size))) {
    throw new CrispError(
      "data",
      `a curve has size ${curve.size}; sizes must be finite and above 0. Correct or remove it.`,
    );
  }
  if (curve.items !== items || items < 1) throw otherItems(where, curve.items, items);
  curve.control.forEach((x, i) => {
    if (scale === "log" && !(x > 0)) {
      throw new CrispError(
        "data",
        `${where}: a control is ${x}; on the log scale controls must be above 0. Choose the linear scale (--control-scale linear).`,
      );
    }
    if (Number.isFinite(x) && (i === 0 || x > curve.control[i - 1])) return;
    throw new CrispError(
      "data",
      `${where}: control ${i + 1} is ${x}; controls must be finite and increase strictly. Sort them and remove repeated ones.`,
    );
  });
  for (const [name, values] of Object.entries(curve.quantities)) {
    const length = curve.control.length * items;
    if (values.length !== length)
      throw new CrispError(
        "shape",
        `${where}: ${name} holds ${values.length} values; ${curve.control.length} controls × ${items} items need ${length}.`,
      );
  }
}

/** Mean over items of each quantity at each control. */
export function meansOf(quantities: Readonly<Record<string, Float64Array>>, items: number): Record<string, number[]> {
  return Object.fromEntries(Object.entries(quantities).map(([name, values]) => [name, itemMeans(values, items)]));
}

/** Mean over items at each control. */
export function itemMeans(values: Float64Array, items: number): number[] {
  return Array.from({ length: values.length / items }, (_, i) => {
    let sum = 0;
    for (let j = i * items; j < (i + 1) * items; j++) sum += values[j];
    return sum / items;
  });
}

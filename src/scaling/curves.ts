/**
 * Curves checked and gathered by size: replicates of a size share its control
 * grid, all curves share their items. Sizes ascend, replicates ascend, so the
 * order in which curves arrive never matters.
 */
import { CrispError } from "../core/errors.js";
import type { Curve } from "./types.js";

/** On which axis of the control curves are smooth. */
export type ControlScale = "log" | "linear";

/** The curves of one size. */
export type SizeGroup = {
  readonly size: number;
  /** ln(control) or control, strictly increasing. */
  readonly t: number[];
  readonly items: number;
  readonly replicates: readonly Curve[];
  /** Every quantity averaged over replicates, [control, item]. */
  readonly average: Readonly<Record<string, Float64Array>>;
  /** Standard error of the averaged value at each control, where the curves carry one. */
  readonly error: Float64Array | null;
};

/** Curves by ascending size; throws `data` on curves that do not fit together. */
export function groupCurves(curves: readonly Curve[], scale: ControlScale): SizeGroup[] {
  if (curves.length === 0)
    throw new CrispError("data", "there are no curves; at least one is needed. Give measured curves.");
  for (const curve of curves) checkCurve(curve, scale, curves[0].items);
  const sizes = [...new Set(curves.map(({ size }) => size))].sort((a, b) => a - b);
  return sizes.map((size) => {
    const replicates = curves.filter((curve) => curve.size === size).sort((a, b) => a.replicate - b.replicate);
    return group(size, replicates, scale);
  });
}

function group(size: number, replicates: readonly Curve[], scale: ControlScale): SizeGroup {
  const [first] = replicates;
  replicates.forEach((curve, i) => {
    if (i > 0 && curve.replicate === replicates[i - 1].replicate) {
      throw new CrispError(
        "data",
        `size ${size} has replicate ${curve.replicate} twice; each may occur once. Remove one or number it anew.`,
      );
    }
    const apart = gridDifference(first, curve);
    if (apart !== null) {
      throw new CrispError(
        "data",
        `size ${size}: replicates ${first.replicate} and ${curve.replicate} lie on different control grids, ${apart}; the replicates of a size must share one. Measure them at equal controls, or leave out the controls that not all have.`,
      );
    }
  });
  const t = Array.from(first.control, (x) => (scale === "log" ? Math.log(x) : x));
  const average: Record<string, Float64Array> = {};
  for (const name of Object.keys(first.quantities))
    average[name] = meanOf(replicates.map((curve) => quantity(curve, name)));
  return { size, t, items: first.items, replicates, average, error: errorOf(replicates) };
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

function meanOf(arrays: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(arrays[0].length);
  for (const array of arrays) for (let i = 0; i < mean.length; i++) mean[i] += array[i] / arrays.length;
  return mean;
}

/** √(Σ e²)/R at each control, or null unless every replicate carries errors. */
function errorOf(replicates: readonly Curve[]): Float64Array | null {
  if (replicates.some(({ error }) => error === undefined)) return null;
  const count = replicates.length;
  return replicates[0].control.map(
    (_, i) => Math.sqrt(replicates.reduce((sum, { error }) => sum + error![i] ** 2, 0)) / count,
  );
}

function checkCurve(curve: Curve, scale: ControlScale, items: number): void {
  const where = `size ${curve.size}, replicate ${curve.replicate}`;
  if (!(curve.size > 0 && Number.isFinite(curve.size))) {
    throw new CrispError(
      "data",
      `a curve has size ${curve.size}; sizes must be finite and above 0. Correct or remove it.`,
    );
  }
  if (curve.items !== items || items < 1) {
    throw new CrispError(
      "data",
      `${where} has ${curve.items} items, another curve ${items}; items are paired and must agree. Measure all curves on the same items.`,
    );
  }
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
    if (!values.every(Number.isFinite))
      throw new CrispError("data", `${where}: ${name} holds a value that is not finite. Remove that control or item.`);
  }
}

/** Mean over items at each control. */
export function itemMeans(values: Float64Array, items: number): number[] {
  return Array.from({ length: values.length / items }, (_, i) => {
    let sum = 0;
    for (let j = i * items; j < (i + 1) * items; j++) sum += values[j];
    return sum / items;
  });
}

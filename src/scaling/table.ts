/**
 * Scaling analysis of anyone's table: rows of size, control and value become
 * curves, their extrema, fits, exponents and collapse, in one plain record.
 * Nothing in the record is NaN: what is not determined is null.
 */
import { CrispError } from "../core/errors.js";
import { type Collapse, type CollapseCurve, collapse } from "./collapse.js";
import type { ControlScale } from "./curves.js";
import { type Exponents, exponentsOf } from "./exponents.js";
import { extrema } from "./extrema.js";
import type { ExtremumKind } from "./minimum.js";
import { exponentOf, fitPowerLaw } from "./powerlaw.js";
import { predictFrom } from "./predict.js";
import { dataOf, fitScaling } from "./scaling.js";
import { keepSizes, measuredFrom } from "./subset.js";
import type { Curve, Estimate, ExtremaSet, Extremum, ScalingFit, SizeData } from "./types.js";

export type TableRow = {
  readonly size: number;
  /** Absent everywhere for one value per size and replicate. */
  readonly control?: number;
  readonly value: number;
  readonly replicate?: number;
  /** Standard error of the value. */
  readonly error?: number;
  /** Another abscissa, read off at the extremum. */
  readonly x?: number;
};

export type TableOptions = {
  readonly extremum?: ExtremumKind;
  readonly controlScale?: ControlScale;
  /** x_c: the location fitted is |location − x_c|, the collapse is about it. */
  readonly critical?: number;
  readonly sizesFrom?: number;
  readonly seed?: number;
};

/** The record of `crisp fit`. */
export type TableRecord = {
  readonly schemaVersion: 1;
  readonly location: ScalingFit;
  readonly value: ScalingFit;
  /** Of the column x, where there is one. */
  readonly x: ScalingFit | null;
  readonly extrema: readonly Extremum[];
  readonly exponents: Exponents;
  readonly collapse: Collapse | null;
  /** Slopes of the plain law from each size on. */
  readonly slopeFrom: readonly { readonly smallest: number; readonly location: SlopeFrom; readonly value: SlopeFrom }[];
  /** The largest size predicted from the others. */
  readonly heldOut: { readonly size: number; readonly location: HeldOut; readonly value: HeldOut } | null;
  readonly warnings: readonly string[];
};

export type SlopeFrom = { readonly exponent: Estimate; readonly p: number | null } | null;
export type HeldOut = { readonly predicted: Estimate; readonly measured: Estimate } | null;

/**
 * Fits a table.
 *
 * @throws CrispError `data` for an empty table, numbers that are not finite, sizes ≤ 0,
 *   negative errors, two different values of one point
 */
export function fitTable(rows: readonly TableRow[], options: TableOptions = {}): TableRecord {
  const kept = cleanRows(rows, options.sizesFrom ?? 0);
  const curves = curvesOf(kept.rows);
  const bare = curves.every(({ control }) => control.length === 1);
  const set = bare ? measuredFrom(curves) : extrema(curves, options);
  const location = options.critical === undefined ? dataOf(set, "location") : aboutCritical(set, options.critical);
  const value = dataOf(set, "value");
  return {
    schemaVersion: 1,
    location: fitScaling(location),
    value: fitScaling(value),
    x: "x" in set.data ? fitScaling(set.data.x) : null,
    extrema: set.extrema,
    exponents:
      bare || options.critical !== undefined
        ? { nu: null, gamma: null, textbook: { nu: null, gamma: null } }
        : exponentsOf(set),
    collapse: bare ? null : collapseOf(curves, location, value, options),
    slopeFrom: slopesFrom(location, value),
    heldOut: heldOutOf(location, value),
    warnings: [...kept.warnings, ...set.warnings],
  };
}

/** Rows checked, duplicates dropped, sizes that differ by rounding made one. */
function cleanRows(rows: readonly TableRow[], from: number): { rows: TableRow[]; warnings: string[] } {
  if (rows.length === 0)
    throw new CrispError("data", "the table has no rows; at least one is needed. Give rows of size, control, value.");
  rows.forEach(checkRow);
  const merged = mergedSizes(rows);
  const seen = new Map<string, TableRow>();
  let duplicates = 0;
  for (const row of rows) {
    const size = merged.get(row.size)!;
    if (size < from) continue;
    const key = `${size} ${row.control} ${row.replicate ?? 0}`;
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { ...row, size });
    else if (known.value === row.value) duplicates++;
    else
      throw new CrispError(
        "data",
        `size ${size}, control ${row.control}, replicate ${row.replicate ?? 0} has two values, ${known.value} and ${row.value}; one is allowed. Number repeated measurements in a column "replicate".`,
      );
  }
  if (seen.size === 0)
    throw new CrispError(
      "data",
      `no size is at least ${from}; the largest is ${Math.max(...merged.values())}. Lower sizes-from.`,
    );
  const warnings = [
    ...(duplicates > 0 ? [`${duplicates} rows repeat another one and are left out.`] : []),
    ...(new Set(merged.values()).size < merged.size ? ["sizes that differ by rounding are taken as one."] : []),
  ];
  return { rows: [...seen.values()], warnings };
}

function checkRow(row: TableRow, i: number): void {
  for (const [name, number] of Object.entries(row)) {
    if (number === undefined || Number.isFinite(number)) continue;
    throw new CrispError(
      "data",
      `row ${i + 1}: ${name} is ${String(number)}; it must be a finite number. Correct or remove the row.`,
    );
  }
  if (!(row.size > 0))
    throw new CrispError("data", `row ${i + 1}: size is ${row.size}; it must be above 0. Correct or remove the row.`);
  if (row.error !== undefined && row.error < 0) {
    throw new CrispError(
      "data",
      `row ${i + 1}: error is ${row.error}; a standard error must be at least 0. Correct it or leave the column out.`,
    );
  }
}

/** Each size to the smallest one within a relative 1e-9 of its neighbour. */
function mergedSizes(rows: readonly TableRow[]): Map<number, number> {
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const merged = new Map<number, number>();
  let last = Number.NEGATIVE_INFINITY;
  for (const size of sizes) {
    if (size - last > 1e-9 * size) last = size;
    merged.set(size, last);
  }
  return merged;
}

function curvesOf(rows: readonly TableRow[]): Curve[] {
  const groups = new Map<string, TableRow[]>();
  for (const row of rows) {
    const key = `${row.size} ${row.replicate ?? 0}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const errors = rows.every(({ error }) => error !== undefined && error > 0);
  const abscissa = rows.every(({ x }) => x !== undefined);
  const curves = [...groups.values()].map((group): Curve => {
    const sorted = group.sort((a, b) => (a.control ?? 1) - (b.control ?? 1));
    const column = (pick: (row: TableRow) => number): Float64Array => Float64Array.from(sorted, pick);
    return {
      size: sorted[0].size,
      replicate: sorted[0].replicate ?? 0,
      control: column((row) => row.control ?? 1),
      items: 1,
      quantities: { value: column((row) => row.value), ...(abscissa ? { x: column((row) => row.x!) } : {}) },
      ...(errors ? { error: column((row) => row.error!) } : {}),
    };
  });
  return curves.sort((a, b) => a.size - b.size || a.replicate - b.replicate);
}

/** ln |location − x_c| with its covariance: d ln|x − x_c| = x/(x − x_c) · d ln x. */
function aboutCritical(set: ExtremaSet, critical: number): SizeData {
  const data = dataOf(set, "location");
  const x = data.logs.map(Math.exp);
  const touching = x.findIndex((value) => Math.abs(value - critical) <= 1e-12 * Math.abs(value));
  if (touching >= 0) {
    throw new CrispError(
      "data",
      `size ${data.sizes[touching]} has its extremum at the critical point ${critical}; the distance must differ from 0. Give another critical point.`,
    );
  }
  const factor = x.map((value) => value / Math.abs(value - critical));
  return {
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
}

/** Collapse of the averaged curves, where every point has an error. */
function collapseOf(
  curves: readonly Curve[],
  location: SizeData,
  value: SizeData,
  options: TableOptions,
): Collapse | null {
  const sizes = [...new Set(curves.map(({ size }) => size))].sort((a, b) => a - b);
  const averaged = sizes.map((size) => averagedCurve(curves.filter((curve) => curve.size === size)));
  const laws = [location, value].map(fitPowerLaw);
  if (sizes.length < 3 || laws[0] === null || laws[1] === null || averaged.some((curve) => curve === null)) return null;
  return collapse(averaged as CollapseCurve[], {
    start: { a: laws[0].b, b: laws[1].b },
    critical: { fixed: options.critical ?? 0 },
  });
}

/** Mean of the replicates with its standard error: pooled over the curve, relative, or the stated one. */
function averagedCurve(curves: readonly Curve[]): CollapseCurve | null {
  const [first] = curves;
  const count = curves.length;
  const y = Array.from(
    first.control,
    (_, i) => curves.reduce((sum, { quantities }) => sum + quantities.value[i], 0) / count,
  );
  const x = Array.from(first.control);
  if (count === 1) return first.error ? { size: first.size, x, y, error: Array.from(first.error) } : null;
  const squares = y.map(
    (mean, i) => curves.reduce((sum, { quantities }) => sum + (quantities.value[i] - mean) ** 2, 0) / (count - 1),
  );
  const variance = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  return variance > 0 ? { size: first.size, x, y, error: y.map(() => Math.sqrt(variance / count)) } : null;
}

function slopesFrom(location: SizeData, value: SizeData): TableRecord["slopeFrom"] {
  const sizes = [...new Set([...location.sizes, ...value.sizes])].sort((a, b) => a - b);
  return sizes.slice(0, Math.max(0, sizes.length - 2)).map((smallest) => ({
    smallest,
    location: slopeOf(keepSizes(location, (size) => size >= smallest)),
    value: slopeOf(keepSizes(value, (size) => size >= smallest)),
  }));
}

function slopeOf(data: SizeData): SlopeFrom {
  const law = data.sizes.length >= 3 ? fitPowerLaw(data) : null;
  return law && { exponent: exponentOf(law), p: law.inference.p };
}

function heldOutOf(location: SizeData, value: SizeData): TableRecord["heldOut"] {
  const largest = Math.max(0, ...location.sizes, ...value.sizes);
  const one = (data: SizeData): HeldOut => {
    if (data.sizes.length < 4 || data.sizes[data.sizes.length - 1] !== largest) return null;
    const predicted = predictFrom(
      keepSizes(data, (size) => size < largest),
      largest,
    );
    const last = data.sizes.length - 1;
    const margin = data.errors === "none" ? 0 : 1.96 * Math.sqrt(data.covariance[last][last]);
    const [low, measured, high] = [-margin, 0, margin].map((shift) => Math.exp(data.logs[last] + shift));
    return predicted && { predicted: predicted.replicate, measured: { value: measured, low, high } };
  };
  const found = { size: largest, location: one(location), value: one(value) };
  return found.location === null && found.value === null ? null : found;
}

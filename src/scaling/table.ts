/**
 * Scaling analysis of anyone's table: rows of size, control and value become
 * curves, their extrema, fits, exponents and collapse, in one plain record.
 * Nothing in the record is NaN: what is not determined is null.
 */

import { curvesOf, type TableColumns } from "./columns.js";
import type { ControlScale } from "./curves.js";
import { exclusionThatDecides } from "./exclusion.js";
import { type Exponents, exponentsOf } from "./exponents.js";
import { extrema } from "./extrema.js";
import { type Difference, holdOut } from "./held-out.js";
import type { LawChoice } from "./law-choice.js";
import type { ExtremumKind } from "./minimum.js";
import { remedies } from "./monotone.js";
import { measuredFamily } from "./point-errors.js";
import { exponentOf, fitPowerLaw } from "./powerlaw.js";
import { fitScaling } from "./scaling.js";
import { keepSizes, measuredFrom } from "./subset.js";
import { collapseTable, type TableCollapse } from "./table-collapse.js";
import type { Curve, Estimate, ExtremaSet, Extremum, ScalingFit, SizeData } from "./types.js";

/** One row: a curve's value at a control, of one size and replicate. */
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

/** How a table is read: which extremum, on which scale, from which size. */
export type TableOptions = {
  readonly extremum?: ExtremumKind;
  readonly controlScale?: ControlScale;
  /** x_c: the location fitted is |location − x_c|, the collapse is about it. */
  readonly critical?: number;
  readonly sizesFrom?: number;
  readonly seed?: number;
} & LawChoice;

/** What the axes of a table are called in its report, where they have names of their own. */
export type AxisNames = { readonly size?: string; readonly control?: string; readonly value?: string };

/** The record of `crisp fit`, field by field in docs/fit-json.md. */
export type TableRecord = {
  readonly schemaVersion: 1;
  /** Absent where the axes have no names of their own. */
  readonly names?: AxisNames;
  readonly options: {
    readonly extremum: ExtremumKind;
    readonly controlScale: ControlScale;
    readonly critical: number | null;
    readonly sizesFrom: number | null;
    /** Laws that competed, and laws that did not, by the user's word; null without one. */
    readonly laws: readonly string[] | null;
    readonly exclude: readonly string[] | null;
  };
  /** Rows used. */
  readonly rows: number;
  readonly location: ScalingFit;
  readonly value: ScalingFit;
  /** Of the column x, where there is one. */
  readonly x: ScalingFit | null;
  readonly extrema: readonly Extremum[];
  readonly exponents: Exponents;
  readonly collapse: TableCollapse | null;
  /** Slopes of the plain law from each size on. */
  readonly slopeFrom: readonly { readonly smallest: number; readonly location: SlopeFrom; readonly value: SlopeFrom }[];
  /** The largest size predicted from the others. */
  readonly heldOut: HeldOutSize | null;
  /** Every size predicted from all others; empty with fewer than four. */
  readonly leaveOneOut: readonly HeldOutSize[];
  /** The curves, averaged over replicates. */
  readonly curves: readonly MeanCurve[];
  readonly warnings: readonly string[];
};

/** Slope of the plain law on the sizes kept; null where it cannot be fitted. */
export type SlopeFrom = { readonly exponent: Estimate; readonly p: number | null } | null;
/** One size predicted from the others. */
export type HeldOutSize = { readonly size: number; readonly location: HeldOut; readonly value: HeldOut };
/** Predicted for one new replicate; the difference is tested with its own error, null for bare values. */
export type HeldOut = {
  readonly predicted: Estimate;
  readonly measured: Estimate;
  readonly difference: Difference | null;
} | null;
/** A size's curve, averaged over replicates. */
export type MeanCurve = {
  readonly size: number;
  readonly replicates: number;
  readonly control: readonly number[];
  readonly value: readonly number[];
  /** Standard errors of the values; null where nothing tells how large they are. */
  readonly error: readonly number[] | null;
};

/**
 * Fits a table given as rows.
 *
 * @throws CrispError `data` for an empty table, numbers that are not finite, sizes ≤ 0,
 *   negative errors, two different values of one point
 */
export function fitTable(rows: readonly TableRow[], options: TableOptions = {}): TableRecord {
  return fitColumns(columnsFrom(rows), options);
}

/** The columns of rows: `control`, `error` and `x` where every row has them (`control`: where any has). */
export function columnsFrom(rows: readonly TableRow[]): TableColumns {
  const column = (name: keyof TableRow): Float64Array => Float64Array.from(rows, (row) => row[name] ?? Number.NaN);
  const all = (name: keyof TableRow): Float64Array | null =>
    rows.length > 0 && rows.every((row) => row[name] !== undefined) ? column(name) : null;
  const some = (name: keyof TableRow): Float64Array | null =>
    rows.some((row) => row[name] !== undefined) ? Float64Array.from(rows, (row) => row[name] ?? 0) : null;
  return {
    size: column("size"),
    control: rows.some(({ control }) => control !== undefined) ? column("control") : null,
    value: column("value"),
    replicate: some("replicate"),
    error: all("error"),
    x: all("x"),
  };
}

/** The same from columns, which hold 10⁷ rows. */
export function fitColumns(table: TableColumns, options: TableOptions = {}): TableRecord {
  const { extremum = "min", controlScale = "log", critical, sizesFrom, laws, exclude } = options;
  const { curves, rows, warnings } = curvesOf(table, sizesFrom ?? 0);
  const bare = curves.every(({ control }) => control.length === 1);
  const set = bare ? measuredFrom(curves) : extrema(curves, options);
  const location = sizeDataOf(set, "location");
  const value = sizeDataOf(set, "value");
  const fits = { location: fitOrSay(set, location, options), value: fitOrSay(set, value, options) };
  return {
    schemaVersion: 1,
    options: {
      extremum,
      controlScale,
      critical: critical ?? null,
      sizesFrom: sizesFrom ?? null,
      laws: laws ?? null,
      exclude: exclude ?? null,
    },
    rows,
    ...fits,
    x: table.x === null ? null : fitOrSay(set, sizeDataOf(set, "x"), options),
    extrema: set.extrema,
    // ν and γ come from two plain laws; of another law they would be numbers without a meaning.
    exponents:
      fits.location.verdict === "power-law" && fits.value.verdict === "power-law" ? exponentsOf(set) : undetermined,
    collapse: bare ? null : collapseTable(curves, { location, value }, options),
    slopeFrom: slopesFrom(location, value),
    heldOut: heldOutSize({ location, value }, Math.max(0, ...location.sizes, ...value.sizes), options),
    leaveOneOut: set.extrema.flatMap(({ size }) => heldOutSize({ location, value }, size, options) ?? []),
    curves: meanCurves(curves),
    // What to do about them stands before what is wrong with single sizes.
    warnings: [...warnings, ...(bare ? [] : remedies(curves, extremum)), ...set.warnings],
  };
}

const undetermined: Exponents = { nu: null, gamma: null, textbook: { nu: null, gamma: null } };

/** Data of a quantity; without sizes where it is not positive everywhere or nothing is interior. */
function sizeDataOf(set: ExtremaSet, quantity: string): SizeData {
  const none = { quantity, sizes: [], logs: [], covariance: [], dof: 0, replicateVariance: null };
  return set.data[quantity] ?? { ...none, errors: "none" };
}

/** The fit, or a plain verdict where ln y does not exist. */
function fitOrSay(set: ExtremaSet, data: SizeData, { laws, exclude }: LawChoice): ScalingFit {
  const fit = fitScaling(data, { laws, exclude });
  const interior = set.extrema.some(({ status }) => status === "interior");
  if (data.sizes.length > 0 || !interior || set.data[data.quantity] !== undefined)
    return { ...fit, reason: fit.reason + exclusionThatDecides(data, fit, { laws, exclude }) };
  const advice = data.quantity === "location" ? " Give a critical point (--critical) to fit the distance from it." : "";
  return {
    ...fit,
    verdict: "undecided",
    reason: `The ${data.quantity} is not above 0 at every size, and the laws are those of its logarithm.${advice}`,
  };
}

function meanCurves(curves: readonly Curve[]): MeanCurve[] {
  const found: { size: number; replicates: number; control: readonly number[]; sums: number[] }[] = [];
  for (const { size, control, quantities } of curves) {
    let last = found[found.length - 1];
    if (last === undefined || last.size !== size) {
      last = { size, replicates: 0, control: Array.from(control), sums: Array.from(control, () => 0) };
      found.push(last);
    }
    last.replicates++;
    for (let i = 0; i < last.sums.length; i++) last.sums[i] += quantities.value[i];
  }
  const errors = measuredFamily(curves)?.curves.map(({ error }) => error);
  return found.map(({ sums, ...rest }, i) => ({
    ...rest,
    value: sums.map((sum) => sum / rest.replicates),
    error: errors?.[i] ?? null,
  }));
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
  const law = fitPowerLaw(data);
  return law && { exponent: exponentOf(law), p: law.inference.p };
}

function heldOutSize(
  { location, value }: { readonly location: SizeData; readonly value: SizeData },
  size: number,
  { laws, exclude }: LawChoice,
): HeldOutSize | null {
  const one = (data: SizeData): HeldOut => {
    const found = holdOut(data, size, { laws, exclude });
    return found && { predicted: found.predicted, measured: found.measured, difference: found.difference };
  };
  const found = { size, location: one(location), value: one(value) };
  return found.location === null && found.value === null ? null : found;
}

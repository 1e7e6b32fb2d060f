/**
 * Scaling analysis of monotone curves that cross: crossings of neighbouring sizes, where
 * they go as size grows, and the collapse
 *
 *   y = L^b·(1 + c·L^(−ω))·f((x − x_c)·L^(1/ν))
 *
 * with x_c and ν fitted, b held at 0 (Binder cumulants, spanning probabilities, ξ/L), held
 * at another number, or fitted; c is fitted where ω is given. Nothing in the record is NaN:
 * what is not determined is null.
 */
import { CrispError } from "../core/errors.js";
import { curvesOf, type TableColumns } from "./columns.js";
import { type Crossings, crossingsOf } from "./crossing.js";
import { type CrossingCollapse, type CrossingOptions, collapseOf, misfitWarning } from "./crossing-collapse.js";
import { groupCurves } from "./curves.js";
import { type Drift, driftOf } from "./drift.js";
import type { MeasuredCurve } from "./interpolate.js";
import { peakRemedy } from "./monotone.js";
import { type MeasuredFamily, measuredFamily, type PointErrorSource } from "./point-errors.js";
import { tQuantile } from "./special.js";
import { type AxisNames, columnsFrom, type TableRow } from "./table.js";
import type { Estimate } from "./types.js";

/** A pair of neighbouring sizes; numbers are null where their curves do not cross inside both grids. */
export type CrossingPair = {
  readonly from: number;
  readonly to: number;
  readonly control: Estimate | null;
  /** y·L^(−b) at the crossing. */
  readonly value: Estimate | null;
};

/** The record of `crisp fit --extremum none`, field by field in docs/fit-json.md. */
export type CrossingRecord = {
  readonly schemaVersion: 1;
  readonly kind: "crossing";
  /** Absent where the axes have no names of their own. */
  readonly names?: AxisNames;
  readonly options: {
    readonly extremum: "none";
    readonly valueExponent: number | "free";
    readonly correction: number | null;
    readonly critical: number | null;
    readonly scaledRange: readonly [number, number] | null;
    readonly sizesFrom: number | null;
  };
  /** Rows used. */
  readonly rows: number;
  /** What all intervals rest on; null where nothing tells how large errors are. */
  readonly errors: PointErrorSource | null;
  readonly crossings: readonly CrossingPair[];
  readonly drift: Drift;
  readonly collapse: CrossingCollapse | null;
  /** The curves, averaged over replicates, with the errors of their points. */
  readonly curves: readonly (Omit<MeasuredCurve, "x" | "y"> & {
    readonly replicates: number;
    readonly control: readonly number[];
    readonly value: readonly number[];
  })[];
  readonly warnings: readonly string[];
};

/**
 * Fits a family of crossing curves given as rows.
 *
 * @throws CrispError `data` for an empty table or none with controls, numbers that are not finite,
 *   sizes ≤ 0, replicates of a size on different controls
 */
export function fitCrossings(rows: readonly TableRow[], options: CrossingOptions = {}): CrossingRecord {
  return fitCrossingColumns(columnsFrom(rows), options);
}

/** The same from columns. */
export function fitCrossingColumns(table: TableColumns, options: CrossingOptions = {}): CrossingRecord {
  const { valueExponent = 0, correction = null, critical = null, scaledRange = null, sizesFrom = null } = options;
  if (table.control === null)
    throw new CrispError(
      "data",
      "the table has no column control; curves that cross need one. Give size, control, value.",
    );
  const { curves, rows, warnings } = curvesOf(table, sizesFrom ?? 0);
  groupCurves(curves, "linear"); // one grid for the replicates of a size
  const measured = measuredFamily(curves);
  const common = {
    schemaVersion: 1,
    kind: "crossing",
    options: { extremum: "none", valueExponent, correction, critical, scaledRange, sizesFrom },
    rows,
    errors: measured?.errors ?? null,
  } as const;
  if (measured === null) {
    const few = "a curve has fewer than five controls, and neither replicates nor stated errors: nothing is fitted.";
    const none = { crossings: [], drift: driftOf(noCrossings), collapse: null, curves: [] };
    return { ...common, ...none, warnings: [...warnings, few] };
  }
  const found = analysed(measured, options);
  return {
    ...common,
    ...found,
    curves: shownCurves(measured),
    warnings: [...warnings, ...misfitWarning(found.collapse), ...peakRemedy(measured)],
  };
}

const noCrossings = { sizes: [], x: [], covariance: [], dof: Infinity };

function analysed(measured: MeasuredFamily, options: CrossingOptions) {
  const { valueExponent = 0, correction } = options;
  const raw = crossingsOf(scaledValues(measured, valueExponent === "free" ? 0 : valueExponent));
  const fitted = measured.curves.length < 2 ? null : collapseOf(measured, raw, options);
  const b = valueExponent === "free" ? fitted?.point?.b : valueExponent;
  const crossings = valueExponent === "free" && b !== undefined ? crossingsOf(scaledValues(measured, b)) : raw;
  const nu = fitted?.point?.nu;
  const held = correction === undefined || nu === undefined ? null : correction + 1 / nu;
  return {
    crossings: pairsOf(measured, crossings),
    drift: driftOf(driftData(measured, crossings), { held, ...(nu === undefined ? {} : { likely: 1 + 1 / nu }) }),
    collapse: fitted,
  };
}

/** The family with every value times L^(−b). */
function scaledValues(measured: MeasuredFamily, b: number): MeasuredFamily {
  if (b === 0) return measured;
  const up = measured.curves.map(({ size }) => size ** -b);
  return {
    ...measured,
    curves: measured.curves.map((curve, i) => ({
      ...curve,
      y: curve.y.map((value) => value * up[i]),
      error: curve.error.map((value) => value * up[i]),
    })),
    groups: measured.groups.map((group, i) =>
      group.map((curve) => ({ ...curve, quantities: { value: curve.quantities.value.map((y) => y * up[i]) } })),
    ),
  };
}

function driftData({ curves }: MeasuredFamily, { found, covariance, dof }: Crossings) {
  const sizes = found.map(({ pair: [i, j] }) => Math.sqrt(curves[i].size * curves[j].size));
  return { sizes, x: found.map(({ x }) => x), covariance: covariance.x, dof };
}

function pairsOf({ curves }: MeasuredFamily, { found, covariance, dof }: Crossings): CrossingPair[] {
  const quantile = tQuantile(0.975, dof);
  return curves.slice(1).map(({ size }, i) => {
    const k = found.findIndex(({ pair }) => pair[0] === i);
    const estimate = (name: "x" | "y"): Estimate | null => {
      if (k < 0) return null;
      const [value, half] = [found[k][name], quantile * Math.sqrt(covariance[name][k][k])];
      return { value, low: value - half, high: value + half };
    };
    return { from: curves[i].size, to: size, control: estimate("x"), value: estimate("y") };
  });
}

function shownCurves({ curves, groups }: MeasuredFamily): CrossingRecord["curves"] {
  return curves.map(({ size, x, y, error }, i) => ({
    size,
    replicates: groups[i].length,
    control: x,
    value: y,
    error,
  }));
}

/** The figures of a fitted table, each at both widths; what the table does not allow is absent. */
import type { TableRecord } from "../scaling/table.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { type SizePoint, sizeFigure } from "./figures/scaling.js";
import { slopesFigure } from "./figures/slopes.js";
import { type CurvesPanel, type DrawnCurve, tableCurvesFigure } from "./figures/table-curves.js";
import type { TwoWidths } from "./html.js";
import { significant, sizeText } from "./numbers.js";
import { dressOf } from "./sizes.js";
import type { FigureWidth } from "./svg/frame.js";
import type { Dress, Point } from "./svg/marks.js";
import { capital, collapseSentence, fitSentence, locationName } from "./table-findings.js";

export type TableFigureName =
  | "curves"
  | "location-against-size"
  | "value-against-size"
  | "location-local-slopes"
  | "value-local-slopes"
  | "location-slope-against-smallest-size"
  | "value-slope-against-smallest-size"
  | "collapse-before"
  | "collapse-after";

/** Every figure that the record allows, by name. */
export function drawnTableFigures(record: TableRecord): ReadonlyMap<TableFigureName, TwoWidths> {
  const found = new Map<TableFigureName, TwoWidths>();
  const add = (name: TableFigureName, draw: (width: FigureWidth) => string): void => {
    found.set(name, { wide: draw(528), narrow: draw(368) });
  };
  const curves = curvesOf(record);
  if (curves.length > 0) {
    const panel = plainPanel(record);
    add("curves", (width) => tableCurvesFigure(curves, panel, width, `Curves of ${curves.length} sizes`));
  }
  for (const [quantity, panel, title] of [
    ["location", "a", capital(locationName(record))],
    ["value", "b", "Value at the extremum"],
  ] as const) {
    const fit = record[quantity];
    const measured = pointsOf(record, quantity);
    if (measured.length === 0) continue;
    const finding = fitSentence(title, fit);
    const known = record.extrema.map(({ size }) => size);
    const spec = { panel, title, xTitle: "Size", fit, reference: null };
    add(`${quantity}-against-size`, (width) => sizeFigure({ measured, known }, spec, width, finding));
    addSlopes(add, record, quantity, panel, fit);
  }
  addCollapse(add, record);
  return found;
}

type Add = (name: TableFigureName, draw: (width: FigureWidth) => string) => void;

function addSlopes(
  add: Add,
  record: TableRecord,
  quantity: "location" | "value",
  panel: string,
  fit: ScalingFit,
): void {
  const whole = fit.powerLaw?.exponent.value ?? null;
  const name = quantity === "location" ? locationName(record) : "value";
  if (fit.localSlopes.length > 1) {
    const points = fit.localSlopes.map(({ from, to, slope }) => ({ size: Math.sqrt(from * to), slope }));
    const spec = { panel, title: `Local slope of ${name}`, xTitle: "Between sizes", points, whole };
    add(`${quantity}-local-slopes`, (width) => slopesFigure(spec, width, `Local slopes of ${name}`));
  }
  const points = record.slopeFrom.flatMap((one) => {
    const slope = one[quantity]?.exponent;
    return slope === undefined ? [] : [{ size: one.smallest, slope }];
  });
  if (points.length > 1) {
    const spec = { panel, title: `Slope of ${name}`, xTitle: "Smallest size kept", points, whole };
    add(`${quantity}-slope-against-smallest-size`, (width) =>
      slopesFigure(spec, width, `Slope of ${name} against the smallest size kept`),
    );
  }
}

function addCollapse(add: Add, record: TableRecord): void {
  const point = record.collapse?.point ?? null;
  if (point === null) return;
  const finding = collapseSentence(record);
  const before = curvesOf(record).map((one): DrawnCurve => ({ ...one, extremum: null }));
  const after = before.map((one, i): DrawnCurve => {
    const { size } = record.curves[i];
    const scaled = one.points.map(([x, y]): Point => [(x - point.critical) * size ** -point.a, y * size ** -point.b]);
    return { ...one, points: scaled };
  });
  const y = { scale: "linear" } as const;
  const x = { title: "Control", scale: "linear" } as const;
  add("collapse-before", (width) =>
    tableCurvesFigure(before, { panel: "a", joined: false, x, y: { ...y, title: "Value, unscaled" } }, width, finding),
  );
  const [a, b, c] = [point.a, point.b, point.critical].map((value) => significant(value, 3));
  const scaled = { title: `(control − ${c}) × size^{${opposite(a)}}`, scale: "linear" } as const;
  add("collapse-after", (width) =>
    tableCurvesFigure(
      after,
      { panel: "b", joined: false, x: scaled, y: { ...y, title: `Value × size^{${opposite(b)}}` } },
      width,
      finding,
    ),
  );
}

/** The same number with the other sign. */
function opposite(text: string): string {
  return text.startsWith("−") ? text.slice(1) : `−${text}`;
}

function plainPanel({ options, curves }: TableRecord): CurvesPanel {
  const positive = curves.every(({ value }) => value.every((y) => y > 0));
  const values = curves.flatMap(({ value }) => value);
  const wide = positive && Math.max(...values) > 5 * Math.min(...values);
  return {
    x: { title: options.controlScale === "log" ? "Control (log scale)" : "Control", scale: options.controlScale },
    y: { title: wide ? "Value (log scale)" : "Value", scale: wide ? "log" : "linear" },
    joined: true,
  };
}

/** Colours and shapes by size, as in a study. */
export function tableDress(record: TableRecord, size: number): Dress {
  const i = record.extrema.findIndex((extremum) => extremum.size === size);
  return { ...dressOf(i, record.extrema.length), hollow: false };
}

function curvesOf(record: TableRecord): readonly DrawnCurve[] {
  return record.curves.flatMap(({ size, control, value }): DrawnCurve[] => {
    if (control.length < 2) return [];
    const found = record.extrema.find((extremum) => extremum.size === size);
    const inside = found?.location != null && found.value !== null;
    return [
      {
        name: sizeText(size),
        dress: tableDress(record, size),
        points: control.map((x, i): Point => [x, value[i]]),
        extremum: inside ? [found.location!.value, found.value!.value] : null,
      },
    ];
  });
}

/** The measured points of a fit; the location as its distance where a critical point is given. */
function pointsOf(record: TableRecord, quantity: "location" | "value"): readonly SizePoint[] {
  const { critical } = record.options;
  return record.extrema.flatMap((extremum): SizePoint[] => {
    const raw = extremum[quantity];
    if (raw === null) return [];
    const estimate = quantity === "location" && critical !== null ? distanceOf(raw, critical) : raw;
    if (!(estimate.value > 0)) return [];
    return [{ L: extremum.size, estimate, dress: tableDress(record, extremum.size), leftOut: false }];
  });
}

function distanceOf({ value, low, high }: Estimate, critical: number): Estimate {
  const ends = [low, high].map((end) => Math.abs(end - critical)).sort((a, b) => a - b);
  const crosses = low < critical && critical < high;
  return { value: Math.abs(value - critical), low: crosses ? 0 : ends[0], high: ends[1] };
}

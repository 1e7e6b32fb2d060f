/**
 * Figure 3a: what was predicted for the left-out size beside what was measured,
 * as a difference from the measured value, in percent. A narrow figure sets the
 * numbers above the bars.
 */
import type { Estimate } from "../../scaling/types.js";
import type { PredictedQuantity, PredictionRecord } from "../../study/record.js";
import { element, plainText } from "../markup.js";
import { hasInterval, intervalText, tickText, valueText } from "../numbers.js";
import { area, line } from "../svg/marks.js";
import { clampTo, type FigureData, type FigureWidth, svg } from "../svg/panel.js";
import { linearScale, type Scale, ticksOf } from "../svg/scale.js";
import { text, textWidth } from "../svg/text.js";

/** One quantity that was predicted and measured; `measured` is not 0. */
type Row = { readonly name: string; readonly predicted: Estimate; readonly measured: Estimate };

/** The quantities that were both predicted and measured. */
export function predictedRows(prediction: PredictionRecord): readonly Row[] {
  const named: readonly (readonly [string, PredictedQuantity])[] = [
    ["Active units", prediction.activeUnits],
    ["Percent active", prediction.percentActive],
    ["Percent error", prediction.value],
    ["Best _λ_", prediction.lambda],
    ["Best _λ_, direct", prediction.lambdaDirect],
  ];
  return named.flatMap(([name, { predicted, measured }]) =>
    predicted === null || measured === null || measured.value === 0 ? [] : [{ name, predicted, measured }],
  );
}

/** The same quantities as numbers. */
export function predictionNumbers(prediction: PredictionRecord): FigureData {
  const ends = ["", " low", " high"];
  return {
    columns: ["quantity", ...ends.map((end) => `predicted${end}`), ...ends.map((end) => `measured${end}`)],
    rows: predictedRows(prediction).map(({ name, predicted: p, measured: m }) => [
      ...[plainText(name), p.value, p.low, p.high, m.value, m.low, m.high],
    ]),
  };
}

/** The figure of the prediction; its height grows with the number of quantities. A letter stands in the page only. */
export function predictionFigure(
  prediction: PredictionRecord,
  width: FigureWidth,
  { finding, letter }: { readonly finding: string; readonly letter?: string },
): string {
  const rows = predictedRows(prediction);
  const wide = width === 528;
  const step = wide ? 44 : 52;
  const first = wide ? 56 : 46;
  const height = first + step * rows.length + 42;
  const columns = columnsOf(rows, width);
  const plot = wide ? { left: columns.names + 16, right: columns.predicted - 24 } : { left: 0, right: width };
  const reach = reachOf(rows);
  const x = linearScale([-reach, reach], [plot.left + 4, plot.right - 4]);
  const bottom = first + step * rows.length - 8;
  const ticks = ticksOf(x, wide ? 4 : 5);
  // Numbers stand above a narrow figure's bars, so there the grid is drawn beside the bars only.
  const spans = wide
    ? [[first - 8, bottom] as const]
    : rows.map((_, i) => [first + step * i + 16, first + step * i + 36] as const);
  const body = [
    text([0, 12], `${letter === undefined ? "" : `**${letter}** `}Prediction and measurement`),
    text([columns.predicted, wide ? 34 : 32], "predicted [95%]", { grey: true }),
    text([width, wide ? 34 : 32], "measured", { grey: true, anchor: "end" }),
    ...ticks.map((tick) => uprights(x.at(tick), tick === 0, spans)),
    ...rows.map((row, i) => drawRow(row, { y: first + step * i, wide, width, x, predicted: columns.predicted })),
    ...ticks.map((tick) => tickLabel(tick, x, { y: bottom + 17, width })),
    text([x.at(0), bottom + 35], "difference from measured", { anchor: "middle" }),
  ];
  return svg({ width, height, finding }, ...body);
}

/** Lines of the grid at one value; that of the measured value itself is darker. */
function uprights(x: number, zero: boolean, spans: readonly (readonly [number, number])[]): string {
  return spans.map(([from, to]) => line([x, from], [x, to], zero ? "axis" : "grid")).join("");
}

/** Where the columns of numbers start, by their widest entries. */
function columnsOf(rows: readonly Row[], width: number): { names: number; predicted: number } {
  const widest = (name: (row: Row) => string, head: string) =>
    Math.max(textWidth(head), ...rows.map((r) => textWidth(name(r))));
  const measured = widest((row) => valueText(row.measured), "measured");
  const predicted = widest(
    (row) => `**${valueText(row.predicted)}** ${intervalText(row.predicted)}`,
    "predicted [95%]",
  );
  return { names: widest((row) => row.name, ""), predicted: width - measured - 22 - predicted };
}

/** Half the axis, in percent: every interval fits, up to 300 %; one that goes on beyond ends in an arrow. */
function reachOf(rows: readonly Row[]): number {
  const ends = rows.flatMap(({ predicted, measured }) =>
    [predicted.value, predicted.low, predicted.high, measured.low, measured.high]
      .filter(Number.isFinite)
      .map((v) => Math.abs(100 * (v / measured.value - 1))),
  );
  return Math.min(300, Math.max(2, ...ends) * 1.08);
}

/** Where a row stands, and the scale of all rows. */
type RowPlace = {
  readonly y: number;
  readonly wide: boolean;
  readonly width: number;
  readonly x: Scale;
  readonly predicted: number;
};

/** Band and tick of the prediction, dot and line of the measurement, and both as numbers. */
function drawRow(row: Row, { y, wide, width, x, predicted }: RowPlace): string {
  const barY = wide ? y + 8 : y + 26;
  const at = (v: number) => x.at(clampTo(x, 100 * (v / row.measured.value - 1)));
  const p = row.predicted;
  const m = row.measured;
  const marks = [
    hasInterval(p) ? area([at(p.low), barY - 6], [at(p.high), barY + 6], "predicted") : "",
    hasInterval(m) ? line([at(m.low), barY], [at(m.high), barY], "fit") : "",
    line([at(p.value), barY - 9], [at(p.value), barY + 9], "tick"),
    element("circle", { cx: at(m.value), cy: barY, r: 4, class: "measured" }),
  ];
  const goesOn = Math.max(p.high, m.high) / row.measured.value - 1 > x.domain[1] / 100;
  const tip = x.at(x.domain[1]);
  if (goesOn) marks.push(...[-4, 4].map((dy) => line([tip - 5, barY + dy], [tip, barY], "tick")));
  const numbers = [
    text([0, y + 12.5], row.name),
    text([predicted, y + 12.5], `${valueText(p)} ~${intervalText(p)}~`),
    text([width, y + 12.5], `**${valueText(m)}**`, { anchor: "end" }),
  ];
  return marks.join("") + numbers.join("");
}

/** A signed percentage, moved inside the figure at its ends. */
function tickLabel(tick: number, x: Scale, { y, width }: { readonly y: number; readonly width: number }): string {
  const name = tick === 0 ? "0" : `${tick > 0 ? "+" : ""}${tickText(tick)}%`;
  const half = textWidth(name) / 2;
  const inside = Math.min(width - half, Math.max(half, x.at(tick)));
  return text([inside, y], name, { anchor: "middle", grey: true });
}

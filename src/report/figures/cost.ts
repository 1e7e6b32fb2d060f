/**
 * Figure 3b: how much more error another λ costs at the left-out size, against
 * λ relative to its best; where the predicted λ stands, and the λ borrowed from
 * the smallest size for comparison.
 */
import { nameOf, type SizeName, sizeNumber } from "../../study/axis.js";
import type { PredictionRecord } from "../../study/record.js";
import { element } from "../markup.js";
import { costText, hasInterval } from "../numbers.js";
import { dressNamed, markedSize, type Size } from "../sizes.js";
import { around, type Label, placeLabels } from "../svg/labels.js";
import { area, boxAround, boxesAlong, curve, cutTo, marker, type Point, smooth } from "../svg/marks.js";
import { clampTo, type Panel, type Plot } from "../svg/panel.js";
import { paddedDomain } from "../svg/scale.js";

/** A λ that was used instead of the best: its ratio to the best, and the extra error in percent. */
type Used = { readonly ratio: number; readonly cost: number };

/** The panel of costs at the left-out size. */
export function costPanel(prediction: PredictionRecord, sizes: readonly Size[]): Panel {
  const borrowed = borrowedUse(prediction);
  const predicted = predictedUse(prediction);
  const top = Math.max(4, 1.5 * (borrowed?.cost ?? 0), 3 * (predicted?.cost ?? 0));
  const curvePoints = prediction.cost.curve.filter((p) => p.ratio > 0).sort((a, b) => a.ratio - b.ratio);
  const visible = curvePoints.filter((p) => p.cost <= top).map((p) => p.ratio);
  const domain = paddedDomain([0.8, 1.25, ...visible, ...(borrowed ? [borrowed.ratio] : [])], "log", 0.05);
  return {
    letter: "b",
    share: 0.58,
    room: { bottom: 0 },
    x: { title: "_λ_ used, relative to the best", scale: "log", domain, ticks: ratioTicks(domain) },
    y: { title: "Extra error, percent of the least", scale: "linear", domain: [0, top] },
    data: { columns: ["λ / best λ", "extra error, %"], rows: curvePoints.map(({ ratio, cost }) => [ratio, cost]) },
    marks: (plot) => {
      const pixels = curvePoints.map((p): Point => plot.at([p.ratio, p.cost]));
      const segments = cutTo(smooth(pixels), { ...plot.area, left: plot.area.left - 12 });
      const used = [predicted, borrowed].filter((one) => one !== null).map((one) => plot.at([one.ratio, one.cost]));
      const labels = [...predictedLabel(predicted, prediction, plot), ...borrowedLabel(borrowed, plot)];
      const obstacles = [...boxesAlong(segments), ...used.map((point) => boxAround(point, 9))];
      return [
        intervalBand(prediction, plot),
        curve(segments, "curve ink"),
        borrowed === null ? "" : marker(plot.at([borrowed.ratio, borrowed.cost]), dressNamed(borrowed, sizes)),
        predicted === null ? "" : diamond(plot.at([predicted.ratio, predicted.cost])),
        placeLabels(labels, obstacles, { ...plot.area, top: 18, bottom: plot.area.bottom - 2 }),
      ];
    },
  };
}

/** The measured λ*, by which all ratios are taken; null if the left-out size has no minimum. */
function bestLambda({ lambda, lambdaDirect }: PredictionRecord): number | null {
  return lambda.measured?.value ?? lambdaDirect.measured?.value ?? null;
}

/** The predicted λ; null where it was not predicted, or its cost not measured. */
function predictedUse(prediction: PredictionRecord): Used | null {
  const best = bestLambda(prediction);
  const { predicted } = prediction.lambda;
  if (best === null || predicted === null || prediction.cost.predicted === null) return null;
  return { ratio: predicted.value / best, cost: prediction.cost.predicted };
}

/** The smallest size's own best λ, used at the left-out size. */
function borrowedUse(prediction: PredictionRecord): (Used & SizeName) | null {
  const best = bestLambda(prediction);
  const smallest = [...prediction.cost.borrowed].sort((a, b) => sizeNumber(a) - sizeNumber(b))[0];
  if (best === null || smallest === undefined || smallest.cost === null) return null;
  return { ...nameOf(smallest), ratio: smallest.lambda / best, cost: smallest.cost };
}

/** Both ends of the predicted λ's interval in pixels, cut at the ends of the axis; null without one. */
function intervalEnds(prediction: PredictionRecord, { x }: Plot): readonly [number, number] | null {
  const best = bestLambda(prediction);
  const { predicted } = prediction.lambda;
  if (best === null || predicted === null || !hasInterval(predicted)) return null;
  return [x.at(clampTo(x, predicted.low / best)), x.at(clampTo(x, predicted.high / best))];
}

/** The 95 % interval of the predicted λ over the whole height. */
function intervalBand(prediction: PredictionRecord, plot: Plot): string {
  const ends = intervalEnds(prediction, plot);
  if (ends === null || !(ends[1] > ends[0])) return "";
  return area([ends[0], plot.area.top], [ends[1], plot.area.bottom], "predicted");
}

/** Hollow and in the accent colour: what was predicted, not measured. */
function diamond([x, y]: Point): string {
  return element("path", { d: `M${x - 7} ${y}L${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}Z`, class: "wanted" });
}

/** Ratios a person thinks in. */
function ratioTicks([low, high]: readonly [number, number]): readonly number[] {
  const all = high / low > 6 ? [0.1, 0.2, 0.5, 1, 2, 5, 10] : [0.3, 0.5, 0.7, 1, 1.4, 2, 3];
  return all.filter((ratio) => ratio >= low && ratio <= high);
}

/** To the right of the interval, else above the curve's bottom. */
function predictedLabel(used: Used | null, prediction: PredictionRecord, plot: Plot): readonly Label[] {
  if (used === null) return [];
  const [x, y] = plot.at([used.ratio, used.cost]);
  const right = Math.max(x + 20, intervalEnds(prediction, plot)?.[1] ?? x);
  const above = [-32, -62, -92].map((dy) => ({ x, y: y + dy, anchor: "middle" as const }));
  const places = [{ x: right + 10, y: y - 50, anchor: "start" as const }, ...above];
  return [{ lines: ["predicted _λ_", `**costs ${costText(used.cost)}**`], places }];
}

/** Beside its marker, inside the curve where there is room. */
function borrowedLabel(used: (Used & SizeName) | null, plot: Plot): readonly Label[] {
  if (used === null) return [];
  const lines = [`best _λ_ of ${markedSize(used)}`, `**costs ${costText(used.cost)}**`];
  return [{ lines, places: around(plot.at([used.ratio, used.cost]), ["E", "W", "NE", "NW", "SW"], 2) }];
}

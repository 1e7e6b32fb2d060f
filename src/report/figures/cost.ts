/**
 * Figure 3b: how much more error another λ costs at the left-out size, against
 * λ relative to its best; where the predicted λ stands, and the λ borrowed from
 * the smallest size as a foil.
 */
import { nameOf, type SizeName, sameSize, sizeNumber } from "../../study/axis.js";
import type { PredictionRecord } from "../../study/record.js";
import { element } from "../markup.js";
import { hasInterval, significant, tickTexts } from "../numbers.js";
import { markedSize, type Size } from "../sizes.js";
import { type FigureWidth, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { type Label, placeLabels } from "../svg/labels.js";
import { boxAround, boxesAlong, curve, cutAbove, marker, type Point, smooth } from "../svg/marks.js";
import { linearScale, logScale, paddedDomain, type Scale, ticksOf } from "../svg/scale.js";

type Stand = { readonly ratio: number; readonly cost: number };
type Foil = Stand & SizeName;

export function costFigure(
  prediction: PredictionRecord,
  sizes: readonly Size[],
  width: FigureWidth,
  finding: string,
): string {
  const height = Math.round(width * (width === 528 ? 0.56 : 0.62));
  const foil = foilOf(prediction);
  const predicted = predictedStand(prediction);
  const top = Math.max(4, 1.5 * (foil?.cost ?? 0), 3 * (predicted?.cost ?? 0));
  const near = [...prediction.cost.curve].filter((p) => p.ratio > 0).sort((a, b) => a.ratio - b.ratio);
  const visible = near.filter((p) => p.cost <= top).map((p) => p.ratio);
  const xDomain = paddedDomain([0.8, 1.25, ...visible, ...(foil ? [foil.ratio] : [])], "log", 0.05);
  const yTicks = ticksOf(linearScale([0, top], [0, 1]), 5);
  const frame = frameOf(width, height, tickTexts(yTicks));
  const { plot } = frame;
  const x = logScale(xDomain, [plot.left, plot.right]);
  const y = linearScale([0, top], [plot.bottom, plot.top]);
  const segments = cutAbove(smooth(near.map((p): Point => [x.at(p.ratio), y.at(p.cost)])), plot.top);
  const labels = [...predictedLabel(predicted, bandEdge(prediction, x), x, y), ...foilLabel(foil, x, y)];
  const marks = [predicted, foil].filter((s) => s !== null).map((s) => boxAround([x.at(s.ratio), y.at(s.cost)], 9));
  const body = [
    titles(frame, { y: "Extra error, percent of the least", x: "_λ_ used, relative to the best", panel: "b" }),
    yGrid(frame, y, yTicks),
    intervalBand(prediction, x, plot.top, plot.bottom),
    xAxis(frame, x, ratioTicks(xDomain)),
    curve(segments, "curve ink"),
    foil === null ? "" : marker(x.at(foil.ratio), y.at(foil.cost), dressOf(foil, sizes)),
    predicted === null ? "" : diamond(x.at(predicted.ratio), y.at(predicted.cost)),
    placeLabels(labels, [...boxesAlong(segments), ...marks], { ...plot, top: 18, bottom: plot.bottom - 2 }),
  ];
  return svg(width, height, finding, body.join(""));
}

function bestLambda(prediction: PredictionRecord): number | null {
  return prediction.lambda.measured?.value ?? prediction.lambdaDirect.measured?.value ?? null;
}

function predictedStand(prediction: PredictionRecord): Stand | null {
  const best = bestLambda(prediction);
  const { predicted } = prediction.lambda;
  if (best === null || predicted === null || prediction.cost.predicted === null) return null;
  return { ratio: predicted.value / best, cost: prediction.cost.predicted };
}

/** The smallest size's own best λ, used at the left-out size. */
function foilOf(prediction: PredictionRecord): Foil | null {
  const best = bestLambda(prediction);
  const smallest = [...prediction.cost.borrowed].sort((a, b) => sizeNumber(a) - sizeNumber(b))[0];
  if (best === null || smallest === undefined || smallest.cost === null) return null;
  return { ...nameOf(smallest), ratio: smallest.lambda / best, cost: smallest.cost };
}

function dressOf(foil: Foil, sizes: readonly Size[]): Size["dress"] {
  return sizes.find((size) => sameSize(size, foil))?.dress ?? { colour: 6, shape: 0, hollow: false };
}

function intervalBand(prediction: PredictionRecord, x: Scale, top: number, bottom: number): string {
  const best = bestLambda(prediction);
  const { predicted } = prediction.lambda;
  if (best === null || predicted === null || !hasInterval(predicted)) return "";
  const low = Math.max(x.domain[0], predicted.low / best);
  const high = Math.min(x.domain[1], predicted.high / best);
  if (!(high > low)) return "";
  return element("rect", {
    x: x.at(low),
    y: top,
    width: x.at(high) - x.at(low),
    height: bottom - top,
    class: "predicted",
  });
}

/** Where the predicted λ's interval ends at the right: its label stands beside it. */
function bandEdge(prediction: PredictionRecord, x: Scale): number {
  const best = bestLambda(prediction);
  const high = prediction.lambda.predicted?.high;
  return best === null || high === undefined
    ? x.range[0]
    : x.at(Math.min(x.domain[1], Math.max(x.domain[0], high / best)));
}

function diamond(px: number, py: number): string {
  return element("path", { d: `M${px - 7} ${py}L${px} ${py - 7}L${px + 7} ${py}L${px} ${py + 7}Z`, class: "wanted" });
}

/** Ratios a person thinks in. */
function ratioTicks([low, high]: readonly [number, number]): readonly number[] {
  const all = high / low > 6 ? [0.1, 0.2, 0.5, 1, 2, 5, 10] : [0.3, 0.5, 0.7, 1, 1.4, 2, 3];
  return all.filter((ratio) => ratio >= low && ratio <= high);
}

export function costText(cost: number): string {
  return cost < 0.05 ? "less than 0.1%" : `${significant(cost, cost < 1 ? 1 : 2)}%`;
}

function predictedLabel(at: Stand | null, edge: number, x: Scale, y: Scale): readonly Label[] {
  if (at === null) return [];
  const [px, py] = [x.at(at.ratio), y.at(at.cost)];
  return [
    {
      lines: ["predicted _λ_", `**costs ${costText(at.cost)}**`],
      places: [
        { x: edge + 10, y: py - 50, anchor: "start" },
        { x: px, y: py - 32, anchor: "middle" },
        { x: px, y: py - 62, anchor: "middle" },
        { x: px, y: py - 92, anchor: "middle" },
        { x: px + 30, y: py - 50, anchor: "start" },
      ],
    },
  ];
}

function foilLabel(at: Foil | null, x: Scale, y: Scale): readonly Label[] {
  if (at === null) return [];
  const [px, py] = [x.at(at.ratio), y.at(at.cost)];
  return [
    {
      lines: [`best _λ_ of ${markedSize(at)}`, `**costs ${costText(at.cost)}**`],
      places: [
        { x: px + 14, y: py - 4, anchor: "start" },
        { x: px - 14, y: py - 4, anchor: "end" },
        { x: px + 14, y: py - 22, anchor: "start" },
        { x: px - 14, y: py - 22, anchor: "end" },
        { x: px - 14, y: py + 14, anchor: "end" },
      ],
    },
  ];
}

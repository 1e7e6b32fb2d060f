/**
 * The figures beside the tests of a phase transition: χ against λ for every
 * size, the slope of percent active at each fixed λ with that at the minimum,
 * and L·Var(p) against size.
 */
import type { Estimate } from "../../scaling/types.js";
import type { TransitionRecord } from "../../study/transition/record.js";
import { element } from "../markup.js";
import { tickTexts, valueText, whole } from "../numbers.js";
import type { Size } from "../sizes.js";
import { type FigureWidth, type Frame, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { type Label, placeLabels, spread } from "../svg/labels.js";
import { boxAround, boxesAlongLine, dot, line, marker, type Point, polyline } from "../svg/marks.js";
import { linearScale, logScale, paddedDomain, type Scale, ticksOf } from "../svg/scale.js";
import { text, textWidth } from "../svg/text.js";

type Axes = { readonly frame: Frame; readonly x: Scale; readonly y: Scale };
type Domains = {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly kind: "log" | "linear";
};

function axesOf(
  width: FigureWidth,
  domains: Domains,
): Axes & { readonly height: number; readonly ticks: readonly number[] } {
  const height = Math.round(width * (width === 528 ? 0.6 : 0.68));
  const scale = domains.kind === "log" ? logScale : linearScale;
  const ticks = ticksOf(scale(domains.y, [0, 1]), width === 528 ? 6 : 5);
  const frame = frameOf(width, height, tickTexts(ticks));
  const { plot } = frame;
  const x = logScale(domains.x, [plot.left, plot.right - 8]);
  return { frame, height, ticks, x, y: scale(domains.y, [plot.bottom - 4, plot.top]) };
}

const dressOf = (sizes: readonly Size[], features: number): Size["dress"] =>
  sizes.find((size) => size.features === features)?.dress ?? { colour: 6, shape: 0, hollow: false };

type ChiCurve = {
  readonly features: number;
  readonly best: number;
  readonly points: readonly { lambda: number; chi: number }[];
};

/** Sizes with at least two χ's, λ rising. */
function chiCurves({ sizes }: TransitionRecord): readonly ChiCurve[] {
  return sizes.flatMap(({ features, lambda, response }) => {
    const points = response.flatMap((r) => (r.chi ? [{ lambda: r.lambda, chi: r.chi.value }] : [])).reverse();
    return points.length < 2 ? [] : [{ features, best: lambda, points }];
  });
}

/** Figure a: χ against λ, a marker at each size's λ*; "" where no size has χ. */
export function chiFigure(
  record: TransitionRecord,
  sizes: readonly Size[],
  width: FigureWidth,
  finding: string,
): string {
  const curves = chiCurves(record);
  if (curves.length === 0) return "";
  const all = curves.flatMap(({ points }) => points);
  const axes = axesOf(width, {
    x: paddedDomain(
      all.map((p) => p.lambda),
      "log",
      0.06,
    ),
    y: paddedDomain(
      all.map((p) => p.chi),
      "log",
      0.14,
    ),
    kind: "log",
  });
  const { frame, x, y } = axes;
  const pixels = curves.map(({ points }) => points.map((p): Point => [x.at(p.lambda), y.at(p.chi)]));
  const body = [
    titles(frame, { y: "Susceptibility _χ_", x: "_λ_", panel: "a" }),
    yGrid(frame, y, axes.ticks),
    xAxis(frame, x, ticksOf(x, width === 528 ? 8 : 5)),
    ...curves.map(({ features }, i) => chiCurve(pixels[i], dressOf(sizes, features))),
    ...curves.map(({ best, points, features }) => {
      const at = points.find((p) => p.lambda === best);
      return at ? marker(x.at(at.lambda), y.at(at.chi), dressOf(sizes, features)) : "";
    }),
    topLabels(curves, pixels, frame),
  ];
  return svg(width, axes.height, finding, body.join(""));
}

function chiCurve(pixels: readonly Point[], dress: Size["dress"]): string {
  const names = `curve k${dress.colour}${dress.hollow ? " dashed" : ""}`;
  return polyline(pixels, names) + pixels.map(([px, py]) => dot(px, py, dress.colour)).join("");
}

/** F above the left end of each curve, where χ is largest. */
function topLabels(curves: readonly ChiCurve[], pixels: readonly (readonly Point[])[], frame: Frame): string {
  const names = curves.map(({ features }, i) => (i === 0 ? `**_F_ = ${features}**` : `**${features}**`));
  const { plot } = frame;
  const at = spread(
    pixels.map((points) => points[0][0]),
    names.map(textWidth),
    7,
    [plot.left - 12, plot.right],
  );
  return names.map((name, i) => text(at[i], pixels[i][0][1] - 9, name, { anchor: "middle", halo: true })).join("");
}

/** Figure b: b(λ) of p ~ L^b with 95 % bars, and the slope at the minimum as a band; "" without fixed λ's. */
export function fixedLambdaFigure(record: TransitionRecord, width: FigureWidth, finding: string): string {
  const { fixedLambda, minimumSlope } = record;
  if (fixedLambda.length < 2) return "";
  const slopes = fixedLambda.map(({ slope }) => slope.value);
  const ends = minimumSlope ? [minimumSlope.value, minimumSlope.low, minimumSlope.high] : [];
  const axes = axesOf(width, {
    x: paddedDomain(
      fixedLambda.map(({ lambda }) => lambda),
      "log",
      0.04,
    ),
    y: paddedDomain([...slopes, ...ends], "linear", 0.14),
    kind: "linear",
  });
  const { frame, x, y } = axes;
  const points = [...fixedLambda].reverse().map(({ lambda, slope }): Point => [x.at(lambda), y.at(slope.value)]);
  const body = [
    titles(frame, { y: "Slope of percent active against _L_", x: "fixed _λ_", panel: "b" }),
    yGrid(frame, y, axes.ticks),
    xAxis(frame, x, ticksOf(x, width === 528 ? 8 : 5)),
    minimumSlope ? minimumBand(minimumSlope, axes) : "",
    ...fixedLambda.map(({ lambda, slope }) => bar(x.at(lambda), slope, y, "bar ink")),
    polyline(points, "curve ink"),
    ...points.map(([px, py]) => element("circle", { cx: px, cy: py, r: 2.2, class: "symbol" })),
    minimumSlope
      ? placeLabels([minimumLabel(minimumSlope, axes)], boxesAlongLine(points), { ...frame.plot, top: 18 })
      : "",
  ];
  return svg(width, axes.height, finding, body.join(""));
}

function minimumBand({ value, low, high }: Estimate, { frame, y }: Axes): string {
  const { left, right } = frame.plot;
  const [top, bottom] = [y.at(high), y.at(low)];
  return (
    element("rect", { x: left - 12, y: top, width: right - left + 12, height: bottom - top, class: "band" }) +
    line(left - 12, y.at(value), right, y.at(value), "fit dashed")
  );
}

function minimumLabel(slope: Estimate, { frame, y }: Axes): Label {
  const { left, right } = frame.plot;
  return {
    lines: [`at the minimum **${valueText(slope)}**`],
    places: [0.98, 0.6, 0.4].flatMap((share) =>
      [-9, 20, -22, 34].map((dy) => ({
        x: left + share * (right - left),
        y: y.at(slope.value) + dy,
        anchor: "end" as const,
      })),
    ),
  };
}

/** Figure c: L·Var(p) against L with 95 % bars; "" with fewer than two sizes. */
export function fluctuationFigure(
  record: TransitionRecord,
  sizes: readonly Size[],
  width: FigureWidth,
  finding: string,
): string {
  const found = record.sizes.flatMap(({ features, systemSize, fluctuation }) =>
    fluctuation ? [{ features, systemSize, fluctuation }] : [],
  );
  if (found.length < 2) return "";
  const values = found.map(({ fluctuation }) => fluctuation.value);
  const reach = 4 * Math.sqrt(Math.max(...values) / Math.min(...values));
  const near = (v: number) => v > Math.min(...values) / reach && v < Math.max(...values) * reach;
  const ends = found.flatMap(({ fluctuation }) => [fluctuation.low, fluctuation.high]).filter(near);
  const axes = axesOf(width, {
    x: paddedDomain(
      found.map(({ systemSize }) => systemSize),
      "log",
      0.05,
    ),
    y: paddedDomain([...values, ...ends], "log", 0.1),
    kind: "log",
  });
  const { frame, x, y } = axes;
  const ticks = found.map(({ systemSize }) => systemSize).filter((_, i) => width === 528 || i % 2 === 0);
  const points = found.map(({ systemSize, fluctuation }): Point => [x.at(systemSize), y.at(fluctuation.value)]);
  const body = [
    titles(frame, { y: "Fluctuation _L_·Var(_p_) at the best _λ_", x: "System size _L_, units", panel: "c" }),
    yGrid(frame, y, axes.ticks),
    xAxis(frame, x, ticks, ticks.map(whole)),
    ...found.map(({ features, fluctuation }, i) =>
      bar(points[i][0], fluctuation, y, `bar k${dressOf(sizes, features).colour}`),
    ),
    ...found.map(({ features }, i) => marker(points[i][0], points[i][1], dressOf(sizes, features))),
    leftOutLabel(found, points, sizes, frame),
  ];
  return svg(width, axes.height, finding, body.join(""));
}

function leftOutLabel(
  found: readonly { features: number }[],
  points: readonly Point[],
  sizes: readonly Size[],
  frame: Frame,
): string {
  const labels = found.flatMap(({ features }, i): Label[] => {
    if (!dressOf(sizes, features).hollow) return [];
    const [px, py] = points[i];
    const places = [-14, 24].map((dy) => ({ x: px + 6, y: py + dy, anchor: "end" as const }));
    return [
      { lines: ["left out"], grey: true, places: [{ x: px - 12, y: py + 4, anchor: "end" as const }, ...places] },
    ];
  });
  return placeLabels(
    labels,
    points.map((point) => boxAround(point, 8)),
    { ...frame.plot, right: frame.width },
  );
}

/** A 95 % bar, cut at the ends of the axis. */
function bar(px: number, { low, high }: Estimate, y: Scale, names: string): string {
  const clamp = (v: number) => y.at(Math.min(y.domain[1], Math.max(y.domain[0], v)));
  return line(px, clamp(low), px, clamp(high), names);
}

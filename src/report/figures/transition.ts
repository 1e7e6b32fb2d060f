/**
 * The figures beside the tests of a phase transition: χ against λ for every
 * size, the slope of percent active at each fixed λ with that at the minimum,
 * and L·Var(p) against size. Each is null where the record has too few numbers.
 */
import type { Estimate } from "../../scaling/types.js";
import type { TransitionRecord } from "../../study/transition/record.js";
import { valueText } from "../numbers.js";
import { dressNamed, type Size, shortName } from "../sizes.js";
import { type Label, placeLabels } from "../svg/labels.js";
import { area, boxesAlongLine, dot, type Point, polyline } from "../svg/marks.js";
import { barEnds, errorBar, level, type Panel, type Plot } from "../svg/panel.js";
import { paddedDomain } from "../svg/scale.js";
import { type Line, linesPanel } from "./lines.js";
import { type SizePoint, sizePanel } from "./scaling.js";

/** Panel a: χ against λ for sizes with at least two χ's, a marker at each size's λ*. */
export function chiPanel(record: TransitionRecord, sizes: readonly Size[]): Panel | null {
  const measured = record.sizes.flatMap((size) => {
    const measured = size.response.flatMap(({ lambda, chi }) => (chi ? [{ lambda, chi }] : [])).reverse();
    const points = measured.map(({ lambda, chi }): Point => [lambda, chi.value]);
    return points.length < 2 ? [] : [{ ...size, points, bars: measured.map(({ chi }) => chi) }];
  });
  if (measured.length === 0) return null;
  const lines = measured.map(
    (size, i): Line => ({
      name: shortName(size, i === 0),
      dress: dressNamed(size, sizes),
      points: size.points,
      bars: size.bars,
      chosen: size.points.find(([lambda]) => lambda === size.lambda),
    }),
  );
  return linesPanel(lines, {
    letter: "a",
    share: 0.62,
    points: "dots",
    names: "key",
    x: { title: "_λ_", scale: "log" },
    y: { title: "Susceptibility _χ_", scale: "log" },
  });
}

/** Panel b: b(λ) of p ~ L^b with 95 % bars, and the slope at the minimum as a band, for at least two fixed λ. */
export function fixedLambdaPanel({ fixedLambda, minimumSlope }: TransitionRecord): Panel | null {
  if (fixedLambda.length < 2) return null;
  const least = minimumSlope ? [minimumSlope.value, minimumSlope.low, minimumSlope.high] : [];
  const ends = barEnds(
    fixedLambda.map(({ slope }) => slope),
    "linear",
  );
  const slopes = [...fixedLambda.map(({ slope }) => slope.value), ...ends, ...least];
  const lambdas = fixedLambda.map(({ lambda }) => lambda);
  return {
    letter: "b",
    share: 0.62,
    x: { title: "fixed _λ_", scale: "log", domain: paddedDomain(lambdas, "log", 0.04) },
    y: {
      title: "Slope of percent active against _L_",
      scale: "linear",
      domain: paddedDomain(slopes, "linear", 0.06),
    },
    data: {
      columns: ["fixed λ", "slope of percent active against L", "low", "high"],
      rows: fixedLambda.map(({ lambda, slope: { value, low, high } }) => [lambda, value, low, high]),
    },
    marks: (plot) => {
      const points = [...fixedLambda].reverse().map(({ lambda, slope }) => plot.at([lambda, slope.value]));
      return [
        minimumSlope ? minimumBand(minimumSlope, plot) : "",
        ...fixedLambda.map(({ lambda, slope }) => errorBar(plot, [lambda, slope], "bar ink")),
        polyline(points, "curve ink"),
        ...points.map((point) => dot(point, "symbol")),
        minimumSlope
          ? placeLabels([minimumLabel(minimumSlope, plot)], boxesAlongLine(points), { ...plot.area, top: 18 })
          : "",
      ];
    },
  };
}

/** The slope at the minimum and its interval across the panel. */
function minimumBand({ value, low, high }: Estimate, plot: Plot): string {
  const { left, right } = plot.area;
  const edges = area([left - 12, plot.y.at(high)], [right, plot.y.at(low)], "band");
  return edges + level(plot, value, "fit dashed");
}

/** Above or below the level, at the right end first. */
function minimumLabel(slope: Estimate, { area: { left, right }, y }: Plot): Label {
  const shares = [0.98, 0.6, 0.4];
  return {
    lines: [`at the minimum **${valueText(slope)}**`],
    places: shares.flatMap((share) =>
      [-9, 20, -22, 34].map((dy) => ({
        x: left + share * (right - left),
        y: y.at(slope.value) + dy,
        anchor: "end" as const,
      })),
    ),
  };
}

/** Panel c: L·Var(p) against L with 95 % bars, for at least two sizes. */
export function fluctuationPanel(record: TransitionRecord, sizes: readonly Size[]): Panel | null {
  const measured = record.sizes.flatMap((size): SizePoint[] => {
    const { systemSize: L, fluctuation: estimate } = size;
    const dress = dressNamed(size, sizes);
    return estimate ? [{ L, estimate, dress, leftOut: dress.hollow }] : [];
  });
  if (measured.length < 2) return null;
  return sizePanel(
    { measured, known: measured.map(({ L }) => L) },
    {
      letter: "c",
      title: "Fluctuation _L_·Var(_p_) at the best _λ_",
      xTitle: "System size _L_, units",
    },
  );
}

/**
 * What `crisp encode` can draw: the steps of an LCA (energy, residual, sparsity against steps),
 * and the codes taken together (use of each atom, sizes of the activities).
 */
import { counted } from "../core/words.js";
import type { CodeStatistics } from "../tasks/statistics.js";
import type { Trace } from "../tasks/trace.js";
import { type Line, linesPanel } from "./figures/lines.js";
import { drawn, figure, numeric, pair, table } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { escapeText, plainText } from "./markup.js";
import { fixed, significant, tickText, whole } from "./numbers.js";
import { pageText } from "./page.js";
import { standalone } from "./standalone.js";
import type { Point } from "./svg/marks.js";
import { bothWidths, type FigureWidth, type Panel, panelFigure, stackedFigure } from "./svg/panel.js";

/** Codes of some images at one λ, taken together; null where their file does not name it. */
export type LambdaStatistics = CodeStatistics & { readonly lambda: number | null };

/** Where a page comes from, and the fonts in it. */
type Bound = { readonly origin: Origin; readonly fonts: readonly FontFace[] };

/** The three panels of a probe as one SVG file. */
export function probeSvg(traces: readonly Trace[], fonts: readonly FontFace[]): string {
  return standalone(probeFigure(traces, 528), fonts);
}

/** The probe as one HTML file. */
export function probePage(traces: readonly Trace[], { origin, fonts }: Bound): string {
  const proven = isStationary(traces) ? " This threshold is not convex: no optimum is proven." : "";
  const meaning = `Lines: means over the images. Grey: from the least to the greatest of them. An image that has converged keeps its last value.${proven}`;
  const panels = drawn(bothWidths((width) => probeFigure(traces, width)));
  const { images, steps } = traces[0];
  return pageText({
    kind: "probe",
    title: probeFinding(traces),
    stand: "Each step shows the residual that enters it and the activity that leaves it, as PetaVision’s probes do.",
    facts: [
      ["Images", whole(images)],
      ["Steps", whole(steps.at(-1) ?? 0)],
      ["_λ_", traces.map(({ lambda }) => tickText(lambda)).join(", ")],
    ],
    sections: [
      (name) => {
        const head = { name, finding: probeFinding(traces), meaning, data: traces.map(traceTable), half: true };
        return `<section class="grid">${figure(head, panels)}<div class="c6">${endTable(traces)}</div></section>`;
      },
    ],
    origin,
    fonts,
  });
}

/** How far the steps came: the largest gap over images and λ, or the largest stationarity. */
function probeFinding(traces: readonly Trace[]): string {
  const steps = Math.max(...traces.map((trace) => trace.steps.at(-1) ?? 0));
  const most = Math.max(...traces.map(({ relativeGap, stationarity }) => stationarity ?? relativeGap));
  const measure = isStationary(traces) ? "stationarity" : "duality gap";
  return `${counted(steps, "step")} of LCA end at a ${measure} of ${percent(most)}.`;
}

/** Whether the rule has no gap: a fixed point is all that can be shown. */
function isStationary(traces: readonly Trace[]): boolean {
  return traces.some(({ stationarity }) => stationarity !== undefined);
}

function percent(part: number): string {
  return `${significant(100 * part, 2)}%`;
}

const quantities = [
  { name: "energy", title: "Energy ½‖s − Φa‖² + cost" },
  { name: "reconstructionError", title: "Residual ½‖s − Φa‖²" },
  { name: "percentActive", title: "Active units, %" },
] as const;

/** Energy, residual and sparsity one below the other, over the same steps. */
function probeFigure(traces: readonly Trace[], width: FigureWidth): string {
  const panels = quantities.map(({ name, title }, i) =>
    linesPanel(
      traces.map((trace, t) => traceLine(trace, name, t)),
      {
        letter: "abc"[i],
        share: 0.44,
        names: "right",
        x: { title: "step", scale: "linear" },
        y: { title, scale: "linear", holds: name === "percentActive" ? [0] : [] },
      },
    ),
  );
  return stackedFigure(panels, width, probeFinding(traces));
}

/** The mean over the images, with the band from the least to the greatest. */
function traceLine(trace: Trace, quantity: (typeof quantities)[number]["name"], i: number): Line {
  const { mean, low, high } = trace[quantity];
  const points = (values: readonly number[]) => trace.steps.map((step, k): Point => [step, values[k]]);
  return { ...lambdaLine(trace.lambda, i, points(mean)), range: { low: points(low), high: points(high) } };
}

function lambdaText(lambda: number | null): string {
  return lambda === null ? "not stated" : tickText(lambda);
}

/** The line of the i-th λ. */
function lambdaLine(lambda: number | null, i: number, points: readonly Point[]): Line {
  return { name: `_λ_ ${lambdaText(lambda)}`, dress: { colour: Math.min(i, 6), shape: 0, hollow: false }, points };
}

/** At most 51 steps of a trace: the drawing holds the rest. */
function traceTable(trace: Trace): string {
  const every = Math.ceil(trace.steps.length / 50);
  const rows = trace.steps.flatMap((step, i) =>
    i % every !== 0 && i !== trace.steps.length - 1
      ? []
      : [{ cells: [whole(step), ...quantities.map(({ name }) => significant(trace[name].mean[i], 5))] }],
  );
  const heads = ["Energy", "Residual", "Active, %"].map(numeric);
  return table([{ head: "Step" }, ...heads], rows, { title: `_λ_ ${tickText(trace.lambda)}, means`, plain: true });
}

/** Values at the last step, the mean over the images; gap or stationarity are the largest. */
function endTable(traces: readonly Trace[]): string {
  const rows = traces.map((trace) => ({
    cells: [
      tickText(trace.lambda),
      fixed(trace.energy.mean.at(-1) ?? 0, 1),
      fixed(trace.reconstructionError.mean.at(-1) ?? 0, 1),
      significant(trace.percentActive.mean.at(-1) ?? 0, 3),
      percent(trace.stationarity ?? trace.relativeGap),
    ],
  }));
  const last = isStationary(traces) ? "Largest stationarity" : "Largest gap";
  const heads = ["Energy", "Residual", "Active, %", last].map(numeric);
  return table([{ head: "_λ_" }, ...heads], rows, { title: "Table 1. Where the steps end." });
}

/** Both figures of the statistics as one SVG file. */
export function statisticsSvg(all: readonly LambdaStatistics[], fonts: readonly FontFace[]): string {
  return standalone(stackedFigure([frequencyPanel(all), histogramPanel(all)], 528, statisticsFinding(all)), fonts);
}

/** The statistics as one HTML file. */
export function statisticsPage(all: readonly LambdaStatistics[], { origin, fonts }: Bound): string {
  const draw = (panel: Panel) => drawn(bothWidths((width) => panelFigure(panel, width, statisticsFinding(all))));
  const panels = pair(draw(frequencyPanel(all)), draw(histogramPanel(all)));
  const meaning =
    "a: share of positions at which each atom is active, most used first. b: activities counted in bins of equal width; empty bins are left out.";
  return pageText({
    kind: "statistics of codes",
    title: statisticsFinding(all),
    stand: "How often each atom is active, and how large the activities are.",
    facts: [
      ["Images", whole(all[0].images)],
      ["Atoms", whole(all[0].features)],
      ["_λ_", escapeText(all.map(({ lambda }) => lambdaText(lambda)).join(", "))],
    ],
    sections: [
      (name) => {
        const finding = "Use of the atoms and sizes of the activities.";
        const data = [...all.map(frequencyTable), ...all.map(histogramTable)];
        return `<section>${figure({ name, finding, meaning, data }, panels)}</section>`;
      },
    ],
    origin,
    fonts,
  });
}

/** Sparsity and unused atoms at the first λ. */
function statisticsFinding(all: readonly LambdaStatistics[]): string {
  const { lambda, percentActive, unusedAtoms } = all[0];
  const unused = unusedAtoms === 0 ? "every atom is used" : `${counted(unusedAtoms, "atom")} never used`;
  return plainText(
    `${lambda === null ? "Together" : `At λ ${tickText(lambda)}`}, ${significant(percentActive, 2)}% of the units are active and ${unused}.`,
  );
}

/** Each atom’s share of positions, most used first, one line per λ. */
function frequencyPanel(all: readonly LambdaStatistics[]): Panel {
  const lines = all.map(({ lambda, activationFrequency }, i) => {
    const sorted = [...activationFrequency].sort((a, b) => b - a);
    return lambdaLine(
      lambda,
      i,
      sorted.map((value, rank): Point => [rank + 1, 100 * value]),
    );
  });
  return linesPanel(lines, {
    letter: "a",
    names: "right",
    x: { title: "atom, by use", scale: "linear" },
    y: { title: "Positions at which it is active, %", scale: "linear", holds: [0] },
  });
}

/** Counts on a log axis, which has no place for an empty bin. */
function histogramPanel(all: readonly LambdaStatistics[]): Panel {
  const lines = all.map(({ lambda, histogram: { edges, counts } }, i) => {
    const middle = (bin: number) => (edges[bin] + edges[bin + 1]) / 2;
    const points = counts.flatMap((count, bin): Point[] => (count === 0 ? [] : [[middle(bin), count]]));
    return lambdaLine(lambda, i, points);
  });
  return linesPanel(lines, {
    letter: "b",
    names: "right",
    x: { title: "activity", scale: "linear", holds: [0] },
    y: { title: "Activities per bin", scale: "log", holds: [1] },
  });
}

/** In the order of the dictionary, not of use, so that an atom can be looked up. */
function frequencyTable({ lambda, activationFrequency }: LambdaStatistics): string {
  const rows = activationFrequency.map((value, atom) => ({ cells: [whole(atom), significant(value, 3)] }));
  return table([{ head: "Atom" }, numeric("Frequency")], rows, { title: `_λ_ ${lambdaText(lambda)}`, plain: true });
}

/** All bins, the empty ones too. */
function histogramTable({ lambda, histogram: { edges, counts } }: LambdaStatistics): string {
  const rows = counts.map((count, i) => ({
    cells: [`${tickText(edges[i])} to ${tickText(edges[i + 1])}`, whole(count)],
  }));
  return table([{ head: "Activity" }, numeric("Units")], rows, { title: `_λ_ ${lambdaText(lambda)}`, plain: true });
}

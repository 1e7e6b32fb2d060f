/**
 * What `crisp encode` can draw: the steps of an LCA (energy, residual, sparsity against steps),
 * and the codes taken together (use of each atom, sizes of the activities).
 */
import type { CodeStatistics } from "../tasks/statistics.js";
import type { Spread, Trace } from "../tasks/trace.js";
import { type Line, type LinesPanel, linesFigure, stackedFigure } from "./figures/lines.js";
import { caption, dataBehind, table, twoWidths } from "./html.js";
import type { FontFace } from "./input.js";
import { escapeText, plainText } from "./markup.js";
import { fixed, significant, tickText, whole } from "./numbers.js";
import { type PageOrigin, pageText } from "./page.js";
import { standalone } from "./standalone.js";
import type { FigureWidth } from "./svg/frame.js";
import type { Point } from "./svg/marks.js";

/** Codes of some images at one λ, taken together. */
export type LambdaStatistics = CodeStatistics & { readonly lambda: number };

type Bound = { readonly origin: PageOrigin; readonly fonts: readonly FontFace[] };

/** The three panels of a probe as one SVG file. */
export function probeSvg(traces: readonly Trace[], fonts: readonly FontFace[]): string {
  return standalone(probeFigure(traces, 528), fonts);
}

/** The probe as one HTML file. */
export function probePage(traces: readonly Trace[], { origin, fonts }: Bound): string {
  const figure = twoWidths(probeFigure(traces, 528), probeFigure(traces, 368));
  const meaning =
    "Lines: means over the images. Grey: from the least to the greatest of them. An image that has converged keeps its last value.";
  const proven = isStationary(traces) ? " This threshold is not convex: no optimum is proven." : "";
  const head = caption("Figure 1", plainFinding(traces), meaning + proven);
  const data = dataBehind("Data behind Figure 1", ...traces.map(traceTable));
  const [first] = traces;
  return pageText({
    kind: "probe",
    title: plainFinding(traces),
    stand: "Each step shows the residual that enters it and the activity that leaves it, as PetaVision’s probes do.",
    facts: [
      ["Images", whole(first.images)],
      ["Steps", whole(first.steps.at(-1) ?? 0)],
      ["_λ_", traces.map(({ lambda }) => tickText(lambda)).join(", ")],
    ],
    sections: [
      `<section class="grid"><figure class="c6">${head}${figure}${data}</figure><div class="c6">${endTable(traces)}</div></section>`,
    ],
    origin,
    fonts,
  });
}

function plainFinding(traces: readonly Trace[]): string {
  const steps = Math.max(...traces.map((trace) => trace.steps.at(-1) ?? 0));
  const most = Math.max(...traces.map(({ relativeGap, stationarity }) => stationarity ?? relativeGap));
  const measure = isStationary(traces) ? "stationarity" : "duality gap";
  return `${whole(steps)} steps of LCA end at a ${measure} of ${percent(most)}.`;
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

function probeFigure(traces: readonly Trace[], width: FigureWidth): string {
  const panels = quantities.map(({ name, title }, i) => ({
    lines: traces.map((trace, t) => traceLine(trace, trace[name], t)),
    panel: {
      panel: "abc"[i],
      x: { title: "step", scale: "linear" },
      y: { title, scale: "linear", holds: name === "percentActive" ? [0] : [] },
      names: "right",
      share: 0.44,
    } satisfies LinesPanel,
  }));
  return stackedFigure(panels, width, plainFinding(traces));
}

function traceLine({ lambda, steps }: Trace, of: Spread, colour: number): Line {
  const points = (values: readonly number[]) => steps.map((step, i): Point => [step, values[i]]);
  return {
    name: `_λ_ ${tickText(lambda)}`,
    colour: Math.min(colour, 6),
    points: points(of.mean),
    range: { low: points(of.low), high: points(of.high) },
  };
}

function traceTable(trace: Trace): string {
  const every = Math.ceil(trace.steps.length / 50);
  const rows = trace.steps.flatMap((step, i) =>
    i % every !== 0 && i !== trace.steps.length - 1
      ? []
      : [{ cells: [whole(step), ...quantities.map(({ name }) => significant(trace[name].mean[i], 5))] }],
  );
  const heads = ["Energy", "Residual", "Active, %"].map((head) => ({ head, numeric: true }));
  return table(`<b>λ ${tickText(trace.lambda)}, means</b>`, [{ head: "Step" }, ...heads], rows);
}

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
  const heads = ["Energy", "Residual", "Active, %", last].map((head) => ({ head, numeric: true }));
  return table("<h2>Table 1. Where the steps end.</h2>", [{ head: "_λ_" }, ...heads], rows);
}

/** Both figures of the statistics as one SVG file. */
export function statisticsSvg(all: readonly LambdaStatistics[], fonts: readonly FontFace[]): string {
  const panels = [frequencyPanel(all, "a"), histogramPanel(all, "b")];
  return standalone(stackedFigure(panels, 528, statisticsFinding(all)), fonts);
}

/** The statistics as one HTML file. */
export function statisticsPage(all: readonly LambdaStatistics[], { origin, fonts }: Bound): string {
  const draw = ({ lines, panel }: ReturnType<typeof frequencyPanel>) =>
    twoWidths(
      linesFigure(lines, panel, 528, statisticsFinding(all)),
      linesFigure(lines, panel, 368, statisticsFinding(all)),
    );
  const inner = `<div class="pair"><div class="c6">${draw(frequencyPanel(all, "a"))}</div><div class="c6">${draw(histogramPanel(all, "b"))}</div></div>`;
  const meaning =
    "a: share of positions at which each atom is active, most used first. b: activities counted in bins of one width; empty bins are left out.";
  return pageText({
    kind: "statistics of codes",
    title: statisticsFinding(all),
    stand: "How often each atom is active, and how large the activities are.",
    facts: [
      ["Images", whole(all[0].images)],
      ["Atoms", whole(all[0].features)],
      ["_λ_", escapeText(all.map(({ lambda }) => tickText(lambda)).join(", "))],
    ],
    sections: [
      `<section><figure>${caption("Figure 1", "Use of the atoms and sizes of the activities.", meaning)}${inner}</figure>${dataBehind("Data behind Figure 1", ...all.map(frequencyTable), ...all.map(histogramTable))}</section>`,
    ],
    origin,
    fonts,
  });
}

function statisticsFinding(all: readonly LambdaStatistics[]): string {
  const [first] = all;
  const unused = first.unusedAtoms === 0 ? "every atom is used" : `${whole(first.unusedAtoms)} atoms are never used`;
  return plainText(
    `At λ ${tickText(first.lambda)}, ${significant(first.percentActive, 2)}% of the units are active and ${unused}.`,
  );
}

function frequencyPanel(all: readonly LambdaStatistics[], letter: string): { lines: Line[]; panel: LinesPanel } {
  const lines = all.map(({ lambda, activationFrequency }, i): Line => {
    const sorted = [...activationFrequency].sort((a, b) => b - a);
    const points = sorted.map((value, rank): Point => [rank + 1, 100 * value]);
    return { name: `_λ_ ${tickText(lambda)}`, colour: Math.min(i, 6), points };
  });
  const y = { title: "Active at this share of positions, %", scale: "linear", holds: [0] } as const;
  return { lines, panel: { panel: letter, x: { title: "atom, by use", scale: "linear" }, y, names: "right" } };
}

function histogramPanel(all: readonly LambdaStatistics[], letter: string): { lines: Line[]; panel: LinesPanel } {
  const lines = all.map(({ lambda, histogram: { edges, counts } }, i): Line => {
    const points = counts.flatMap((count, bin): Point[] =>
      count === 0 ? [] : [[(edges[bin] + edges[bin + 1]) / 2, count]],
    );
    return { name: `_λ_ ${tickText(lambda)}`, colour: Math.min(i, 6), points };
  });
  const y = { title: "Activities in a bin", scale: "log", holds: [1] } as const;
  return { lines, panel: { panel: letter, x: { title: "activity", scale: "linear", holds: [0] }, y, names: "right" } };
}

function frequencyTable({ lambda, activationFrequency }: LambdaStatistics): string {
  const rows = activationFrequency.map((value, atom) => ({ cells: [whole(atom), significant(value, 3)] }));
  return table(`<b>λ ${tickText(lambda)}</b>`, [{ head: "Atom" }, { head: "Frequency", numeric: true }], rows);
}

function histogramTable({ lambda, histogram: { edges, counts } }: LambdaStatistics): string {
  const rows = counts.map((count, i) => ({
    cells: [`${tickText(edges[i])} to ${tickText(edges[i + 1])}`, whole(count)],
  }));
  return table(`<b>λ ${tickText(lambda)}</b>`, [{ head: "Activity" }, { head: "Units", numeric: true }], rows);
}

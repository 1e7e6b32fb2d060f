/** The LCA as it settles: potentials and energy step by step, and its picture beside the certified one. */
/// <reference lib="dom" />

import type { SparseCode } from "../../coding/engine.js";
import { percentActive } from "../../coding/metrics.js";
import { networkOf, synthesis } from "../../coding/operator.js";
import { systemSize } from "../../core/geometry.js";
import { counted } from "../../core/words.js";
import { type Line, linesPanel } from "../../report/figures/lines.js";
import { escapeText } from "../../report/markup.js";
import { significant, whole } from "../../report/numbers.js";
import { largestCount, stripPixels } from "../../report/pictures.js";
import { marker, type Point } from "../../report/svg/marks.js";
import type { Panel } from "../../report/svg/panel.js";
import { pictureWidth, stripOf } from "./bench-view.js";
import { byId, draw, figureWidth, openChanges, plot, setHtml } from "./dom.js";
import type { Settling, SettlingStep } from "./measure.js";
import { lcaSteps } from "./state.js";
import type { Stock } from "./stock.js";
import { percent, setting } from "./words.js";

type Minimum = NonNullable<Settling["minimum"]>;

/** Where a run is looked at, and whether the choices have moved on since. */
type Look = { readonly steps: number; readonly stale: boolean };

/** Shows a run, as far as it is, at the chosen number of steps; draws it only where that is another look. */
export function openSettleView(stock: Stock) {
  const changes = openChanges();
  return (settling: Settling, { steps: wanted, stale }: Look): void => {
    const { minimum, steps } = settling;
    // The figures of the run before stay until this one's first step, unless there will be none.
    if (steps.length > 0 || settling.trouble !== null) byId("settled").hidden = steps.length === 0;
    // Its beginning and its end are spoken, not each of 34 steps between.
    byId("settle-words").ariaLive = settling.running && steps.length > 0 ? "off" : "polite";
    setHtml("settle-words", settleWords(settling, stale));
    const shown = steps.findLast(({ step }) => step <= wanted) ?? steps[0];
    if (shown === undefined || minimum === null) return;
    if (changes(settling, shown, pictureWidth(), figureWidth("energy"))) drawStep(settling, { minimum, shown, stock });
  };
}

type Step = { readonly minimum: Minimum; readonly shown: SettlingStep; readonly stock: Stock };

/** Pictures, numbers and figures of one step beside the minimum. */
function drawStep(settling: Settling, { minimum, shown, stock }: Step): void {
  const { steps, features, sample } = settling;
  const dictionary = stock.dictionary(features, sample.picture);
  const net = networkOf(dictionary);
  const at = pictureWidth();
  const far = stripPixels(stripOf(sample, { denoised: shown.reconstruction, code: shown.code, dictionary }), at);
  const end = stripOf(sample, { denoised: synthesis(net, minimum.code), code: minimum.code, dictionary });
  const endPixels = stripPixels(end, at);
  draw(byId("lca-image"), far.denoised, `Reconstruction after ${counted(shown.step, "step")}`);
  draw(byId("lca-active"), far.activity, `Active units at each position after ${counted(shown.step, "step")}`);
  draw(byId("end-image"), endPixels.denoised, "Reconstruction at the certified minimum");
  draw(byId("end-active"), endPixels.activity, `Active units at the minimum, up to ${largestCount(end)}`);
  const units = systemSize(dictionary.geometry);
  const count = ({ code }: { code: SparseCode }) =>
    `<b>${whole(code.index.length)}</b> units, ${percent(percentActive(code.index.length, units))}`;
  setHtml("lca-active-words", count(shown));
  setHtml("end-active-words", count(minimum));
  setHtml("lca-image-words", `energy <b>${above(shown, minimum.energy)}</b> above`);
  setHtml("end-image-words", `certified to a gap of ${certified}%`);
  setHtml(
    "energy-title",
    `After ${counted(shown.step, "step")} the energy is ${above(shown, minimum.energy)} above its certified minimum.`,
  );
  setHtml(
    "energy-words",
    "The same problem, solved at once by coordinate descent, whose duality gap proves how low the energy can go.",
  );
  plot(
    "energy",
    energyPanel(steps, { least: minimum.energy, at: shown.step }),
    "Energy above the certified minimum, by steps",
  );
  plot("potentials", potentialPanel(settling, minimum, shown.step), "Membrane potentials by steps");
}

/** Of what the run is, how far it is or why it ended, and whether that is still what is chosen. HTML. */
function settleWords({ steps, running, trouble, lambda, features }: Settling, stale: boolean): string {
  if (trouble !== null) return escapeText(`It stopped: ${trouble} Run it again.`);
  const far = `${whole(steps.at(-1)?.step ?? 0)} of ${whole(lcaSteps[lcaSteps.length - 1])} steps`;
  const old = stale ? " The choices above have changed since: run it again." : "";
  return `<i>λ</i> = ${setting(lambda)}, ${counted(features, "feature")}${running ? `, settling: ${far}` : ""}.${old}`;
}

/** Percent to which the minimum is certified (lca.ts): a distance below it cannot be told from none. */
const certified = 0.001;

function percentAbove({ energy }: SettlingStep, least: number): number {
  return (100 * (energy - least)) / least;
}

/** How far an energy is above the least one, in percent of it. */
function above(step: SettlingStep, least: number): string {
  const percent = percentAbove(step, least);
  return percent < certified ? `less than ${certified}%` : `${significant(percent, 2)}%`;
}

/** Behind the last step there is room for what the steps lead to. */
const stepsAxis = { title: "Steps (log scale)", scale: "log", domain: [1, 5600] } as const;

function energyPanel(steps: readonly SettlingStep[], { least, at }: { least: number; at: number }): Panel {
  const points = steps
    .map((step): Point => [step.step, percentAbove(step, least)])
    .filter(([, value]) => value >= certified);
  const first = points[0]?.[1] ?? 0; // the energy falls
  const line = { name: "", dress: { colour: 4, shape: 0, hollow: false }, points };
  const panel = linesPanel([line], {
    share: 0.66,
    points: "dots",
    names: "right",
    x: stepsAxis,
    y: { title: "Energy above the minimum, %", scale: "log", domain: [certified, Math.max(1000, first)] },
  });
  const here = points.find(([step]) => step === at);
  const dot = { colour: 7, shape: 0, hollow: false };
  return { ...panel, marks: (p) => [...panel.marks(p), here === undefined ? "" : marker(p.at(here), dot, 6)] };
}

/** Units that were active on the way only and are drawn, too. */
const drawnPassing = 6;

/** Units of the final code, and those that were most active without being in it, as long as they were. */
function potentialPanel({ steps, units, lambda }: Settling, { code }: Minimum, at: number): Panel {
  const final = new Map([...code.index].map((unit, i) => [unit, code.value[i]]));
  const passing = passingLines(steps, final, lambda).slice(0, drawnPassing);
  const lines = units.map(
    (_, i): Line => ({
      name: "",
      dress: { colour: 4, shape: 0, hollow: false },
      points: steps.map(({ step, potentials }): Point => [step, potentials[i]]),
    }),
  );
  const settled = units.map((unit) => final.get(unit)! + lambda);
  const most = Math.max(lambda, ...settled, ...steps.flatMap(({ potentials }) => potentials));
  const panel = linesPanel([...passing, ...lines], {
    share: 0.66,
    names: "right",
    x: stepsAxis,
    y: { title: "Membrane potential _u_", scale: "linear", domain: [Math.min(0, -0.1 * most), 1.08 * most] },
    level: { y: lambda, name: "_λ_" },
  });
  const now = steps.find(({ step }) => step === at);
  return {
    ...panel,
    marks: (p) => [
      ...panel.marks(p),
      ...settled.map((u) => marker([p.x.range[1], p.y.at(u)], { colour: 4, shape: 3, hollow: true }, 4)),
      ...(now?.potentials ?? []).map((u) => marker(p.at([at, u]), { colour: 7, shape: 0, hollow: false }, 3.5)),
    ],
  };
}

/** Units that were active at some step and are not in the final code, the most active first; u = a + λ while they were. */
function passingLines(
  steps: readonly SettlingStep[],
  final: ReadonlyMap<number, number>,
  lambda: number,
): readonly Line[] {
  const seen = new Map<number, Point[]>();
  for (const { step, code } of steps)
    code.index.forEach((unit, i) => {
      if (final.has(unit)) return;
      const points = seen.get(unit) ?? [];
      points.push([step, code.value[i] + lambda]);
      seen.set(unit, points);
    });
  const highest = (points: readonly Point[]) => Math.max(...points.map(([, u]) => u));
  return [...seen.values()]
    .sort((a, b) => highest(b) - highest(a))
    .map((points) => ({ name: "", dress: { colour: 6, shape: 0, hollow: false }, points, behind: true }));
}

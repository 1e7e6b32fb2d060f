/**
 * The page of a bench: time to a gap against size, what unfinished LCA does to the number of
 * active units, and for each size energy and active units against time.
 */
import { counted } from "../core/words.js";
import {
  type BenchRecord,
  runOf,
  type SizeRecord,
  type TorchForm,
  type TorchRun,
  timesLonger,
} from "../tasks/bench/record.js";
import { type Line, type LinesStyle, linesPanel } from "./figures/lines.js";
import { drawn, figure, numeric, pair, type Row, table } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { escapeText, plainText, rich } from "./markup.js";
import { listing, significant, tickText, whole } from "./numbers.js";
import { noteList, pageText, type Section } from "./page.js";
import { figureFiles } from "./standalone.js";
import type { Point } from "./svg/marks.js";
import { type Drawing, drawAll } from "./svg/panel.js";

type Run = SizeRecord["runs"][number];
type TorchTimed = Exclude<TorchRun, { failed: string }>;
type Timed = Run | TorchTimed;

const solvers = ["coordinate", "fista", "lca"] as const;
const names = { coordinate: "coordinate", fista: "FISTA", lca: "LCA" } as const;
const torchNames = { residual: "torch, residual", gram: "torch, Gram" } as const;
const torchForms = ["residual", "gram"] as const;
const colours = { coordinate: 4, fista: 1, lca: 0, residual: 3, gram: 5 } as const;

/** The gaps to which times are drawn. */
const [coarse, fine] = [1e-2, 1e-3];
/** The steps of LCA that headlines speak of. */
const spoken = { steps: 400 };

/** File name → SVG text, without the letters that stand for a place in the page. */
export function benchFigures(record: BenchRecord, fonts: readonly FontFace[]): Record<string, string> {
  const plain = drawings(record).map(([name, finding, { letter: _, ...panel }]): Drawing => [name, finding, panel]);
  return figureFiles(drawAll(plain), fonts);
}

/** The whole page as the text of one HTML file. */
export function benchPage(
  record: BenchRecord,
  { origin, fonts }: { readonly origin: Origin; readonly fonts: readonly FontFace[] },
): string {
  const figures = drawAll(drawings(record));
  const draw = (name: string) => drawn(figures.get(name));
  const { images, data, lambda, sizes, rounds, torch } = record;
  return pageText({
    kind: "bench",
    title: headline(record),
    stand: rich(standfirst(record)),
    facts: [
      ["Images", escapeText(`${images}, ${data}`)],
      ["_λ_", tickText(lambda)],
      ["Atoms", sizes.map(({ features }) => whole(features)).join(", ")],
      ["Time", "processor, one thread"],
      ["Rounds", `up to ${rounds}`],
      ["Torch", escapeText(torch.here ? torch.version : "not here")],
    ],
    sections: [
      ...(sizes.length > 1 ? overSizes(record, draw) : [() => ratioSection(record)]),
      ...sizes.map((size) => (name: string) => sizeSection(size, draw, name)),
      () => `<section>${noteList(notesOf(record).map((words) => ({ html: escapeText(words) })))}</section>`,
    ],
    origin,
    fonts,
  });
}

/** A figure as HTML, by its name. */
type Draw = (name: string) => string;

/** Figures 1 and 2, which only several sizes have. */
function overSizes(record: BenchRecord, draw: Draw): readonly Section[] {
  const timeMeaning =
    "a: to a gap of 1%. b: to 0.1%. Full dots: the gap was reached. Hollow dots, dashed: a fixed number of steps that does not reach it.";
  const inflationMeaning = "Active units after so many steps, divided by those of the converged code.";
  const time = pair(draw(`time-to-gap-${coarse}`), draw(`time-to-gap-${fine}`));
  const inflation = { finding: inflationFinding(record), meaning: inflationMeaning, half: true };
  return [
    (name) => `<section>${figure({ name, finding: headline(record), meaning: timeMeaning }, time)}</section>`,
    (name) => {
      const left = figure({ name, ...inflation }, draw("inflation"));
      return `<section class="grid">${left}<div class="c6">${ratioTable(record)}</div></section>`;
    },
  ];
}

/** In their place for one size: the table by itself. */
function ratioSection(record: BenchRecord): string {
  return `<section class="grid"><div class="c12">${ratioTable(record)}</div></section>`;
}

/** Energy and active units against time for one size, with every run in the table behind. */
function sizeSection(size: SizeRecord, draw: Draw, name: string): string {
  const atoms = counted(size.features, "atom");
  const meaning =
    "Each dot is a run that starts from zeros and ends there. Energy is above that of the converged code; values below 0.001% are drawn at 0.001%.";
  const finding = `${atoms}: energy and active units against time.`;
  const panels = pair(draw(`energy-${size.features}`), draw(`active-${size.features}`));
  return `<section>${figure({ name, finding, meaning, data: [runTable(size)] }, panels)}</section>`;
}

/** "22" or "22 to 35". */
function rangeText(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => significant(value, 2));
  return low === high ? low : `${low} to ${high}`;
}

/** How many times longer than the coordinate solver to a gap of 1%, of the sizes that have the run. */
function ratios(record: BenchRecord, run: (size: SizeRecord) => Timed | undefined): readonly number[] {
  return record.sizes.flatMap((size) => {
    const found = run(size);
    return found === undefined ? [] : (timesLonger(size, found) ?? []);
  });
}

/** What 400 steps of LCA cost beside coding to a gap. */
function headline(record: BenchRecord): string {
  const longer = ratios(record, (size) => runOf(size, "lca", spoken));
  if (longer.length === 0) return "Time to accuracy of the sparse coding solvers.";
  const short = record.sizes.every((size) => (runOf(size, "lca", spoken)?.relativeGap ?? 0) > coarse);
  return `400 steps of LCA take ${rangeText(longer)} times as long as coding to a gap of 1%${short ? ", and do not reach it" : ""}.`;
}

/** The same steps in torch, where it ran, then what unfinished codes do to the number of active units. */
function standfirst(record: BenchRecord): string {
  const how: Readonly<Record<TorchForm, string>> = {
    residual: "through the residual",
    gram: "by the convolution of the dictionary with itself",
  };
  const parts = torchForms.flatMap((form) => {
    const longer = ratios(record, (size) => torchRun(size, form));
    return longer.length === 0 ? [] : [`${rangeText(longer)} times as long in torch ${how[form]}`];
  });
  const torch = parts.length === 0 ? "" : `The same 400 steps take ${listing(parts)}. `;
  return `${torch}${inflationFinding(record)}`;
}

/** Inflation: active units of the unfinished code divided by those of the converged one. */
function inflationFinding(record: BenchRecord): string {
  const inflations = record.sizes.flatMap((size) => runOf(size, "lca", spoken)?.inflation ?? []);
  if (inflations.length === 0) return "Unfinished codes have other numbers of active units.";
  return `After 400 steps the LCA has ${rangeText(inflations)} times the active units of the converged code.`;
}

/** The run of this form, if it did not fail. */
function torchRun(size: SizeRecord, form: TorchForm): TorchTimed | undefined {
  return size.torch.find((run): run is TorchTimed => run.form === form && !("failed" in run));
}

/** Figures over all sizes only where there are several. */
function drawings(record: BenchRecord): readonly Drawing[] {
  const each = record.sizes.flatMap((size) => [energyDrawing(size), activeDrawing(size)]);
  if (record.sizes.length < 2) return each;
  return [timeDrawing(record, coarse, "a"), timeDrawing(record, fine, "b"), inflationDrawing(record), ...each];
}

/** Against the number of atoms, names at the right. */
function sizesStyle(record: BenchRecord, y: LinesStyle["y"]): LinesStyle {
  const ticks = record.sizes.map(({ features }) => features);
  return { share: 0.72, points: "markers", names: "right", x: { title: "atoms", scale: "log", ticks }, y };
}

/** A line through the sizes that have the value. */
function overAtoms(
  record: BenchRecord,
  { name, colour, hollow = false }: { readonly name: string; readonly colour: number; readonly hollow?: boolean },
  value: (size: SizeRecord) => number | undefined,
): Line {
  const points = record.sizes.flatMap((size): Point[] => {
    const found = value(size);
    return found === undefined ? [] : [[size.features, found]];
  });
  return { name, dress: { colour, shape: 0, hollow }, points };
}

/** Solvers that reached the gap as full lines; runs of a fixed number of steps, which need not reach it, hollow. */
function timeDrawing(record: BenchRecord, gap: number, letter: string): Drawing {
  const percent = `${tickText(100 * gap)}%`;
  const time = (run: Timed | undefined) => run?.milliseconds.median;
  const lines = [
    ...(["coordinate", "fista"] as const).map((solver) =>
      overAtoms(record, { name: names[solver], colour: colours[solver] }, (size) => {
        const run = runOf(size, solver, { gap });
        return run?.converged ? time(run) : undefined;
      }),
    ),
    ...[400, 2000].map((steps) =>
      overAtoms(record, { name: `LCA, ${whole(steps)}`, colour: colours.lca, hollow: true }, (size) =>
        time(runOf(size, "lca", { steps })),
      ),
    ),
    ...torchForms.map((form) =>
      overAtoms(record, { name: torchNames[form], colour: colours[form], hollow: true }, (size) =>
        time(torchRun(size, form)),
      ),
    ),
  ].filter(({ points }) => points.length > 0);
  const style = sizesStyle(record, { title: `Time to a gap of ${percent}, ms per image`, scale: "log" });
  const finding = `${headline(record)} Time to a gap of ${percent} against the number of atoms.`;
  return [`time-to-gap-${gap}`, plainText(finding), linesPanel(lines, { ...style, letter })];
}

/** One line per number of steps, from 250 on. */
function inflationDrawing(record: BenchRecord): Drawing {
  const all = record.sizes.flatMap(({ runs }) => runs.flatMap(({ steps }) => steps ?? []));
  const drawnSteps = [...new Set(all)].filter((steps) => steps >= 250);
  const lines = drawnSteps.map((steps, i) =>
    overAtoms(
      record,
      { name: counted(steps, "step"), colour: Math.min(i, 6) },
      (size) => runOf(size, "lca", { steps })?.inflation,
    ),
  );
  const y = { title: "Active units, relative to the converged code", scale: "log", holds: [1] } as const;
  const panel = linesPanel(lines, { ...sizesStyle(record, y), level: { y: 1, name: "converged" } });
  return ["inflation", inflationFinding(record), panel];
}

/** One value of every run of a size against its time. */
function pathLines(size: SizeRecord, value: (run: Timed) => number): readonly Line[] {
  const point = (run: Timed): Point => [run.milliseconds.median, value(run)];
  const own = solvers.map((solver): Line => {
    const points = size.runs.filter((run) => run.solver === solver).map(point);
    const dress = { colour: colours[solver], shape: 0, hollow: false };
    return { name: names[solver], dress, points: points.sort((a, b) => a[0] - b[0]) };
  });
  const torch = torchForms.flatMap((form): Line[] => {
    const run = torchRun(size, form);
    const dress = { colour: colours[form], shape: 0, hollow: true };
    return run === undefined ? [] : [{ name: torchNames[form], dress, points: [point(run)] }];
  });
  return [...own, ...torch].filter(({ points }) => points.length > 0);
}

const pathStyle = {
  share: 0.72,
  points: "markers",
  names: "beside",
  x: { title: "ms per image", scale: "log" },
} as const;

/** In percent: the gap of the codes that energies are compared with. Closer is not told apart. */
const leastAbove = 1e-3;

/** On log axes: times and energies span decades. */
function energyDrawing(size: SizeRecord): Drawing {
  const title = "Energy above the least, %";
  const lines = pathLines(size, (run) => Math.max(leastAbove, 100 * run.energyAbove));
  const panel = linesPanel(lines, { ...pathStyle, letter: "a", y: { title, scale: "log" } });
  return [`energy-${size.features}`, `${title} against time, ${counted(size.features, "atom")}`, panel];
}

/** From zero, so that the excess of unfinished codes is seen in proportion. */
function activeDrawing(size: SizeRecord): Drawing {
  const title = "Active units, %";
  const panel = linesPanel(
    pathLines(size, (run) => run.percentActive),
    {
      ...pathStyle,
      letter: "b",
      y: { title, scale: "linear", holds: [0] },
      level: { y: size.best.percentActive, name: "converged" },
    },
  );
  return [`active-${size.features}`, `${title} against time, ${counted(size.features, "atom")}`, panel];
}

/** How many times longer than the coordinate solver to a gap of 1%. */
function ratioTable(record: BenchRecord): string {
  const ratio = (size: SizeRecord, run: Timed | undefined) => {
    const value = run === undefined ? null : timesLonger(size, run);
    return value === null ? "" : significant(value, 2);
  };
  const rows = record.sizes.map((size): Row => {
    const fista = runOf(size, "fista", { gap: coarse });
    return {
      cells: [
        whole(size.features),
        significant(runOf(size, "coordinate", { gap: coarse })?.imagesPerSecond ?? 0, 3),
        ratio(size, fista?.converged ? fista : undefined),
        ratio(size, runOf(size, "lca", spoken)),
        ...torchForms.map((form) => ratio(size, torchRun(size, form))),
      ],
    };
  });
  const heads = ["Images/s", "FISTA", "LCA", "Torch, residual", "Torch, Gram"].map(numeric);
  return table([{ head: "Atoms" }, ...heads], rows, {
    title: "Table 1. Times longer than the coordinate solver.",
    note: "Images/s: coordinate solver to a gap of 1%. The others: how many times longer, FISTA to the same gap, LCA and torch for 400 steps.",
  });
}

/** Every run of one size, ours first. */
function runTable(size: SizeRecord): string {
  const own = size.runs.map((run) => {
    const end = run.steps === undefined ? ` to ${tickText(100 * run.gap)}%` : `, ${counted(run.steps, "step")}`;
    return measuredRow(`${names[run.solver]}${end}`, run);
  });
  const torch = size.torch.flatMap((run) =>
    "failed" in run
      ? []
      : [measuredRow(`torch, ${run.form}, ${counted(run.steps, "step")}, ${counted(run.images, "image")}`, run)],
  );
  const times = ["ms per image", "Least", "Most", "Rounds"];
  const reached = ["Gap, %", "Energy above, %", "Active, %", "Relative to converged"];
  return table([{ head: "Run" }, ...[...times, ...reached].map(numeric)], [...own, ...torch]);
}

/** Times, then what was reached; an energy below the best, within its gap, is written as 0. */
function measuredRow(name: string, run: Timed): Row {
  const { median, low, high } = run.milliseconds;
  const numbers = [median, low, high].map((value) => significant(value, 3));
  const reached = [100 * run.relativeGap, 100 * Math.max(0, run.energyAbove), run.percentActive, run.inflation];
  return { cells: [name, ...numbers, String(run.rounds), ...reached.map((value) => significant(value, 3))] };
}

/** What a reader must know to compare the times. */
function notesOf({ sizes, torch }: BenchRecord): readonly string[] {
  const atoms = listing(sizes.map((size) => `${whole(size.features)} ${size.dictionary}`));
  const failed = sizes.flatMap((size) =>
    size.torch.flatMap((run) =>
      "failed" in run ? [`Torch, ${run.form} form, ${counted(size.features, "atom")}: ${run.failed}.`] : [],
    ),
  );
  return [
    `Atoms: ${atoms}.`,
    "Every run starts from a code of zeros. Energies are compared with the coordinate solver’s at a gap of 0.001%. The LCA steps at the rate 1/‖Φ‖², half the largest rate that is always safe. Times of the LCA and FISTA include a certificate every ten steps; those of torch do not.",
    torch.here
      ? `Torch ${torch.version} runs the same steps at the same rate. Its Gram form does not know the image border: it codes the zero-extended canvas and is compared with the best code there.`
      : `${torch.reason}.`,
    ...failed,
  ];
}

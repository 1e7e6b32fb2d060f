/**
 * The page of a bench: time to a gap against size, what unfinished LCA does to the number of
 * active units, and for each size energy and active units against time.
 */
import {
  type BenchRecord,
  runOf,
  type SizeRecord,
  type TorchForm,
  type TorchRun,
  timesLonger,
} from "../tasks/bench/record.js";
import { type Line, type LinesPanel, linesFigure } from "./figures/lines.js";
import { caption, dataBehind, type Row, table, twoWidths } from "./html.js";
import type { FontFace } from "./input.js";
import { escapeText, plainText } from "./markup.js";
import { listing, significant, tickText, whole } from "./numbers.js";
import { type PageOrigin, pageText } from "./page.js";
import { standalone } from "./standalone.js";
import type { Point } from "./svg/marks.js";

type Drawing = {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly panel: LinesPanel;
  readonly finding: string;
};
type Run = SizeRecord["runs"][number];
type TorchTimed = Exclude<TorchRun, { failed: string }>;

const names = { coordinate: "coordinate", fista: "FISTA", lca: "LCA" } as const;
const colours = { coordinate: 4, fista: 1, lca: 0, residual: 3, gram: 5 } as const;

/** File name → SVG text. */
export function benchFigures(record: BenchRecord, fonts: readonly FontFace[]): Record<string, string> {
  return Object.fromEntries(
    drawings(record).map(({ name, lines, panel, finding }) => [
      `${name}.svg`,
      standalone(linesFigure(lines, { ...panel, panel: undefined }, 528, finding), fonts),
    ]),
  );
}

/** The whole page as the text of one HTML file. */
export function benchPage(
  record: BenchRecord,
  { origin, fonts }: { origin: PageOrigin; fonts: readonly FontFace[] },
): string {
  const found = new Map(drawings(record).map((drawing) => [drawing.name, drawing]));
  const draw = (name: string) => {
    const { lines, panel, finding } = found.get(name)!;
    return twoWidths(linesFigure(lines, panel, 528, finding), linesFigure(lines, panel, 368, finding));
  };
  const pair = (a: string, b: string) =>
    `<div class="pair"><div class="c6">${draw(a)}</div><div class="c6">${draw(b)}</div></div>`;
  const several = record.sizes.length > 1;
  const overSizes = several
    ? `<section><figure>${caption("Figure 1", plainText(headline(record)), timeMeaning)}${pair("time-to-gap-0.01", "time-to-gap-0.001")}</figure></section>
<section class="grid"><figure class="c6">${caption("Figure 2", inflationFinding(record), "Active units after so many steps, divided by those of the converged code.")}${draw("inflation")}</figure><div class="c6">${ratioTable(record)}</div></section>`
    : `<section class="grid"><div class="c12">${ratioTable(record)}</div></section>`;
  const eachSize = record.sizes.map(
    (size, i) =>
      `<section><figure>${caption(`Figure ${i + (several ? 3 : 1)}`, `${whole(size.features)} atoms: energy and active units against time.`, pathMeaning)}${pair(`energy-${size.features}`, `active-${size.features}`)}</figure>${dataBehind(`All measurements of ${whole(size.features)} atoms`, runTable(size))}</section>`,
  );
  return pageText({
    kind: "bench",
    title: headline(record),
    stand: standfirst(record),
    facts: [
      ["Images", escapeText(`${record.images}, ${record.data}`)],
      ["_λ_", tickText(record.lambda)],
      ["Atoms", record.sizes.map(({ features }) => whole(features)).join(", ")],
      ["Time", "processor, one thread"],
      ["Rounds", `up to ${record.rounds}`],
      ["Torch", escapeText(record.torch.here ? record.torch.version : "not here")],
    ],
    sections: [overSizes, ...eachSize, noteSection(record)],
    origin,
    fonts,
  });
}

const timeMeaning =
  "a: to a gap of 1%. b: to 0.1%. Full dots: the gap was reached. Hollow dots, dashed: a fixed number of steps that ends short of it.";
const pathMeaning =
  "Each dot is a run from nothing that ends there. Energy above that of the converged code, at least 0.001%: closer is not told apart.";

function drawings(record: BenchRecord): readonly Drawing[] {
  const each = record.sizes.flatMap((size) => [energyDrawing(size), activeDrawing(size)]);
  if (record.sizes.length < 2) return each;
  return [timeDrawing(record, 1e-2, "a"), timeDrawing(record, 1e-3, "b"), inflationDrawing(record), ...each];
}

/** "22" or "22 to 35", of the sizes that have the ratio. */
function rangeText(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => significant(value, 2));
  return low === high ? low : `${low} to ${high}`;
}

function ratios(record: BenchRecord, run: (size: SizeRecord) => Run | TorchTimed | undefined): readonly number[] {
  return record.sizes.flatMap((size) => {
    const found = run(size);
    return found === undefined ? [] : (timesLonger(size, found) ?? []);
  });
}

function headline(record: BenchRecord): string {
  const longer = ratios(record, (size) => runOf(size, "lca", { steps: 400 }));
  if (longer.length === 0) return "Time to accuracy of the sparse coding solvers.";
  const short = record.sizes.every((size) => (runOf(size, "lca", { steps: 400 })?.relativeGap ?? 0) > 1e-2);
  return `400 steps of LCA take ${rangeText(longer)} times as long as coding to a gap of 1%${short ? ", and end short of it" : ""}.`;
}

function standfirst(record: BenchRecord): string {
  const parts = (["residual", "gram"] as const).flatMap((form) => {
    const longer = ratios(record, (size) => torchRun(size, form));
    return longer.length === 0 ? [] : [`${rangeText(longer)} times in torch ${formName[form]}`];
  });
  const torch = parts.length === 0 ? "" : `The same 400 steps take ${listing(parts)}. `;
  return `${torch}${inflationFinding(record)}`;
}

const formName: Readonly<Record<TorchForm, string>> = {
  residual: "through the residual",
  gram: "by the convolution of the dictionary with itself",
};

function inflationFinding(record: BenchRecord): string {
  const inflations = record.sizes.flatMap((size) => runOf(size, "lca", { steps: 400 })?.inflation ?? []);
  if (inflations.length === 0) return "Unfinished codes have other numbers of active units.";
  return `After 400 steps the LCA has ${rangeText(inflations)} times the active units of the converged code.`;
}

function torchRun(size: SizeRecord, form: TorchForm): TorchTimed | undefined {
  return size.torch.find((run): run is TorchTimed => run.form === form && !("failed" in run));
}

function sizesAxis(record: BenchRecord) {
  return { title: "atoms", scale: "log", ticks: record.sizes.map(({ features }) => features) } as const;
}

function timeDrawing(record: BenchRecord, gap: number, panel: string): Drawing {
  const points = (run: (size: SizeRecord) => Run | TorchTimed | undefined) =>
    record.sizes.flatMap((size): Point[] => {
      const found = run(size);
      return found === undefined ? [] : [[size.features, found.milliseconds.median]];
    });
  const toGap = (["coordinate", "fista"] as const).map((solver): Line => {
    const reached = points((size) => {
      const run = runOf(size, solver, { gap });
      return run?.converged ? run : undefined;
    });
    return { name: names[solver], colour: colours[solver], points: reached, marks: "full" };
  });
  const falls = (name: string, colour: number, of: readonly Point[]): Line => ({
    name,
    colour,
    points: of,
    marks: "hollow",
    dashed: true,
  });
  const lines = [
    ...toGap,
    ...[400, 2000].map((steps) =>
      falls(
        `LCA, ${whole(steps)}`,
        colours.lca,
        points((size) => runOf(size, "lca", { steps })),
      ),
    ),
    falls(
      "torch, residual",
      colours.residual,
      points((size) => torchRun(size, "residual")),
    ),
    falls(
      "torch, Gram",
      colours.gram,
      points((size) => torchRun(size, "gram")),
    ),
  ].filter((one) => one.points.length > 0);
  const y = { title: `Time to a gap of ${tickText(100 * gap)}%, ms an image`, scale: "log" } as const;
  const finding = plainText(
    `${headline(record)} Time to a gap of ${tickText(100 * gap)}% against the number of atoms.`,
  );
  return {
    name: `time-to-gap-${gap}`,
    lines,
    panel: { panel, x: sizesAxis(record), y, names: "right", share: 0.72 },
    finding,
  };
}

function inflationDrawing(record: BenchRecord): Drawing {
  const steps = [...new Set(record.sizes.flatMap(({ runs }) => runs.flatMap((run) => run.steps ?? [])))].filter(
    (n) => n >= 250,
  );
  const lines = steps.map((count, i): Line => {
    const points = record.sizes.flatMap((size): Point[] => {
      const run = runOf(size, "lca", { steps: count });
      return run === undefined ? [] : [[size.features, run.inflation]];
    });
    return { name: `${whole(count)} steps`, colour: [0, 1, 2, 3, 4, 5][i] ?? 6, points, marks: "full" };
  });
  const y = { title: "Active units, relative to the converged code", scale: "log", holds: [1] } as const;
  const level = { y: 1, name: "converged" };
  const panel: LinesPanel = { x: sizesAxis(record), y, names: "right", level, share: 0.72 };
  return { name: "inflation", lines, panel, finding: inflationFinding(record) };
}

function pathDrawing(
  size: SizeRecord,
  value: (run: Run | TorchTimed) => number,
  of: { name: string; letter: string; title: string; scale: "log" | "linear" },
): Drawing {
  const own = (["coordinate", "fista", "lca"] as const).map((solver): Line => {
    const runs = size.runs.filter((run) => run.solver === solver && (of.scale === "linear" || value(run) > 0));
    const points = runs.map((run): Point => [run.milliseconds.median, value(run)]).sort((a, b) => a[0] - b[0]);
    return { name: names[solver], colour: colours[solver], points, marks: "full" };
  });
  const torch = (["residual", "gram"] as const).flatMap((form): Line[] => {
    const run = torchRun(size, form);
    if (run === undefined) return [];
    const name = form === "gram" ? "torch, Gram" : "torch, residual";
    return [{ name, colour: colours[form], points: [[run.milliseconds.median, value(run)]], marks: "hollow" }];
  });
  const lines = [...own, ...torch].filter((one) => one.points.length > 0);
  const panel: LinesPanel = {
    panel: of.letter,
    x: { title: "ms an image", scale: "log" },
    y: { title: of.title, scale: of.scale, holds: of.scale === "linear" ? [0] : [] },
    names: "beside",
    share: 0.72,
  };
  return {
    name: `${of.name}-${size.features}`,
    lines,
    panel,
    finding: `${of.title} against time, ${size.features} atoms`,
  };
}

/** In percent: the gap of the codes that energies are compared with. */
const leastAbove = 1e-3;

function energyDrawing(size: SizeRecord): Drawing {
  return pathDrawing(size, (run) => Math.max(leastAbove, 100 * run.energyAbove), {
    name: "energy",
    letter: "a",
    title: "Energy above the least, %",
    scale: "log",
  });
}

function activeDrawing(size: SizeRecord): Drawing {
  const drawn = pathDrawing(size, (run) => run.percentActive, {
    name: "active",
    letter: "b",
    title: "Active units, %",
    scale: "linear",
  });
  return { ...drawn, panel: { ...drawn.panel, level: { y: size.best.percentActive, name: "converged" } } };
}

/** How many times longer than the coordinate solver to a gap of 1%. */
function ratioTable(record: BenchRecord): string {
  const ratio = (size: SizeRecord, run: Run | TorchTimed | undefined) => {
    const value = run === undefined ? null : timesLonger(size, run);
    return value === null ? "" : significant(value, 2);
  };
  const rows = record.sizes.map((size): Row => {
    const fista = runOf(size, "fista", { gap: 1e-2 });
    return {
      cells: [
        whole(size.features),
        significant(runOf(size, "coordinate", { gap: 1e-2 })?.imagesPerSecond ?? 0, 3),
        ratio(size, fista?.converged ? fista : undefined),
        ratio(size, runOf(size, "lca", { steps: 400 })),
        ratio(size, torchRun(size, "residual")),
        ratio(size, torchRun(size, "gram")),
      ],
    };
  });
  const heads = ["Images/s", "FISTA", "LCA", "Torch, residual", "Torch, Gram"].map((head) => ({ head, numeric: true }));
  const note = `<span class="grey">Images/s: coordinate solver to a gap of 1%. The others: how many times longer, FISTA to the same gap, LCA and torch for 400 steps.</span>`;
  return table(
    `<h2>Table 1. Times longer than the coordinate solver.</h2> ${note}`,
    [{ head: "Atoms" }, ...heads],
    rows,
  );
}

function runTable(size: SizeRecord): string {
  const rows = [
    ...size.runs.map((run) =>
      measuredRow(
        run.steps === undefined
          ? `${names[run.solver]} to ${tickText(100 * run.gap)}%`
          : `${names[run.solver]}, ${whole(run.steps)} steps`,
        run,
      ),
    ),
    ...size.torch.flatMap((run) =>
      "failed" in run ? [] : [measuredRow(`torch, ${run.form}, ${run.steps} steps, ${run.images} images`, run)],
    ),
  ];
  const heads = [
    "ms an image",
    "Least",
    "Most",
    "Rounds",
    "Gap, %",
    "Energy above, %",
    "Active, %",
    "Relative to converged",
  ];
  return table("", [{ head: "Run" }, ...heads.map((head) => ({ head, numeric: true }))], rows);
}

function measuredRow(name: string, run: Run | TorchTimed): Row {
  const { median, low, high } = run.milliseconds;
  const numbers = [median, low, high].map((value) => significant(value, 3));
  const reached = [100 * run.relativeGap, 100 * Math.max(0, run.energyAbove), run.percentActive, run.inflation].map(
    (value) => significant(value, 3),
  );
  return { cells: [name, ...numbers, String(run.rounds), ...reached] };
}

function noteSection(record: BenchRecord): string {
  const atoms = listing(record.sizes.map((size) => `${whole(size.features)} ${size.dictionary}`));
  const failed = record.sizes.flatMap((size) =>
    size.torch.flatMap((run) =>
      "failed" in run ? [`Torch, ${run.form} form, ${size.features} atoms: ${run.failed}.`] : [],
    ),
  );
  const notes = [
    `Atoms: ${atoms}.`,
    "Every run starts from a code of zeros. Energies are compared with the coordinate solver’s at a gap of 0.001%. The LCA steps at the rate 1/‖Φ‖², half the longest that is always safe. Times of the LCA and FISTA include a certificate every ten steps; torch’s do not.",
    record.torch.here
      ? `Torch ${record.torch.version} runs the same steps at the same rate. Its Gram form knows no image border: it codes the zero-extended canvas and is compared with the best code there.`
      : `${record.torch.reason}.`,
    ...failed,
  ];
  return `<section><h2 class="heading">Notes</h2><ul class="notes">${notes.map((words) => `<li>${escapeText(words)}</li>`).join("")}</ul></section>`;
}

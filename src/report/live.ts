/** What the live view shows beside the report so far: dictionaries as they learn, and the work itself. */
import { counted } from "../core/words.js";
import { sizeWords } from "../study/axis.js";
import type { StudyRecord } from "../study/record.js";
import { linesPanel } from "./figures/lines.js";
import { headline } from "./findings.js";
import { tableauSheets } from "./gallery.js";
import { drawn, figure, numeric, table } from "./html.js";
import type { Live, TrainingSoFar } from "./input.js";
import { escapeText, plainText, quotedSentence } from "./markup.js";
import { howMany, inWords, significant, whole } from "./numbers.js";
import { countFound, dressNamed, type Size, shortName } from "./sizes.js";
import type { Point } from "./svg/marks.js";
import type { Drawing, TwoWidths } from "./svg/panel.js";

/** The name of the figure of held-out energies. */
export const trainingFigure = "held-out-energy";

/** Of a study that is not finished: no verdict before there is a minimum. */
export function unfinishedHeadline(study: StudyRecord, sizes: readonly Size[]): string {
  const all = sizes.length === 1 ? "one size" : `${inWords(sizes.length)} sizes`;
  const found = countFound(sizes);
  if (found > 0 && study.location.verdict === "too-few-sizes")
    return `So far ${inWords(found)} of ${all} ${found === 1 ? "has" : "have"} a best sparsity.`;
  if (found > 0) return headline(study, sizes);
  const begun = sizes.filter(({ points }) => points.length > 0).length;
  if (begun === 0) return "No minimum yet: the dictionaries are learning.";
  if (begun === sizes.length)
    return `No minimum yet: ${begun === 1 ? "the curve has" : `the curves of all ${all} have`} begun.`;
  return `No minimum yet: ${begun === 1 ? "the curve" : "curves"} of ${inWords(begun)} of ${all} ${begun === 1 ? "has" : "have"} begun.`;
}

/** Mean energy of held-out images against images seen, a line for each size that has two looks. */
export function trainingDrawing(live: Live | null, sizes: readonly Size[]): readonly Drawing<typeof trainingFigure>[] {
  const shown = (live?.training ?? []).filter(({ looks }) => looks.length > 1);
  if (live === null || live.finished || shown.length === 0) return [];
  const lines = shown.map((one, i) => ({
    name: shortName(one, i === 0),
    dress: { ...dressNamed(one, sizes), hollow: !one.done },
    points: one.looks.map(({ imagesSeen, energy }): Point => [imagesSeen, energy]),
  }));
  const panel = linesPanel(lines, {
    share: 0.62,
    points: "dots",
    names: "right",
    x: { title: "Images seen", scale: "linear" },
    y: { title: "Mean energy of held-out images", scale: "linear" },
  });
  return [[trainingFigure, plainText(trainingFinding(live.training)), panel]];
}

function trainingFinding(training: readonly TrainingSoFar[]): string {
  const done = training.filter((one) => one.done).length;
  if (done === training.length) return "Every dictionary has learned.";
  const busy = training.filter((one) => !one.done && one.imagesSeen > 0);
  const states = busy.map((one) => `; ${sizeWords(one)} at ${whole(one.imagesSeen)} images`);
  return `${howMany(done)} of ${inWords(training.length)} dictionaries ${done < 2 ? "has" : "have"} learned${states.join("")}.`;
}

/** Dictionaries while they learn: their energies, and the atoms of the last that changed; "" before there is either. */
export function trainingSection(live: Live | null, figures: ReadonlyMap<string, TwoWidths>, name: string): string {
  if (live === null || live.finished || live.training.length === 0) return "";
  const { training, atoms } = live;
  const lines = drawn(figures.get(trainingFigure));
  if (lines === "" && atoms === null) return "";
  const dashes = lines === "" ? "" : " Dashed: not finished. Less energy is a better dictionary.";
  const meaning = `The first seed of each size.${dashes}`;
  const sheet =
    atoms === null
      ? ""
      : `<div class="c6 sheet"><p class="note">${counted(atoms.features, "atom")} after ${whole(atoms.imagesSeen)} images</p>${sheetsOf(atoms)}</div>`;
  const energy = lines === "" ? "" : `<div class="c6">${lines}</div>`;
  const data = [looksData(training)];
  const body = `<div class="pair">${energy}${sheet}</div>`;
  return `<section>${figure({ name, finding: trainingFinding(training), meaning, data }, body)}</section>`;
}

/** By the atoms: a page that is drawn each second would encode the same picture each time, a third of its work. */
const sheets = new WeakMap<object, string>();

function sheetsOf(atoms: NonNullable<Live["atoms"]>): string {
  const known = sheets.get(atoms.atoms) ?? tableauSheets({ ...atoms, use: [], lambda: 0 }, "first");
  sheets.set(atoms.atoms, known);
  return known;
}

function looksData(training: readonly TrainingSoFar[]): string {
  const rows = training.flatMap((one) =>
    one.looks.map(({ imagesSeen, energy }) => ({
      cells: [sizeWords(one), whole(imagesSeen), significant(energy, 5)],
    })),
  );
  const heads = [{ head: "Size" }, numeric("Images seen"), numeric("Held-out energy")];
  return rows.length === 0 ? "" : table(heads, rows, { title: "Looks at the held-out images", plain: true });
}

/** Items by stage, and every start of the command with what became of it. */
export function workSection(live: Live | null): string {
  if (live === null) return "";
  const stages = live.stages.map(({ stage, done, planned }) => ({ cells: [stage, whole(done), whole(planned)] }));
  const sessions = live.sessions.map(({ began, machine, workers, items, outcome }) => ({
    cells: [escapeText(began), escapeText(machine), whole(workers), whole(items), escapeText(outcome ?? "no end yet")],
  }));
  const left = table([{ head: "Stage" }, numeric("Items done"), numeric("Planned so far")], stages);
  const heads = [{ head: "Began" }, { head: "Machine" }, numeric("Workers"), numeric("Items"), { head: "Ended" }];
  const right = sessions.length === 0 ? "" : table(heads, sessions);
  const alarms = live.alarms.map((words) => `<li class="warn">${quotedSentence(words)}</li>`).join("");
  const troubled = alarms === "" ? "" : `<ul class="notes">${alarms}</ul>`;
  return `<section><h2 class="heading">Work</h2><div class="grid"><div class="c4">${left}</div><div class="c8"><div class="scroll starts" tabindex="0" role="region" aria-label="Starts of the command">${right}</div></div></div>${troubled}</section>`;
}

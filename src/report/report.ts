/**
 * The report: one offline HTML file, a pure function of records. The finding
 * comes first as a sentence, the figures prove it, provenance is last. No
 * script, no request, nothing from outside. Also every figure as an SVG file.
 */
import { sizeNoun, sizeNumber } from "../study/axis.js";
import type { StudyRecord } from "../study/record.js";
import { curveData, minimumData, predictionData, slopeData, useData } from "./data.js";
import { concentration } from "./figures/use.js";
import { countFound, drawnFigures, type FigureName } from "./figures.js";
import {
  curvesFinding,
  headline,
  type Judgement,
  predictionFinding,
  scalingFinding,
  standfirst,
  testLines,
} from "./findings.js";
import { pictureSection, tableauSheets } from "./gallery.js";
import { caption, dataBehind, facts, type TwoWidths, twoWidths } from "./html.js";
import type { ReportInput } from "./input.js";
import { element, escapeText, plainText, quotedSentence, rich } from "./markup.js";
import { factPairs, footer, noteLines } from "./notes.js";
import { significant } from "./numbers.js";
import { scoreTables } from "./scores.js";
import { type Size, sizesOf } from "./sizes.js";
import { pageStyle } from "./style.js";
import { exponentTable, lawTable, optimumTable } from "./tables.js";
import { transitionSection } from "./transition.js";

type Parts = {
  readonly input: ReportInput;
  readonly sizes: readonly Size[];
  readonly figures: ReadonlyMap<FigureName, TwoWidths>;
};

/**
 * The whole report as the text of one HTML file that needs nothing else.
 * Incomplete and negative studies have their own headline; what was not
 * measured is said, never drawn.
 */
export function studyReport(input: ReportInput): string {
  const sizes = sizesOf(input.study);
  const parts: Parts = { input, sizes, figures: drawnFigures(input) };
  const titled = numbered([
    (n) => curvesAndOptimum(parts, n),
    (n) => scaling(parts, n),
    (n) => prediction(parts, n),
    (n) => transitionSection(input.transition ?? null, parts.figures, n),
    (n) => tableau(parts, n),
    (n) => pictureSection(input.showcase?.pictures ?? [], n),
    (n) => method(parts, n),
  ]);
  const sections = [opening(parts), ...titled];
  const title = headline(input.study, sizes);
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(`${plainText(title)} Crisp, ${input.study.name}`)}</title>`,
    `<style>${pageStyle(input.fonts)}</style></head>`,
    `<body><div class="page">${top(input)}<main>${sections.join("\n")}</main>${footer(input)}</div></body></html>`,
  ].join("\n");
}

/** Sections that have something to show, their figures numbered as they come. */
function numbered(sections: readonly ((figure: string) => string)[]): readonly string[] {
  let n = 1;
  return sections.flatMap((section) => {
    const html = section(`Figure ${n}`);
    if (html !== "") n++;
    return html === "" ? [] : [html];
  });
}

function top({ study, provenance, progress }: ReportInput): string {
  const bar = `<header class="top"><span><b>Crisp</b> <span class="grey">study report</span></span><span class="grey">${escapeText(study.name)}, ${escapeText(provenance.date)}</span></header>`;
  return progress ? `${bar}<p class="progress" role="status">${escapeText(progress)}</p>` : bar;
}

function opening({ input, sizes }: Parts): string {
  const { study } = input;
  const stand = standfirst(study, sizes);
  const left = `<h1>${rich(headline(study, sizes))}</h1>${stand === "" ? "" : `<p class="stand">${rich(stand)}</p>`}`;
  return `<section class="first grid"><div class="c8">${left}</div>${facts(factPairs(input), "facts c4")}</section>`;
}

function drawn(figures: Parts["figures"], name: FigureName): string {
  const both = figures.get(name);
  return both === undefined ? "" : twoWidths(both.wide, both.narrow);
}

function curvesAndOptimum({ input, sizes, figures }: Parts, name: string): string {
  const meaning = "Points: means over test images. Large markers, joined by dots: the minima.";
  const figure = `<figure class="c6">${caption(name, curvesFinding(sizes), meaning)}${drawn(figures, "error-against-percent-active")}${dataBehind(`Data behind ${name}`, curveData(input.study))}</figure>`;
  const table = `<div class="c6">${optimumTable(input.study, sizes)}${optimumNote(input.study, sizes)}${tests(input.study)}</div>`;
  return `<section class="grid">${figure}${table}</section>`;
}

function optimumNote({ prediction }: StudyRecord, sizes: readonly Size[]): string {
  const out = sizes.filter((size) => size.leftOut).map(sizeNumber);
  if (out.length === 0) return "";
  const swept = `${out.join(", ")} ${sizeNoun(sizes[0])} are swept only to check the prediction.`;
  const interval = prediction === null ? "" : " The predicted interval is for one newly trained network.";
  return `<p class="note" style="margin-top:8px">${swept}${interval}</p>`;
}

const symbols: Record<Judgement, string> = {
  Supported: '<circle cx="7" cy="7" r="5" class="symbol"/>',
  Undecided: '<circle cx="7" cy="7" r="5" class="hollow"/><path d="M7 2A5 5 0 0 0 7 12Z" class="symbol"/>',
  "Not supported": '<circle cx="7" cy="7" r="5" class="hollow"/>',
};

function tests(study: StudyRecord): string {
  const lines = testLines(study).map(({ judgement, words, reason }) => {
    const symbol = `<svg class="fig" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${symbols[judgement]}</svg>`;
    return `<li>${symbol}<b>${judgement}</b><span>${rich(words)}${reason === undefined ? "" : ` ${quotedSentence(reason)}`}</span></li>`;
  });
  return lines.length === 0 ? "" : `<ul class="tests">${lines.join("")}</ul>`;
}

function scaling({ input, sizes, figures }: Parts, name: string): string {
  const { study } = input;
  const meaning =
    "Line and band: power law fitted to the sizes not left out, 95%, dashed where extrapolated. Bars: 95%.";
  const names = [
    "percent-active-against-size",
    "error-against-size",
    "lambda-against-size",
    "active-units-against-size",
  ] as const;
  const panels = names
    .filter((panel) => figures.has(panel))
    .map((panel) => `<div class="c6">${drawn(figures, panel)}</div>`)
    .join("");
  const data = dataBehind(`Data behind ${name}`, minimumData(study), slopeData(study));
  const figure = `<figure>${caption(name, scalingFinding(study, sizes), meaning)}<div class="pair">${panels}</div>${data}</figure>`;
  if (countFound(sizes) === 0) return `<section>${figure}</section>`;
  const laws = lawTable(study);
  const tables = `<div class="grid" style="margin-top:24px"><div class="c6">${exponentTable(study)}</div><div class="c6">${laws}</div></div>`;
  return `<section>${figure}${tables}</section>`;
}

function prediction({ input, figures }: Parts, name: string): string {
  const record = input.study.prediction;
  const scored = scoreTables(input.study);
  if (record === null || !(figures.has("prediction") || figures.has("cost-of-another-lambda")))
    return scored === "" ? "" : `<section><h2 class="heading">Prediction</h2>${scored}</section>`;
  const meaning = "Band and tick: predicted, 95%. Dot and line: measured, 95%. Direct: _λ_ from its own power law.";
  const panels = (["prediction", "cost-of-another-lambda"] as const).map(
    (panel) => `<div class="c6">${drawn(figures, panel)}</div>`,
  );
  const data = dataBehind(`Data behind ${name}`, predictionData(record));
  return `<section><figure>${caption(name, predictionFinding(input.study), meaning)}<div class="pair">${panels.join("")}</div>${data}</figure>${scored}</section>`;
}

function tableau({ input, figures }: Parts, name: string): string {
  const shown = input.showcase?.tableau ?? null;
  if (shown === null) return "";
  const { first, share } = concentration(shown);
  const dead = shown.use.filter((fraction) => fraction === 0).length;
  const finding = `The ${first} most used of ${shown.features} atoms do ${significant(share, 2)}% of the coding.`;
  const unused = dead === 0 ? "Every atom is in use." : `${dead} never active, last.`;
  const meaning = `Most used first, at _λ_ = ${significant(shown.lambda, 3)}. Grey is zero; each atom is scaled to its own largest weight. ${unused}`;
  const both = figures.get("use-of-atoms");
  const use =
    both === undefined
      ? ""
      : `<div class="drawn use"><div class="at-wide">${both.wide}</div><div class="at-narrow">${both.narrow}</div></div>`;
  const data = dataBehind(`Data behind ${name}`, useData(shown.use));
  return `<section><figure>${caption(name, finding, meaning)}<div class="pair"><div class="c8 sheet">${tableauSheets(shown)}</div><div class="c4 beside">${use}</div></div>${data}</figure></section>`;
}

function method({ input, figures }: Parts, name: string): string {
  const figure = `<figure class="c6">${caption(name, "The network.", "V1 codes what its reconstruction has not yet explained; the error is taken against the clean image. The same atoms serve both ways.")}${drawn(figures, "network")}</figure>`;
  const notes = noteLines(input).map((note) => element("li", { class: note.warning ? "warn" : null }, note.html));
  return `<section class="grid">${figure}<div class="c6"><h2 class="heading">Notes</h2><ul class="notes">${notes.join("")}</ul></div></section>`;
}

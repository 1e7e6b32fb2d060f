/**
 * The report of a study, a pure function of its records: the finding first as a
 * sentence, then the figures that prove it, provenance last.
 */
import { sizeCount, sizeNoun } from "../study/axis.js";
import { posterOf, posterSource } from "../study/poster.js";
import type { StudyRecord } from "../study/record.js";
import { curvesFinding, predictionFinding, scalingFinding } from "./captions.js";
import { curveData, minimumData, predictionData, slopeData, useData } from "./data.js";
import { useFinding } from "./figures/use.js";
import { drawnFigures, type Figures, scalingFigures } from "./figures.js";
import { headline, standfirst, type TestLine, testLines } from "./findings.js";
import { pictureSection, tableauSheets } from "./gallery.js";
import { beside, drawn, figure, pair } from "./html.js";
import type { ReportInput } from "./input.js";
import { trainingSection, unfinishedHeadline, workSection } from "./live.js";
import { quotedSentence, rich } from "./markup.js";
import { factPairs, noteLines, originPairs } from "./notes.js";
import { listing, significant, whole } from "./numbers.js";
import { noteList, type Page, pageText } from "./page.js";
import { protocolSection } from "./protocol.js";
import { scoreTables } from "./scores.js";
import { drawnWords } from "./size-law.js";
import { countFound, type Size, sizesOf } from "./sizes.js";
import { verdictSymbol } from "./symbols.js";
import { exponentTable, lawTable, optimumTable } from "./tables.js";
import { transitionSection } from "./transition.js";

/** What every section is made of. */
type Parts = {
  readonly input: ReportInput;
  readonly sizes: readonly Size[];
  readonly figures: Figures;
};

/**
 * The whole report as the text of one HTML file that needs nothing else.
 * Incomplete and negative studies have their own headline; what was not
 * measured is said, never drawn.
 */
export function studyReport(input: ReportInput): string {
  return pageText(studyPage(input));
}

/** The page of a study, finished or not: the report's and the live view's. */
export function studyPage(input: ReportInput): Page {
  const { study, provenance, live = null } = input;
  const sizes = sizesOf(study, live?.bars);
  const parts: Parts = { input, sizes, figures: drawnFigures(input) };
  return {
    kind: live === null ? "study report" : "live study",
    name: study.name,
    progress: input.progress,
    title: live?.finished === false ? unfinishedHeadline(study, sizes) : headline(study, sizes),
    stand: rich(standfirst(study, sizes)),
    facts: factPairs(input),
    sections: [
      (name) => curvesAndOptimum(parts, name),
      (name) => trainingSection(live, parts.figures, name),
      (name) => scaling(parts, name),
      (name) => prediction(parts, name),
      (name) => transitionSection(input.transition ?? null, parts.figures, name),
      (name) => protocolSection(input.protocol ?? null, parts.figures, name),
      (name) => tableau(parts, name),
      (name) => pictureSection(input.showcase?.pictures ?? [], name),
      () => workSection(live),
      (name) => method(parts, name),
    ],
    origin: provenance,
    engine: provenance.engine,
    more: originPairs(input),
    poster: true,
    also: provenance.tests ? [provenance.tests.command] : [],
    fonts: input.fonts,
  };
}

/** Figure 1 beside Table 1 and the tests: the first screen. */
function curvesAndOptimum({ input: { study, live }, sizes, figures }: Parts, name: string): string {
  const bars = live ? " Bars: 95% over the images coded so far." : "";
  const meaning = `Points: means over ${imagesText(live?.piloted ?? [], sizes)}. Large markers, joined by dots: the minima.${bars}`;
  const left = figure(
    { name, finding: curvesFinding(sizes), meaning, data: [curveData(study)], half: true },
    drawn(figures.get("error-against-percent-active")),
  );
  const right = optimumTable(study, sizes) + optimumNote(study, sizes) + testList(testLines(study));
  return `<section class="grid">${left}<div class="c6">${right}</div></section>`;
}

/** Whose images the points of Figure 1 are means of; a size's pilot comes before its sweep and uses other images. */
function imagesText(piloted: readonly number[], sizes: readonly Size[]): string {
  if (piloted.length === 0) return "test images";
  const pilots = "held-out training images (the pilot)";
  const begun = sizes.filter(({ points }) => points.length > 0);
  return piloted.length >= begun.length ? pilots : `test images, of ${listing(piloted.map(whole))} over ${pilots}`;
}

/** What the sizes left out are for. */
function optimumNote({ prediction }: StudyRecord, sizes: readonly Size[]): string {
  const out = sizes.filter((size) => size.leftOut).map(sizeCount);
  if (out.length === 0) return "";
  const swept = `${out.join(", ")} ${sizeNoun(sizes[0])} are swept only to check the prediction.`;
  const interval = prediction === null ? "" : " The predicted interval is for one newly trained network.";
  return `<p class="note" style="margin-top:8px">${swept}${interval}</p>`;
}

const fullness = { Supported: "full", Undecided: "half", "Not supported": "hollow" } as const;

/** Each test with its symbol, its word and its number. */
export function testList(lines: readonly TestLine[]): string {
  const items = lines.map(({ judgement, words, reason }) => {
    const said = reason === undefined ? rich(words) : `${rich(words)} ${quotedSentence(reason)}`;
    return `<li>${verdictSymbol(fullness[judgement])}<b>${judgement}</b><span>${said}</span></li>`;
  });
  return items.length === 0 ? "" : `<ul class="tests">${items.join("")}</ul>`;
}

/** Figure 2 with Tables 2 and 3; without any minimum only the axes. */
function scaling({ input: { study }, sizes, figures }: Parts, name: string): string {
  const theirs = posterOf(study) === null ? "" : ` Grey dashes: slopes of the poster (${posterSource}).`;
  const fits = [study.location, study.value, study.lambda, study.activeUnits];
  const meaning = `Fits are of the sizes not left out. ${drawnWords(fits)} Bars: 95%.${theirs}`;
  const panels = pair(...scalingFigures.map((panel) => drawn(figures.get(panel))));
  const data = [minimumData(study), slopeData(study)];
  const upper = figure({ name, finding: scalingFinding(study, sizes), meaning, data }, panels);
  const lower = countFound(sizes) === 0 ? "" : beside(exponentTable(study), lawTable(study));
  return `<section>${upper}${lower}</section>`;
}

/** Figure 3 and the scores; the scores by themselves where no size is left out. */
function prediction({ input: { study }, figures }: Parts, name: string): string {
  const scored = scoreTables(study);
  const panels = [drawn(figures.get("prediction")), drawn(figures.get("cost-of-another-lambda"))];
  if (study.prediction === null || panels.every((panel) => panel === ""))
    return scored === "" ? "" : `<section><h2 class="heading">Prediction</h2>${scored}</section>`;
  const meaning = "Band and tick: predicted, 95%. Dot and line: measured, 95%. Direct: _λ_ from its own power law.";
  const data = [predictionData(study.prediction)];
  const upper = figure({ name, finding: predictionFinding(study), meaning, data }, pair(...panels));
  return `<section>${upper}${scored}</section>`;
}

function tableau({ input, figures }: Parts, name: string): string {
  const shown = input.showcase?.tableau ?? null;
  if (shown === null) return "";
  const dead = shown.use.filter((fraction) => fraction === 0).length;
  const unused = dead === 0 ? "Every atom is in use." : `${dead} are never active and stand last.`;
  const meaning = `Most used first, at _λ_ = ${significant(shown.lambda, 3)}. Grey is zero; each atom is scaled to its own largest weight. ${unused}`;
  const use = drawn(figures.get("use-of-atoms"), "drawn use");
  const both = `<div class="pair"><div class="c8 sheet">${tableauSheets(shown)}</div><div class="c4 beside">${use}</div></div>`;
  const data = [useData(shown.use)];
  return `<section>${figure({ name, finding: useFinding(shown), meaning, data }, both)}</section>`;
}

function method({ input, figures }: Parts, name: string): string {
  const meaning =
    "V1 codes what its reconstruction has not yet explained. The percent error compares the reconstruction with the clean image. The same atoms serve both ways.";
  const left = figure({ name, finding: "The network.", meaning, half: true }, drawn(figures.get("network")));
  return `<section class="grid">${left}<div class="c6">${noteList(noteLines(input))}</div></section>`;
}

/** Of a study's report: facts beside the headline, notes on training and certificates, and its origin. */

import { counted } from "../core/words.js";
import { sourceText } from "../images/image-set.js";
import { allSizes, growsImages, sizeCount } from "../study/axis.js";
import type { StudyRecord } from "../study/record.js";
import type { LearningSettings } from "../study/settings.js";
import type { ReportInput } from "./input.js";
import { choiceSentence } from "./laws.js";
import { escapeText, quotedSentence, rich } from "./markup.js";
import { duration, inWords, inWordsCapital, significant, whole } from "./numbers.js";

/** One note, HTML. */
export type Note = { readonly html: string; readonly warning: boolean };

const note = (marked: string): Note => ({ html: rich(marked), warning: false });
const warning = (html: string): Note => ({ html, warning: true });

/** Six lines beside the headline. */
export function factPairs({ study, provenance }: ReportInput): readonly (readonly [string, string])[] {
  const { settings, images } = study;
  const sizes = allSizes(settings).map(sizeCount);
  const range = sizes.length > 1 ? `${sizes[0]} to ${sizes[sizes.length - 1]}` : (sizes[0] ?? "no");
  const networks = growsImages(settings)
    ? `${counted(settings.features[0], "feature")} on ${range} pixels a side`
    : `${range} features`;
  const one = settings.atoms === "given" ? "file" : "seed";
  const seeds = `${settings.replicates} ${settings.replicates === 1 ? one : `${one}s`} each`;
  const cores = counted(provenance.workers, "core");
  return [
    [
      "Images",
      `${escapeText(sourceText(images.source))}, ${whole(images.training)} to train, ${whole(images.test)} to test`,
    ],
    ["Noise", rich(`Gaussian, _σ_ = ${settings.noise}`)],
    ["Networks", `${networks}, ${seeds}`],
    ["Threshold", `soft, ${settings.rectified ? "rectified" : "signed"}`],
    ["Converged", converged(study)],
    ["Time", `${duration(provenance.seconds)} on ${cores}${testsText(provenance)}`],
  ];
}

/** The tests for a phase transition are not part of the study's own time. */
function testsText({ tests }: ReportInput["provenance"]): string {
  return tests === undefined ? "" : `, transition tests ${duration(tests.seconds)}`;
}

/** How many codings reached the tolerance. */
function converged({ certificate: { codings, tolerance, unconverged }, curves }: StudyRecord): string {
  // Of a study that is followed, sizes are certified when they are measured to the end; their curves are there before.
  if (codings === 0) return curves.length > 0 ? "no size is measured to its end yet" : "nothing coded yet";
  const gap = `gap below ${significant(tolerance, 1)}`;
  return unconverged === 0
    ? `all ${whole(codings)} codings, ${gap}`
    : `${whole(codings - unconverged)} of ${whole(codings)} codings, ${gap}`;
}

/** What a reader must know to trust the numbers. */
export function noteLines(input: ReportInput): readonly Note[] {
  const { study } = input;
  return [
    ...trainingNotes(study),
    ...certificateNotes(study),
    ...verdictNotes(study),
    ...(study.laws === undefined ? [] : [note(choiceSentence(study.laws))]),
    ...study.warnings.map((words) => warning(quotedSentence(words))),
  ];
}

/** How the dictionaries were learned, or that they were not. */
function trainingNotes({ training, dictionaries, settings }: StudyRecord): readonly Note[] {
  // Records made before there was a choice have no such list.
  if (dictionaries?.length > 0) return untrainedNotes(dictionaries);
  if (training.length === 0) return [note("Training: no dictionary is finished.")];
  const seen = training.map((t) => t.imagesSeen);
  const [few, many] = [Math.min(...seen), Math.max(...seen)];
  const images = few === many ? whole(few) : `${whole(few)} to ${whole(many)}`;
  const learned = training.length === 1 ? "one dictionary" : `${inWords(training.length)} dictionaries`;
  return [
    note(
      `Training: ${learned} at ${trainingLambdaText(settings.learning)}${ruleText(settings.learning)}, ${images} clean images seen each. ${deadText(training)}`,
    ),
  ];
}

/** The rule of learning, and what of start and constraint is not the usual. */
function ruleText({ rule, step, start, constraint, zeroMean, nonnegative }: LearningSettings): string {
  if (rule === undefined) return ""; // records made before there was a choice
  const unusual = [
    start !== "patches" && `start ${start.split(":")[0]}`,
    constraint !== "unit" && `norms ${constraint}`,
    zeroMean && "zero mean",
    nonnegative && "nonnegative",
  ].filter((words) => words !== false);
  return [` by the rule ${rule}`, `step ${step}`, ...unusual].join(", ");
}

/** Dictionaries that were drawn or came in files. */
function untrainedNotes(dictionaries: StudyRecord["dictionaries"]): readonly Note[] {
  const number = dictionaries.length === 1 ? "One dictionary" : `${inWordsCapital(dictionaries.length)} dictionaries`;
  if (dictionaries[0].origin === "random") {
    return [
      note(`${number}, not trained: every weight is drawn from a Gaussian of its own, then each atom has unit norm.`),
    ];
  }
  const files = dictionaries.map(({ features, file }) => `${counted(features, "atom")} from ${file}`).join(", ");
  const norms = [
    Math.min(...dictionaries.map((of) => of.smallestNorm)),
    Math.max(...dictionaries.map((of) => of.largestNorm)),
  ].map((norm) => significant(norm, 3));
  const used = norms[0] === norms[1] ? `of norm ${norms[0]}` : `of norms from ${norms[0]} to ${norms[1]}`;
  return [
    { html: escapeText(`${number}, not trained here: ${files}. Atoms ${used} are used as given.`), warning: false },
  ];
}

/** Only the good news: dead atoms stand among the warnings. */
function deadText(training: StudyRecord["training"]): string {
  return training.some((t) => t.deadAtoms > 0) ? "" : "No dead atoms."; // dead ones are among the warnings
}

/** What the duality gap proves, and the largest of all codings. */
function certificateNotes({ certificate }: StudyRecord): readonly Note[] {
  const { codings, largestGap, tolerance } = certificate;
  if (codings === 0) return [];
  const sentence = `Certificate: every coding carries its relative duality gap, an upper bound on how far its energy lies above the least. Largest of ${whole(codings)}: ${significant(largestGap, 2)}; tolerance ${significant(tolerance, 1)}.`;
  return [note(sentence)];
}

/** The reasons of both verdicts in the record’s own words. */
function verdictNotes({ location, value }: StudyRecord): readonly Note[] {
  const reasons = [
    ["percent active", location.reason],
    ["percent error", value.reason],
  ] as const;
  return reasons
    .filter(([, reason]) => reason !== "")
    .map(([of, reason]) => ({ html: `Verdict on ${of}: ${quotedSentence(reason)}`, warning: false }));
}

/** What belongs to a study's origin besides machine and date, as it is. */
export function originPairs({ study, provenance }: ReportInput): readonly (readonly [string, string])[] {
  const { settings, images } = study;
  const packages = Object.entries(provenance.packages).map(([name, version]) => `${name} ${version}`);
  const citation = images.citation === null ? "" : ` (${images.citation})`;
  return [
    ["Study", study.study.slice(0, 16)],
    ["Seed", String(settings.seed)],
    ["Data", `${sourceText(images.source)}${citation}, hash ${images.hash.slice(0, 12)}`],
    ["Boundary, patch, stride", `${settings.boundary}, ${settings.patch.join("×")}, ${settings.stride.join("×")}`],
    ["Packages", packages.length === 0 ? "none recorded" : packages.join(", ")],
  ];
}

/** "_λ_ = 0.5", or what each size had where each was trained at its own. */
function trainingLambdaText({ lambda, lambdaBySize }: StudyRecord["settings"]["learning"]): string {
  if (!lambdaBySize) return `_λ_ = ${lambda}`;
  const own = [...lambdaBySize].sort(([a], [b]) => a - b).map(([features, value]) => `${value} (${whole(features)})`);
  return `a _λ_ of each size’s own (features): ${own.join(", ")}`;
}

/**
 * What a reader must know before believing a study: dictionaries short of
 * their plateau, dead or collapsed atoms, codings without their certificate,
 * sizes without an interior minimum. What the scaling analysis itself warns of
 * (intervals without a variance of seeds) is added to these.
 */
import { counted, grouped } from "../core/words.js";
import { fewestSizes } from "../scaling/powerlaw.js";
import { sizeWords } from "./axis.js";
import { estimatePlan } from "./estimate.js";
import { presets } from "./presets.js";
import type { StudyRecord } from "./record.js";
import type { StudySettings } from "./settings.js";

type Judged = Omit<StudyRecord, "warnings">;

/** Share of the leading direction above which a dictionary counts as collapsed. */
const collapsed = 0.6;

/** Noise above this many deviations of the images leaves nothing to see of them. */
const mostNoise = 3;
/** Deviation of usual photographs, in grey levels of 255. */
const usualDeviation = 60;

/** What is odd in settings that are allowed: noise that was likely meant in grey levels. Arrays coded as they are have units of their own. */
export function settingsWarnings({ noise, normalise }: Pick<StudySettings, "noise" | "normalise">): string[] {
  if (noise <= mostNoise || !normalise) return [];
  const meant = Number((noise / usualDeviation).toPrecision(1));
  return [
    `noise is ${noise}, in units of each image's own deviation: above ${mostNoise} the noise hides the images. If ${noise} grey levels of 255 are meant, lower it to about ${meant}: photographs have a deviation of about ${usualDeviation}.`,
  ];
}

export function studyWarnings(record: Judged): string[] {
  return [
    ...trainingWarnings(record),
    ...collapseWarnings(record),
    ...certificateWarnings(record),
    ...minimumWarnings(record),
    ...fewMinima(record),
    ...(record.settings.leftOut.length > 1
      ? ["Of several sizes left out only the largest is predicted; the others are measured alone."]
      : []),
  ];
}

function trainingWarnings({ training, settings: { learning } }: Judged): string[] {
  const onBudget = learning.schedule === "budget";
  const short = distinct(training.filter(({ plateau }) => !plateau && !onBudget).map(({ features }) => features));
  const dead = training.filter(({ deadAtoms }) => deadAtoms > 0);
  return [
    ...(short.length > 0
      ? [
          `Dictionaries of ${short.join(", ")} features stopped training short of the plateau; with more training their minima may move.`,
        ]
      : []),
    ...(onBudget && training.length > 0 ? budgetWarnings(learning.images) : []),
    ...dead.map(
      ({ features, seed, deadAtoms }) =>
        `${deadAtoms} of ${counted(features, "atom")} active in no held-out image (seed ${seed}).`,
    ),
  ];
}

/** A budget that was measured to reach the plateau's energy warns of nothing; a smaller one names the preset that has it. */
function budgetWarnings(images: number): string[] {
  const { standard } = presets;
  const enough = standard.learning.images;
  if (images >= enough) return [];
  const image = { source: "", citation: null, hash: "", height: standard.size, width: standard.size, channels: 3 };
  const { seconds } = estimatePlan({ settings: standard, family: "", images: image }, 2);
  const largest = Math.max(...standard.features, ...standard.leftOut);
  return [
    `Dictionaries learned from ${counted(images, "image")} each, fewer than the ${grouped(enough)} that bring them to the plateau of training; with more their minima may move. The preset standard learns from that many, has ${standard.replicates} seeds, ${grouped(standard.testImages)} test images and sizes up to ${counted(largest, "feature")}, and takes about ${5 * Math.round(seconds / 300)} minutes on two idle cores.`,
  ];
}

function collapseWarnings({ training, dictionaries }: Judged): string[] {
  const named = [
    ...training.map(({ seed, ...of }) => ({ ...of, name: `seed ${seed}` })),
    ...dictionaries.map(({ seed, file, ...of }) => ({ ...of, name: file ?? `seed ${seed}` })),
  ];
  return named
    .filter(({ leadingShare }) => leadingShare > collapsed)
    .map(
      ({ features, name, leadingShare }) =>
        `A dictionary of ${counted(features, "feature")} (${name}) has ${Math.round(100 * leadingShare)}% of its energy in one direction: its atoms are nearly alike.`,
    );
}

function certificateWarnings({ certificate: { codings, unconverged, tolerance, largestGap } }: Judged): string[] {
  if (unconverged === 0) return [];
  return [
    `${grouped(unconverged)} of ${counted(codings, "coding")} did not reach the gap of ${tolerance}; the largest is ${largestGap.toPrecision(2)}. Their points are used as measured.`,
  ];
}

function minimumWarnings({ minima }: Judged): string[] {
  return minima
    .filter(({ status }) => status !== "interior")
    .map(({ status, ...size }) =>
      status === "edge"
        ? `The least error of ${sizeWords(size)} lies at the edge of the λ grid: no minimum is claimed.`
        : `The curve of ${sizeWords(size)} has no minimum that stands out of its noise.`,
    );
}

/** Nothing is fitted through fewer sizes than a law needs, and so nothing predicted. */
function fewMinima({ minima, prediction }: Judged): string[] {
  const fitted = minima.filter(({ leftOut, status }) => !leftOut && status === "interior").length;
  if (fitted >= fewestSizes) return [];
  const found =
    fitted === 0
      ? "No fitted size has a minimum"
      : `Only ${fitted} of the fitted sizes ${fitted === 1 ? "has" : "have"} a minimum`;
  const predicted = prediction === null ? "" : `, and nothing is predicted for ${sizeWords(prediction)}`;
  return [`${found}; a law needs at least ${fewestSizes}: no exponent is given${predicted}.`];
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)];
}

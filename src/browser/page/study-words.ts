/** The sentences about the full-size study, from its record alone, so that another record is told as it is. HTML. */
import { counted } from "../../core/words.js";
import { sourceText } from "../../images/image-set.js";
import { headline, standfirst } from "../../report/findings.js";
import { rich } from "../../report/markup.js";
import {
  costText,
  estimateText,
  fixed,
  inWords,
  inWordsCapital,
  significant,
  valueText,
  whole,
} from "../../report/numbers.js";
import { sizesOf } from "../../report/sizes.js";
import type { StudyRecord } from "../../study/record.js";
import { type Exponents, expectedAt } from "./law.js";

/** Heading, opening and captions of the section, by the ids of their places (document.ts). */
export function studyWords(study: StudyRecord): Readonly<Record<string, string>> {
  const sizes = sizesOf(study);
  const { images, prediction } = study;
  return {
    "sizes-title": rich(headline(study, sizes)),
    "sizes-words": `${rich(standfirst(study, sizes))} ${seedWords(study)}`,
    "optima-words": `${whole(images.test)} images of ${images.source === "cifar10" ? "CIFAR-10" : sourceText(images.source)} each; bars: 95%. Grey dashes: the poster’s slope.`,
    "cost-words":
      prediction === null
        ? "No size was left out."
        : `Extra error at ${counted(prediction.features, "feature")}, the size left out, where another <i>λ</i> than its best is used.`,
  };
}

/** What the intervals are of: dictionaries of one seed tell nothing of other trainings. */
function seedWords({ settings: { replicates } }: StudyRecord): string {
  if (replicates === 1) return "One seed so far: intervals are of the images alone.";
  return `${inWordsCapital(replicates)} seeds of each size: intervals are of the images and of the trainings.`;
}

/** What the collapse figure shows, for who does not see it. */
export function collapseFinding(curves: number): string {
  return `The curves of ${inWords(curves)} sizes, scaled by the chosen exponents`;
}

/** The quality S of the collapse at the sliders, and what it says of these exponents alone. */
export function qualityWords(S: number, { nu, gamma }: Exponents): string {
  const slopes = `Slopes: percent active ~ <i>L</i><sup>${fixed(1 / nu, 3)}</sup>, error ~ <i>L</i><sup>${fixed(gamma / nu, 4)}</sup>.`;
  if (!Number.isFinite(S))
    return `<b>The curves hardly overlap.</b> Fewer than half of the points have another curve beside them. ${slopes}`;
  const verdict =
    S <= one
      ? "At these exponents the curves are one within their errors."
      : S <= nearly
        ? "At these exponents the curves are nearly one within their errors."
        : "At these exponents the curves do not meet.";
  return `<b>Quality <i>S</i> = ${significant(S, 3)}</b>: mean squared distance of a point from the other curves, in its errors; 1 is perfect (Houdayer and Hartmann 2004). ${verdict} ${slopes}`;
}

/** S of a collapse within the errors, and of one nearly within them. */
const one = 1.5;
const nearly = 3;

/** What the best collapse reaches: only that says what no exponents do. */
export function bestWords(S: number): string {
  const reached = `The best collapse reaches <i>S</i> = ${significant(S, 3)}:`;
  if (S <= one) return `${reached} there the curves are one within their errors.`;
  if (S <= nearly) return `${reached} there the curves are nearly one within their errors.`;
  return `${reached} even the best exponents do not make these curves one within their errors.`;
}

/** What the study expects at another size, and what was measured there. */
export function expectedWords(study: StudyRecord, features: number): string {
  const found = expectedAt(study, features);
  if (found === null) return "<p>The study says nothing of other sizes.</p>";
  const { activeUnits, percentActive, systemSize, far } = found;
  const { exponents, minima } = study;
  const smallest = minima[0];
  const theirs =
    (smallest.percentActive?.value ?? 0) * (systemSize / smallest.systemSize) ** exponents.poster.locationSlope;
  const measured = minima.find((one) => one.features === features);
  const known = measured?.percentActive
    ? ` Measured: <b>${valueText(measured.percentActive)}%</b>${measured.leftOut ? ", a size that the line has not seen" : ""}.`
    : "";
  const warning = far ? " That is more than 8 times beyond the measured sizes: only if the line holds that far." : "";
  return `<p><b>${counted(features, "feature")}</b>, ${whole(systemSize)} units: <b>${estimateText(percentActive)}%</b> active at the best sparsity, ${estimateText(activeUnits)} units.${known}${warning}</p>
<p>From the straight line on log axes, 95% for one newly trained network. ${misfitWords(study)}The poster’s slope from the smallest size would say ${significant(theirs, 3)}%.</p>
<p>The <i>λ</i> that gives so many active units is measured on the network itself: <code>crisp predict STUDY --features ${features}</code>.${costWords(study)}</p>`;
}

/** The line's interval holds the misfit too (scaling/law-band.ts); where that is more than chance, it is said. */
function misfitWords({ location: { p } }: StudyRecord): string {
  if (p === null || p >= 0.05) return "";
  return `No law fits within the errors of these images (<i>p</i> = ${significant(p, 1)}), so the interval is widened by the misfit. `;
}

function costWords({ prediction }: StudyRecord): string {
  const cost = prediction?.cost.predicted ?? null;
  if (prediction === null || cost === null) return "";
  return ` At ${counted(prediction.features, "feature")} that <i>λ</i> cost ${costText(cost)} more error than the best.`;
}

/**
 * How far a step goes, when to look, when to stop.
 *
 *   decayed    step(n) = η / √(1 + n/decay)           n = images seen
 *   constant   step(n) = η
 *   linear     step(n) = η · (1 − n/last), last = 4/3 · images
 *
 *   looks at n = 192·1.5ⁱ; plateau when the held-out energy fell by less than
 *   a fraction `plateau` while n grew by half; then the step falls linearly to
 *   zero over a third more images (worth 0.1–0.6 % of energy).
 *
 * Every size is trained until it stops improving, not for equal updates:
 * dictionary quality moves the minimum by more than a doubling of L does.
 */
import { CrispError } from "../core/errors.js";

/** How the step falls with images seen. */
export const scheduleNames = ["decayed", "constant", "linear"] as const;

/** Step length against images seen, and when to stop. */
export type Schedule = {
  readonly schedule: (typeof scheduleNames)[number];
  readonly step: number;
  readonly decay: number;
  /** Images seen at most before the final fall of the step. */
  readonly images: number;
  /** Smallest relative gain worth going on for; 0 runs to `images`. */
  readonly plateau: number;
};

/** Looks before which no plateau is believed: the fourth is at 648 images. */
const firstJudged = 4;

/** One look at the held-out images: means over them, the atoms that none of them used, and how many were drawn anew for it. */
export type Look = {
  readonly imagesSeen: number;
  readonly energy: number;
  readonly percentError: number;
  readonly deadAtoms: number;
  readonly redrawn: number;
};

/** Where the final fall of the step begins; null while the end is open. */
export type Ending = { readonly from: number; readonly plateau: boolean };

/** η at `imagesSeen` by the schedule, and falling linearly to zero once the ending is known. */
export function stepSize(schedule: Schedule, imagesSeen: number, ending: Ending | null): number {
  if (!ending) return openStep(schedule, imagesSeen);
  const left = 1 - (imagesSeen - ending.from) / (lastImage(ending) - ending.from);
  // A linear schedule is held at its ending and falls from there: one line to zero if the images ran out.
  const at = schedule.schedule === "linear" ? ending.from : imagesSeen;
  return openStep(schedule, at) * Math.max(0, left);
}

/** η while the end is open. */
function openStep({ schedule, step, decay, images }: Schedule, imagesSeen: number): number {
  switch (schedule) {
    case "decayed":
      return step / Math.sqrt(1 + imagesSeen / decay);
    case "constant":
      return step;
    case "linear":
      return step * Math.max(0, 1 - (0.75 * imagesSeen) / images);
    default:
      throw new CrispError("internal", `there is no schedule ${schedule satisfies never}.`);
  }
}

/** Images seen when training ends: a third more than at the start of the final fall. */
export function lastImage(ending: Ending): number {
  return ending.from + Math.ceil(ending.from / 3);
}

/** True when the images seen have passed the next look since `before`. */
export function looksBetween(before: number, after: number): boolean {
  for (let look = 192; look <= after; look *= 1.5) if (look > before) return true;
  return false;
}

/** The ending, once the looks show a plateau or the images have run out. */
export function endingAfter(schedule: Schedule, imagesSeen: number, looks: readonly Look[]): Ending | null {
  const [before, last] = looks.slice(-2);
  if (last && schedule.plateau > 0 && last.imagesSeen === imagesSeen) {
    // A rise is no plateau; nor are the first looks, a few minibatches apart.
    const settled = Math.abs(1 - last.energy / before.energy) < schedule.plateau;
    if (settled && looks.length >= firstJudged) return { from: imagesSeen, plateau: true };
  }
  return imagesSeen >= schedule.images ? { from: imagesSeen, plateau: false } : null;
}

/**
 * How far a step goes, when to look, when to stop.
 *
 *   decayed    step(n) = η / √(1 + n/decay)           n = images seen
 *   constant   step(n) = η
 *   linear     step(n) = η · (1 − n/last), last = 4/3 · images
 *   budget     step(n) = η · (1 − n/images), ends at `images`: no look, no plateau, no further fall;
 *              the first 70 % of the images are coded to 4 times the tolerance
 *
 * The others end so:
 *
 *   looks at n = 192·1.5ⁱ; plateau when the held-out energy fell by less than
 *   a fraction `plateau` while n grew by half; then the step falls linearly to
 *   zero over a third more images (worth 0.1–0.6 % of energy).
 *
 * Dictionary quality moves the minimum by more than a doubling of L does: a size is
 * trained until it stops improving, or on a budget that a measurement showed to be enough.
 */
import { CrispError } from "../core/errors.js";

/** How the step falls with images seen. */
export const scheduleNames = ["decayed", "constant", "linear", "budget"] as const;

/** Step length against images seen, and when to stop. */
export type Schedule = {
  readonly schedule: (typeof scheduleNames)[number];
  readonly step: number;
  readonly decay: number;
  /** Images seen at most before the final fall of the step; `budget`: images seen. */
  readonly images: number;
  /** Smallest relative gain worth going on for; 0, and `budget`, run to `images`. */
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
    case "budget":
      return step * Math.max(0, 1 - imagesSeen / images);
    default:
      throw new CrispError("internal", `there is no schedule ${schedule satisfies never}.`);
  }
}

/** Images seen when training ends: a third more than at the start of the final fall. */
export function lastImage(ending: Ending): number {
  return ending.from + Math.ceil(ending.from / 3);
}

/** True once a training that knows this ending has seen all its images. */
export function isOver(schedule: Schedule, imagesSeen: number, ending: Ending | null): boolean {
  if (schedule.schedule === "budget") return imagesSeen >= schedule.images;
  return ending !== null && imagesSeen >= lastImage(ending);
}

/** Images that a training will have seen at its end, as far as its ending is known. */
export function expectedImages({ schedule, images }: Schedule, ending: Ending | null): number {
  if (schedule === "budget") return images;
  return ending ? lastImage(ending) : Math.ceil((images * 4) / 3);
}

/**
 * Multiple of the coding tolerance that serves at `imagesSeen`: while the step of a `budget` is large
 * its noise exceeds what a closer code would mend (measured: bench/README.md).
 */
export function slack({ schedule, images }: Schedule, imagesSeen: number): number {
  return schedule === "budget" && imagesSeen < 0.7 * images ? 4 : 1;
}

/** True when the images seen have passed the next look since `before`. */
export function looksBetween(before: number, after: number): boolean {
  for (let look = 192; look <= after; look *= 1.5) if (look > before) return true;
  return false;
}

/** The ending, once the looks show a plateau or the images have run out; a budget needs none. */
export function endingAfter(schedule: Schedule, imagesSeen: number, looks: readonly Look[]): Ending | null {
  if (schedule.schedule === "budget") return null;
  const [before, last] = looks.slice(-2);
  if (last && schedule.plateau > 0 && last.imagesSeen === imagesSeen) {
    // A rise is not a plateau; nor are the first looks, a few minibatches apart.
    const settled = Math.abs(1 - last.energy / before.energy) < schedule.plateau;
    if (settled && looks.length >= firstJudged) return { from: imagesSeen, plateau: true };
  }
  return imagesSeen >= schedule.images ? { from: imagesSeen, plateau: false } : null;
}

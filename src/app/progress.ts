/**
 * How far a study is and how long it still takes: the seconds that items are
 * expected to cost (study/cost.ts), corrected by how long the finished ones
 * really took.
 */
import { counted } from "../core/words.js";
import { expectedImages } from "../learning/schedule.js";
import type { TrainingState } from "../learning/train.js";
import { allSizes, type SizeName, sizeText } from "../study/axis.js";
import { pathSeconds, usualPoints } from "../study/cost.js";
import { secondsOf } from "../study/estimate.js";
import type { DictionaryItem } from "../study/items/registry.js";
import { kindOf } from "../study/items/registry.js";
import type { SweepItem } from "../study/items/sweep.js";
import type { TrainItem } from "../study/items/train.js";
import type { NetworkItem } from "../study/items/workshop.js";
import { geometryOf, type PlanContext } from "../study/plan.js";
import type { Item } from "../work/item.js";

/** One line of progress. */
export type ProgressReport = {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly cached: number;
  readonly secondsLeft: number | null;
  readonly label: string;
};

/** Follows one study; every method returns the report to show. */
export function followProgress(context: PlanContext, workers: number, now: () => number) {
  const started = now();
  const partial = new Map<string, number>();
  let expected = expectedSweepSeconds(context);
  let planned = 0;
  let finished = 0;
  let done = 0;
  let total = 0;
  let cached = 0;
  let stage = "plan";

  function report(label: string): ProgressReport {
    let seconds = finished;
    for (const part of partial.values()) seconds += part;
    const elapsed = now() - started;
    const rate = seconds > 1 && elapsed > 2 ? elapsed / seconds : 1 / workers;
    const left = Math.max(0, planned + expected - seconds - cachedSeconds) * rate;
    // What belongs to no round (the showing) is planned when it is done.
    return { stage, done, total: Math.max(total, done), cached, secondsLeft: left, label };
  }
  let cachedSeconds = 0;
  return {
    round(round: number, items: readonly Item[]): ProgressReport {
      total += items.length;
      planned += items.reduce((sum, item) => sum + secondsOf(item, context), 0);
      if (items.some((item) => !beginnings.includes(stageOf(item)))) expected = 0;
      return report(`round ${round}: ${counted(items.length, "item")}`);
    },
    item(item: Item, wasCached: boolean): ProgressReport {
      const seconds = secondsOf(item, context);
      partial.delete(item.id);
      done++;
      if (wasCached) {
        cached++;
        cachedSeconds += seconds;
      } else finished += seconds;
      stage = stageOf(item);
      return report(labelOf(item));
    },
    training(item: TrainItem, state: TrainingState): ProgressReport {
      const length = expectedImages(item.learning, state.ending);
      partial.set(item.id, secondsOf(item, context) * Math.min(1, state.imagesSeen / length));
      stage = "training";
      return report(`${labelOf(item)}: ${counted(state.imagesSeen, "image")}`);
    },
  };
}

/** The sweep's seconds before its round is planned. */
function expectedSweepSeconds(context: PlanContext): number {
  const { settings } = context;
  const { replicates, testImages, sweep } = settings;
  const paths = allSizes(settings).map((size) =>
    pathSeconds(geometryOf(context, size), usualPoints(sweep), sweep.tolerance),
  );
  return replicates * testImages * paths.reduce((sum, seconds) => sum + seconds, 0);
}

/** Stages before the sweep, whose seconds are not planned yet while they run. */
const beginnings = ["dictionary", "training", "pilot"];

/** The stage an item belongs to, in the words of the progress line. */
export function stageOf(item: Item): string {
  return kindOf(item).stage(item);
}

/** "sweep F = 32, seed 1, images 0–49" */
export function labelOf(item: Item): string {
  const of = item as DictionaryItem | NetworkItem;
  const size: SizeName = "geometry" in of ? { features: of.geometry.features } : of;
  const words = `${stageOf(item)} ${sizeText(size)}, seed ${of.replicate + 1}`;
  const { range } = item as Partial<SweepItem>;
  return range ? `${words}, images ${range.from}–${range.to - 1}` : words;
}

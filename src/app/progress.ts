/**
 * How far a study is and how long it still takes: the seconds that items are
 * expected to cost (study/cost.ts), corrected by how long the finished ones
 * really took.
 */
import { counted } from "../core/words.js";
import { expectedImages } from "../learning/schedule.js";
import type { TrainingState } from "../learning/train.js";
import { type SizeName, sizeText } from "../study/axis.js";
import type { Pace } from "../study/cost.js";
import { estimatePlan, secondsOf } from "../study/estimate.js";
import type { DictionaryItem } from "../study/items/registry.js";
import { kindOf } from "../study/items/registry.js";
import type { SweepItem } from "../study/items/sweep.js";
import type { TrainItem } from "../study/items/train.js";
import type { NetworkItem } from "../study/items/workshop.js";
import type { PlanContext } from "../study/plan.js";
import type { Item } from "../work/item.js";

/** One line of progress. */
export type ProgressReport = {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** The total is what a study usually comes to: later rounds are planned from the results of earlier ones. */
  readonly estimated: boolean;
  readonly cached: number;
  readonly secondsLeft: number | null;
  readonly label: string;
};

/** What is followed, and by which clock. */
export type Followed = {
  readonly workers: number;
  /** Whether a sweep of the test images comes after what is planned first. */
  readonly sweeps: boolean;
  now(): number;
};

/** Follows one study; every method returns the report to show. */
export function followProgress(context: PlanContext, { workers, sweeps, now }: Followed) {
  let started = now();
  const partial = new Map<string, number>();
  let of = context;
  // Later rounds are planned from results; until then a study takes what it usually does.
  let usual = sweeps ? estimatePlan(of, 1) : { items: 0, seconds: 0 };
  let planned = 0;
  const items: Item[] = [];
  let finished = 0;
  let done = 0;
  let total = 0;
  let cached = 0;
  let stage = "plan";
  let label = "";

  function report(words: string): ProgressReport {
    let seconds = finished;
    for (const part of partial.values()) seconds += part;
    // What was measured before weighs as much as a twentieth of the work, so that the first items do not decide alone.
    const whole = Math.max(planned, usual.seconds);
    const trust = Math.max(2, whole / 20);
    const rate = (now() - started + trust / workers) / (seconds + trust);
    const left = Math.max(0, whole - seconds - cachedSeconds) * rate;
    // What belongs to no round (the showing) is planned when it is done.
    const most = Math.max(total, done, usual.items);
    return { stage, done, total: most, estimated: sweeps, cached, secondsLeft: left, label: words };
  }
  let cachedSeconds = 0;
  return {
    /** The machine was measured, before anything was done. */
    paced(pace: Pace): ProgressReport {
      of = { ...context, pace };
      if (sweeps) usual = estimatePlan(of, 1);
      planned = items.reduce((sum, item) => sum + secondsOf(item, of), 0);
      started = now();
      return report(label);
    },
    round(round: number, more: readonly Item[]): ProgressReport {
      items.push(...more);
      total += more.length;
      planned += more.reduce((sum, item) => sum + secondsOf(item, of), 0);
      label = `round ${round}: ${counted(more.length, "item")}`;
      return report(label);
    },
    item(item: Item, wasCached: boolean): ProgressReport {
      const seconds = secondsOf(item, of);
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
      partial.set(item.id, secondsOf(item, of) * Math.min(1, state.imagesSeen / length));
      stage = "training";
      return report(`${labelOf(item)}: ${counted(state.imagesSeen, "image")}`);
    },
    /** All items are done: what is analysed now. */
    analysis(part: string): ProgressReport {
      stage = "analysis";
      return { ...report(`analysing ${part}`), total: done, estimated: false, secondsLeft: null };
    },
  };
}

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

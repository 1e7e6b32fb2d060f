/** What is known of a study that is followed, and the live view's records made of it. */
import type { Tensor } from "../core/tensor.js";
import type { Live } from "../report/input.js";
import { trainingOf } from "../study/analyse.js";
import { allSizes, nameOf, type SizeName, sameSize, sizeNumber } from "../study/axis.js";
import type { DictionaryItem } from "../study/items/registry.js";
import type { SweepItem } from "../study/items/sweep.js";
import type { Trained, TrainItem } from "../study/items/train.js";
import type { PlanContext, StudyItem } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { type CurveSoFar, curveSoFar, type ItemSums } from "../study/so-far.js";
import type { Item } from "../work/item.js";
import type { LoggedEvent } from "./events.js";
import { stageOf } from "./progress.js";
import { sessionsOf } from "./watched-progress.js";

/** A dictionary as it is now. */
export type Learned = {
  readonly atoms: Tensor;
  readonly imagesSeen: number;
  readonly looks: Trained["looks"];
  /** Of one that is done. */
  readonly trained?: Trained;
};

/** Everything read so far. */
export type Seen = {
  items: readonly Item[];
  events: readonly LoggedEvent[];
  /** IDs of items whose result is there and was read. */
  readonly done: Set<string>;
  readonly sums: Map<string, ItemSums>;
  /** By the ID of the training, the last that changed at the end (`keepLearned`). */
  readonly learned: Map<string, Learned>;
};

/** Nothing read yet. */
export function emptySeen(): Seen {
  return { items: [], events: [], done: new Set(), sums: new Map(), learned: new Map() };
}

/** Keeps a dictionary that has learned further, behind all others; what is no news stays where it is. */
export function keepLearned({ learned }: Pick<Seen, "learned">, id: string, now: Learned): void {
  const before = learned.get(id);
  if (before && !now.trained && now.imagesSeen <= before.imagesSeen) return;
  learned.delete(id); // a key that is there keeps its place
  learned.set(id, now);
}

function isSweepOf(item: Item, size: SizeName, role?: SweepItem["role"]): item is SweepItem {
  const sweep = item as SweepItem;
  return item.kind === "sweep" && sameSize(sweep, size) && (role === undefined || sweep.role === role);
}

function isDictionaryOf(item: Item, { features }: SizeName): item is DictionaryItem {
  return (item.kind === "train" || item.kind === "atoms") && (item as DictionaryItem).geometry.features === features;
}

/** Whether a size's sweep is planned and done, and all that comes before it. */
export function isMeasured({ items, done }: Seen, size: SizeName): boolean {
  const sweeps = items.filter((item) => isSweepOf(item, size, "curve"));
  const before = items.filter((item) => isSweepOf(item, size, "pilot") || isDictionaryOf(item, size));
  return sweeps.length > 0 && [...sweeps, ...before].every(({ id }) => done.has(id));
}

/** Items whose results a size's analysis is made of: costs only once all of them are there. */
export function itemsOf({ items, done }: Seen, size: SizeName): readonly StudyItem[] {
  const hasCosts = items.every((item) => !isSweepOf(item, size, "cost") || done.has(item.id));
  return items.filter(
    (item): item is StudyItem =>
      isDictionaryOf(item, size) || (isSweepOf(item, size) && (item.role !== "cost" || hasCosts)),
  );
}

/** Curves of all sizes that have a point: of the sweep, of the pilot before it. */
export function curvesOf({ items, sums }: Seen, plan: PlanContext): readonly CurveSoFar[] {
  const parts = (size: SizeName, role: SweepItem["role"]) =>
    items.flatMap((item) => {
      const own = isSweepOf(item, size, role) ? sums.get(item.id) : undefined;
      return own ? [{ item: item as SweepItem, sums: own }] : [];
    });
  return allSizes(plan.settings).flatMap(
    (size) => curveSoFar(size, parts(size, "curve"), plan) ?? curveSoFar(size, parts(size, "pilot"), plan) ?? [],
  );
}

/**
 * A record of the sizes that are done, with the curves of all that have begun and the dictionaries learned; what it
 * would warn of may still change.
 */
export function withRest(record: StudyRecord, seen: Seen, curves: readonly CurveSoFar[]): StudyRecord {
  const training = trainings(seen).flatMap(({ geometry, replicate, id }) => {
    const { trained } = seen.learned.get(id) ?? {};
    const one = { features: geometry.features, trained: new Map(trained ? [[replicate, trained]] : []) };
    return trainingOf(record.settings.seed)(one);
  });
  return { ...record, curves: curves.map(({ curve }) => curve), training, warnings: [] };
}

function trainings({ items }: Seen): TrainItem[] {
  return items.filter((item): item is TrainItem => item.kind === "train");
}

type Now = { readonly finished: boolean; readonly curves: readonly CurveSoFar[] };

/** Sizes of which only the pilot is measured: those whose curve `curvesOf` makes of it. */
function pilotedOf({ items, sums }: Seen, curves: readonly CurveSoFar[]): readonly number[] {
  const isPilot = (size: SizeName) => !items.some((item) => isSweepOf(item, size, "curve") && sums.has(item.id));
  return curves.filter(({ curve }) => isPilot(curve)).map(({ curve }) => sizeNumber(curve));
}

/** What the live view shows besides the report. */
export function liveOf(seen: Seen, { finished, curves }: Now, plan: PlanContext): Live {
  const last = [...seen.learned.values()].at(-1);
  return {
    finished,
    bars: new Map(curves.map(({ curve, half }) => [sizeNumber(curve), half])),
    piloted: pilotedOf(seen, curves),
    training: firstTrainings(seen, plan),
    atoms: last ? { features: last.atoms.shape[0], atoms: last.atoms, imagesSeen: last.imagesSeen } : null,
    stages: stagesOf(seen),
    sessions: sessionsOf(seen.events),
    alarms: seen.events.flatMap((event) => (event.kind === "alarm" ? [event.message] : [])),
  };
}

function firstTrainings(seen: Seen, { settings }: PlanContext): Live["training"] {
  const first = trainings(seen).filter(({ replicate }) => replicate === 0);
  return allSizes(settings).flatMap((size) => {
    const own = first.find(({ geometry }) => geometry.features === size.features);
    if (!own) return [];
    const { imagesSeen = 0, looks = [], trained } = seen.learned.get(own.id) ?? {};
    return [{ ...nameOf(size), imagesSeen, looks, done: trained !== undefined }];
  });
}

function stagesOf({ items, done }: Seen): Live["stages"] {
  const stages = new Map<string, { done: number; planned: number }>();
  for (const item of items) {
    const at = stages.get(stageOf(item)) ?? { done: 0, planned: 0 };
    stages.set(stageOf(item), at);
    at.planned++;
    if (done.has(item.id)) at.done++;
  }
  return [...stages].map(([stage, counts]) => ({ stage, ...counts }));
}

/**
 * The whole study: train → pilot → sweep → minima, round by round, until no
 * item is left (plan.ts decides). The runner brings the results of a round into
 * the store, where they are read; so results do not depend on who worked, in
 * what order, or how often it was interrupted.
 */
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Points } from "../tasks/points.js";
import { problemOf } from "../tasks/problems/registry.js";
import type { Item } from "../work/item.js";
import type { Runner } from "../work/runner.js";
import type { ItemStore } from "../work/store.js";
import { allSizes, growsImages, nameOf, type SizeName, sameSize, sizeNumber } from "./axis.js";
import {
  type CurveOptions,
  curveOf,
  joined,
  type MeanCurve,
  meanCurve,
  missingPoints,
  type Pilot,
  pilotOf,
} from "./curves.js";
import type { Made } from "./items/atoms.js";
import type { DictionaryItem } from "./items/registry.js";
import type { SweepItem } from "./items/sweep.js";
import type { Trained } from "./items/train.js";
import { sameImages } from "./paired.js";
import { firstRound, geometryOf, nextRound, type PlanContext, type StudyItem } from "./plan.js";
import { meanOfSweep, openSweeps, type Swept, withPart } from "./swept.js";

/** What a study tells while it is conducted. */
export type StudyProgress = {
  /** An item's result is in the store; `cached` if it was there before. */
  onItem(item: Item, cached: boolean): void;
  onRound(round: number, items: readonly Item[]): void;
  /** A size has a mean curve: of the pilot at first, of the sweep when it is complete. */
  onCurve(size: SizeName, curve: MeanCurve, provisional: boolean): void;
  /** The points of an item of a sweep, before they are summed. */
  onPoints?(item: SweepItem, points: Points): void;
  /** What is analysed once all items are done: "the minima of all sizes". */
  onAnalysis?(part: string): void;
};

/** What a study is conducted with: plan, runner, store, listeners. */
export type StudyContext = PlanContext & {
  readonly runner: Runner;
  readonly store: ItemStore;
  readonly progress: StudyProgress;
};

/** Everything measured of one size. */
export type SizeResults = SizeName & {
  /** Atoms by replicate, and how they came about: one of the two. Where images grow all sizes share them. */
  readonly atoms: Map<number, Tensor>;
  readonly trained: Map<number, Trained>;
  readonly made: Map<number, Made>;
  readonly pilot: Points[];
  /** Null before the sweep is done. */
  sweep: Swept | null;
  /** Codings of a left-out size at the smaller sizes' best λ's. */
  readonly cost: Points[];
};

/** Runs every round that is still to do and returns the results of all sizes. */
export async function conductStudy(context: StudyContext): Promise<SizeResults[]> {
  const sizes = emptySizes(context);
  let items: readonly StudyItem[] = firstRound(context);
  for (let round = 1; items.length > 0; round++) {
    await context.store.recordRound(round, items);
    context.progress.onRound(round, items);
    await runRound(items, sizes, context);
    items = nextRound(
      context,
      sizes.map((size) => ({
        ...nameOf(size),
        pilot: pilotCurve(size, context),
        sweep: size.sweep && meanOfSweep(size.sweep),
        costed: size.cost.length > 0,
      })),
    );
  }
  return growsImages(context.settings) ? sameImages(sizes) : sizes;
}

/** Results of items in their order: done by the runner where the store lacks them. */
export async function resultsOf<Result>(context: StudyContext, items: readonly Item<Result>[]): Promise<Result[]> {
  await context.runner.run(items, context.progress.onItem);
  return Promise.all(items.map((item) => resultOf(context, item)));
}

async function resultOf<Result>({ store }: StudyContext, item: Item<Result>): Promise<Result> {
  const found = await store.read(item);
  if (found !== null) return found;
  throw new CrispError("internal", `item ${item.id} was done and its result is not in the store.`);
}

function emptySizes({ settings }: PlanContext): SizeResults[] {
  const sizes = allSizes(settings).map(noResults);
  if (!growsImages(settings)) return sizes;
  const [{ atoms, trained, made }] = sizes;
  return sizes.map((size) => ({ ...size, atoms, trained, made }));
}

/** A size of which nothing is done. */
export function noResults(name: SizeName): SizeResults {
  return { ...name, atoms: new Map(), trained: new Map(), made: new Map(), pilot: [], sweep: null, cost: [] };
}

/** Does a round and puts its results into `sizes`; tells each curve when its last item is done. */
async function runRound(items: readonly StudyItem[], sizes: readonly SizeResults[], context: StudyContext) {
  const waiting = new Map<string, number>();
  for (const item of items) waiting.set(groupOf(item), (waiting.get(groupOf(item)) ?? 0) + 1);
  const adding: Adding = {
    sweeps: openSweeps(items.filter(isOfCurve), context),
    read: (item) => resultOf(context, item),
    onPoints: (item, points) => context.progress.onPoints?.(item, points),
  };
  await context.runner.run(items, async (item, cached) => {
    await addResult(item, sizeOf(item, sizes), adding);
    context.progress.onItem(item, cached);
    const left = waiting.get(groupOf(item))! - 1;
    waiting.set(groupOf(item), left);
    if (left === 0 && item.kind === "sweep") announce(item, sizes, context);
  });
}

/** Whether an item is a part of a size's sweep. */
export function isOfCurve(item: StudyItem): item is SweepItem {
  return item.kind === "sweep" && item.role === "curve";
}

/** The size of an item; of those that share a dictionary any. */
function sizeOf(item: StudyItem, sizes: readonly SizeResults[]): SizeResults {
  const isOf = (size: SizeName) =>
    item.kind === "sweep" ? sameSize(size, item) : size.features === item.geometry.features;
  return sizes.find(isOf)!;
}

/** Items that complete one curve together. */
function groupOf(item: StudyItem): string {
  return item.kind === "sweep" ? `${sizeNumber(item)} ${item.role}` : item.id;
}

/** How results are read and summed; `onPoints` is told those of a sweep before they are. */
export type Adding = {
  readonly sweeps: ReturnType<typeof openSweeps>;
  read<Result>(item: Item<Result>): Promise<Result>;
  onPoints?(item: SweepItem, points: Points): void;
};

/** Reads an item's result and adds it to those of its size. */
export async function addResult(item: StudyItem, size: SizeResults, adding: Adding): Promise<void> {
  if (item.kind !== "sweep") return addDictionary(item, size, adding);
  const points = await adding.read(item);
  if (item.role !== "curve") return void size[item.role].push(points);
  adding.onPoints?.(item, points);
  const part = adding.sweeps.add(item, points);
  if (part) size.sweep = withPart(size.sweep, part);
}

async function addDictionary(item: DictionaryItem, { atoms, trained, made }: SizeResults, { read }: Adding) {
  if (item.kind === "train") trained.set(item.replicate, await read(item));
  else made.set(item.replicate, await read(item));
  atoms.set(item.replicate, (trained.get(item.replicate) ?? made.get(item.replicate)!).atoms);
}

/** Mean curve of the pilot so far, null before it began. */
function pilotCurve(size: SizeResults, context: PlanContext): MeanCurve | null {
  return size.pilot.length === 0 ? null : pilotResult(size, context).mean;
}

/** The finished pilot: its mean curve and how well its images determine it. */
export function pilotResult(size: SizeResults, context: PlanContext): Pilot {
  return pilotOf(curveOf(size.pilot, curveOptions(context, size, 0)));
}

/**
 * The mean curve of a size, continued by the codings that tell what borrowed
 * λ's cost. Those are of the first seed and the first images; so is the point
 * at which the two parts are joined.
 */
export function wideCurve(size: SizeResults, mean: MeanCurve, context: PlanContext): MeanCurve {
  if (size.cost.length === 0) return mean;
  return joined(mean, meanCurve([curveOf(size.cost, curveOptions(context, size, 0))]));
}

function curveOptions(context: PlanContext, size: SizeName, replicate: number): CurveOptions {
  return { geometry: geometryOf(context, size), replicate, measure: problemOf(context.settings.task).measure };
}

function announce(item: SweepItem, sizes: readonly SizeResults[], context: StudyContext): void {
  if (item.role === "cost") return;
  const size = sizeOf(item, sizes);
  const provisional = item.role === "pilot";
  const curve = provisional ? pilotCurve(size, context) : size.sweep && meanOfSweep(size.sweep);
  const open = provisional && curve !== null && missingPoints(curve, context.settings.sweep.below).lower > 0;
  if (curve && !open) context.progress.onCurve(nameOf(item), curve, provisional);
}

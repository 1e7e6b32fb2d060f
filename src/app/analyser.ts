/**
 * The analysis of a study that is still at work, again and again as more of its sizes are done. Results of a
 * size are read once, one item at a time; what is kept of its sweep are sums (study/swept.ts).
 */
import { CrispError } from "../core/errors.js";
import { analyseStudy } from "../study/analyse.js";
import { growsImages, nameOf, type SizeName, sizeNumber } from "../study/axis.js";
import { sameImages } from "../study/paired.js";
import type { PlanContext, StudyItem } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { addResult, isOfCurve, noResults, type SizeResults } from "../study/study.js";
import { openSweeps } from "../study/swept.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import type { Platform } from "./platform.js";
import { labelOf } from "./progress.js";
import { openStore } from "./store.js";

/** A size whose sweep is done, and the items of which it is made. */
export type DoneSize = SizeName & { readonly items: readonly StudyItem[] };

/** Analyses one study. */
export type Analyser = {
  /** Reads what these sizes have that was not read before; they are what is analysed. @throws CrispError of a result that is gone or damaged */
  read(sizes: readonly DoneSize[]): Promise<void>;
  /** The record of the sizes that were read last. */
  record(): Promise<StudyRecord>;
  /** Ends it. */
  close(): void;
};

/** Opens the analysis of the study in a folder; where it takes long, in another thread. */
export type OpenAnalyser = (out: string, plan: PlanContext) => Analyser;

/** An analysis in this thread. */
export function openAnalyser(out: string, plan: PlanContext, platform: Platform): Analyser {
  const known = new Map<number, { readonly of: string; readonly results: SizeResults }>();
  let sizes: readonly SizeResults[] = [];

  async function read(size: DoneSize, store: ItemStore): Promise<SizeResults> {
    const of = size.items.map(({ id }) => id).join();
    const before = known.get(sizeNumber(size));
    if (before?.of === of) return before.results;
    const results = await resultsOf(size, store, plan);
    known.set(sizeNumber(size), { of, results });
    return results;
  }

  return {
    async read(all) {
      const store = openStore(out, () => {}, platform); // anew: a damaged pack may have been copied again
      const found: SizeResults[] = [];
      for (const size of all) found.push(await read(size, store));
      sizes = found;
    },
    record: async () => analyseStudy(growsImages(plan.settings) ? sameImages(sizes) : sizes, plan),
    close() {},
  };
}

/** Results of a size, as the study itself reads them. */
async function resultsOf({ items, ...size }: DoneSize, store: ItemStore, plan: PlanContext): Promise<SizeResults> {
  const found = noResults(nameOf(size));
  const sweeps = openSweeps(items.filter(isOfCurve), plan);
  for (const item of items) await addResult(item, found, { sweeps, read: (one) => readAgain(one, store) });
  return found;
}

async function readAgain<Result>(item: Item<Result>, store: ItemStore): Promise<Result> {
  const result = await store.read(item);
  if (result !== null) return result;
  throw new CrispError(
    "store",
    `the result of ${labelOf(item)} was there and is gone. Put it back, or run the study's command again: only this item is computed anew.`,
  );
}

/** Which items of a study are there before it is conducted: `--dry-run` with `--reuse`. Nothing is computed or written. */
import { allSizes, growsImages, type SizeName, sizeNumber } from "../study/axis.js";
import type { PlanContext } from "../study/plan.js";
import type { StudySettings } from "../study/settings.js";
import { conductStudy } from "../study/study.js";
import type { Item } from "../work/item.js";
import type { Runner } from "../work/runner.js";
import type { ItemStore } from "../work/store.js";

/** A round of a size lacks results that the next one is planned from. */
class Lacking extends Error {}

/** What either store holds, only to be read. */
export function eitherOf(own: ItemStore, other: ItemStore): ItemStore {
  return {
    ...own,
    recordRound: async () => {},
    has: async (item) => (await own.has(item)) || other.has(item),
    read: async (item) => (await own.read(item)) ?? other.read(item),
  };
}

/**
 * Items of all sizes that `store` has, each size conducted by itself as far as its results reach: those of a round
 * that is not complete count, those of rounds behind it are not known.
 */
export async function itemsThere(plan: PlanContext, store: ItemStore): Promise<readonly Item[]> {
  const found = new Map<string, Item>();
  const runner: Runner = {
    async run(items, done) {
      let lacks = false;
      for (const item of items) {
        const has = await store.has(item);
        if (has) found.set(item.id, item);
        if (has) await done(item, true);
        else lacks ||= item.kind === "sweep"; // a pilot needs one of a size's dictionaries only
      }
      if (lacks) throw new Lacking();
    },
  };
  const quiet = () => {};
  const progress = { onItem: quiet, onRound: quiet, onCurve: quiet };
  for (const size of allSizes(plan.settings)) {
    const context = { ...plan, settings: onlyOf(plan.settings, size), store, runner, progress };
    await conductStudy(context).catch((error) => {
      if (!(error instanceof Lacking)) throw error;
    });
  }
  return [...found.values()];
}

function onlyOf(settings: StudySettings, size: SizeName): StudySettings {
  const one = [sizeNumber(size)];
  return { ...settings, leftOut: [], ...(growsImages(settings) ? { imageSizes: one } : { features: one }) };
}

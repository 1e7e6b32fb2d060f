/**
 * `--dry-run` of whatever works on a study: everything is opened and checked as
 * the work itself does it, this machine is measured for about two seconds with
 * the study's own images, and what is lacking in the folder is added up.
 * Nothing is written.
 */
import { CrispError } from "../core/errors.js";
import { leaves } from "../images/leaves.js";
import { heldBytes, secondsOf } from "../study/estimate.js";
import { measurePace } from "../study/pace.js";
import type { PlanContext } from "../study/plan.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import type { Purpose } from "./events.js";
import { demandSame, manifestOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { openStore } from "./store.js";
import { type OpenedImages, openStudyImages, type WantedImages } from "./study-images.js";

/** What work still takes. */
export type WorkEstimate = {
  /** Items in all, and those that the folder holds. */
  readonly items: number;
  readonly done: number;
  /** Of this machine, were it idle. */
  readonly seconds: number;
  readonly memoryBytes: number;
  /** What a user should know: images that are still to be fetched. */
  readonly notes: readonly string[];
};

/** Starting, opening the images, and measuring. */
const startSeconds = 4;

/** Which work is estimated: images, folder and workers of a session. */
export type EstimatedWork = WantedImages & {
  readonly out: string;
  readonly workers: number;
  readonly purpose: Purpose;
};

/** A study opened to be estimated: its plan with the pace of this machine, and what its folder holds. */
export type Measured = { readonly plan: PlanContext; readonly store: ItemStore; readonly notes: readonly string[] };

/** @throws CrispError as the work itself would: images that are not there, too few, or not the study's */
export async function measuredPlan(work: EstimatedWork, platform: Platform): Promise<Measured> {
  const { settings, given, out, purpose } = work;
  const { images, masks, notes } = await openedOrDrawn(work, platform);
  try {
    const executor = await platform.openExecutor(1);
    try {
      const kind = purpose === "training" ? "training" : undefined;
      const about = { family: executor.family, dictionaries: given, kind } as const;
      const manifest = manifestOf(settings, { ...images, mask: masks?.hash }, about);
      if (notes.length === 0) await demandSame(out, manifest, platform);
      const plan: PlanContext = { settings, family: executor.family, images: manifest.images, dictionaries: given };
      const pace = await measurePace(plan, { images, executor, processor: platform.processor });
      return { plan: { ...plan, pace }, store: openStore(out, () => {}, platform), notes };
    } finally {
      await executor.close();
    }
  } finally {
    images.close?.();
  }
}

/** CIFAR-10 that is still to be fetched is measured on leaves. */
async function openedOrDrawn(
  work: EstimatedWork,
  platform: Platform,
): Promise<Pick<OpenedImages, "images" | "masks"> & { readonly notes: readonly string[] }> {
  try {
    return { ...(await openStudyImages(work, { download: false }, platform)), notes: [] };
  } catch (error) {
    if (work.settings.data !== "cifar10" || work.from !== undefined || !(error instanceof CrispError)) throw error;
    const drawn = leaves({ seed: 1, height: 32, width: 32, channels: 3, training: 1000, test: 2 });
    return { images: drawn, masks: undefined, notes: ["CIFAR-10 is not here yet: the work begins by fetching it."] };
  }
}

/** What is lacking of items, as the work would do them. */
export async function estimateItems(
  items: readonly Item[],
  { plan, store, notes }: Measured,
  workers: number,
): Promise<WorkEstimate> {
  let [seconds, done] = [startSeconds, 0];
  for (const item of items) {
    if (await store.has(item)) done++;
    else seconds += secondsOf(item, plan) / workers;
  }
  return { items: items.length, done, seconds, memoryBytes: heldBytes(plan, workers), notes };
}

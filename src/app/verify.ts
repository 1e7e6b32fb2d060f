/**
 * `crisp verify`: some items of a study computed anew and compared with what its folder holds, bit by bit.
 * The folder is only read. A sweep begins with the stored dictionary, a training with nothing but the images.
 */
import { CrispError } from "../core/errors.js";
import { permutation, purpose } from "../core/random.js";
import type { ImageSet } from "../images/image-set.js";
import { secondsOf } from "../study/estimate.js";
import { kindOf } from "../study/items/registry.js";
import type { SweepItem } from "../study/items/sweep.js";
import type { TrainItem } from "../study/items/train.js";
import { studyRunner } from "../study/local.js";
import { dictionaryItem, type PlanContext, trainItem } from "../study/plan.js";
import { differences } from "../work/differences.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import { type Manifest, planOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { labelOf } from "./progress.js";
import { openStore } from "./store.js";
import { knownManifest, plannedItems } from "./study-files.js";
import { demandFamily, imagesOf } from "./study-images.js";

/** What to compute anew, and with what. */
export type VerifyRequest = {
  readonly study: string;
  /** Sweep items, drawn by the seed. */
  readonly items: number;
  /** Trainings, the cheapest first. */
  readonly trainings: number;
  readonly seed: number;
  /** Folder or archive of the study's images, where the source needs one. */
  readonly from?: string;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told after each item, and while one is trained. */
  onProgress(done: number, total: number, label: string): void;
};

/** One item that was computed anew. */
export type VerifiedItem = {
  readonly id: string;
  /** "sweep F = 32, seed 1, images 0–49" */
  readonly label: string;
  /** Where the two results differ, in words; none where they are equal. */
  readonly differences: readonly string[];
};

/** The sample, and of how many it was drawn. */
export type VerifyResult = {
  readonly verified: readonly VerifiedItem[];
  /** Finished items of the study's rounds that can be computed anew. */
  readonly finished: number;
};

/**
 * Computes the sample anew; the result says what differs.
 *
 * @throws CrispError `store` for a study of another kernel or other images, `incomplete` where nothing is finished
 */
export async function verifyStudy(request: VerifyRequest, platform: Platform): Promise<VerifyResult> {
  const study = platform.files.paths.resolve(request.study);
  const manifest = await knownManifest(study, platform);
  const plan = planOf(manifest);
  const store = openStore(study, () => {}, platform);
  const finished = await finishedItems(study, manifest, { store, platform });
  const sample = sampled(finished, plan, request);
  if (sample.length === 0) throw nothingThere(request.study, request);
  const images = await imagesOf({ ...request, manifest }, platform);
  try {
    const executor = await platform.openExecutor(request.workers);
    try {
      demandFamily(request.study, manifest, executor.family);
      const verified = await compared(sample, plan, { request, store, images, executor, now: platform.now });
      return { verified, finished: finished.length };
    } finally {
      await executor.close();
    }
  } finally {
    images.close?.();
  }
}

/** Results of the rounds that are there with their dictionary, and that need no file of the user's. */
async function finishedItems(
  study: string,
  manifest: Manifest,
  { store, platform }: { readonly store: ItemStore; readonly platform: Platform },
): Promise<(SweepItem | TrainItem)[]> {
  const plan = planOf(manifest);
  const planned =
    manifest.kind === "training"
      ? [trainItem(plan, manifest.settings.features[0], 0)]
      : await plannedItems(study, platform);
  const there: (SweepItem | TrainItem)[] = [];
  for (const item of planned as (SweepItem | TrainItem)[]) {
    const needed = item.kind === "sweep" ? dictionaryItem(plan, item.features, item.replicate) : item;
    if (isOurs(item) && (await store.has(item)) && (await store.has(needed))) there.push(item);
  }
  return there;
}

/** Masks and atoms to begin with come from files that the folder does not hold, and so do given atoms. */
function isOurs(item: SweepItem | TrainItem): boolean {
  if (item.kind === "sweep") return true;
  return item.kind === "train" && item.pool.mask === undefined && !item.learning.start.startsWith("given:");
}

function sampled(
  finished: readonly (SweepItem | TrainItem)[],
  plan: PlanContext,
  { items, trainings, seed }: VerifyRequest,
): readonly Item[] {
  const sweeps = finished.filter(({ kind }) => kind === "sweep");
  const drawn = permutation(sweeps.length, { seed, purpose: purpose.verify }).slice(0, items);
  const cheapest = finished
    .filter(({ kind }) => kind === "train")
    .sort((a, b) => secondsOf(a, plan) - secondsOf(b, plan))
    .slice(0, trainings);
  return [...cheapest, ...Array.from(drawn.sort(), (n) => sweeps[n])];
}

type Bench = {
  readonly request: VerifyRequest;
  readonly store: ItemStore;
  readonly images: ImageSet;
  readonly executor: Awaited<ReturnType<Platform["openExecutor"]>>;
  now(): number;
};

async function compared(
  sample: readonly Item[],
  plan: PlanContext,
  { request, store, ...tools }: Bench,
): Promise<readonly VerifiedItem[]> {
  const { signal } = request;
  const found = new Map<string, readonly string[]>();
  const tell = (label: string) => request.onProgress(found.size, sample.length, label);
  const wanted = new Set(sample.map(({ id }) => id));
  const comparing: ItemStore = {
    ...store,
    claim: async () => async () => {},
    has: async (item) => !wanted.has(item.id) && (await store.has(item)),
    write: async (item, made) => void found.set(item.id, await differencesOf(item, made, store)),
    readCheckpoints: async () => [],
    writeCheckpoint: async () => {},
  };
  const onTraining = (item: Item) => tell(labelOf(item));
  const runner = studyRunner(plan, comparing, { ...tools, signal, onTraining, onBegin: () => {} });
  await runner.run(sample, (item) => tell(labelOf(item)));
  return sample.map((item) => ({ id: item.id, label: labelOf(item), differences: found.get(item.id)! }));
}

/** A stored result against one made now, both as its file gives them back. */
async function differencesOf(item: Item, made: unknown, store: ItemStore): Promise<readonly string[]> {
  const { file } = kindOf(item);
  try {
    return differences(await store.read(item), await file.decode(file.encode(made, item), "the result made now"));
  } catch (error) {
    // Bytes whose checksum is right but that cannot be read are another result, not a damaged file.
    if (error instanceof CrispError && error.code === "data") return [error.message];
    throw error;
  }
}

function nothingThere(study: string, { items, trainings }: VerifyRequest): CrispError {
  return new CrispError(
    "incomplete",
    `${study} has no finished item to compute anew for --items ${items} --trainings ${trainings}; at least one is needed. Run the study's command first, or ask for more.`,
  );
}

/** `--dry-run`: what a study will take, and how much of it a folder already holds. */

import { canonicalJson } from "../core/key.js";
import { imageShape } from "../formats/arrays.js";
import { estimatePlan, type StudyEstimate, secondsOf } from "../study/estimate.js";
import type { GivenDictionary, ImageIdentity } from "../study/plan.js";
import type { StudySettings } from "../study/settings.js";
import type { Item } from "../work/item.js";
import { type EstimatedWork, measuredPlan } from "./estimate-work.js";
import { readManifest } from "./manifest.js";
import type { Platform } from "./platform.js";
import { otherStore } from "./reuse.js";
import type { StudyRequest } from "./session.js";
import { plannedItems, studyStatus } from "./study-files.js";
import { eitherOf, itemsThere } from "./there.js";

/** What is to be estimated, beside the settings. */
export type EstimateRequest = {
  readonly workers: number;
  readonly out?: string;
  /** Where the images lie; only arrays are looked at. */
  readonly from?: string;
  readonly dictionaries?: readonly GivenDictionary[];
};

/**
 * Opens no image (of arrays the header) and writes nothing.
 *
 * @throws CrispError `store` when `out` is something else than a study
 */
export async function estimateStudy(
  settings: StudySettings,
  { workers, out, from, dictionaries }: EstimateRequest,
  platform: Platform,
): Promise<StudyEstimate & { readonly cached: number }> {
  const size = await imageSize(settings, from, platform);
  const images: ImageIdentity = { source: settings.data, citation: null, hash: "", ...size };
  const estimate = estimatePlan({ settings, family: "", images, dictionaries }, workers);
  const manifest = out ? await readManifest(out, platform) : null;
  const same = manifest !== null && canonicalJson(manifest.settings) === canonicalJson(settings);
  const status = same && out ? await studyStatus(out, platform) : null;
  const cached = status?.done ?? 0;
  // A plan that is carried out may hold more items than were expected, never fewer than are done.
  const items = status?.finished ? status.items : Math.max(estimate.items, status?.items ?? 0);
  return { ...estimate, items, seconds: estimate.seconds * Math.max(0, 1 - cached / items), cached };
}

/** A study of which nothing but the settings is known, measured on this machine: `crisp run --dry-run`. */
export async function estimateMeasured(
  { reuse, ...work }: Omit<EstimatedWork, "purpose"> & Pick<StudyRequest, "reuse">,
  platform: Platform,
): Promise<StudyEstimate & { readonly cached: number; readonly notes: readonly string[] }> {
  const { plan, store, notes } = await measuredPlan({ ...work, purpose: "study" }, platform);
  const estimate = estimatePlan(plan, work.workers);
  const done = new Map<string, Item>();
  const planned = (await readManifest(work.out, platform)) === null ? [] : await plannedItems(work.out, platform);
  for (const item of planned) if (await store.has(item)) done.set(item.id, item);
  // Of images that are still to be fetched it is not known whether the other study's are the same.
  if (reuse !== undefined && notes.length === 0) {
    const either = eitherOf(store, await otherStore(reuse, plan, platform));
    for (const item of await itemsThere(plan, either)) done.set(item.id, item);
  }
  // What is done is counted by its own seconds: a sweep of the largest size is worth many of the smallest.
  const spent = [...done.values()].reduce((sum, item) => sum + secondsOf(item, plan) / work.workers, 0);
  return { ...estimate, seconds: Math.max(1, estimate.seconds - spent), cached: done.size, notes };
}

async function imageSize({ data, size, layout }: StudySettings, from: string | undefined, { images }: Platform) {
  if (data !== "arrays" || from === undefined) return { height: size, width: size, channels: 3 };
  const [, height, width, channels] = imageShape((await images.shape(from))!, layout, { name: from, axes: "" });
  return { height, width, channels };
}

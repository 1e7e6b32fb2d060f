/** `--dry-run`: what a study will take, and how much of it a folder already holds. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { canonicalJson } from "../core/key.js";
import { estimateUnits, type StudyEstimate } from "../study/estimate.js";
import type { GivenDictionary, ImageIdentity } from "../study/plan.js";
import type { StudySettings } from "../study/settings.js";
import { imagesShape } from "./array-images.js";
import { openItems } from "./item-file.js";
import { readManifest } from "./manifest.js";
import { studyStatus } from "./study-files.js";

/**
 * Opens no image (of arrays the header) and writes nothing.
 *
 * @param from  where the images lie; only arrays are looked at
 * @throws CrispError `store` when `out` is something else than a study
 */
export async function estimateStudy(
  settings: StudySettings,
  workers: number,
  {
    out,
    from,
    dictionaries,
  }: { readonly out?: string; readonly from?: string; readonly dictionaries?: readonly GivenDictionary[] } = {},
): Promise<StudyEstimate & { readonly cached: number }> {
  const size = await imageSize(settings, from);
  const images: ImageIdentity = { source: settings.data, citation: null, hash: "", ...size };
  const estimate = estimateUnits({ settings, family: "", images, dictionaries }, workers);
  const folder = out && existsSync(out) ? resolve(out) : null;
  const manifest = folder ? await readManifest(folder) : null;
  const same = manifest !== null && canonicalJson(manifest.settings) === canonicalJson(settings);
  const cached = same && folder ? (await studyStatus(folder)).done : 0;
  return { ...estimate, seconds: estimate.seconds * Math.max(0, 1 - cached / estimate.units), cached };
}

async function imageSize({ data, size, layout }: StudySettings, from: string | undefined) {
  if (data !== "arrays" || from === undefined) return { height: size, width: size, channels: 3 };
  const file = await openItems(from, "images");
  file.close();
  const [, height, width, channels] = imagesShape(file, from, layout);
  return { height, width, channels };
}

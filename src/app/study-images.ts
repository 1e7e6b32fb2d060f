/**
 * The images of a study, opened and held against its settings, dictionaries and
 * masks: by the work itself and by `--dry-run`, so that both refuse the same.
 * Where nobody names their place, it is the one the study's last session used.
 */
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import { counted } from "../core/words.js";
import type { ImageSet } from "../images/image-set.js";
import { checkSide } from "../images/window.js";
import { checkGiven } from "../learning/start.js";
import { allSizes } from "../study/axis.js";
import { adviceForFew } from "../study/few-images.js";
import type { Masks } from "../study/masks.js";
import type { GivenDictionary } from "../study/plan.js";
import type { StudySettings } from "../study/settings.js";
import { readEvents } from "./events.js";
import type { Manifest } from "./manifest.js";
import { decodeMasks } from "./masks.js";
import type { OpenOptions, Platform } from "./platform.js";

/** Which images, and what else they must fit. */
export type WantedImages = {
  readonly settings: StudySettings;
  /** Folder of the study, whose log remembers where its images were. */
  readonly out?: string;
  readonly from?: string;
  readonly given?: readonly GivenDictionary[];
  readonly mask?: string;
  readonly startAtoms?: Tensor;
};

/** Images that fit, their masks, and the place they were read from. */
export type OpenedImages = {
  readonly images: ImageSet;
  readonly masks: Masks | undefined;
  readonly from: string | undefined;
};

/** @throws CrispError `usage`, `data` or `shape` for images that are not there, too few, or do not fit */
export async function openStudyImages(
  wanted: WantedImages,
  options: OpenOptions,
  platform: Platform,
): Promise<OpenedImages> {
  const { settings, given, mask } = wanted;
  const from = await placeOf(wanted, platform);
  const channels = given?.[0].shape[3] === 1 ? 1 : 3;
  const advice = (there: number) => adviceForFew(settings, there);
  const images = await platform.images.open({ ...settings, from, channels, adviceForFew: advice }, options);
  try {
    demandChannels(given, images);
    for (const { imageSize } of allSizes(settings)) if (imageSize !== undefined) checkSide(images, imageSize);
    demandStart(wanted, images.channels);
    const masks = mask === undefined ? undefined : decodeMasks(await platform.files.read(mask), mask, images);
    return { images, masks, from };
  } catch (error) {
    images.close?.();
    throw error;
  }
}

/**
 * Where the images lie: as named, else where the study's last session found them.
 *
 * @throws CrispError `data` where nothing is there any more
 */
export async function placeOf(
  { from, out, settings }: Pick<WantedImages, "from" | "out" | "settings">,
  platform: Platform,
): Promise<string | undefined> {
  if (from !== undefined || out === undefined || settings.data === "leaves") return from;
  const sessions = (await readEvents(out, platform)).filter((event) => event.kind === "session");
  const place = sessions.findLast((session) => session.from !== undefined)?.from;
  if (place === undefined || (await platform.files.kind(place)) !== null) return place;
  // CIFAR-10 may lie in the cache by now.
  if (settings.data === "cifar10") return undefined;
  throw new CrispError(
    "data",
    `the images of ${out} were read from ${place}, where nothing is any more. Name their place now with --from.`,
  );
}

/** Atoms to begin with must fit the images too, before the folder is taken. */
function demandStart({ startAtoms, settings }: WantedImages, channels: number): void {
  if (startAtoms === undefined) return;
  for (const { features } of allSizes(settings)) checkGiven(startAtoms, { features, patch: settings.patch, channels });
}

/** Leaves are drawn grey for grey dictionaries; other images have the channels they have. */
function demandChannels(given: readonly GivenDictionary[] | undefined, { channels, source }: ImageSet): void {
  const other = given?.find(({ shape }) => shape[3] !== channels);
  if (!other) return;
  throw new CrispError(
    "shape",
    `the atoms of ${other.file} have ${counted(other.shape[3], "channel")}, the images of ${source} ${channels}; they must agree. Give other images with --data, or other dictionaries.`,
  );
}

/** The images that a study was made of, where it found them or where `from` names them. @throws CrispError `store` for others */
export async function imagesOf({ study, manifest, from, signal }: OfStudy, platform: Platform): Promise<ImageSet> {
  const { settings, images } = manifest;
  const place = await placeOf({ settings, from, out: study }, platform);
  const channels = images.channels === 1 ? 1 : 3;
  const set = await platform.images.open({ ...settings, from: place, channels }, { signal });
  if (set.hash === images.hash) return set;
  set.close?.();
  throw new CrispError(
    "store",
    `${study} is of images ${images.hash.slice(0, 12)}, those opened are ${set.hash.slice(0, 12)}; items can only be computed from the same images. Name the study's own with --from.`,
  );
}

type OfStudy = {
  readonly study: string;
  readonly manifest: Manifest;
  readonly from?: string;
  readonly signal: AbortSignal;
};

/** @throws CrispError `store` where the study's results are of another kernel than this version's */
export function demandFamily(study: string, { family }: Pick<Manifest, "family">, now: string): void {
  if (family === now) return;
  throw new CrispError(
    "store",
    `the results of ${study} are of the kernel ${family}, this version has ${now}; only results of one kernel agree bit by bit. Use the version of crisp that made the study (its events.ndjson names it).`,
  );
}

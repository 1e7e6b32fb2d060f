/**
 * The one door to images: a plain description in, an ImageSet out. `leaves`
 * needs nothing; `cifar10` comes from a folder or an archive, or is fetched once
 * into the cache; `folder` is a folder of pictures cut into crops; `arrays` an
 * .npy or .npz file.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageSpec, Images, ImagesThere, OpenOptions } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { cifarRecords } from "../images/cifar.js";
import { checkCount, type ImageSet } from "../images/image-set.js";
import { leaves } from "../images/leaves.js";
import { arraysThere, readArrayImages } from "./array-images.js";
import { cacheFolder, cifarCache, fetchCifar, unpackCifar } from "./cifar-archive.js";
import { holdsCifar, readCifarFolder } from "./cifar-files.js";
import { fileSha256, unreadable } from "./files.js";
import { picturesThere, readPictureFolder } from "./picture-folder.js";

/**
 * Opens the images of a study.
 *
 * @throws CrispError `usage` for too many pictures or a missing `from`,
 *   `data` or `checksum` for files that are not what they should be
 */
export async function openImages(spec: ImageSpec, options: OpenOptions = {}): Promise<ImageSet> {
  switch (spec.data) {
    case "leaves":
      return openLeaves(spec);
    case "cifar10":
      return readCifarFolder(await cifarFolder(spec, options), spec);
    case "folder":
      return openFolder(spec, options);
    case "arrays":
      return openArrays(spec);
    default:
      throw new CrispError(
        "usage",
        `data is ${spec.data satisfies never}; it must be leaves, cifar10, folder or arrays. Choose one of them.`,
      );
  }
}

/** How many images a source holds, before any is opened. @throws CrispError as `openImages` for what is not images */
export async function imagesThere({
  data,
  from,
  size = 32,
  layout,
  patch,
}: Parameters<Images["there"]>[0]): Promise<ImagesThere> {
  const sides = { height: size, width: size, layout: layout ?? "nhwc" } as const;
  switch (data) {
    case "folder":
      return { ...(await picturesThere(demandFrom(from, "folder"), size)), layout: sides.layout };
    case "arrays":
      return arraysThere(demandFrom(from, "arrays"), { layout, patch });
    case "cifar10":
      return { ...sides, training: 5 * cifarRecords, test: cifarRecords, channels: 3 };
    case "leaves":
      return { ...sides, training: mostLeaves, test: mostLeaves, channels: 3 };
    default:
      throw data satisfies never;
  }
}

function demandFrom(from: string | undefined, data: "folder" | "arrays"): string {
  if (from !== undefined) return from;
  const what = data === "folder" ? "folder of pictures" : ".npy or .npz file";
  throw new CrispError("usage", `data is ${data}, but no ${what} is named. Name it with --from.`);
}

/** Most leaves a study may ask for. */
const mostLeaves = 1_000_000;

function openLeaves({ seed = 1, size = 32, channels = 3, trainingImages, testImages }: ImageSpec): ImageSet {
  const training = checkCount("trainingImages", trainingImages, { there: mostLeaves });
  const test = checkCount("testImages", testImages, { there: mostLeaves });
  return leaves({ seed, height: size, width: size, channels, training, test });
}

function openFolder({ from, size = 32, ...counts }: ImageSpec, { keptBytes }: OpenOptions): Promise<ImageSet> {
  return readPictureFolder(demandFrom(from, "folder"), { size, keptBytes, ...counts });
}

function openArrays({ from, layout = "nhwc", normalise = true, ...counts }: ImageSpec): Promise<ImageSet> {
  return readArrayImages(demandFrom(from, "arrays"), { layout, normalise, ...counts });
}

/** The folder with the six files: the one named, or the one in the cache, filled first if need be. */
async function cifarFolder({ from, unverified }: ImageSpec, options: OpenOptions): Promise<string> {
  if (from === undefined) return cachedCifar(options);
  if ((await statusOf(from)).isDirectory()) return from;
  if (unverified) {
    const folder = join(cacheFolder(), `unverified-${(await fileSha256(from)).slice(0, 16)}`);
    if (!(await holdsCifar(folder))) await unpackCifar(from, folder, true);
    return folder;
  }
  // Whatever archive they came from, the six files are the same ones.
  if (!(await holdsCifar(cifarCache()))) await unpackCifar(from, cifarCache());
  return cifarCache();
}

async function cachedCifar({ download = true, ...options }: OpenOptions): Promise<string> {
  const folder = cifarCache();
  if (await holdsCifar(folder)) return folder;
  if (!download) {
    throw new CrispError(
      "data",
      `CIFAR-10 is not in the cache ${folder}. Fetch it with "crisp data cifar10", or name a folder or archive with --from.`,
    );
  }
  await fetchCifar(folder, options);
  return folder;
}

async function statusOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw unreadable(path, error, "Name the folder or archive of CIFAR-10 with --from.");
  }
}

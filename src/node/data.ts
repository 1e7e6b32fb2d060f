/**
 * The one door to images: a plain description in, an ImageSet out. `leaves`
 * needs nothing; `cifar10` comes from a folder.
 */
import { CrispError } from "../core/errors.js";
import { checkCount, type ImageSet } from "../images/image-set.js";
import { leaves } from "../images/leaves.js";
import { readCifarFolder } from "./cifar-files.js";

export type ImageSpec = {
  readonly data: "leaves" | "cifar10" | "folder";
  /** Where the images lie: a folder, or an archive of CIFAR-10. */
  readonly from?: string;
  /** Height and width of leaves and of crops; CIFAR-10 has its own. Default 32. */
  readonly size?: number;
  /** Seed of the leaves; other sources do not use it. Default 1. */
  readonly seed?: number;
  /** Channels of leaves: 3 (default) or 1. */
  readonly channels?: 1 | 3;
  readonly trainingImages: number;
  readonly testImages: number;
  /** Take files of CIFAR-10 whose checksums are not its own. */
  readonly unverified?: boolean;
};

/**
 * Opens the images of a study.
 *
 * @throws CrispError `usage` for too many pictures or a missing `from`,
 *   `data` or `checksum` for files that are not what they should be
 */
export async function openImages(spec: ImageSpec): Promise<ImageSet> {
  switch (spec.data) {
    case "leaves":
      return openLeaves(spec);
    case "cifar10":
      if (spec.from === undefined) throw new CrispError("usage", "cifar10 needs a folder. Name it with --from FOLDER.");
      return readCifarFolder(spec.from, spec);
    case "folder":
      throw new CrispError("usage", "data folder is not read yet. Use leaves or cifar10.");
    default:
      throw new CrispError("usage", `data is ${spec.data satisfies never}; it must be leaves, cifar10 or folder.`);
  }
}

/** Most leaves a study may ask for: their index is one word of the random counter, their bytes are kept. */
const mostLeaves = 1_000_000;

function openLeaves({ seed = 1, size = 32, channels = 3, trainingImages, testImages }: ImageSpec): ImageSet {
  checkCount("trainingImages", trainingImages, mostLeaves);
  checkCount("testImages", testImages, mostLeaves);
  return leaves({ seed, height: size, width: size, channels, training: trainingImages, test: testImages });
}

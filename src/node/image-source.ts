/**
 * Images to code, from where the user has them: .npy or .npz, PetaVision's
 * dense .pvp, a picture, a folder of pictures, or the test images of CIFAR-10.
 * Arrays are coded as they are unless `normalise` asks otherwise; pictures and
 * CIFAR-10 always have mean 0 and deviation 1. Pictures are decoded one at a
 * time, when their turn comes, and an .npy is read image by image.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageRequest, ImageSize, ImageSource } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { slice } from "../core/tensor.js";
import { demandFinite, type Layout, placeIn } from "../formats/arrays.js";
import { formatOf } from "../formats/format.js";
import type { Numbers } from "../formats/numbers.js";
import { levelsOf, withChannels } from "../formats/picture.js";
import { readPictureHeader } from "../formats/picture-header.js";
import { decodePvp } from "../formats/pvp.js";
import { asItIs, normalisation, standardised } from "../images/normalise.js";
import { imageAt, imagesShape } from "./array-images.js";
import { openImages } from "./data.js";
import { readBytes, readHead } from "./files.js";
import { type ItemFile, withItems } from "./item-file.js";
import { pictureNames, readPicture, skippedWarning } from "./picture-files.js";

/** Images as their file has them, before they are cut to a number and normalised. */
type Opened = Partial<Pick<ImageSource, "names" | "warnings" | "close">> & {
  readonly sizes: readonly ImageSize[];
  /** true: coded as they are unless `normalise` asks otherwise. */
  readonly raw: boolean;
  values(index: number): Numbers | Promise<Numbers>;
};

/** @throws CrispError `data` for what cannot be read as images, `usage` for a name of no known kind */
export async function openImageSource(request: ImageRequest): Promise<ImageSource> {
  const { raw, values, sizes, names, warnings, close } = await opened(request);
  const asTheyAre = raw && !request.normalise;
  return {
    sizes: sizes.slice(0, request.count),
    names: names?.slice(0, request.count) ?? null,
    warnings: warnings ?? [],
    raw: asTheyAre,
    async image(index, weights) {
      const found = await values(index);
      if (asTheyAre) return { values: Float32Array.from(found), taken: asItIs };
      const taken = normalisation(found, weights);
      return { values: standardised(found, taken), taken };
    },
    close,
  };
}

async function opened(request: ImageRequest): Promise<Opened> {
  const { images } = request;
  if (images === "cifar10") return cifarTest(request);
  const found = await stat(images).catch(() => null);
  const format = formatOf(images, found?.isFile() ? await readHead(images) : undefined);
  if (format === "pvp") return frames(await readBytes(images), images);
  if (format === "npy" || format === "npz")
    return withItems(images, "images", (file) => arrayOf(file, images, request));
  if (found === null) {
    throw new CrispError(
      "data",
      `${images} cannot be read: it does not exist; images are an .npy, .npz or .pvp file, a picture, a folder of pictures, or cifar10. Check the path.`,
    );
  }
  if (!found.isDirectory()) return pictures("", [images], request);
  const { names, skipped } = await pictureNames(images);
  return { ...(await pictures(images, names, request)), warnings: skippedWarning(images, skipped) };
}

/** Frames [n, height, width, channels] of a dense .pvp file. */
function frames(bytes: Uint8Array, path: string): Opened {
  const file = decodePvp(bytes, path);
  if (file.kind !== "dense")
    throw new CrispError(
      "data",
      `${path} holds ${file.kind}; images are a dense file (file type 4). Give another file.`,
    );
  demandFinite(file.frames.data, path, placeIn(file.frames.shape, "nhwc"));
  return { sizes: equalSizes(file.frames.shape), raw: true, values: (index) => slice(file.frames, index) };
}

/** An .npy is read one image at a time, so a file larger than memory can be coded. */
function arrayOf(given: ItemFile, path: string, { layout, channels }: ImageRequest): Opened {
  const file = isOneImage(given.shape, layout, channels) ? asOneImage(given) : given;
  const sizes = equalSizes(imagesShape(file, path, layout));
  return { sizes, raw: true, values: (index) => imageAt(file, index, { path, layout }), close: file.close };
}

/** [height, width] for grey atoms, [height, width, channels] for others: as several images it could not be coded. */
function isOneImage(shape: readonly number[], layout: Layout, channels: number): boolean {
  if (shape.length === 2) return channels === 1;
  return shape.length === 3 && channels > 1 && shape[layout === "nchw" ? 0 : 2] === channels;
}

function asOneImage({ shape, item, close }: ItemFile): ItemFile {
  return {
    shape: [1, ...shape],
    item: () => Float64Array.from(Array.from({ length: shape[0] }, (_, i) => Array.from(item(i))).flat()),
    close,
  };
}

function equalSizes([n, height, width, channels]: readonly number[]): readonly ImageSize[] {
  return new Array(n).fill({ height, width, channels });
}

async function pictures(folder: string, names: readonly string[], request: ImageRequest): Promise<Opened> {
  const { channels, count } = request;
  const sizes: ImageSize[] = [];
  for (const path of names.slice(0, count).map((name) => join(folder, name))) {
    const header = readPictureHeader(await readBytes(path), path);
    if (header.channels !== channels && !(header.channels === 1 && channels === 3)) {
      throw new CrispError(
        "shape",
        `${path} has ${header.channels} channels, the atoms ${channels}; they must agree (grey pictures serve for colour atoms). Give other pictures or another dictionary, or add --atoms-layout nchw if the channels of its atoms come first.`,
      );
    }
    sizes.push({ height: header.height, width: header.width, channels });
  }
  return {
    sizes,
    names,
    raw: false,
    async values(index) {
      const { picture } = await readPicture(join(folder, names[index]));
      return levelsOf(withChannels(picture, channels === 1 ? 1 : 3));
    },
  };
}

/** Test images of CIFAR-10, all 10,000 or the first. */
async function cifarTest({ from, count: most = 10_000 }: ImageRequest): Promise<Opened> {
  const set = await openImages({ data: "cifar10", from, trainingImages: 0, testImages: most });
  const { height, width, channels, test, warnings } = set;
  return { sizes: equalSizes([test.count, height, width, channels]), raw: false, warnings, values: test.values };
}
